#!/bin/sh
# The audit log as an auditor meets it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
installation
records

# ---- it begins with what there is ----
expect 0 --json audit list --action policy_changed
json '[e["name"] for e in o["entries"]] == ["small-policy"]'
json 'o["entries"][0]["before"] is None and len(o["entries"][0]["now"]) == 64'
expect 0 --json audit list --action key_changed
json 'sorted(e["name"] for e in o["entries"]) == [
    "audit", "audit-signature", "control", "evidence", "store/crm", "store/web",
    "subjects"]'
expect 0 --json audit list --action ingested
json '[e["records"] for e in o["entries"]] == [2, 3, 2]'
expect 0 audit checkpoint
cp out early
expect 0 audit checkpoint --vkey
key=$(cat out)
says out '^small\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$'

# ---- what is looked at, what changes, what is run ----
expect 0 dump crm people
expect 0 explain crm people P1
expect 0 --json audit list --action dumped
json 'o["entries"][0]["collection"] == "people"'
expect 0 --json audit list --action record_explained
json 'len(o["entries"]) == 1 and "P1" not in str(o)'
expect 0 purge --approve
echo '# a comment' >>policy.yml
expect 0 purge
expect 0 purge
expect 0 --json audit list --action policy_changed
json 'len(o["entries"]) == 2'
json 'o["entries"][1]["before"] == o["entries"][0]["now"]'

# ---- lists ----
expect 0 --json audit list
json '[e["seq"] for e in o["entries"]] == list(range(len(o["entries"])))'
run=$(python3 -c 'import json
print([e["run"] for e in json.load(open("out"))["entries"] if "run" in e][0])')
expect 0 --json audit list --run "$run"
json "len(o['entries']) >= 3 and all(e['run'] == '$run' for e in o['entries'])"
expect 0 --json audit list --until 2020-01-01
json 'o["entries"] == []'
expect 0 --json audit list --since 2020-01-01 --limit 3
json 'len(o["entries"]) == 3'
expect 2 audit list --since yesterday
"$LETHE" --json audit list --follow --from 1 --limit 2 >out 2>err ||
	oops 'follow does not end at its limit'
[ "$(wc -l <out)" -eq 2 ] || oops 'follow: not an entry a line'
# One that comes later is seen.
n=$("$LETHE" --json audit list | python3 -c 'import json, sys
print(len(json.load(sys.stdin)["entries"]))')
timeout 60 "$LETHE" --json audit list --follow --from "$n" --limit 1 >later 2>err &
expect 0 dump web visits
wait $!
grep -q '"dumped"' later || oops 'follow does not see what comes'

# ---- verify ----
expect 0 audit verify --since early --vkey "$key"
says out '^small: [0-9]+ entries, each as it was$'
expect 0 --json audit verify
keys 'verified pruned stores origin entries root problem entry message'
json 'o["verified"] and o["problem"] is None'
other='other+22bb1dd2+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4'
expect 2 audit verify --vkey "$other"
expect 2 audit verify --vkey nonsense
expect 2 audit verify export
says err 'needs --vkey'
sed 's/^[0-9][0-9]*$/1/' early >forged
expect 5 audit verify --since forged
says err 'forged'

# ---- prove, export ----
expect 0 audit prove 3
says out '^c2sp.org/tlog-proof@v1$'
says out '^index 3$'
expect 2 audit prove 100000
expect 2 audit prove x
expect 0 audit export public
expect 0 audit export public
expect 0 -c /nowhere audit verify public --vkey "$key" --since early
sed -i 's/policy_changed/policy_chanted/' public/tile/entries/000.p/*
expect 5 --json audit verify public --vkey "$key"
json 'not o["verified"] and o["problem"] == "changed" and o["entry"] == 2'
says err 'entry 2 was changed'
expect 2 audit export

# ---- an older log put back: found, and nothing runs on it ----
mkdir old
cp var/audit.db* old/
expect 0 dump web visits
rm var/audit.db*
cp old/* var/
expect 5 audit verify
says err 'rolled back'
expect 5 purge
says err 'older than the last checkpoint'
expect 5 dump web visits
[ ! -s out ] || oops 'a look without an entry'
finish
