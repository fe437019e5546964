#!/bin/sh
# A purge between the receipt of a request for access and its answer, from the
# command line.  Guards G09: the answer is about what was held at intake.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
installation
cat >>lethe.yml <<-'YML'
	controllers: [{title: Us, contact: us@example.org, authority: court}]
	processing: {automated_decisions: None.}
	purge: {approvals: 0, max_share: 1}
YML
sed -i 's/legal_basis: contract/&, recipients: [carrier]/
	s/^purposes:/recipients:\n  carrier: {title: Carrier, role: processor, region: JP}\n&/
	/covers:/a\
    origin: data_subject' policy.yml
sed -i 's/name: id, data_categories: \[user.unique_id\], fides_meta: {primary_key: true/&, identity: customer_id/' crm.yml
printf 'id,name,email\nP1,One,\nP2,Two,\n' >people.csv
printf 'id,person,vin,ends\n1,P1,ZQPLANTED1,2020-01-31\n2,P1,V2,2999-01-31\n3,P2,V3,2020-01-31\n4,P2,V4,\n' >contracts.csv
expect 0 ingest crm people people.csv
expect 0 ingest crm contracts contracts.csv
id() { python3 -c 'import json; print(json.load(open("out"))["id"])'; }
data() { unzip -p "$1" '*/data/'"$2" >out 2>/dev/null; }

# ---- intake, purge, answer ----
expect 0 --json request open --type access --identity customer_id=P1
json 'o["snapshot"]["records"] == 1'
case=$(id)
expect 0 --json request open --type erasure --identity customer_id=P2
json 'o["snapshot"] is None'
expect 0 request verify "$case" --method login
! grep -rqa ZQPLANTED1 var || oops 'what was kept aside stands on the disk'
expect 0 --json purge
json 'o["snapshots"] == {"taken": 0, "failed": 0}'
expect 1 explain crm contracts 1
expect 0 request package "$case" -o one.zip
data one.zip '002-crm-contracts.json'
json '[r["values"]["id"] for r in o["records"]] == [2] and not o["at_intake"]'
data one.zip '002-crm-contracts-at_intake.json'
json '[r["values"]["vin"] for r in o["records"]] == ["ZQPLANTED1"] and o["at_intake"]'
data one.zip '002-crm-contracts-at_intake.csv'
says out ZQPLANTED1
unzip -p one.zip '*/clusters/002.html' >out
says out 'As it was when your request arrived'
unzip -p one.zip '*/manifest.json' >out
json 'o["records"] == sum(c["records"] for c in o["collections"]) == 3'
expect 0 request package "$case" --language de -o de.zip
unzip -p de.zip '*/clusters/002.html' >out
says out 'Stand bei Eingang'

# ---- fulfilled: it goes ----
expect 0 request decide "$case" --outcome fulfil
expect 0 request fulfil "$case"
expect 0 audit list
says out snapshot_deleted
[ "$(find var/exports -type f -name '[0-9a-f]*' | wc -l)" -eq 2 ] ||
	oops 'more than the two packages is left'

# ---- refused for what is closed; by hand; a purge takes what is missing ----
expect 3 request snapshot "$case"
expect 2 request snapshot Q-none
expect 0 --json request open --type portability --identity customer_id=P2
two=$(id)
expect 0 request snapshot "$two"
says out 'records kept aside'
expect 0 request withdraw "$two"
[ "$(find var/exports -type f -name '[0-9a-f]*' | wc -l)" -eq 2 ] ||
	oops 'a withdrawn request keeps something aside'

# ---- a store that cannot be read: the request is there all the same ----
mv var/stores/crm.db away
expect 4 --json request open --type access --identity customer_id=P2
says err 'no snapshot was taken'
json 'o["snapshot"] is None and o["state"] == "received"'
mv away var/stores/crm.db
expect 0 --json purge
json 'o["snapshots"] == {"taken": 1, "failed": 0}'

finish
