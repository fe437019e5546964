#!/bin/sh
# A package has exactly the person's records and nobody else's: random worlds
# whose records are made with their owners, a store cut into segments, vehicles
# that change hands, addresses that several people share, and decisions on these.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
installation
cat >>lethe.yml <<-'YML'
	controllers: [{title: Us, contact: us@example.org, authority: court}]
	processing: {automated_decisions: None.}
YML
sed -i 's/\(driver: sqlite, dataset: web.yml.*\)}/\1, segments: {every: P1D}}/' lethe.yml
cat >crm.sql <<-'SQL'
	CREATE TABLE people (id TEXT NOT NULL PRIMARY KEY, address INTEGER);
	CREATE INDEX people_address ON people (address);
	CREATE TABLE addresses (id INTEGER NOT NULL PRIMARY KEY, city TEXT);
	CREATE TABLE holdings (id INTEGER NOT NULL PRIMARY KEY, person TEXT,
	  vin TEXT, since TEXT, until TEXT);
	CREATE INDEX holdings_person ON holdings (person);
	CREATE INDEX holdings_vin ON holdings (vin);
SQL
cat >web.sql <<-'SQL'
	CREATE TABLE positions (id INTEGER NOT NULL PRIMARY KEY, vin TEXT, at TEXT);
	CREATE INDEX positions_vin ON positions (vin, at);
	CREATE INDEX positions_at ON positions (at);
SQL
cat >crm.yml <<-'YML'
	dataset:
	  - fides_key: crm
	    name: Customers
	    collections:
	      - name: people
	        fields:
	          - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true, identity: customer_id}}
	          - name: address
	            data_categories: [user.contact]
	            fides_meta: {references: [{dataset: crm, field: addresses.id, direction: to}]}
	      - name: addresses
	        lethe: {shared: true}
	        fields:
	          - {name: id, data_categories: [user.contact], fides_meta: {primary_key: true}}
	          - {name: city, data_categories: [user.contact]}
	      - name: holdings
	        fields:
	          - {name: id, data_categories: [user.account], fides_meta: {primary_key: true}}
	          - name: person
	            data_categories: [user.unique_id]
	            fides_meta: {references: [{dataset: crm, field: people.id, direction: from}]}
	          - {name: vin, data_categories: [user.device]}
	          - {name: since, data_categories: [user.account]}
	          - {name: until, data_categories: [user.account]}
YML
cat >web.yml <<-'YML'
	dataset:
	  - fides_key: web
	    name: Positions
	    collections:
	      - name: positions
	        lethe: {segment_by: at}
	        fields:
	          - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true}}
	          - name: vin
	            data_categories: [user.device]
	            fides_meta: {references: [{dataset: crm, field: holdings.vin, direction: from}]}
	            lethe: {valid: {at: at, from: crm.holdings.since, until: crm.holdings.until}}
	          - {name: at, data_categories: [user.location]}
YML
cat >policy.yml <<-'YML'
	policy: small-policy
	revision: 1
	title: A small policy
	calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}
	recipients:
	  carrier: {title: Carrier, role: processor, region: JP}
	purposes:
	  contract: {title: Contract, legal_basis: contract, recipients: [carrier]}
	starting_points:
	  seen: {kind: collection, at: at}
	clusters:
	  all_data:
	    purposes: [contract]
	    origin: data_subject
	    covers: [crm.people, crm.addresses, crm.holdings]
	    deletion_rule: {unlimited: a test}
	  position_data:
	    purposes: [contract]
	    origin: observed
	    covers: [web.positions]
	    deletion_rule: {starting_point: seen, regular_deletion_period: P4W}
YML
rm -rf var lethe.key
expect 0 init
cat >oracle.py <<'PYTHON'
import csv, datetime, json, os, random, subprocess, sys, zipfile

seed = int(sys.argv[1])
random.seed(seed)
now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)

def lethe(*words):
    done = subprocess.run([os.environ["LETHE"], "--json", *words],
                          capture_output=True, text=True)
    if done.returncode not in (0, 4):
        sys.exit("%s: %s" % (" ".join(words), done.stderr))
    return json.loads(done.stdout) if done.stdout.strip() else None

def write(name, head, rows):
    with open(name, "w", newline="") as f:
        w = csv.writer(f)
        w.writerow(head)
        w.writerows(rows)

def text(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ") if t else ""

def world(tag):
    want, people, holdings, positions = {}, [], [], []
    addresses = [tag * 100 + i for i in range(3)]
    for p in range(6):
        who = "W%dP%d" % (tag, p)
        home = random.choice(addresses + [None])
        people.append([who, home if home is not None else ""])
        want[who] = {("people", who)}
        if home is not None:
            want[who].add(("addresses", home))
    n = tag * 10000
    for v in range(4):
        # Who held it when: one after the other, with gaps, on to the second.
        vin, at = "VIN%d-%d" % (tag, v), now - datetime.timedelta(days=6)
        spans = []
        while at < now:
            until = at + datetime.timedelta(seconds=random.randint(1, 200000))
            who = random.choice(people)[0]
            n += 1
            holdings.append([n, who, vin, text(at),
                             text(until) if until < now else ""])
            want[who].add(("holdings", n))
            spans.append((who, at, until))
            at = until + datetime.timedelta(
                seconds=random.choice([0, 0, 1, 5000]))
        for k in range(60):
            t = now - datetime.timedelta(seconds=random.randint(0, 600000))
            if random.random() < .4:  # at the edges
                s = random.choice(spans)
                t = random.choice(s[1:]) + datetime.timedelta(
                    seconds=random.choice([-1, 0, 1]))
            if t > now:
                t = now
            n += 1
            positions.append([n, vin, text(t)])
            for who, since, until in spans:
                if since <= t and (t < until or until >= now):
                    want[who].add(("positions", n))
    write("addresses.csv", ["id", "city"], [[a, "c"] for a in addresses])
    write("people.csv", ["id", "address"], people)
    write("holdings.csv", ["id", "person", "vin", "since", "until"], holdings)
    write("positions.csv", ["id", "vin", "at"], positions)
    for c in "addresses", "people", "holdings":
        lethe("ingest", "crm", c, c + ".csv")
    lethe("ingest", "web", "positions", "positions.csv")
    return want

def package(who, withhold):
    case = lethe("request", "open", "--type", "access", "--identity",
                 "customer_id=" + who)["id"]
    lethe("request", "verify", case, "--method", "login")
    if withhold:
        lethe("request", "items", case, "crm", "addresses", str(withhold),
              "--decide", "withhold", "--reason", "rights_of_others")
    name = case + ".zip"
    lethe("request", "package", case, "-o", name)
    got, many = set(), 0
    with zipfile.ZipFile(name) as z:
        for f in z.namelist():
            if "/data/" not in f or not f.endswith(".json") or "schema" in f:
                continue
            o = json.loads(z.read(f))
            for r in o["records"]:
                got.add((o["collection"], r["values"]["id"]))
                many += 1
        total = json.loads(z.read(
            [f for f in z.namelist() if f.endswith("manifest.json")][0]))
    os.unlink(name)
    if not many == len(got) == total["records"]:
        sys.exit("seed %d, %s: %d records, %d of them different, %d said" %
                 (seed, who, many, len(got), total["records"]))
    return got

for tag in range(1, 4):
    for who, records in world(tag).items():
        shared = [k for c, k in records if c == "addresses"]
        withhold = shared[0] if shared and random.random() < .5 else None
        if withhold:
            records = records - {("addresses", withhold)}
        got = package(who, withhold)
        if got != records:
            sys.exit("seed %d, %s: too many %s, missing %s" % (
                seed, who, sorted(got - records), sorted(records - got)))
PYTHON
export LETHE
for seed in 1 2; do
	python3 oracle.py "$(date +%s)$seed" >said 2>&1 || oops "$(cat said)"
	rm -rf var lethe.key
	expect 0 init
done
finish
