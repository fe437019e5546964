#!/bin/sh
# Policy as code: pages, the record of processing, two versions compared.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
records

# ---- pages: every format from the one JSON value ----
expect 0 policy show
says out '^A small policy \(small-policy, revision 1\)$'
says out '^  Deletion rule: last_end \+ 1 year$'
expect 0 policy show --format markdown --language de
says out '^# A small policy \(small-policy, Stand 1\)$'
says out '^\| Löschregel \| end \+ 1 Jahr \|$'
expect 0 policy show --format json
keys 'policies'
json 'o["policies"][0]["clusters"][0]["regular_deletion_period"] == "P1Y"'
expect 0 --json policy show --format markdown
keys 'policies'
expect 0 policy record
says out '^  Not given in the policy: Controller$'
says out '^  Categories of personal data: crm.people: user.unique_id, user.name, '
expect 0 --json policy record --language ja
json '"事業者" in o["policies"][0]["activities"][0]["missing"]'
expect 2 policy show --format pdf
says err 'there are text, json and markdown'
expect 2 policy test --language ja
says err 'does not take'
expect 2 policy recrd
says err 'did you mean .record.'
expect 2 policy show policy.yml
says err 'found 1 argument'

# ---- diff: what changed, and whose time it makes come ----
sed 's/revision: 1/revision: 2/; s/P4W/P9Y/; s/A small policy/A new title/
	s/regular_deletion_period: P1Y/regular_deletion_period: P99Y/' \
	policy.yml >new.yml
expect 0 policy diff policy.yml new.yml
says out '^  cluster visit_data: regular_deletion_period: P4W -> P9Y$'
says out '^  policy small-policy: title: A small policy -> A new title \(no effect\)$'
says out '^visit_data +0 +1 +1 +0 '
says out '^all +0 +4 +4 +0 '
expect 0 --json policy diff new.yml policy.yml
keys 'policy as_of before after changes clusters becomes_due stops_being_due due_before due_after within warnings'
json 'o["becomes_due"] == 4 and o["stops_being_due"] == o["due_before"] == 0'
json 'o["before"] == {"file": "new.yml", "revision": 2}'
expect 0 --json policy diff policy.yml policy.yml
json 'o["changes"] == [] and o["becomes_due"] == o["stops_being_due"] == 0'
# 29 February 2020 is over with 28 February 2021, in Tokyo.
expect 0 --json policy diff new.yml policy.yml --as-of 2021-02-28
json 'o["becomes_due"] == 0'
expect 0 --json policy diff new.yml policy.yml --as-of 2021-03-01
json 'o["becomes_due"] == 1 and o["within"][0] == {"days": 30, "before": 0, "after": 1}'
expect 0 policy diff policy.yml new.yml --as-of 2999-01-01
# It was a preview: everything is still due, and there.
holds crm contracts 3
expect 4 status --json
json 'o["due"] == 4'

# ---- a cluster that moved, one that is new ----
sed 's/  visit_data:/  page_data:/' policy.yml >moved.yml
expect 0 policy diff policy.yml moved.yml
says out '^  cluster page_data: added$'
says out '^  cluster visit_data: removed$'
says out '^  web.visits came from visit_data$'
expect 0 --json policy diff policy.yml moved.yml
json '[c["due_before"] for c in o["clusters"]] == [1, 2, 1, 0]'

# ---- files that do not fit: all that is wrong, exit 2 ----
sed 's/P4W/4 fortnights/' policy.yml >one.yml
sed 's/covers: \[crm.people\]/covers: [crm.peple]/' policy.yml >two.yml
expect 2 policy diff one.yml two.yml
says err '^one.yml:[0-9]+:.*4 fortnights'
says err '^two.yml:[0-9]+:.*peple'
says err '[23] errors in the files named above'
sed 's/at: crm.contracts.ends/at: web.visits.at/' policy.yml >live.yml
expect 2 policy diff policy.yml live.yml
says err '^live.yml:[0-9]+:.*in another store'
sed 's/^policy: small-policy/policy: small-polic/' policy.yml >other.yml
expect 2 policy diff policy.yml other.yml
says err 'other.yml is the policy .small-polic., and .* none of that name, only .small-policy.'
expect 2 policy diff policy.yml nowhere.yml
says err 'nowhere.yml'
expect 2 policy diff policy.yml
says err 'OLD and NEW'

# ---- what was left behind is not found under another name ----
expect 0 purge --approve --cluster contract_data
sed 's/last_end/last_expiry/' policy.yml >renamed.yml
expect 0 policy diff policy.yml renamed.yml
says out '^warning: store .crm.: [0-9]+ dates of starting point .last_end.'
expect 0 policy diff policy.yml new.yml
silent out 'warning'

# ---- forecast of one cluster, as a table ----
expect 0 forecast --days 40 --cluster visit_data
says out '^visit_data +1 +1$'
silent out 'people_data'
says out '^[0-9-]{10} +1  #{40}$'
expect 2 forecast --cluster visit_dat
says err 'did you mean .visit_data.'
expect 0 --json forecast --days 40
json 'o["all"]["total"] == sum(c["total"] for c in o["clusters"])'
json 'sum(d["records"] for d in o["all"]["days"]) == o["all"]["total"]'
finish
