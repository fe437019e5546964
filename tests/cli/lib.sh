# shellcheck shell=sh
# What the scenarios share.  Source it first: it makes an empty folder of the
# scenario's own, goes there, and counts what is wrong; end with `finish`.
set -u
: "${LETHE:?the program under test}"
name=$(basename "$0" .sh)
root=$PWD/build/scratch/cli-$name
rm -rf "$root"
mkdir -p "$root"
cd "$root" || exit 1
wrong=0

# Say what is wrong, with what the last command said.
oops() {
	wrong=$((wrong + 1))
	printf '%s: %s\n' "$name" "$1"
	[ ! -f out ] || sed 's/^/    out: /' out | head -n 20
	[ ! -f err ] || sed 's/^/    err: /' err | head -n 20
}

# expect CODE ARGUMENT...: run lethe, check its exit code; out and err are kept.
expect() {
	want=$1
	shift
	"$LETHE" "$@" >out 2>err </dev/null
	got=$?
	[ "$got" -eq "$want" ] || oops "lethe $*: exit $got, expected $want"
}

# says FILE PATTERN: a line of out or err has it (an extended expression).
says() {
	grep -Eq -e "$2" "$1" || oops "$1 does not say: $2"
}

silent() {
	! grep -Eq -e "$2" "$1" || oops "$1 says: $2"
}

# keys 'a b c': out is one JSON object with exactly these members.
keys() {
	found=$(python3 -c 'import json, sys
print(*sorted(json.load(open("out"))))' 2>&1)
	sorted=$(printf '%s\n' "$1" | tr ' ' '\n' | sort | tr '\n' ' ')
	[ "$found" = "${sorted% }" ] ||
		oops "members: $found, expected ${sorted% }"
}

# json EXPRESSION: Python about o, the object in out, must be true.
json() {
	python3 -c 'import json, sys
o = json.load(open("out"))
sys.exit(not eval(sys.argv[1]))' "$1" 2>>err || oops "not true: $1"
}

# fits NAME: what came out is as schemas/NAME.schema.json says.
fits() {
	python3 -c 'import jsonschema' 2>/dev/null || return 0
	python3 - "$root/../../../schemas/$1.schema.json" >bad 2>&1 <<-'PYTHON' ||
		import json, sys, jsonschema
		schema = json.load(open(sys.argv[1]))
		jsonschema.Draft202012Validator.check_schema(schema)
		jsonschema.Draft202012Validator(schema).validate(json.load(open("out")))
	PYTHON
		oops "$(cat bad)"
}

# installation: a small one in this folder, with the policy's window of 24 h.
# people run 1 year from the end of their last contract; contracts 1 year from
# their own; visits 4 weeks from the visit.
installation() {
	cat >lethe.yml <<-'YML'
		installation: small
		time_zone: Asia/Tokyo
		data_dir: ./var
		key: {file: ./lethe.key}
		policies: [policy.yml]
		stores:
		  crm: {driver: sqlite, dataset: crm.yml, schema: crm.sql}
		  web: {driver: sqlite, dataset: web.yml, schema: web.sql}
	YML
	cat >crm.sql <<-'SQL'
		CREATE TABLE people (
		  id TEXT NOT NULL PRIMARY KEY,
		  name TEXT NOT NULL,
		  email TEXT
		);
		CREATE TABLE contracts (
		  id INTEGER NOT NULL PRIMARY KEY,
		  person TEXT,
		  vin TEXT,
		  ends DATE
		);
		CREATE INDEX contracts_person ON contracts (person);
		CREATE INDEX contracts_ends ON contracts (ends);
	SQL
	cat >web.sql <<-'SQL'
		CREATE TABLE visits (
		  id INTEGER NOT NULL PRIMARY KEY,
		  page TEXT,
		  at TEXT
		);
		CREATE INDEX visits_at ON visits (at);
	SQL
	cat >crm.yml <<-'YML'
		dataset:
		  - fides_key: crm
		    name: Customers
		    collections:
		      - name: people
		        fields:
		          - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true}}
		          - {name: name, data_categories: [user.name]}
		          - {name: email, data_categories: [user.contact.email]}
		      - name: contracts
		        fields:
		          - {name: id, data_categories: [user.account], fides_meta: {primary_key: true}}
		          - name: person
		            data_categories: [user.unique_id]
		            fides_meta: {references: [{dataset: crm, field: people.id, direction: from}]}
		          - {name: vin, data_categories: [user.device]}
		          - {name: ends, data_categories: [user.account]}
	YML
	cat >web.yml <<-'YML'
		dataset:
		  - fides_key: web
		    name: Visits
		    collections:
		      - name: visits
		        fields:
		          - {name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true}}
		          - {name: page, data_categories: [user.behavior]}
		          - {name: at, data_categories: [user.behavior]}
	YML
	cat >policy.yml <<-'YML'
		policy: small-policy
		revision: 1
		title: A small policy
		calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}
		purposes:
		  contract: {title: Contract, legal_basis: contract}
		starting_points:
		  last_end: {kind: end_of_relationship, at: crm.contracts.ends, pick: latest, null_means: open}
		  end: {kind: end_of_relationship, at: ends, null_means: open}
		  visit: {kind: collection, at: at}
		clusters:
		  people_data:
		    purposes: [contract]
		    covers: [crm.people]
		    deletion_rule: {starting_point: last_end, regular_deletion_period: P1Y}
		  contract_data:
		    purposes: [contract]
		    covers: [crm.contracts]
		    deletion_rule: {starting_point: end, regular_deletion_period: P1Y}
		  visit_data:
		    purposes: [contract]
		    covers: [web.visits]
		    deletion_rule: {starting_point: visit, regular_deletion_period: P4W}
		tests:
		  - given: {cluster: contract_data, starting_point: 2024-02-29}
		    expect: {2025-02-28: RETAIN, 2025-03-01: DUE}
	YML
	"$LETHE" init >out 2>err || oops "init"
}

# records: two people, one of them long gone, and visits old and new.
records() {
	new=$(date -u -d '-1 day' +%Y-%m-%dT%H:%M:%SZ)
	cat >people.csv <<-'CSV'
		id,name,email
		P1,Gone Person,gone@example.com
		P2,Open Person,open@example.com
	CSV
	cat >contracts.csv <<-'CSV'
		id,person,vin,ends
		1,P1,WBA00000000000001,2020-02-29
		2,P1,WBA00000000000002,2021-06-30
		3,P2,WBA00000000000003,
	CSV
	printf 'id,page,at\n1,home,2024-01-01T00:00:00Z\n2,home,%s\n' "$new" \
		>visits.csv
	expect 0 ingest crm people people.csv
	expect 0 ingest crm contracts contracts.csv
	expect 0 ingest web visits visits.csv
}

# count STORE COLLECTION: how many records there are.
count() {
	"$LETHE" dump --restricted legal_claims "$1" "$2" 2>/dev/null | wc -l
}

holds() {
	n=$(count "$1" "$2")
	[ "$n" -eq "$3" ] || oops "$1.$2 holds $n records, expected $3"
}

# plain WORD...: none of the words in any file of the data folder.
plain() {
	for word; do
		! grep -rqa -e "$word" var || {
			oops "$word in plain: $(grep -rla -e "$word" var)"
		}
	done
}

finish() {
	[ "$wrong" -eq 0 ] || printf '%s: %d wrong\n' "$name" "$wrong"
	exit "$((wrong > 0))"
}
