#!/bin/sh
# Files that are wrong, end to end: a message with file and line, exit 2 (or 1
# where the store refuses), and nothing of the file is kept.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
records

# bad CODE COLLECTION FILE PATTERN: FILE is refused, for the reason named.
bad() {
	expect "$1" ingest crm "$2" "$3"
	says err "$4"
	silent err 'Zx9Canary'
	holds crm people 2
	holds crm contracts 3
}

printf 'id,nome,email\nP3,Zx9Canary,a@example.com\n' >column.csv
bad 2 people column.csv 'column.csv:1.*nome.*name'
printf 'id,name,email\nP3,Zx9Canary,x\nP4,"Zx9Canary,x\n' >quote.csv
bad 2 people quote.csv 'quote.csv:[34]'
printf 'id,name,email\nP3,Zx9Canary,x\nP4,a"b,x\n' >inside.csv
bad 2 people inside.csv 'inside.csv:3'
printf 'id,person,vin,ends\n8,P1,V,2024-01-01\n9,P1,V,soon\n' >date.csv
bad 2 contracts date.csv 'date.csv:3.*ends'
printf 'id,person,vin,ends\n9,P1,V,2024-02-30\n' >february.csv
bad 2 contracts february.csv 'february.csv:2.*ends'
printf 'id,name,email\nP3,Zx9Canary\377,x\n' >utf8.csv
bad 2 people utf8.csv 'utf8.csv:2.*UTF-8'
printf 'id,name,email\nP3,Zx9Canary,x\n,Zx9Canary,x\n' >nokey.csv
bad 2 people nokey.csv 'nokey.csv:3.*id'
printf 'id,name,email\nP3,Zx9Canary,x\nP2,Zx9Canary,x\n' >twice.csv
bad 1 people twice.csv 'twice.csv:3'
printf 'id,name,email\nP3,Zx9Canary,x\nP3,Zx9Canary,x\n' >double.csv
bad 1 people double.csv 'double.csv:3'
printf 'id,name,email\nP3,Zx9Canary\n' >short.csv
bad 2 people short.csv 'short.csv:2'
printf 'id,name,email\nP3,,x\n' >null.csv
bad 2 people null.csv 'null.csv:2.*name'
: >empty.csv
bad 2 people empty.csv 'empty.csv'
printf '{"id": "P3", "name": "Zx9Canary"}\n{"id": "P4", "name": \n' >cut.jsonl
bad 2 people cut.jsonl 'cut.jsonl:2'
printf '{"id": "P3", "name": "Zx9Canary", "nome": 1}\n' >member.jsonl
bad 2 people member.jsonl 'member.jsonl:1.*nome'
printf '[1, 2]\n' >array.jsonl
bad 2 people array.jsonl 'array.jsonl:1'
expect 1 ingest crm people nowhere.csv
says err 'nowhere.csv'
printf 'id,name,email\nP3,Zx9Canary,x\n' >people.txt
expect 2 ingest crm people people.txt
says err 'format'
expect 2 ingest crm peeple people.csv
expect 2 ingest cmr people people.csv
holds crm people 2

# ---- several files: those before the bad one are kept, and that is said ----
printf 'id,name,email\nP3,Third,c@example.com\n' >third.csv
expect 2 ingest crm people third.csv column.csv
says err '1 file before this one (is|are) kept'
holds crm people 3

# ---- standard input, both formats, upsert, JSON ----
printf 'id,name,email\nP5,Fifth,e@example.com\n' |
	"$LETHE" ingest crm people - >out 2>err || oops 'CSV on standard input'
printf '{"id": "P6", "name": "Sixth"}\n' |
	"$LETHE" --json ingest --format jsonl crm people - >out 2>err ||
	oops 'JSON lines on standard input'
keys 'store collection records files'
json 'o["records"] == 1'
holds crm people 5
printf 'id,name,email\nP5,Fifth Anew,e@example.com\n' >fifth.csv
expect 1 ingest crm people fifth.csv
expect 0 ingest --upsert crm people fifth.csv
holds crm people 5
expect 0 dump crm people
says out 'Fifth Anew'

# ---- what goes in comes out, and back in ----
expect 0 dump crm people
cp out all.jsonl
expect 0 ingest --upsert crm people all.jsonl
expect 0 dump crm people
cmp -s out all.jsonl || oops 'dump, ingest, dump differ'
expect 0 dump --format csv crm contracts
says out '^id,person,vin,ends'

# Times are stored in one form, whatever was written.
printf 'id,page,at\n7,home,2026-01-02T03:04:05+09:00\n8,home,1767291845\n' >t.csv
expect 0 ingest web visits t.csv
expect 0 dump web visits
says out '"id":7,.*2026-01-01T18:04:05Z'
says out '"id":8,.*2026-01-01T18:24:05Z'
expect 0 check --integrity
finish
