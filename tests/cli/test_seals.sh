#!/bin/sh
# A store that was put back, in part or as a whole, as an operator meets it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
installation
records

# keep NAME: the files of crm as they are; back NAME [SUFFIX...]: put back.
keep() {
	mkdir -p "$1" && rm -f "$1"/* && cp var/stores/crm.db* "$1"
}
back() {
	from=$1
	shift
	[ $# -gt 0 ] || set -- '' -wal -seal
	for end in "$@"; do
		rm -f "var/stores/crm.db$end"
		[ ! -f "$from/crm.db$end" ] ||
			cp "$from/crm.db$end" "var/stores/crm.db$end"
	done
}

# fits: what verify says is as its schema says.
fits() {
	python3 -c 'import jsonschema' 2>/dev/null || return 0
	python3 - ../../.. >bad 2>&1 <<-'PYTHON' || oops "$(cat bad)"
		import json, sys, jsonschema
		schema = json.load(open(sys.argv[1] + "/schemas/verify.schema.json"))
		jsonschema.Draft202012Validator.check_schema(schema)
		jsonschema.Draft202012Validator(schema).validate(json.load(open("out")))
	PYTHON
}

expect 0 --json audit verify
fits
json 'all(s["sealed_at"] is None for s in o["stores"])'
expect 0 purge --approve
keep first
expect 0 --json audit list --action stores_sealed
json 'len(o["entries"]) == 1 and o["entries"][0]["parts"] == 1'
json '[f["file"] for f in o["entries"][0]["files"]] == [
    "control", "store/crm", "store/web"]'
json 'all(f["generation"] > 0 and f["pages"] > 0 and len(f["digest"]) == 64
    for f in o["entries"][0]["files"])'
expect 0 --json audit verify --stores
fits
json 'o["verified"] and all(s["sealed_at"] and not s["problem"]
    for s in o["stores"])'

# ---- honest changes, and runs that seal them ----
printf '{"id":"P77","name":"Nobody","email":"n@example.jp"}\n' >one.jsonl
expect 0 ingest crm people one.jsonl
expect 0 audit verify --stores
expect 0 purge
expect 0 purge --store web
expect 0 purge
keep last

# ---- the whole store ----
back first
expect 5 purge
says err 'store/crm is not the file that was sealed at .*older one'
says err 'accept-restore'
expect 0 --json audit list --action purge_refused_by_seal
json '[e["files"] for e in o["entries"]] == [["store/crm"]]'
json 'o["entries"][0]["object"] == o["entries"][0]["run"]'
expect 5 --json audit verify
fits
json 'o["problem"] == "store" and not o["verified"] and o["entry"] is None'
json '[s["file"] for s in o["stores"] if s["problem"]] == ["store/crm"]'
expect 5 audit verify
says out '^store/crm: NOT the newest'
# applications that go on with it make no newer one of it
expect 0 ingest crm people one.jsonl --upsert
expect 0 ingest crm people one.jsonl --upsert
expect 0 ingest crm people one.jsonl --upsert
expect 5 purge

# ---- its parts ----
back last
expect 0 purge
keep last
back first '' -wal
expect 5 purge
says err 'crm.db: page [0-9]+ is an older one that was put back'
expect 0 --json audit list --action purge_refused_by_seal
json 'o["entries"][-1]["files"] == ["store/crm"]'
expect 5 --json audit verify
json '[(s["file"], not s["problem"]) for s in o["stores"]] == [
    ("control", True), ("store/crm", False), ("store/web", True)]'
back last
back first -seal
expect 5 purge
back last
rm var/stores/crm.db-seal
expect 5 purge
says err 'its seal file is not there'
expect 5 audit verify
back last
expect 0 purge

# ---- the control database, and the log ----
cp var/control.db var/control.db-seal last
cp var/audit.db last/log
expect 0 purge
cp var/control.db var/control.db-seal first
cp var/audit.db first/log
rm -f var/control.db* && cp last/control.db* var
expect 5 purge
says err 'control'
expect 5 audit verify
rm -f var/control.db* && cp first/control.db* var
cp last/log var/audit.db
expect 5 purge
says err 'audit'
expect 5 --json audit verify
fits
cp first/log var/audit.db
expect 0 purge
expect 0 audit verify --stores

# ---- a backup that is taken as it is ----
back first
expect 5 purge
expect 2 audit accept-restore crm
expect 2 audit accept-restore crm --reason backups
says err 'did you mean .backup'
expect 2 audit accept-restore crn --reason backup
expect 0 --json audit accept-restore crm --reason backup
keys accepted
json 'o["accepted"][0]["file"] == "store/crm" and o["accepted"][0]["restored_to"]'
expect 0 --json audit list --action restore_accepted
json 'o["entries"][0]["reason"] == "backup"'
expect 0 audit verify --stores
expect 0 purge
expect 0 audit verify --stores
# one without the seal file, as a backup of the database alone has it
back first '' -wal
rm -f var/stores/crm.db-seal
expect 5 purge
expect 0 audit accept-restore crm --reason backup
says out 'a state that no entry tells of'
expect 0 purge
expect 0 audit verify --stores
finish
