#!/bin/sh
# What goes wrong with a server: said clearly, retried where that is safe, and
# nothing half done.
# shellcheck disable=SC1091,SC2154
tree=$PWD
. "$tree/tests/cli/lib.sh"
. "$tree/tests/postgres/server.sh"
. "$tree/tests/postgres/small.sh"

server=$root/server
server_start "$server" --locale=C.UTF-8 || exit 1
small_site "$server"
small_url "$PG_URL"
expect 0 init
expect 0 check

sql() {
	server_sql "$server" postgres -Atc "$1"
}
# fill N: that many contracts that are over
fill() {
	sql "TRUNCATE contracts; INSERT INTO contracts SELECT i, 'P1', NULL,
		'2020-02-29' FROM generate_series(1, $1) AS i" >/dev/null
}
# settled N: of N contracts each is there or has evidence, none both.
settled() {
	n=$(sql "SELECT (SELECT count(*) FROM contracts) + coalesce(sum(records),
		0) FROM lethe_evidence WHERE collection = 'contracts'")
	[ "$n" -eq "$1" ] || oops "$n contracts are there or proven, not $1"
}

# ---- one letter wrong ----

small_url "$(echo "$PG_URL" | sed 's,/postgres?,/postgras?,')"
expect 3 check
says err 'crm: .*database "postgras" does not exist'
small_url "$(echo "$PG_URL" | sed 's,//lethe@,//lethr@,')"
expect 3 check
says err 'crm: .*role "lethr" does not exist'
small_url "$(echo "$PG_URL" | sed 's,host=,hst=,')"
expect 2 check
says err 'crm: .*"hst"'
small_url "$PG_URL&schema=peple"
expect 1 check
# shellcheck disable=SC2016  # the backquotes are said
says err 'crm: .* has no schema `peple`'
small_url "$PG_URL"

# ---- others in the way ----

fill 3000
sql "CREATE FUNCTION wait () RETURNS trigger LANGUAGE plpgsql AS '
	BEGIN PERFORM pg_sleep(0.01); RETURN OLD; END';
	CREATE TRIGGER wait AFTER DELETE ON contracts
	FOR EACH ROW EXECUTE FUNCTION wait ()" >/dev/null
# A statement that takes too long.
small_url "$PG_URL&options=-cstatement_timeout%3D2s"
expect 3 purge
says err 'crm: the server ended a statement that took too long'
settled 3000
small_url "$PG_URL"
sql "ALTER TABLE contracts DISABLE TRIGGER wait" >/dev/null

# The first batches meet a deadlock and a serialization failure.
sql "CREATE SEQUENCE failures;
	CREATE FUNCTION fail_first () RETURNS trigger LANGUAGE plpgsql AS '
	BEGIN
		CASE nextval(''failures'')
		WHEN 1 THEN RAISE deadlock_detected;
		WHEN 2 THEN RAISE serialization_failure;
		WHEN 3 THEN PERFORM pg_terminate_backend(pg_backend_pid());
			PERFORM pg_sleep(10);
		ELSE NULL;
		END CASE;
		RETURN OLD;
	END';
	CREATE TRIGGER fail_first AFTER DELETE ON contracts
	FOR EACH ROW EXECUTE FUNCTION fail_first ()" >/dev/null
expect 0 purge
holds crm contracts 0
settled 3000
[ "$(sql "SELECT last_value > 3 FROM failures")" = t ] ||
	oops "nothing went wrong"
sql "DROP TRIGGER fail_first ON contracts" >/dev/null

# ---- a server that goes away ----

fill 3000
sql 'ALTER TABLE contracts ENABLE TRIGGER wait' >/dev/null
sql 'TRUNCATE lethe_evidence' >/dev/null
"$LETHE" purge >out 2>err </dev/null &
run=$!
for _ in $(seq 200); do
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE
		application_name = 'lethe' AND query LIKE 'DELETE%'")" = 0 ] || break
	sleep 0.05
done
server_stop "$server" QUIT
wait "$run"
got=$?
[ "$got" -eq 4 ] || oops "exit $got with the server gone"
says out 'UNREACHABLE: crm: .*(cannot be reached|lost)'
expect 1 check
says err 'crm: .*cannot be reached'
server_run "$server" || exit 1
settled 3000
sql "DROP TRIGGER wait ON contracts" >/dev/null
expect 0 purge
holds crm contracts 0
settled 3000

# ---- a replica, which only reads ----

fill 10
copy=$root/copy
mkdir "$copy"
[ "$(id -u)" != 0 ] || chown postgres:postgres "$copy"
pg_as "$PG_BIN/pg_basebackup" -h "$(server_socket "$server")" -U lethe \
	-D "$copy/data" -c fast -R --no-sync 2>>basebackup || oops "no replica"
socket=$(mktemp -d /tmp/lethe-pg.XXXXXX)
chmod 755 "$socket"
[ "$(id -u)" != 0 ] || chown postgres:postgres "$socket"
echo "$socket" >"$copy/socket"
PG_FOLDERS="$PG_FOLDERS $copy"
server_run "$copy" || exit 1
small_url "postgresql://lethe@/postgres?host=$socket"
expect 1 purge
says err 'crm: .*only reads.*primary'
small_url "$PG_URL"
[ "$(sql 'SELECT count(*) FROM contracts')" = 10 ] || oops "something went"
expect 0 purge
holds crm contracts 0

# ---- privileges ----

sql "CREATE ROLE clerk LOGIN; REVOKE CREATE ON SCHEMA public FROM public;
	GRANT SELECT ON contracts TO clerk" >/dev/null
small_url "$(echo "$PG_URL" | sed 's,//lethe@,//clerk@,')"
rm -rf var lethe.key
expect 3 init
says err 'GRANT CREATE ON SCHEMA public TO clerk'
small_url "$PG_URL"
expect 0 init
small_url "$(echo "$PG_URL" | sed 's,//lethe@,//clerk@,')"
expect 4 check --json
json 'any("GRANT UPDATE, DELETE ON public.contracts TO clerk" in g["sql"] for g in o["grants"])'
# What it says is what is missing, all of it.
python3 -c 'import json
for g in json.load(open("out"))["grants"]: print(g["sql"])' >grants.sql
server_sql "$server" postgres <grants.sql || oops "no SQL"
expect 0 check
fill 10
expect 0 purge
holds crm contracts 0

# ---- what is not sealed ----

expect 0 --json audit list --action stores_sealed
json '{"file": "store/crm", "sealed": False} in o["entries"][-1]["files"]'
json '[f["file"] for f in o["entries"][-1]["files"] if "mark" in f] == [
    "control", "store/web"]'
expect 0 --json audit verify --stores
json '[s["file"] for s in o["stores"]] == ["control", "store/web"]'
expect 2 audit accept-restore crm --reason backup
says err 'an attached database is not sealed'
finish
