#!/bin/sh
# The audit log's own retention, as an operator and an auditor meet it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# The past: a clock that is 400 days behind.
cat >clock.c <<'C'
#include <time.h>
time_t time(time_t *out)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec -= 400 * 86400;
	if (out)
		*out = t.tv_sec;
	return t.tv_sec;
}
C
cc -shared -fPIC -o clock.so clock.c || oops 'no clock'
cat >past <<SH
#!/bin/sh
ASAN_OPTIONS=\$ASAN_OPTIONS:verify_asan_link_order=0 LD_PRELOAD=$PWD/clock.so \\
	exec $LETHE "\$@"
SH
chmod +x past
now=$LETHE LETHE=$PWD/past
installation
printf 'audit: {retention: P1Y}\npurge: {batch: 1}\n' >>lethe.yml
python3 -c 'print("id,page,at")
for i in range(600): print(f"{i},home,2024-01-01T00:00:00Z")' >visits.csv
expect 0 ingest web visits visits.csv
expect 0 --json purge --approve
json 'o["deleted"] == 600 and o["log_pruned"]["entries"] == 0'
run=$(python3 -c 'import json; print(json.load(open("out"))["run"])')
expect 0 purge
expect 0 audit checkpoint
cp out early
expect 0 audit checkpoint --vkey
key=$(cat out)
expect 0 audit export public
# Nothing of the last run goes, however old it is.
LETHE=$now
expect 0 --json audit prune --dry-run
keys 'retention before entries first dry_run scrubbed'
json 'o["retention"] == "P1Y" and o["entries"] == 512 and o["first"] == 512'
json 'o["dry_run"] and o["scrubbed"] is None'
expect 0 --json audit prune --dry-run --as-of 2100-01-01
json 'o["entries"] == 512'
expect 0 --json purge --dry-run
json 'o["log_pruned"]["entries"] == 512 and o["log_pruned"]["dry_run"]'

# ---- what holds it back ----
expect 3 audit prune
says err 'clock'
expect 2 audit prune --as-of 2100-01-01
says err 'time to come'
expect 2 audit prune now
expect 0 stop
expect 3 audit prune
says err 'resume'
expect 0 resume
sed -i 's/P1Y}/P11M}/' lethe.yml
expect 2 audit prune
says err "lethe.yml:[0-9]+:20: .*a year or more.*found .P11M."
sed -i 's/P11M}/P1Y}/' lethe.yml
# A purge of one store lets the log be, and vouches for the clock.
expect 0 --json purge --approve --store web
json 'o["log_pruned"] is None'
mkdir twin
cp -r -- *.yml *.sql lethe.key var twin

# ---- by hand ----
expect 0 audit prune
says out '^audit log: 512 entries from before .* went by the rule P1Y; it begins with entry 512$'
expect 0 audit prune
says out '^nothing is due'
expect 0 --json audit list --action log_pruned
json 'len(o["entries"]) == 1 and o["entries"][0]["below"] == 512'
json 'o["entries"][0]["from"] == 0 and o["entries"][0]["rule"] == "P1Y"'
json 'o["pruned"]["below"] == 512 and o["pruned"]["rule"] == "P1Y"'
expect 0 audit list --limit 1
says out '^entries 0 to 511 were pruned at 2.* by the rule P1Y$'
says out '^   512  '
expect 0 --json audit list --from 512
json '[e["seq"] for e in o["entries"]] == list(range(512, 512 + len(o["entries"])))'

# ---- still provable ----
expect 0 audit verify --since early
says out '^entries 0 to 511 were pruned at 2'
expect 0 --json audit verify
json 'o["verified"] and o["pruned"]["below"] == 512'
expect 0 audit prove 512
expect 2 audit prove 511
says err 'entry 511 was pruned at 2.*by the rule P1Y: the log.s first entry is 512'
expect 2 audit certificate "$run"
says err "run .$run. were pruned"
expect 2 audit pack "$run" -o run.zip
expect 2 audit certificate nobody
says err 'the log has no run'
expect 0 --json purge
json 'o["verified"] and o["log_pruned"]["entries"] == 0'
last=$(python3 -c 'import json; print(json.load(open("out"))["run"])')
expect 0 audit certificate "$last"
expect 0 audit pack "$last" -o run.zip
# Nothing is shipped twice.
expect 0 --json audit list --action delete
json 'len(o["entries"]) < 600 - 400'

# ---- given out ----
expect 0 audit export public
[ -e public/tile/entries/000 ] || oops 'an earlier export lost a bundle'
expect 0 audit verify public --vkey "$key" --since early
silent out pruned
expect 0 audit export later
[ ! -e later/tile/entries/001 ] || oops 'what was pruned was exported'
expect 0 audit verify later --vkey "$key" --since early
says out '^entries 0 to 511 were pruned'
# With the entry that says so, nothing explains what is missing.
rm -r later/tile/entries/002.p
expect 5 --json audit verify later --vkey "$key"
json 'o["problem"] == "missing" and o["entry"] == 0'

# ---- by a purge about everything, at its end ----
cd twin || exit 1
expect 0 purge
says out '^audit log: 512 entries'
expect 0 audit verify --since ../early
cd ..

# ---- without a rule ----
sed -i '/^audit:/d' twin/lethe.yml
expect 0 -c twin/lethe.yml --json audit prune
json 'o["retention"] is None and o["entries"] == 0'
finish
