#!/bin/sh
# Consents from the notice to the proof, and what rests on them; preferences
# until the vehicle's backend knows them.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

installation
rm -rf var lethe.key
echo 'consents: consents.yml' >>lethe.yml
sed -i 's/name: id, data_categories: \[user.unique_id\], fides_meta: {primary_key: true}/name: id, data_categories: [user.unique_id], fides_meta: {primary_key: true, identity: customer_id}/' crm.yml
cat >consents.yml <<'YML'
retention: P3Y
notices:
  - id: newsletter
    version: 1
    title: {en: Newsletter, ja: ニュースレター}
    text: {en: "You may write to me about new cars.", ja: 新車の案内を受け取ります。}
    purposes: [contract]
    dpv: [DirectMarketing]
    controller: {en: Small Cars Ltd.}
    withdrawal: {en: "lethe consent withdraw, or the link in every letter"}
    valid: P2Y
    ends: [crm.contracts.ends]
preferences:
  - id: vehicle_data
    title: Data from the vehicle
    values: [all, traffic_only, none]
    initial: none
YML
python3 - "$root/../../../schemas/consents.schema.json" >bad 2>&1 <<'PYTHON' || oops "$(cat bad)"
import json, sys
try:
    import jsonschema, yaml
except ImportError:
    sys.exit(0)
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
check = jsonschema.Draft202012Validator(schema)
good = yaml.safe_load(open("consents.yml"))
check.validate(good)
good["notices"][0]["textt"] = "x"
assert not check.is_valid(good)
PYTHON
expect 0 init
records
expect 0 check
p2='customer_id=P2'

# ---- given, shown, proven ----
expect 0 --json consent give --subject $p2 --notice newsletter \
	--language ja --channel dealer --method form --evidence "folder 12" \
	--at 2026-01-31T09:00:00+09:00
json 'o["state"] == "given" and o["version"] == 1'
json 'o["expires_at"] == "2028-01-31T15:00:00Z"'
id=$(python3 -c 'import json; print(json.load(open("out"))["id"])')
expect 0 --json consent show --subject $p2
json 'o["consents"][0]["state"] == "given"'
json 'o["consents"][0]["records"][0]["evidence"] == "folder 12"'
expect 0 --json consent prove --subject $p2 --purpose contract \
	--at 2026-02-01
json 'o["valid"] and o["consents"][0]["text"] == "新車の案内を受け取ります。"'
expect 0 --json consent prove --subject $p2 --purpose contract \
	--at 2026-01-30
json 'not o["valid"] and o["consents"] == []'
expect 0 --json consent prove --subject $p2 --purpose contract \
	--at 2028-02-01T00:00:00+09:00
json 'not o["valid"] and o["consents"][0]["state"] == "expired"'
expect 2 consent prove --subject $p2 --purpose contrac
says err 'did you mean .contract.'
# It has an end, from which the contract's cluster counts.
expect 0 dump crm contracts
says out '"id":3.*"ends":"2028-01-31T15:00:00Z"'

# ---- refused before anything is written ----
expect 2 consent give --subject $p2 --notice newslettr --language en
says err 'did you mean .newsletter.'
expect 2 consent give --subject $p2 --notice newsletter
says err 'in which language'
expect 2 consent give --subject $p2 --notice newsletter --language de
expect 2 consent give --subject $p2 --notice newsletter --language en \
	--channel fax
expect 2 consent give --subject shoe=1 --notice newsletter --language en
expect 2 consent give --subject $p2 --notice newsletter --language en \
	--at 2999-01-01

# ---- a receipt ----
expect 0 consent receipt "$id"
fits consent-receipt
cp out receipt.json
json 'o["receipt"]["record_id"] == "'"$id"'"'
expect 0 consent verify receipt.json
expect 0 audit checkpoint --vkey
cp out vkey
expect 0 consent verify receipt.json --vkey "$(cat vkey)"
for language in en ja de; do
	expect 0 consent receipt "$id" --language $language
	says out '新車の案内を受け取ります。'
done
says out 'Einwilligungsbeleg'
sed 's/Small Cars/Large Cars/' receipt.json >forged.json
expect 5 consent verify forged.json
python3 - <<'PYTHON'
import json
o = json.load(open("receipt.json"))
o["receipt"]["notice_text"] = "Anything goes."
json.dump(o, open("forged.json", "w"))
PYTHON
expect 5 consent verify forged.json
echo nothing >forged.json
expect 5 consent verify forged.json

# ---- withdrawn: one call, at once ----
expect 0 --json consent withdraw --subject $p2
json '[w["notice"] for w in o["withdrawn"]] == ["newsletter"]'
expect 0 --json consent prove --subject $p2 --purpose contract
json 'not o["valid"] and o["consents"][0]["state"] == "withdrawn"'
expect 0 --json consent show --subject $p2
json '[r["state"] for r in o["consents"][0]["records"]] == ["withdrawn", "withdrawn"]'
expect 0 --json consent withdraw --subject $p2
json 'o["withdrawn"] == []'
expect 0 dump crm contracts
silent out '"id":3.*"ends":"2028'
says out "\"id\":3.*\"ends\":\"$(date -u +%Y)-"
expect 0 --json consent give --subject $p2 --notice newsletter --language en \
	--at 2026-02-01
json 'o["state"] == "withdrawn"'

# ---- by request ----
expect 0 consent refuse --subject customer_id=P1 --notice newsletter \
	--language en --at 2026-01-01
expect 0 consent give --subject customer_id=P1 --notice newsletter \
	--language en --at 2026-01-02
expect 0 --json request open --type consent_withdrawal \
	--identity customer_id=P1
request=$(python3 -c 'import json; print(json.load(open("out"))["id"])')
expect 3 consent withdraw --request "$request"
expect 0 request verify "$request" --method login
expect 0 --json consent withdraw --request "$request"
json 'len(o["withdrawn"]) == 1'
expect 0 --json request show "$request"
json 'o["state"] == "fulfilled"'

# ---- many, or none ----
cat >many.csv <<'CSV'
identity,value,notice,kind,at,language,channel,method
customer_id,P7,newsletter,given,2026-03-01T00:00:00Z,en,portal,interface
customer_id,P8,newslettr,given,2026-03-01T00:00:00Z,en,portal,interface
customer_id,P9,newsletter,maybe,2026-03-01T00:00:00Z,en,portal,interface
CSV
expect 2 consent import many.csv
says err 'many.csv:3: .*did you mean .newsletter.'
says err 'many.csv:4: unknown kind'
expect 0 --json consent show --subject customer_id=P7
json 'o["consents"] == []'
# Columns that are shifted: line and field, never what stands there.
{
	head -1 many.csv
	sed -n 2p many.csv | sed 's/newsletter/zqplanted@example.org/'
	sed -n 2p many.csv | sed 's/given/zqplanted@example.org/'
} >shifted.csv
expect 2 consent import shifted.csv
says err 'shifted.csv:2: there is no such notice'
says err 'shifted.csv:3: unknown kind'
silent err zqplanted
silent out zqplanted
sed -i 's/newslettr/newsletter/; s/maybe/refused/' many.csv
expect 0 --json consent import many.csv
json 'o["records"] == 3'
echo '{"identity":"customer_id","value":"P7","notice":"newsletter",' \
	'"kind":"withdrawn","at":"2026-03-02","language":"en"}' >many.jsonl
expect 0 consent import many.jsonl
expect 0 --json consent prove --subject customer_id=P7 --purpose contract
json 'not o["valid"]'
expect 0 --json consent prove --subject customer_id=P7 --purpose contract \
	--at 2026-03-01T12:00:00Z
json 'o["valid"]'
expect 0 --json consent list
json 'o["notices"][0]["given"] == 5'

# ---- a text that changes needs a version ----
cp consents.yml kept.yml
sed -i 's/about new cars/about anything/' consents.yml
expect 2 consent list
says err 'new version'
expect 2 check
sed -i 's/version: 1/version: 2/' consents.yml
expect 0 check
expect 0 --json consent prove --subject customer_id=P7 --purpose contract \
	--at 2026-03-01T12:00:00Z
json 'o["consents"][0]["text"] == "You may write to me about new cars."'
sed 's/purposes: \[contract\]/purposes: [contrct]/; s/contracts.ends/contracts.end/
s/initial: none/initial: off/; s/retention/retentoin/' kept.yml >consents.yml
expect 2 check
says err 'consents.yml:1:1: .*.retention.'
says err 'consents.yml:.*one of .values.'
sed 's/purposes: \[contract\]/purposes: [contrct]/; s/contracts.ends/contracts.end/' \
	kept.yml >consents.yml
expect 2 check
says err 'consents.yml:3:.*.contract.'
says err 'consents.yml:3:.*crm.contracts.end'
cp kept.yml consents.yml

# ---- preferences ----
expect 0 --json preference show --subject $p2
json 'o["preferences"][0]["setting"] == "none" and o["preferences"][0]["state"] == "initial"'
expect 0 preference set --subject $p2 vehicle_data all
expect 0 preference set --subject $p2 vehicle_data traffic_only --channel vehicle
expect 2 preference set --subject $p2 vehicle_data sometimes
expect 2 preference set --subject $p2 vehicle_date all
says err 'did you mean .vehicle_data.'
expect 0 --json preference pending
json '[(p["setting"], p["version"]) for p in o["pending"]] == [("traffic_only", 2)]'
expect 0 --json preference pending
json 'o["pending"] == []'
expect 0 --json preference acknowledge --subject $p2 vehicle_data --version 1
json 'not o["acknowledged"]'
expect 0 --json preference show --subject $p2
json 'o["preferences"][0]["state"] == "pending"'
expect 0 --json preference acknowledge --subject $p2 vehicle_data --version 2
json 'o["acknowledged"]'
expect 0 --json preference show --subject $p2
json '[h["state"] for h in o["preferences"][0]["history"]] == ["superseded", "acknowledged"]'
expect 2 preference acknowledge --subject $p2 vehicle_data --version 3

# ---- what the log has, and has not ----
expect 0 --json audit list --limit 1000
says out 'consent_given'
says out 'consent_withdrawn'
says out 'consent_end_set'
says out 'consents_imported'
says out 'preference_set'
silent out '"P2"|folder 12|traffic_only'
expect 0 audit verify
plain 'folder 12' traffic_only

# ---- a rule of their own ----
cat >old.csv <<'CSV'
identity,value,notice,kind,at,language
customer_id,P2,newsletter,refused,2019-01-01,en
customer_id,GONE,newsletter,given,2019-01-01,en
customer_id,HELD,newsletter,refused,2019-01-01,en
CSV
sed -i 's/ends: .*/recipients: []/; s/version: 1/version: 7/' consents.yml
expect 0 consent import old.csv
expect 0 hold add --subject customer_id=HELD --reason litigation \
	--authority court
expect 0 --json purge --approve
json 'o["consents"]["due"] == 2 and o["consents"]["held"] == 1'
json 'o["consents"]["deleted"] == 1'
expect 0 --json consent show --subject customer_id=GONE
json 'o["consents"] == []'
expect 0 --json consent show --subject customer_id=HELD
json 'len(o["consents"]) == 1'
expect 0 --json consent show --subject $p2
json 'len(o["consents"][0]["records"]) == 4'
expect 0 --json audit list --limit 1000
says out 'consents_deleted'
finish
