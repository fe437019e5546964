#!/bin/sh
# Reports for others, on made-up customers: what they say, what they refuse,
# what a day later and a person more gives away.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
"$LETHE" demo --customers 400 try >/dev/null 2>err || oops demo
cd try || exit 1
customers='report --cluster customer_data'

# sums: what is shown of a collection in plain, counted here.
"$LETHE" dump crm customers --format csv >customers.csv
# shellcheck disable=SC2086
expect 0 $customers --by prefecture --json
cp out first
keys 'cluster title collection by unit counted_by min cells totals withheld restricted'
json 'o["unit"] == "persons" and o["counted_by"] == "id" and o["min"] == 5'
json 'all(c["count"] is None or c["count"] >= 5 for c in o["cells"])'
json 'o["totals"][0]["count"] == 400'
python3 - <<'PYTHON' || oops 'the counts are not those of the records'
import collections, csv, json
people = collections.Counter(
    r["prefecture"] for r in csv.DictReader(open("customers.csv")))
o = json.load(open("out"))
named = {c["values"][0]: c["count"] for c in o["cells"]
         if isinstance(c["values"][0], str)}
assert set(named) == {p for p, n in people.items() if n >= 5}
assert all(n is None or n == people[p] for p, n in named.items())
assert len(named) > 10
PYTHON

# ---- by two: the totals are those of the first, and nothing can be worked out
# shellcheck disable=SC2086
expect 0 $customers --by contact_channel,prefecture --json
json 'all(c["count"] is None or c["count"] >= 5 for c in o["cells"] + o["totals"])'
json 'o["withheld"] == sum(c["count"] is None for c in o["cells"])'
python3 - <<'PYTHON' || oops 'a withheld number can be subtracted'
import json
one, two = json.load(open("first")), json.load(open("out"))
def name(v): return json.dumps(v)
a = {name(c["values"][0]): c["count"] for c in one["cells"]}
t = {name(c["values"][0]): c["count"] for c in two["totals"]
     if c["by"] == ["prefecture"]}
assert a == t
for p in a:
    row = [c["count"] for c in two["cells"] if name(c["values"][1]) == p]
    hidden = row.count(None)
    assert hidden != 1
    if hidden and a[p] is not None:
        assert a[p] - sum(n or 0 for n in row) >= 5
PYTHON
# shellcheck disable=SC2086
expect 0 $customers --by contact_channel,prefecture --format csv
says out '^contact_channel,prefecture,count,as_of$'
# shellcheck disable=SC2086
expect 0 $customers --by prefecture --language ja
says out '^      400 .*\(all\)'
# shellcheck disable=SC2086
expect 0 $customers --by prefecture --min 30 --json
json 'all(c["count"] is None or c["count"] >= 30 for c in o["cells"])'

# ---- one person more, a day later: nothing has changed; twenty more: it has
sed -n 1p customers.csv >more.csv
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	printf 'N%07d,山,一,ヤマ,イチ,1980-01-01,100-0001,東京都,千代田区,一番町1,,n%d@example.com,,ja,email,みほんBMW 港,2024-01-01T00:00:00Z\n' \
		"$n" "$n" >>more.csv
done
sed -n 1,2p more.csv >one.csv
expect 0 ingest crm customers one.csv
# shellcheck disable=SC2086
expect 0 $customers --by prefecture --json
python3 - <<'PYTHON' || oops 'one person shows'
import json
assert json.load(open("first"))["cells"] == json.load(open("out"))["cells"]
assert json.load(open("first"))["totals"] == json.load(open("out"))["totals"]
PYTHON
expect 0 ingest --upsert crm customers more.csv
# shellcheck disable=SC2086
expect 0 $customers --by prefecture --json
python3 - <<'PYTHON' || oops 'twenty people do not show'
import json
def tokyo(f):
    return [c["count"] for c in json.load(open(f))["cells"]
            if c["values"] == ["東京都"]][0]
assert tokyo("out") == tokyo("first") + 20
PYTHON

# ---- several records of one person are one person
expect 0 report --cluster financial_data --by kind --json
json 'o["unit"] == "persons" and o["counted_by"] == "customer_id"'
json 'o["totals"][0]["count"] <= 400'
expect 0 report --cluster contract_data --collection services \
	--by brand,service_code,starts_on:year --json
json 'o["counted_by"] == "customer_id" and o["collection"] == "crm.services"'

# ---- refused
for f in id email family_name street phone_number; do
	# shellcheck disable=SC2086
	expect 2 $customers --by $f
	says err 'identifies people'
done
# shellcheck disable=SC2086
expect 2 $customers --by prefectur
says err 'did you mean .prefecture.'
# shellcheck disable=SC2086
expect 2 $customers --by prefecture --min 4
says err 'can only raise it'
# shellcheck disable=SC2086
expect 2 $customers --by prefecture,prefecture
# shellcheck disable=SC2086
expect 2 $customers --by prefecture,language,dealer,city
# shellcheck disable=SC2086
expect 2 $customers --by created_at:week
expect 2 report --cluster customr_data --by prefecture
says err 'did you mean .customer_data.'
expect 2 report --cluster contract_data --by brand
says err 'name one with --collection'
expect 2 report --by prefecture
# A ring, another cut of the same field.
# shellcheck disable=SC2086
expect 0 $customers --by prefecture,created_at:year
# shellcheck disable=SC2086
expect 3 $customers --by contact_channel,created_at:year
says err 'has been reported by'
# shellcheck disable=SC2086
expect 3 $customers --by created_at:month
says err 'created_at:year'

# ---- the log has that it was, and no number of it
expect 0 --json audit list --action report_released
json 'all(set(e) == {"seq", "at", "actor", "role", "action", "object", "cluster", "collection", "by", "cells", "withheld", "min"} for e in o["entries"])'
json 'o["entries"][0]["by"] == ["prefecture"]'
finish
