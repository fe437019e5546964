#!/bin/sh
# What is emptied of a record that stays must not change whose other records
# are: an interval that loses its end would go on for ever, and what is kept
# of a record must still be found for its person.  Guards invariant 7.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
cat >one.sql <<'SQL'
CREATE TABLE customers (id INTEGER PRIMARY KEY);
CREATE TABLE holdings (id INTEGER PRIMARY KEY, vin TEXT, customer_id INTEGER, held_from TEXT, held_until TEXT, ended TEXT);
CREATE INDEX h1 ON holdings (vin); CREATE INDEX h2 ON holdings (customer_id); CREATE INDEX h3 ON holdings (ended);
CREATE TABLE papers (id INTEGER PRIMARY KEY, holding_id INTEGER REFERENCES holdings (id));
CREATE INDEX p1 ON papers (holding_id);
CREATE TABLE positions (id INTEGER PRIMARY KEY, vin TEXT, at TEXT);
CREATE INDEX q1 ON positions (vin); CREATE INDEX q2 ON positions (at);
SQL
cat >one.yml <<'YML'
dataset:
  - fides_key: one
    name: Store
    collections:
      - name: customers
        fields:
          - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true, identity: customer_id}}
      - name: holdings
        fields:
          - {name: id, data_categories: [system.operations], fides_meta: {primary_key: true}}
          - {name: vin, data_categories: [user.device]}
          - {name: customer_id, data_categories: [user.unique_id], fides_meta: {references: [{dataset: one, field: customers.id, direction: from}]}}
          - {name: held_from, data_categories: [user.account]}
          - {name: held_until, data_categories: [user.account]}
          - {name: ended, data_categories: [user.account]}
      - name: papers
        fields:
          - {name: id, data_categories: [system.operations], fides_meta: {primary_key: true}}
          - {name: holding_id, data_categories: [user.account], fides_meta: {references: [{dataset: one, field: holdings.id, direction: from}]}}
      - name: positions
        fields:
          - {name: id, data_categories: [system.operations], fides_meta: {primary_key: true}}
          - name: vin
            data_categories: [user.device]
            fides_meta: {references: [{dataset: one, field: holdings.vin, direction: from}]}
            lethe: {valid: {at: at, from: one.holdings.held_from, until: one.holdings.held_until}}
          - {name: at, data_categories: [user.location]}
YML
cat >lethe.yml <<'YML'
installation: world
time_zone: UTC
data_dir: ./var
key: {file: ./lethe.key}
policies: [p.yml]
stores:
  one: {driver: sqlite, dataset: one.yml, schema: one.sql}
YML
# policy KEPT EMPTIED: clusters of which the second is due for holding 1.
policy() {
	cat >p.yml <<-YML
		policy: p
		revision: 1
		title: A test
		calendar: {rule: eu_1182_71, time_zone: UTC}
		purposes:
		  a: {title: A, legal_basis: contract}
		starting_points:
		  ended: {kind: collection, at: ended, null_means: open}
		  at: {kind: collection, at: at}
		clusters:
		  keep: {covers: [one.customers, one.papers, $1], purposes: [a], deletion_rule: {unlimited: a test}}
		  due: {covers: [$2], purposes: [a], deletion_rule: {starting_point: ended, regular_deletion_period: P1Y}}
		  pos: {covers: [one.positions], purposes: [a], deletion_rule: {starting_point: at, regular_deletion_period: P10Y}}
	YML
}
# Customer 1 held the vehicle until 2020, customer 2 holds it since.
fill() {
	rm -rf var lethe.key
	expect 0 init
	printf 'id\n1\n2\n' >customers.csv
	printf 'id,vin,customer_id,held_from,held_until,ended\n%s\n%s\n' \
		1,V,1,2018-01-01,2020-01-01,2020-01-01 \
		2,V,2,2020-01-01,, >holdings.csv
	printf 'id,holding_id\n1,1\n' >papers.csv
	printf 'id,vin,at\n1,V,2019-05-01T00:00:00Z\n2,V,%s\n' \
		"$(date -u +%Y-%m-%dT00:00:00Z)" >positions.csv
	for c in customers holdings papers positions; do
		expect 0 ingest one $c $c.csv
	done
}

# ---- the interval is emptied, the record stays ----
policy one.holdings one.holdings.held_from,one.holdings.held_until
fill
expect 0 --json subject find --identity customer_id=1
json '[c["records"] for c in o["collections"] if c["collection"] == "positions"] == [1]'
expect 0 purge --approve
expect 0 --json subject find --identity customer_id=1
json 'all(k["id"] != 2 for c in o["collections"] if c["collection"] == "positions" for k in c["keys"])'

# ---- the record is emptied, one field of it stays ----
policy one.holdings.held_from one.holdings
fill
expect 0 purge --approve
expect 0 --json subject find --identity customer_id=1
json '"holdings" in [c["collection"] for c in o["collections"]]'
finish
