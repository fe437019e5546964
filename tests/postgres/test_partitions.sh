#!/bin/sh
# A partition dies whole where its table is cut by the time that its records end
# by; what is suspended outlives it; and what cannot be dropped goes record by
# record.  Names of tables and columns need quotes here, and the schema is one
# of its own.
# shellcheck disable=SC1091,SC2154
tree=$PWD
. "$tree/tests/cli/lib.sh"
. "$tree/tests/postgres/server.sh"

server=$root/server
server_start "$server" --locale=C.UTF-8 || exit 1
sql() {
	server_sql "$server" postgres -Atc "$1" 2>>sql
}
cat >lethe.yml <<-YML
	installation: parts
	time_zone: Asia/Tokyo
	data_dir: ./var
	key: {file: ./lethe.key}
	policies: [policy.yml]
	stores:
	  web: {driver: postgresql, dataset: web.yml, url: "$PG_URL&schema=the%20web"}
	purge: {approvals: 0, max_share: 1, batch: 50}
YML
cat >web.yml <<-'YML'
	dataset:
	  - fides_key: web
	    name: Visits
	    collections:
	      - name: Visits
	        lethe: {segment_by: at}
	        fields:
	          - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true}}
	          - {name: at, data_categories: [user.behavior], fides_meta: {primary_key: true}}
	          - {name: thePage, data_categories: [user.behavior]}
	          - {name: size, data_categories: [user.behavior]}
YML
cat >policy.yml <<-'YML'
	policy: parts
	revision: 1
	title: Visits
	calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}
	purposes:
	  service: {title: Service, legal_basis: contract}
	starting_points:
	  visit: {kind: collection, at: at}
	clusters:
	  visit_data:
	    purposes: [service]
	    covers: [web.Visits]
	    deletion_rule: {starting_point: visit, regular_deletion_period: P4W}
YML

# table TYPE: five old partitions and a default one, 100 visits in each but the
# default
table() {
	sql "DROP SCHEMA IF EXISTS \"the web\" CASCADE; CREATE SCHEMA \"the web\";
		SET search_path = \"the web\"; SET timezone = 'UTC';
		CREATE TABLE \"Visits\" (
			id bigint GENERATED ALWAYS AS IDENTITY,
			at $1 NOT NULL,
			\"thePage\" text,
			size integer GENERATED ALWAYS AS (length(\"thePage\")) STORED,
			PRIMARY KEY (id, at)
		) PARTITION BY RANGE (at);
		CREATE TABLE rest PARTITION OF \"Visits\" DEFAULT;
		CREATE TABLE new PARTITION OF \"Visits\"
			FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);" >/dev/null
	for month in 1 2 3 4 5; do
		sql "SET search_path = \"the web\"; SET timezone = 'UTC';
			CREATE TABLE \"v 0$month\" PARTITION OF \"Visits\"
			FOR VALUES FROM ('2024-0$month-01') TO ('2024-0$((month + 1))-01');
			INSERT INTO \"Visits\" (at, \"thePage\")
			SELECT timestamp '2024-0$month-02' + i * interval '1 minute',
			'page ' || i FROM generate_series(1, 100) AS i" >/dev/null
	done
	sql "SET search_path = \"the web\"; INSERT INTO \"Visits\" (at, \"thePage\")
		VALUES (now(), 'new')" >/dev/null
	rm -rf var lethe.key
	expect 0 init
	expect 0 check
}
# is N EXPRESSION: an SQL query's one number
is() {
	n=$(sql "SET search_path = \"the web\"; SELECT $2" | tail -n 1)
	[ "$n" = "$1" ] || oops "$2 is $n, expected $1"
}
proven='coalesce(sum(records), 0) FROM lethe_evidence'
parts="count(*) FROM pg_inherits WHERE inhparent = '\"Visits\"'::regclass"

for type in timestamptz 'timestamp' date; do
	table "$type"
	expect 0 purge --json
	json 'o["partitions_dropped"] == 5 and o["deleted"] == 500'
	is 1 'count(*) FROM "Visits"'
	is 2 "$parts"
	is 500 "$proven WHERE action = 'drop_partition'"
	is 5 "count(*) FROM lethe_evidence"
	expect 0 purge --json
	json 'o["partitions_dropped"] == 0 and o["deleted"] == 0'
done
expect 0 audit list
says out 'drop_partition .* 100 records of Visits'
expect 0 audit verify

# Suspended records move into the default partition.
table timestamptz
id=$(sql "SELECT id FROM \"the web\".\"v 03\" LIMIT 1")
at=$(sql "SET timezone = 'UTC'; SELECT to_char(at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')
	FROM \"the web\".\"v 03\" WHERE id = $id" | tail -n 1)
expect 0 hold add --record web Visits "$id" "$at" --reason litigation --authority court
expect 0 purge --json
json 'o["partitions_dropped"] == 5 and o["deleted"] == 499'
is 1 'count(*) FROM rest WHERE size = length("thePage")'
is 499 "$proven"

# Without one they stay where they are, and the others go one by one.
table timestamptz
sql 'DROP TABLE "the web".rest' >/dev/null
expect 0 hold add --record web Visits "$id" "$at" --reason litigation --authority court
expect 0 purge --json
json 'o["partitions_dropped"] == 4 and o["deleted"] == 499'
is 1 'count(*) FROM "v 03"'
is 400 "$proven WHERE action = 'drop_partition'"
is 99 "$proven WHERE action = 'delete'"

# What somebody reads, or relies on, is not pulled away.
table timestamptz
sql 'SET search_path = "the web"; CREATE VIEW march AS SELECT * FROM "v 03";
	CREATE FUNCTION told () RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RETURN OLD; END $$;
	CREATE TRIGGER told AFTER DELETE ON "v 04"
	FOR EACH ROW EXECUTE FUNCTION told ()' >/dev/null
expect 0 purge --json
json 'o["partitions_dropped"] == 3 and o["deleted"] == 500'
is 500 "$proven"
table timestamptz
{
	echo 'BEGIN; SELECT count(*) FROM "the web"."Visits";'
	sleep 20
} | server_sql "$server" postgres >reader &
reader=$!
for _ in $(seq 100); do
	! grep -q 501 reader || break
	sleep 0.1
done
expect 0 purge --json
json 'o["partitions_dropped"] == 0 and o["deleted"] == 500'
is 500 "$proven"
kill "$reader" 2>/dev/null

# A user who does not own them.
table timestamptz
sql 'SET search_path = "the web"; CREATE ROLE clerk LOGIN;
	GRANT USAGE, CREATE ON SCHEMA "the web" TO clerk;
	GRANT SELECT, UPDATE, DELETE ON "Visits" TO clerk;
	GRANT ALL ON ALL TABLES IN SCHEMA "the web" TO clerk' >/dev/null
sed -i 's,//lethe@,//clerk@,' lethe.yml
expect 0 purge --json
json 'o["partitions_dropped"] == 0 and o["deleted"] == 500'
is 500 "$proven"
finish
