#!/bin/sh
# A store that is cut into segments, from the command line: init to purge,
# early and late records, holds, what is left on the disk, what is refused.
# Guards invariants 1 (never early) and 3 (evidence once), and that what was
# dropped is gone from its backups.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
sed -i 's/schema: web.sql}/schema: web.sql, segments: {every: P1D}}/' lethe.yml
sed -i 's/- name: visits$/- name: visits\n        lethe: {segment_by: at}/
	s/{name: page,/{name: page, fides_meta: {identity: page},/' web.yml
rm -rf var lethe.key
expect 0 init

files() {
	n=$(find var/stores/web -name '*.db' 2>/dev/null | wc -l)
	[ "$n" -eq "$1" ] || oops "$n segments, expected $1"
}

new=$(date -u -d '-1 day' +%Y-%m-%dT%H:%M:%SZ)
soon=$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)
cat >visits.csv <<CSV
id,page,at
1,home,2024-01-01T00:00:00Z
2,secret-page,2024-01-01T14:59:59Z
3,home,2024-01-01T15:00:00Z
4,home,$new
5,home,
6,home,$soon
CSV
expect 0 ingest web visits visits.csv
files 4
expect 1 ingest web visits visits.csv
says err 'UNIQUE constraint failed'
holds web visits 6
expect 4 check --integrity
says out '^web/2024-01-01: [0-9]+ pages'
plain secret-page
expect 0 explain web visits 3
says out 'DUE'
expect 0 subject find --identity page=home
says out ' 5 '
expect 1 explain web visits 99
expect 0 --json forecast --days 40
json 'o["all"]["due_now"] == 3 and o["all"]["total"] == 2'

# A copy of everything, as a backup would have it.
cp -r var backup

# ---- whole segments, and what is held in one ----
expect 0 hold add --record web visits 2 --reason litigation --authority Court
expect 4 --json purge --approve
json 'o["segments_dropped"] == 2 and o["deleted"] == 2'
json 'o["verified"] and o["scrubbed"] and o["undecided"] == 1'
files 2
holds web visits 4
expect 0 audit list
says out 'drop_segment .* 1 records of visits'
expect 0 --json audit list
json 'sorted(e["segment"] for e in o["entries"] if e["action"] == "drop_segment") == ["2024-01-01", "2024-01-02"]'
expect 4 purge
[ "$("$LETHE" audit list | grep -c drop_segment)" -eq 2 ] || oops "twice"

# What is late makes its segment anew; what moves is in one place.
printf 'id,page,at\n7,late,2024-01-01\n' >late.csv
expect 0 ingest web visits late.csv
files 3
printf 'id,page,at\n7,late,%s\n' "$new" >late.csv
expect 0 ingest --upsert web visits late.csv
holds web visits 5
expect 4 --json purge
json 'o["deleted"] == 0 and o["segments_dropped"] == 1'

# ---- a correction and a copy reach into the segments ----
opened() {
	"$LETHE" request open --type "$1" --identity page="$2" >out || oops "$1"
	id=$(head -n 1 out | cut -d ' ' -f 1)
	expect 0 request verify "$id" --method login
}
opened rectification home
expect 2 request propose "$id" web visits 4 --field at --value 2026-01-01 \
	--evidence note
says err 'which file the record is in'
expect 0 request propose "$id" web visits 4 --field page --value start \
	--evidence note
expect 0 request decide "$id" --outcome fulfil
expect 0 request correct "$id"
"$LETHE" dump web visits >out
says out '"id": ?4,.*"page": ?"start"'
says out '"id": ?6,.*"page": ?"home"'
opened access home
expect 0 --json request data "$id"
json 'o["records"] == 2'

# ---- the backup ----
rm -rf now && cp -r var now
cp backup/stores/web.db var/stores/web.db
rm -f var/stores/web.db-*
cp backup/stores/web/2024-01-01.db var/stores/web/
expect 1 dump web visits
says err 'that segment has been dropped since'
rm -rf var && mv now var
expect 0 dump web visits

# ---- what cannot be cut ----
cat >>web.sql <<'SQL'
CREATE TABLE remarks (id INTEGER PRIMARY KEY, visit INTEGER REFERENCES visits (id));
SQL
rm -rf var lethe.key
expect 0 init
expect 2 check
says err 'foreign key from remarks to visits cannot be enforced'
finish
