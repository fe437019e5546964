#!/bin/sh
# Which records are a person's: the whole of the demonstration, by customer
# number and by e-mail, against the records themselves.  Guards invariant 7.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
"$LETHE" demo here --customers 60 >out 2>err || oops 'demo'
cd here || exit 1

# ---- what is asked, and how ----
expect 0 subject --help
says out 'KIND=VALUE'
expect 2 subject
expect 2 subject lose
expect 2 subject find
says err -- '--identity is missing'
expect 2 subject find --identity C0000007
silent err 'C0000007'
expect 2 subject find --identity costumer_id=C0000007
says err 'did you mean .customer_id'
silent err 'C0000007'
expect 0 subject find --identity customer_id=C9999999
says out '0 records in 0 collections'
expect 0 --json subject find --identity customer_id=C9999999
json 'o["collections"] == []'
expect 0 subject find --identity customer_id=C000000
says out '0 records'

# ---- everyone: all of theirs and nothing of anybody else's ----
for store in crm telemetry login; do
	sed -n 's/^      - name: //p' "schemas/$store.yml" >names
	while read -r collection; do
		"$LETHE" dump "$store" "$collection" \
			>"$store.$collection.jsonl" || oops "dump $collection"
	done <names
done
cat >check.py <<'PY'
import json, os, subprocess, sys
from glob import glob

lethe = os.environ["LETHE"]
data = {}
for path in glob("*.*.jsonl"):
    store, collection, _ = path.split(".")
    with open(path) as f:
        data[store, collection] = [json.loads(line) for line in f]
crm = lambda c: data["crm", c]

def find(identity):
    text = subprocess.run([lethe, "--json", "subject", "find", "--identity",
        identity], check=True, capture_output=True).stdout
    o = json.loads(text)
    assert sorted(o) == ["collections", "identity", "value"], sorted(o)
    found = {}
    for c in o["collections"]:
        assert c["records"] == len(c["keys"]) > 0
        assert c["dataset"] == c["store"]
        assert c["shared"] == (c["collection"] == "vehicles"), c
        keys = [tuple(k.values()) for k in c["keys"]]
        assert len(keys) == len(set(keys)), "twice: " + c["collection"]
        found[c["store"], c["collection"]] = set(keys)
    return found

# Instants are UTC with a Z, and none has a fraction: text compares.
def held(record, at, holdings):
    return any(h["vin"] == record["vin"] and h["held_from"] <= record[at] and
        (h["held_until"] is None or record[at] < h["held_until"])
        for h in holdings)

def expected(person):
    own = {}
    def take(store, collection, key, test):
        rows = [r for r in data[store, collection] if test(r)]
        if rows:
            own[store, collection] = {tuple(r[k] for k in key) for r in rows}
        return rows
    take("crm", "customers", ["id"], lambda r: r["id"] == person)
    for (store, c), rows in data.items():
        if store == "crm" and rows and "customer_id" in rows[0]:
            take(store, c, ["id"], lambda r: r["customer_id"] == person)
    contracts = {k for k, in own.get(("crm", "contracts"), ())}
    take("crm", "services", ["id"], lambda r: r["contract_id"] in contracts)
    banks = {k for k, in own.get(("crm", "bank_accounts"), ())}
    assert all(t["customer_id"] == person for t in crm("transactions")
        if t["bank_account_id"] in banks)
    holdings = [h for h in crm("holdings") if h["customer_id"] == person]
    vins = {h["vin"] for h in holdings}
    take("crm", "vehicles", ["vin"], lambda r: r["vin"] in vins)
    take("crm", "vehicle_services", ["id"],
        lambda r: held(r, "performed_at", holdings))
    for store, c in data:
        if store == "telemetry":
            take(store, c, ["id"], lambda r: held(r, "recorded_at", holdings))
    logins = {a["universal_id"] for a in crm("accounts")
        if a["customer_id"] == person and a["universal_id"]}
    for store, c in data:
        if store == "login":
            key = "universal_id" if c == "group_logins" else "id"
            take(store, c, [key], lambda r: r["universal_id"] in logins)
    return own

people = sorted({r["customer_id"] for c, rows in data.items() for r in rows
    if "customer_id" in r} | {c["id"] for c in crm("customers")})
moved = telemetry = 0
for person in people:
    found, want = find("customer_id=" + person), expected(person)
    for c in set(found) | set(want):
        assert found.get(c, set()) == want.get(c, set()), (person, c,
            found.get(c), want.get(c))
    telemetry += sum(len(k) for c, k in found.items() if c[0] == "telemetry")
    moved += any(h["held_until"] for h in crm("holdings")
        if h["customer_id"] == person)
assert len(people) >= 60 and telemetry > 100 and moved > 3, (len(people),
    telemetry, moved)
c = crm("customers")[0]
whole = find("customer_id=" + c["id"])
assert find("email=" + c["email"].upper()) == whole
phone = c["phone_number"]
assert find("phone_number=" + phone[:3] + " (" + phone[3:5] + ") " +
    phone[5:9] + "-" + phone[9:]) == whole
# A vehicle leads to nobody.
vin = crm("holdings")[0]["vin"]
assert find("vin=" + vin) == {("crm", "vehicles"): {(vin,)}}
PY
python3 check.py >out 2>err || oops 'not what the records say'

# ---- every look is in the log, and nobody's name ----
expect 0 --json audit list --action subject_looked_up
json 'len(o["entries"]) >= 60'
json 'all(e["identity"] in ("customer_id", "email", "phone_number", "vin") for e in o["entries"])'
json 'all(e["actor"] and e["records"] >= e["collections"] >= 0 for e in o["entries"])'
silent out 'C0000|@example|\+8190'
finish
