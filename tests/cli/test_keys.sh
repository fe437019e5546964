#!/bin/sh
# Keys of every type hold the path to what is gone: a person falls due by the
# contracts that went before, whatever the key is made of.
# Guards invariant 2: nothing stays for ever because its key was not found.
# shellcheck disable=SC1091,SC2154  # lib.sh, and its ${wrong}
. "$(dirname "$0")/lib.sh"
installation

# try TYPE OF PERSON, TYPE OF REFERENCE, KEY AS JSON, REFERENCE AS JSON
try() {
	rm -rf var lethe.key
	printf 'CREATE TABLE people (id %s NOT NULL PRIMARY KEY, name TEXT, email TEXT);
CREATE TABLE contracts (id INTEGER PRIMARY KEY, person %s, vin TEXT, ends DATE);
CREATE INDEX contracts_person ON contracts (person);
CREATE INDEX contracts_ends ON contracts (ends);\n' "$1" "$2" >crm.sql
	printf '{"id": %s, "name": "Gone"}\n' "$3" >people.jsonl
	printf '{"id": 1, "person": %s, "ends": "2020-01-01"}\n' "$4" \
		>contracts.jsonl
	expect 0 init
	expect 0 ingest crm people people.jsonl
	expect 0 ingest crm contracts contracts.jsonl
	expect 0 purge --approve --cluster contract_data
	holds crm contracts 0
	expect 4 status
	expect 0 purge --approve
	holds crm people 0
	[ "$wrong" -eq 0 ] || {
		echo "with people.id $1 and contracts.person $2"
		finish
	}
}

try TEXT TEXT '"P1"' '"P1"'
try TEXT TEXT '"007"' '"007"'
try INTEGER INTEGER 7 7
try INTEGER TEXT 7 '"7"'
try TEXT INTEGER '"7"' 7
try BLOB BLOB '{"base64": "AAECAwQFBgcICQoLDA0ODw=="}' \
	'{"base64": "AAECAwQFBgcICQoLDA0ODw=="}'
try BLOB BLOB '{"base64": "/+7dzLuqmYh3ZlVEMyIRAA=="}' \
	'{"base64": "/+7dzLuqmYh3ZlVEMyIRAA=="}'
finish
