#!/bin/sh
# Records that stay: de-identified once, and again when their content is new.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
# A visit's number says nothing of anybody; its page goes after four weeks.
sed -i '/name: visits/,$s/{name: id, data_categories: \[user.unique_id\]/{name: id, data_categories: [system.operations]/' web.yml
sed -i '/covers: \[web.visits\]/a\    action: {de_identify: {page: keyed_hash}}' policy.yml
records

# ---- new content is judged anew ----
expect 4 purge --dry-run
says out '^web.visits: 1 record of visit_data would be pseudonymised$'
expect 0 purge --approve
says out '^web.visits: 1 record of visit_data is pseudonymised$'
expect 0 dump web visits
says out '"id":1,"page":"[0-9a-f]{32}"'
says out '"id":2,"page":"home"'
expect 0 --json explain web visits 1
json 'o["verdict"] == "RETAIN" and o["label"] == "pseudonymised"'
expect 0 explain web visits 1
says out 'it was de-identified: pseudonymised$'
expect 0 policy show --language de
says out '^  Maßnahme: wird de-identifiziert .pseudonymisiert.$'
expect 0 --json policy show
json '[c["label"] for c in o["policies"][0]["clusters"]] == [None, None, "pseudonymised"]'
printf '{"id": 1, "page": "cart"}\n{"id": 3, "page": "help", "at": "2024-02-02"}\n' >more.jsonl
expect 0 ingest --upsert web visits more.jsonl
expect 4 --json status
json 'o["due"] == 2'
expect 0 purge --approve
expect 0 dump web visits
says out '"id":1,"page":"[0-9a-f]{32}"'
says out '"id":3,"page":"[0-9a-f]{32}"'
silent out 'cart|help'
# What is refused leaves the marks as they are.
printf '{"id": 1, "page": "cart"}\n{"id": "x"}\n' >wrong.jsonl
expect 2 ingest --upsert web visits wrong.jsonl
expect 0 --json status
json 'o["due"] == 0'

# ---- what a store would refuse shows before a run, and the run does nothing ----
mkdir strict
cp ./*.yml ./*.sql ./*.csv strict
cd strict || exit 1
sed -i 's/page TEXT/page TEXT CHECK (length(page) < 10)/' web.sql
expect 0 init
expect 0 check
says err 'warning: cluster .visit_data.*could not be tried'
expect 0 ingest crm contracts contracts.csv
expect 0 ingest web visits visits.csv
expect 2 check
says err 'policy.yml:.*error: cluster .visit_data.: .web.visits. does not take its records as they would become: .*CHECK'
silent err 'home'
expect 4 purge --dry-run
expect 2 purge --approve
says err 'does not take its records'
holds crm contracts 3
finish
