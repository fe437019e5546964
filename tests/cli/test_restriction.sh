#!/bin/sh
# Requests for restriction and objections from the command line: planned,
# decided, carried out, honoured by every reader, and lifted.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
sed -i 's/{primary_key: true}}$/{primary_key: true, identity: person_id}}/;
	/user.account/s/, identity: person_id//' crm.yml
records

id() {
	python3 -c 'import json; print(json.load(open("out"))["id"])'
}

# opened TYPE: a request of P1 that is verified; prints its id.
opened() {
	expect 0 request open --type "$1" --identity person_id=P1 --json
	case=$(id)
	expect 0 request verify "$case" --method login
}

# ---- restriction ----
opened restriction
expect 3 request decide "$case" --outcome fulfil
says err 'request restrict'
expect 2 request restrict "$case"
says err 'ground'
expect 2 request restrict "$case" --ground art18_1b_unlawfull
says err 'did you mean .art18_1b_unlawful.'
expect 2 request restrict "$case" --ground art18_1b_unlawful \
	--record crm contracts 3
says err "no such record of crm.contracts is the person's"
expect 0 request restrict "$case" --ground art18_1b_unlawful --json
json 'o["parts"][0]["state"] == "planned" and o["parts"][0]["records"] > 0'
expect 0 dump crm people
says out '"P1"'
expect 0 request decide "$case" --outcome fulfil
expect 0 request execute "$case"
says out 'fulfilled'

# ---- honoured ----
expect 0 dump crm people
silent out '"P1"'
says out '"P2"'
says err 'restricted records are left out'
expect 2 dump crm people --restricted curiosity
says err 'consent'
expect 0 dump crm people --restricted legal_claims
says out '"P1"'
expect 0 audit list --action dumped --json
says out 'legal_claims'
expect 0 restrictions list
json '{r["collection"] for r in o["restrictions"]} >= {"people"}'
json '["P1"] in [r["key"] for r in o["restrictions"]]'
expect 0 restrictions list --format csv
says out '^store,collection,cluster,since,reason,restriction,purposes,key$'
says out 'P1'
expect 0 audit list --action restrictions_listed
says out 'restrictions_listed'
expect 2 restrictions lst
expect 0 dump crm people --format csv --restricted consent
grep -e '^id' -e '^"*P1' out >p1.csv
expect 1 ingest --upsert crm people p1.csv
says err 'restricted'
expect 0 ingest --upsert --restricted consent crm people p1.csv

# ---- lifted ----
suspension=$("$LETHE" -c lethe.yml hold list --json |
	python3 -c 'import json,sys
print(json.load(sys.stdin)["suspensions"][0]["id"])')
expect 3 hold release "$suspension" --reason over
says err 'request lift'
expect 2 request lift "$case" --reason because --keep
expect 0 request lift "$case" --reason data_corrected --keep --language ja
expect 3 request lift "$case"
says err 'told that it will be lifted'
expect 0 request show "$case" --json
json 'o["lifting"]["reason"] == "data_corrected"'
json 'o["restrictions"][0]["state"] == "active"'

# ---- direct marketing ----
opened objection_direct_marketing
expect 3 request refuse "$case" --reason overriding_grounds --note x \
	--authority y
says err 'absolute'
expect 0 suppression check --identity person_id=P1
says out '^not suppressed$'
expect 0 request suppress "$case"
expect 0 suppression check --identity person_id=P1
says out '^suppressed since'
expect 0 suppression list --json
json 'len(o["suppressed"]) >= 1'
silent out 'P1'
expect 2 suppression check
expect 0 audit list --json
silent out '"P1"'
finish
