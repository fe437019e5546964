#!/bin/sh
# Erasure on request, the whole way: opened, verified, planned, decided on,
# approved by somebody else, carried out, certified, proven.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
installation
sed -i '0,/{primary_key: true}/s//{primary_key: true, identity: person_id}/' \
	crm.yml
sed -i '/covers: \[crm.contracts\]/a\    erasure: {on_request: keep, exception: legal_obligation, law: The act}' \
	policy.yml
cat >>lethe.yml <<'YML'
requests: {authority: The authority, sender: privacy@example.org}
YML
records
cat >more.csv <<CSV
id,person,vin,ends
4,P1,WBA00000000000004,$(date -d '-40 days' +%Y-%m-%d)
CSV
expect 0 ingest crm contracts more.csv
expect 0 policy show
says out 'The act'

# Two people need two users, and only root can be both.  What is worked with
# belongs to whoever works.
first=
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	first='setpriv --reuid=65534 --regid=65534 --clear-groups'
else
	sed -i 's/^requests: {/requests: {approvals: 1, /' lethe.yml
fi
# one ARGUMENT...: as the first of the two.
one() {
	[ -z "$first" ] || chown -R 65534:65534 "$root"
	# shellcheck disable=SC2086
	$first "$LETHE" "$@" >out 2>err </dev/null || oops "lethe $*: exit $?"
	[ -z "$first" ] || chown -R 0:0 "$root"
}

one request open --type erasure --identity person_id=P1 --json
r=$(python3 -c 'import json; print(json.load(open("out"))["id"])')
expect 3 request plan "$r"
says err 'request verify'
one request verify "$r" --method login
expect 3 request execute "$r"
says err 'request plan'
one request plan "$r" --json
json 'o["records"] == 3 and o["kept_records"] == 1'
json '[i["ground"] for i in o["items"] if i["collection"] == "people"] == ["no_longer_necessary"]'
json 'o["kept"][0]["why"] == "legal_obligation" and o["kept"][0]["law"] == "The act"'
json 'o["kept"][0]["dpv"] == "eu-gdpr:JustificationA17LegallyRequired" and o["kept"][0]["until"]'
json 'all("hashes" not in i for i in o["items"])'
one request plan "$r"
says out 'crm.contracts \(contract_data\): legal_obligation, The act, until 20'
holds crm contracts 4

expect 3 request decide "$r" --outcome fulfil
says err 'fulfil_partly'
one request decide "$r" --outcome fulfil_partly \
	--reason legal_obligation --note 'One contract stays.'
[ -z "$first" ] || {
	expect 3 request execute "$r"
	expect 0 request decide "$r" --approve
}
expect 0 request execute "$r" --json
json 'o["state"] == "partly_fulfilled" and o["erasure"]["deleted"] == 3'
json 'o["erasure"]["verified"] and o["erasure"]["scrubbed"]'
holds crm contracts 2
holds crm people 1
expect 3 request execute "$r"
plain gone@example.com 'Gone Person'

# ---- proof ----
expect 0 audit verify
expect 0 audit checkpoint --vkey
key=$(cat out)
for language in en ja de; do
	expect 0 audit certificate "$r" --language "$language"
	says out "$r"
done
expect 0 audit certificate "$r" -o cert.txt
expect 0 audit verify cert.txt --vkey "$key"
expect 0 --json audit certificate "$r"
json "o['certificate']['request'] == '$r' and o['certificate']['totals']['deleted'] == 3"
json "o['certificate']['asked_again'] == 3 and o['certificate']['found_again'] == 0"
expect 0 audit pack "$r" -o pack.zip
unzip -q pack.zip -d pack || oops 'the pack is no ZIP file'
expect 0 audit verify pack/* --vkey "$key"
printf ' ' >>"$(find pack -name '*.txt' | head -n 1)"
expect 5 audit verify pack/* --vkey "$key"
expect 2 audit certificate Q-20200101-00000000
says err 'nothing was erased'
expect 0 audit list --action request_approved --json
says out '"hash"'
silent out P1

# ---- what was held comes back once the hold has ended; the rest is told ----
sed -i '0,/name: email, data_categories: \[user.contact.email\]/s//&, fides_meta: {identity: email}/' crm.yml
sed -i 's/^requests: {authority/requests: {approvals: 1, authority/' lethe.yml
printf 'id,name,email\nP9,Held Person,held@example.com\n' >held.csv
printf 'id,person,vin,ends\n9,P9,WBA00000000000009,2020-02-29\n' >held9.csv
expect 0 ingest crm people held.csv
expect 0 ingest crm contracts held9.csv
expect 0 hold add --record crm contracts 9 --reason litigation \
	--authority 'District court' --json
hold=$(python3 -c 'import json; print(json.load(open("out"))["id"])')
expect 0 request open --type erasure --identity person_id=P9 --json
r=$(python3 -c 'import json; print(json.load(open("out"))["id"])')
expect 0 request verify "$r" --method login
expect 0 request plan "$r" --json
json '[k["why"] for k in o["kept"]] == ["held"] and o["records"] == 1'
expect 0 request decide "$r" --outcome fulfil_partly \
	--reason legal_claims --note 'A court has asked for it.'
expect 0 request execute "$r" --tell
expect 0 purge --approve --json
holds crm contracts 3
"$LETHE" --json status >out
json 'o["requests"]["freed"] == []'
expect 0 hold release "$hold" --reason 'settled'
expect 4 status
says out "$r: what was held of its erasure is held no longer"
expect 0 request show "$r"
says out 'partly_fulfilled'

# The rules end it, as it was due anyway; whoever asked to be told is.
expect 0 purge --approve --json
"$LETHE" --json status >out
json 'o["requests"]["freed"] == []'
expect 0 --json request show "$r"
json '[e["action"] for e in o["history"]].count("request_rest_erased") == 1'
expect 0 outbox send
grep -l 'To: held@example.com' outbox/*.eml >mails || oops 'nobody is told'
[ "$(wc -l <mails)" -eq 1 ] || oops 'one message'
expect 0 purge --approve
expect 0 outbox send
[ "$(grep -l 'To: held@example.com' outbox/*.eml | wc -l)" -eq 1 ] ||
	oops 'told twice'
finish
