#!/bin/sh
# The shipped installation on three servers.  The telemetry, where the volume
# is, is an attached database: its tables are partitioned by hash, and two of
# three partitions are foreign tables on two other servers.  One server after
# the other goes away, before a purge and in the middle of one; what comes out
# in the end is what an SQL query said before the first run: nothing twice,
# nothing lost, every record in exactly one evidence entry.
# shellcheck disable=SC1091,SC2154
tree=$PWD
. "$tree/tests/cli/lib.sh"
. "$tree/tests/postgres/server.sh"

tables='vehicle_status positions vehicle_service traffic environment
	user_settings sensor'
main=$root/main east=$root/east west=$root/west

# ---- the cluster ----

for at in "$main" "$east" "$west"; do
	server_start "$at" --locale=C.UTF-8 || exit 1
	server_sql "$at" postgres -c 'CREATE SCHEMA telemetry'
done
[ "$(cat "$main/socket")" != "$(cat "$west/socket")" ] || oops "one server"

expect 0 demo shop --customers "${CUSTOMERS:-100}" --files-only
cd shop || exit 1

# A server of the others has the tables as they are shipped.
for at in "$east" "$west"; do
	{
		echo 'SET search_path = telemetry;'
		cat schemas/telemetry.sql
	} | server_sql "$at" postgres
done
# The one in the middle has them in parts; a key over several servers is none
# that it could enforce.
{
	echo 'CREATE EXTENSION postgres_fdw; SET search_path = telemetry, public;'
	for name in east west; do
		echo "CREATE SERVER $name FOREIGN DATA WRAPPER postgres_fdw
			OPTIONS (host '$(server_socket "$root/$name")',
			dbname 'postgres', batch_size '100',
			fetch_size '1000');
			CREATE USER MAPPING FOR lethe SERVER $name
			OPTIONS (user 'lethe');"
	done
	sed -e 's/ PRIMARY KEY NOT NULL/ NOT NULL/' \
		-e 's/^);/) PARTITION BY HASH (id);/' schemas/telemetry.sql
	for table in $tables; do
		echo "CREATE TABLE ${table}_main PARTITION OF $table
			FOR VALUES WITH (MODULUS 3, REMAINDER 0);
			CREATE FOREIGN TABLE ${table}_east PARTITION OF $table
			FOR VALUES WITH (MODULUS 3, REMAINDER 1) SERVER east
			OPTIONS (schema_name 'telemetry', table_name '$table');
			CREATE FOREIGN TABLE ${table}_west PARTITION OF $table
			FOR VALUES WITH (MODULUS 3, REMAINDER 2) SERVER west
			OPTIONS (schema_name 'telemetry', table_name '$table');"
	done
} | server_sql "$main" postgres

# ---- the installation ----

url="postgresql://lethe@/postgres?host=$(server_socket "$main")\\&schema=telemetry"
sed -i -e "s|^  telemetry: .*|  telemetry: {driver: postgresql, dataset: schemas/telemetry.yml, url: \"$url\"}|" \
	-e 's|batch: 100000|batch: 200|' lethe.yml
expect 0 init
for store in crm login telemetry; do
	# What others refer to comes first.
	for file in data/$store/vehicles.csv data/$store/contracts.csv \
		data/$store/group_logins.csv \
		data/"$store"/*; do
		table=$(basename "${file%.*}")
		if [ ! -f "$file" ] || [ -f "$table.done" ]; then
			continue
		fi
		expect 0 ingest "$store" "$table" "$file"
		: >"$table.done"
	done
done
as_of=$(date -u +%Y-%m-%dT%H:%M:%SZ)

ask() { # STATEMENT: of all servers, through the one in the middle
	server_sql "$main" postgres -At -c "SET search_path = telemetry" -c "$1"
}
ask_at() { # FOLDER STATEMENT
	server_sql "$1" postgres -At -c "SET search_path = telemetry" -c "$2"
}

# ---- what must go: four weeks after the day, in Japan ----

for table in $tables; do
	ask "SELECT id FROM $table WHERE CAST(CAST(recorded_at AS timestamptz)
		AT TIME ZONE 'Asia/Tokyo' AS date) + 28 <
		CAST(CAST('$as_of' AS timestamptz) AT TIME ZONE 'Asia/Tokyo'
		AS date) ORDER BY id" >"$table.goes"
	ask "SELECT id FROM $table ORDER BY id" >"$table.all"
	comm -23 "$table.all" "$table.goes" >"$table.stays" 2>/dev/null ||
		sort "$table.goes" "$table.goes" "$table.all" | uniq -u |
		sort -n >"$table.stays"
done
[ "$(wc -l <positions.goes)" -gt 2000 ] ||
	oops "$(wc -l <positions.goes) positions are due: too few to cut in"
for at in "$east" "$west"; do
	[ "$(ask_at "$at" 'SELECT count(*) FROM positions')" -gt 100 ] ||
		oops "$at has no records"
done

# places: what the report names, one a line.
places() {
	python3 -c 'import json
for u in json.load(open("out"))["unreachable"]:
    print(*(u[k] or "-" for k in ("store", "collection", "partition",
                                  "server")))
    assert u["reason"], u'
}

# all_went FOLDER SUFFIX: nothing that must go is left in a server's own tables.
all_went() {
	for table in $tables; do
		ask_at "$1" "SELECT id FROM $table$2" | sort >left
		sort "$table.goes" | comm -12 - left >wrong.ids
		[ ! -s wrong.ids ] || oops "$table$2 in $1 still has
			$(wc -l <wrong.ids) records that are due"
	done
}

# ---- the attached store is not there when the run begins ----

server_stop "$main"
expect 4 --json purge --approve --as-of "$as_of"
[ "$(places)" = 'telemetry - - -' ] || oops "unreachable: $(places)"
json 'o["deleted"] > 0 and not o["verified"]'
json 'not any(c["store"] == "telemetry" for c in o["clusters"])'
json 'all(c["waiting"] == 0 for c in o["clusters"]
	if c["collection"] == "contracts")'
grep -q '^lethe_unreachable_places 1$' var/metrics.prom ||
	oops 'the metric does not say it'
expect 4 purge --as-of "$as_of"
says out '^UNREACHABLE: telemetry: .*cannot be reached'
expect 4 status
says out '^UNREACHABLE: telemetry: '
server_run "$main" || exit 1

# ---- it is lost while another server commits ----
# The evidence is lost with it, and the records go all the same.

server_sql "$west" postgres -c '
	CREATE FUNCTION telemetry.hold_up() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN PERFORM pg_advisory_xact_lock_shared(42);
		RETURN NULL; END $$;
	CREATE CONSTRAINT TRIGGER hold_up AFTER DELETE ON telemetry.traffic
		DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
		EXECUTE FUNCTION telemetry.hold_up()'
mkfifo "$root/holder"
server_sql "$west" postgres -At <"$root/holder" >"$root/held" &
exec 9>"$root/holder"
echo 'SELECT pg_advisory_lock(42); SELECT 42;' >&9
until grep -q 42 "$root/held"; do sleep 0.1; done
"$LETHE" --json purge --approve --cluster traffic_data --as-of "$as_of" \
	>out 2>err 9>&- &
run=$!
waits_at_west() { # PATTERN: a statement like it waits there, in 60 s
	for _ in $(seq 600); do
		[ "$(ask_at "$west" "SELECT count(*) FROM pg_stat_activity
			WHERE wait_event_type = 'Lock'
			AND query LIKE '$1'")" != 1 ] || return 0
		kill -0 "$run" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}
waits_at_west 'COMMIT%' || oops 'no commit waits on west'
server_stop "$main" QUIT
wait "$run"
[ $? -eq 4 ] || oops "a run that lost a store: exit $?, expected 4"
[ "$(places)" = 'telemetry - - -' ] || oops "unreachable: $(places)"
server_run "$main" || exit 1
intents=$(ask 'SELECT count(*) FROM lethe_intent')
[ "$intents" = 1 ] || oops "$intents open intents, expected 1"
declared=$(ask 'SELECT count(*) FROM lethe_intent_record')
[ "$declared" -gt 0 ] || oops 'nothing was declared'

# ---- one server is stopped in the middle of the next run ----

server_sql "$west" postgres -c '
	CREATE FUNCTION telemetry.wait_a_little() RETURNS trigger
		LANGUAGE plpgsql AS
		$$ BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END $$;
	CREATE TRIGGER slow AFTER DELETE ON telemetry.positions
		FOR EACH STATEMENT EXECUTE FUNCTION telemetry.wait_a_little()'
there=$(ask_at "$west" 'SELECT count(*) FROM positions')
"$LETHE" --json purge --approve --as-of "$as_of" >out 2>err 9>&- &
run=$!
# What was declared is asked for, with a lock that west still has.
waits_at_west 'FETCH%' || oops 'nobody waits for the commit'
echo 'SELECT pg_advisory_unlock(42);' >&9
exec 9>&-
left=$there
while kill -0 "$run" 2>/dev/null; do
	left=$(ask_at "$west" 'SELECT count(*) FROM positions')
	[ "$left" -eq "$there" ] || break
done
[ "$left" -lt "$there" ] || oops 'the run ended before west lost a record'
server_stop "$west" QUIT
wait "$run"
got=$?
[ $got -eq 4 ] || oops "a run that lost a server: exit $got, expected 4"
json 'o["unreachable"] and all(u["store"] == "telemetry" and
	u["server"] == "west" and u["collection"] and
	u["partition"] == u["collection"] + "_west"
	for u in o["unreachable"])'
json '"positions" in [u["collection"] for u in o["unreachable"]]'
json 'not o["verified"] and o["deleted"] > 0'
all_went "$east" ''
all_went "$main" _main

# ---- it is back ----

server_run "$west" || exit 1
[ "$(ask_at "$west" 'SELECT count(*) FROM positions')" -gt 0 ] ||
	oops 'nothing was left on west'
"$LETHE" --json purge --as-of "$as_of" >out 2>err
json 'o["unreachable"] == [] and o["verified"]'
all_went "$west" ''
for table in $tables; do
	ask "SELECT id FROM $table ORDER BY id" >after
	cmp -s after "$table.stays" || oops "$table: what stays is not what
		should: $(diff after "$table.stays" | head -n 3)"
	want=$(wc -l <"$table.goes")
	found=$(ask "SELECT coalesce(sum(records), 0) || ' ' ||
		coalesce(sum(length(hashes) / 16), 0) FROM lethe_evidence
		WHERE collection = '$table'")
	[ "$found" = "$want $want" ] ||
		oops "$table: evidence of $found, expected $want $want"
	found=$(ask "SELECT count(DISTINCT substr(hashes, n * 16 + 1, 16))
		FROM lethe_evidence CROSS JOIN LATERAL
		generate_series(0, length(hashes) / 16 - 1) AS s (n)
		WHERE collection = '$table'")
	[ "$found" = "$want" ] ||
		oops "$table: $found different records in the evidence,
			expected $want"
	listed=$("$LETHE" --json audit list --action delete |
		python3 -c 'import json, sys
print(sum(e["records"] for e in json.load(sys.stdin)["entries"]
          if e["collection"] == sys.argv[1]))' "$table")
	[ "$listed" = "$want" ] ||
		oops "$table: the log has $listed, expected $want"
done
[ "$(ask 'SELECT (SELECT count(*) FROM lethe_intent) +
	(SELECT count(*) FROM lethe_intent_record)')" = 0 ] ||
	oops 'an intent is still open'
finish
