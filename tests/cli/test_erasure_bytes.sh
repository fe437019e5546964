#!/bin/sh
# Records whose keys are bytes are planned, kept and erased like any other.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
installation
sed -i "/CREATE TABLE visits/,/);/s/id INTEGER NOT NULL PRIMARY KEY/id BLOB NOT NULL PRIMARY KEY/" web.sql
sed -i 's/{name: page,/{name: page, fides_meta: {identity: page},/' web.yml
sed -i '/covers: \[web.visits\]/a\    erasure: {on_request: keep, exception: legal_obligation, law: The act}' policy.yml
printf 'requests: {approvals: 1, authority: PPC}\n' >>lethe.yml
rm -rf var lethe.key
expect 0 init
new=$(date -u -d '-1 day' +%Y-%m-%dT%H:%M:%SZ)
# 00 27 FF and 41 00 42: a NUL, a quote, what is no UTF-8.
printf 'id,page,at\nACf/,home,%s\nQQBC,home,2024-01-01T00:00:00Z\n' "$new" \
	>visits.csv
expect 0 ingest web visits visits.csv
expect 0 request open --type erasure --identity page=home --json
r=$(python3 -c 'import json; print(json.load(open("out"))["id"])')
expect 0 request verify "$r" --method login
expect 0 request plan "$r" --json
json 'o["kept_records"] == 1 and o["records"] == 1'
json 'o["kept"][0]["why"] == "legal_obligation" and o["kept"][0]["until"]'
expect 0 request decide "$r" --outcome fulfil_partly \
	--reason legal_obligation --note 'The act.'
expect 0 request execute "$r"
holds web visits 1
expect 0 audit verify
finish
