#!/bin/sh
# Holds and restrictions from the command line: placed, listed, released, in
# status, report and metrics; what comes in later; two people.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
sed -i 's/{primary_key: true}}$/{primary_key: true, identity: person_id}}/;
	/user.account/s/, identity: person_id//' crm.yml
cat >web.yml <<'YML'
dataset:
  - fides_key: web
    name: Visits
    collections:
      - name: visits
        fields:
          - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true}}
          - name: page
            data_categories: [user.behavior]
            fides_meta: {references: [{dataset: crm, field: people.id, direction: from}]}
          - {name: at, data_categories: [user.behavior]}
YML
records

# id: of the suspension in out.
id() {
	python3 -c 'import json; print(json.load(open("out"))["id"])'
}

# ---- usage ----
expect 0 hold --help
says out 'art18_1a_accuracy_contested'
expect 2 hold
expect 2 hold ad
says err 'did you mean .add.'
expect 2 hold add --subject person_id=P1
says err 'reason is missing'
expect 2 hold add --subject person_id=P1 --reason litigatoin --authority x
says err 'did you mean .litigation.'
expect 2 hold add --subject person_id=P1 --reason litigation
says err 'authority'
expect 2 hold add --subject P1 --reason litigation --authority x
expect 2 hold add --record crm contracts --reason litigation --authority x
expect 2 hold add --cluster visit_dat --reason audit --authority x
says err 'did you mean .visit_data.'
expect 2 hold add --cluster visit_data --reason audit --authority x \
	--review 2020-01-01
says err 'does not lie ahead'
expect 2 hold add --cluster visit_data --reason audit --authority x \
	--review soon
expect 2 hold release H-20200101-0000 --reason x
expect 0 hold list
says out 'nothing is suspended'
expect 0 audit list --action hold_placed
silent out 'hold_placed'

# ---- placed ----
expect 0 hold add --subject person_id=P1 --reason litigation \
	--authority 'District court' --note 'Smith v. Jones' --json
json 'o["records"] == 3 and o["kind"] == "hold" and o["state"] == "active"'
json '{c["collection"] for c in o["collections"]} == {"people", "contracts"}'
json 'o["subject"] == {"identity": "person_id", "value": "P1"}'
hold=$(id)
expect 0 hold add --record crm contracts 3 --reason art18_1b_unlawful --json
json 'o["kind"] == "restriction" and o["records"] == 1'
restriction=$(id)
expect 0 hold add --cluster visit_data --reason audit --authority Auditors \
	--json
cluster=$(id)
expect 0 hold add --subject person_id=P7 --reason complaint --authority DPA
says out 'warning: no record of it is there yet'
expect 0 hold list
says out "$hold  hold on subject person_id=P1: 3 records"
says out "$restriction  restriction on record crm.contracts 3: 1 records"
says out "$cluster  hold on cluster visit_data: 2 records"
expect 0 hold list --json
json 'len(o["suspensions"]) == 4 and o["holds"] == 3 and o["restrictions"] == 1'
expect 0 status
says out '3 holds and 1 restriction active'
expect 0 status --json
json 'o["suspensions"] == {"holds": 3, "restrictions": 1, "reviews_overdue": 0, "liftings_due": 0}'
expect 0 check
says out 'no record of its subject is there'
silent out 'P7'

# ---- explained ----
expect 0 explain crm contracts 1 --json
json "o['verdict'] == 'HELD' and o['suspensions'][0]['id'] == '$hold'"
json 'o["suspensions"][0]["authority"] == "District court"'
expect 0 explain crm contracts 3 --json
json 'o["verdict"] == "RESTRICTED"'
json 'o["suspensions"][0]["reason"] == "art18_1b_unlawful"'

# ---- a review that nobody made ----
expect 4 hold list --as-of 2999-01-01
says out 'REVIEW OVERDUE'
expect 0 status --as-of 2999-01-01 --json
json 'o["suspensions"]["reviews_overdue"] == 4'

# ---- what comes in is held when ingest returns ----
printf 'id,person,vin,ends\n7,P1,,2019-01-01\n' >more.csv
expect 0 ingest crm contracts more.csv
expect 0 hold list --json
json "[s for s in o['suspensions'] if s['id'] == '$hold'][0]['records'] == 4"
printf 'id,name,email\nP7,Late Person,\n' >late.csv
expect 0 ingest crm people late.csv
expect 0 check
silent out 'no record of its subject'

# ---- a dry run: nothing is behind ----
expect 0 purge --dry-run --json
json 'o["suspensions"] == {"holds": 3, "restrictions": 1, "reviews_overdue": 0, "liftings_due": 0, "behind": 0}'

# ---- released ----
expect 2 hold release "$cluster"
says err 'says why'
expect 0 hold release "$cluster" --reason 'the audit is over' --json
json 'o["state"] == "released" and o["records"] == 2'
json 'o["freed"] == [dict(o["freed"][0], store="web", collection="visits", cluster="visit_data", records=2, due=1, overdue=1, retain=1, active=0, undecided=0)]'
expect 2 hold release "$cluster" --reason again
says err 'was released already'
expect 0 hold list
silent out "$cluster"
expect 0 hold list --all
says out "$cluster"
says out 'the audit is over'

# ---- the log knows, and names nobody ----
expect 0 audit list --json
json '[e["action"] for e in o["entries"]].count("hold_placed") == 4'
json '[e["action"] for e in o["entries"]].count("hold_released") == 1'
silent out 'P1"|P7|court|Smith'
plain 'District court' 'Smith v'

# ---- a purge keeps what is held and reports it, and so do the metrics ----
expect 0 purge --approve
says out 'active suspensions: 2 holds, 1 restriction'
grep -q '^lethe_holds 2' var/metrics.prom || oops 'no lethe_holds'
grep -q '^lethe_restrictions 1' var/metrics.prom || oops 'no restrictions'
grep -q '^lethe_hold_reviews_overdue 0' var/metrics.prom || oops 'no reviews'
holds web visits 1
holds crm contracts 4
holds crm people 3

# ---- two people ----
printf 'holds: {approvals: 2}\n' >>lethe.yml
expect 0 hold release "$hold" --reason 'settled'
says out 'release asked for'
expect 3 hold release "$hold"
says err 'somebody else'
expect 0 hold list
says out 'release asked by'
sed -i 's/approvals: 2/approvals: 1/' lethe.yml
expect 0 hold release "$hold"
says out 'released'
expect 0 purge --approve
holds crm contracts 1
holds crm people 2
finish
