#!/bin/sh
# Every command: its help, its JSON, its exit codes, wrong usage.
# Guards invariant 4 (dry run, run, status and forecast show one plan).
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
records

# ---- help ----
expect 0 --help
for c in init check ingest dump status forecast explain purge plan stop \
	resume policy report audit demo; do
	says out "^  $c "
	"$LETHE" "$c" --help >help 2>err || oops "$c --help"
	grep -q '^usage: lethe' help || oops "$c --help says no usage"
	[ ! -s err ] || oops "$c --help on stderr"
done
expect 0 --version
says out '^lethe [0-9]'

# ---- wrong usage is exit 2, in one sentence ----
expect 2
expect 2 purgee
says err 'lethe: unknown command .purgee.*did you mean .purge.'
expect 2 purge --dry-rn
says err 'did you mean .--dry-run'
expect 2 purge --as-of
says err 'needs a value'
expect 2 purge extra
says err 'found 1 argument'
for c in 'explain crm people' 'ingest crm people' 'dump crm' 'policy' \
	'audit' 'demo' 'explain' 'plan' 'stop now'; do
	# shellcheck disable=SC2086
	expect 2 $c
	says err '^lethe: .*expected'
done
expect 2 audit shred
expect 2 policy burn
expect 2 forecast --days 0
expect 2 forecast --days many
for t in yesterday 2026-02-30 2026-13-01T00:00:00Z ''; do
	expect 2 status --as-of "$t"
	says err 'is not a time'
done
expect 2 purge --as-of 2999-01-01
says err 'time to come.*--dry-run'
holds crm contracts 3
expect 2 explain crmm people P1
says err 'did you mean .crm.'
expect 2 explain crm poeple P1
expect 2 explain crm people P1 P2
says err 'key of crm.people has 1 column'
expect 1 explain crm people P9
says err 'no such record'
expect 2 purge --store nowhere
expect 2 purge --cluster peeple_data
says err 'did you mean .people_data.'
expect 2 -c nowhere.yml status
says err '^lethe: there is no nowhere.yml: .*-c'
expect 2 ingest --format xml crm people people.csv

# ---- JSON: the members of the design, before the command and after ----
expect 0 --json check
keys 'warnings unmapped undecided integrity grants'
expect 0 check --integrity --json
json '{i["database"] for i in o["integrity"]} >= {"crm", "web", "audit"}'
# OVERDUE until it has been purged.
expect 4 status --json
keys 'installation as_of stores runs stopped plans_waiting clock due overdue undecided unmapped suspensions requests alerts unreachable'
json 'o["due"] == o["overdue"] == 4 and o["runs"] == []'
expect 0 --json forecast --days 40
keys 'as_of days clusters all'
json '[c["due_now"] for c in o["clusters"] if c["cluster"] == "people_data"] == [1]'
json 'all(set(c) == {"cluster", "due_now", "days", "total"} for c in o["clusters"])'
# The visit of yesterday falls due within 40 days, on one day.
json '[c["total"] for c in o["clusters"] if c["cluster"] == "visit_data"] == [1]'
expect 0 --json explain crm contracts 1
keys 'verdict store collection cluster rule starting_point last_day deletable_from deletion_due label reasons suspensions purposes parts'
json 'o["verdict"] == "OVERDUE" and o["last_day"] == "2021-02-28"'
json 'o["deletable_from"] == "2021-03-01T00:00:00+09:00"'
json 'o["starting_point"] == {"name": "end", "value": "2020-02-29", "from": "crm.contracts.ends"}'
expect 0 --json explain --as-of 2021-02-28T23:59:59+09:00 crm contracts 1
json 'o["verdict"] == "RETAIN"'
expect 0 --json explain --as-of 2021-03-01T00:00:00+09:00 crm contracts 1
json 'o["verdict"] == "DUE"'
expect 0 --json explain crm people P2
json 'o["verdict"] == "ACTIVE" and o["deletable_from"] is None'
expect 0 --json policy show
keys 'policies'
expect 0 --json policy test
json 'o["passed"] == 2 and o["failed"] == 0'
expect 0 --json audit list
keys 'entries pruned'
expect 2 --json purge --as-of 2999-01-01
json 'o["error"]["message"] != ""'

# ---- a dry run is the run ----
expect 4 purge --dry-run --json
keys 'run as_of dry_run rule_set clusters segments_dropped partitions_dropped unmapped verified scrubbed deleted overdue undecided log_pruned requests consents snapshots disclosures suspensions unreachable plan stopped seconds'
json 'o["dry_run"] and o["deleted"] == 0'
cp out planned
holds crm contracts 3
[ ! -e var/last-success ] || oops 'a dry run left a stamp'
expect 0 purge --approve --json
json 'not o["dry_run"] and o["deleted"] == 4 and o["verified"] and o["scrubbed"]'
for k in cluster store collection action cutoff due deleted de_identified \
	minimised held restricted undecided active retain; do
	json "all('$k' in c for c in o['clusters'])"
done
python3 -c 'import json
a, b = (json.load(open(f))["clusters"] for f in ("planned", "out"))
assert [c["due"] for c in a] == [c["due"] for c in b] == \
    [c["deleted"] for c in b]' || oops 'the run is not what was planned'
holds crm contracts 1
holds crm people 1
holds web visits 1

# ---- again: nothing to do; status and the log agree ----
expect 0 purge --json
json 'o["deleted"] == 0'
expect 0 status --json
json 'o["due"] == 0 and [r["records"] for r in o["runs"]] == [0, 4]'
expect 0 --json audit list --action delete
json 'sum(e["records"] for e in o["entries"]) == 4'
expect 0 --json audit list
json '[e["seq"] for e in o["entries"]] == list(range(len(o["entries"])))'
json '[e["action"] for e in o["entries"]].count("purge_finished") == 2'
expect 0 --json audit list --from 1 --limit 2
json '[e["seq"] for e in o["entries"]] == [1, 2]'
[ -s var/last-success ] || oops 'no stamp'
grep -q '^lethe_overdue_records 0' var/metrics.prom || oops 'no metrics'

# ---- -c from elsewhere: what it names stands beside it ----
mkdir -p elsewhere
(cd elsewhere && "$LETHE" -c ../lethe.yml status >/dev/null 2>&1) ||
	oops '-c from another folder'
[ ! -e elsewhere/var ] || oops '-c made something elsewhere'

# ---- init again changes nothing ----
cksum var/keyring var/stores/*.db lethe.key >before
expect 0 init
says out 'nothing to do'
cksum var/keyring var/stores/*.db lethe.key >after
cmp -s before after || oops 'init changed what was there'
finish
