#!/bin/sh
# What needs looking after is never silent: UNMAPPED, UNDECIDED, OVERDUE show
# in exit code 4, report and metric, and the run still does what it can.
# Guards invariant 2.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
records

# ---- --store and --cluster leave the rest alone ----
expect 0 purge --approve --store web --json
json '{c["store"] for c in o["clusters"]} == {"web"} and o["deleted"] == 1'
holds crm contracts 3
expect 0 purge --approve --cluster contract_data --json
json 'o["deleted"] == 2'
holds crm people 2
# The contracts are gone; the person still falls due a year after the last.
expect 0 --json explain crm people P1
json 'o["verdict"] == "OVERDUE" and o["last_day"] == "2022-06-30"'
says out 'of a record that is gone'
expect 4 status
expect 0 purge --approve --cluster people_data --json
json 'o["deleted"] == 1'
holds crm people 1

# ---- UNDECIDED: a NULL that nothing explains ----
sed -i 's/^\(  end: .*\), null_means: open}/\1}/' policy.yml
grep -q '  end: {kind: end_of_relationship, at: ends}' policy.yml ||
	oops 'the scenario did not change the policy'
printf 'id,person,vin,ends\n10,P2,V,2020-01-01\n' >more.csv
expect 0 ingest crm contracts more.csv
expect 4 check
says out 'UNDECIDED: 1 records of crm.contracts'
expect 4 purge --dry-run
says out 'UNDECIDED: 1'
expect 4 purge --approve --json
json 'o["undecided"] == 1 and o["deleted"] == 1 and o["verified"]'
expect 4 status
expect 0 --json explain crm contracts 3
json 'o["verdict"] == "UNDECIDED"'
grep -q '^lethe_undecided_records 1' var/metrics.prom || oops 'no metric'

# ---- UNMAPPED: a column and a table that no dataset describes ----
rm -rf var lethe.key
installation
rm -rf var lethe.key
cat >>crm.sql <<'SQL'
CREATE TABLE shadow (id INTEGER PRIMARY KEY, secret TEXT);
ALTER TABLE people ADD COLUMN nickname TEXT;
SQL
expect 0 init
records
expect 4 check
says out 'UNMAPPED: crm.shadow is in no dataset'
says out 'UNMAPPED: crm.people.nickname is in no dataset'
expect 4 purge --dry-run
expect 4 purge --approve --json
json '[(u["table"], u["column"]) for u in o["unmapped"]] == [("people", "nickname"), ("shadow", None)]'
json 'o["deleted"] == 4'
holds crm contracts 1
expect 4 status --json
json 'o["unmapped"] == 2'
expect 0 --json explain crm shadow 1
json 'o["verdict"] == "UNMAPPED"'
grep -q '^lethe_unmapped_places 2' var/metrics.prom || oops 'no metric'
# Named under ignore, it is no longer said.
sed -i 's/^    name: Customers/&\n    lethe: {ignore: [shadow]}/' crm.yml
sed -i 's/^      - name: people/&\n        lethe: {ignore: [nickname]}/' crm.yml
expect 0 check
expect 0 purge

# ---- what the live store lacks is an error of the files ----
cp crm.yml crm.good
sed -i 's/name: vin,/name: vyn,/' crm.yml
expect 2 check
says err 'crm.yml:[0-9]+:[0-9]+: error: .*no column .contracts.vyn'
expect 2 purge
cp crm.good crm.yml

# ---- a policy that its own tests contradict ----
expect 0 policy test
sed -i 's/2025-02-28: RETAIN/2025-02-28: DUE/' policy.yml
"$LETHE" policy test >out 2>err && oops 'a failing policy test is exit 0'
says out 'policy.yml:[0-9]+: contract_data.*expected DUE, found RETAIN'

# ---- errors of files: all of them, with place and what is expected ----
sed -i 's/purposes: \[contract\]/purposes: [contrakt]/' policy.yml
sed -i 's/P4W/4 wekks/' policy.yml
expect 2 check
says err 'policy.yml:[0-9]+:[0-9]+: error: .*contrakt'
says err 'policy.yml:[0-9]+:[0-9]+: error: .*4 wekks'
finish
