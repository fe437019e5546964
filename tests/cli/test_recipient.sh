#!/bin/sh
# Whoever received data is told of its erasure, correction, restriction and of a
# withdrawn consent (GDPR Art. 19): by mail or by a task; confirmed, waived.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
"$LETHE" demo here --customers 5 >out 2>err || oops 'demo'
cd here || exit 1

opened() {
	"$LETHE" request open --type "$1" --identity "$2" >out ||
		oops "open $1"
	id=$(head -n 1 out | cut -d ' ' -f 1)
	"$LETHE" request verify "$id" --method login >out || oops 'verify'
}
decided() {
	expect 0 request decide "$id" --outcome "$@"
}
sed -i 's/^requests: {/requests: {approvals: 1, /' lethe.yml

# ---- nobody is told before it is done ----
opened erasure customer_id=C0000001
expect 0 request plan "$id"
decided fulfil_partly --reason legal_obligation --note 'as planned'
expect 0 recipient list
says out '^0 to be confirmed'
expect 0 request execute "$id"
expect 0 --json request show "$id"
json 'o["recipients"]["told"] > 1 and o["recipients"]["confirmed"] == 0'
json 'all(r["kind"] == "erasure" and r["state"] == "open"
          for r in o["recipients"]["list"])'
json '{r["recipient"] for r in o["recipients"]["list"]} >= {"dealers", "bmw_ag"}'
json 'not any(r["recipient"] == "bmw_jp" for r in o["recipients"]["list"])'
expect 0 --json recipient list --recipient dealers --request "$id"
json 'len(o["notifications"]) == 1'
json 'o["notifications"][0]["channel"] == "mail"'
json 'o["notifications"][0]["delivery"] == "waiting"'
silent out 'C0000001'
dealers=$(python3 -c 'import json
print(json.load(open("out"))["notifications"][0]["number"])')

# ---- by mail, in its language; sent is not yet confirmed ----
expect 0 outbox send
grep -l 'To: privacy@dealers.example.jp' outbox/*.eml >mails
[ "$(wc -l <mails)" -eq 1 ] || oops 'one mail to the dealers'
python3 - "$(cat mails)" >out <<'PY' || oops 'the mail'
import email, sys
from email import policy

m = email.message_from_binary_file(open(sys.argv[1], "rb"),
                                   policy=policy.default)
print(m["Subject"])
print(m.get_content())
PY
says out '個人情報に関する通知'
says out 'customer_id：C0000001'
says out '消去をお願いします'
expect 0 --json recipient list --recipient dealers
json 'o["notifications"][0]["delivery"] == "sent"'
json 'o["notifications"][0]["state"] == "open"'

# ---- confirmed, forgotten; waived with a reason ----
expect 0 recipient confirm "$dealers"
says out 'confirmed'
expect 2 recipient confirm "$dealers"
says err 'is open'
expect 0 --json recipient show "$dealers"
json 'o["tells"] is None and o["ended_by"]'
expect 0 --json recipient list --recipient bmw_ag
json 'o["notifications"][0]["channel"] == "task"'
ag=$(python3 -c 'import json
print(json.load(open("out"))["notifications"][0]["number"])')
expect 0 --json recipient show "$ag"
json 'o["tells"]["subject"] == [{"identity": "customer_id", "value": "C0000001"}]'
json 'o["tells"]["kind"] == "erasure" and o["tells"]["clusters"]'
expect 2 recipient waive "$ag"
says err 'give --reason impossible'
expect 2 recipient waive "$ag" --reason imposible
says err 'did you mean .impossible'
expect 0 recipient waive "$ag" --reason told_otherwise
expect 4 status
says out 'recipients have yet to confirm'
expect 0 --json audit list --action personal_data_viewed
json 'any(e.get("details", e).get("recipient") == "bmw_ag" for e in o["entries"])'
for action in recipient_notified recipient_delivered recipient_confirmed \
	recipient_waived; do
	expect 0 --json audit list --action "$action"
	json 'len(o["entries"]) > 0'
	silent out 'C0000001|example\.jp'
done

# ---- a correction: what is otherwise, and by what they knew the person ----
opened rectification customer_id=C0000002
expect 0 request propose "$id" crm customers C0000002 --field city \
	--value 札幌市 --evidence 'A letter of the city'
decided fulfil
expect 0 request correct "$id"
expect 0 --json recipient list --request "$id" --recipient bmw_ag
json 'o["notifications"][0]["kind"] == "rectification"'
expect 0 --json recipient show "$(python3 -c 'import json
print(json.load(open("out"))["notifications"][0]["number"])')"
json '{"cluster": "customer_data", "field": "city", "value": "札幌市"} in o["tells"]["changes"]'
expect 0 request letter "$id" answer --language ja
says out '^・city：札幌市'

# ---- a restriction, and its end, to the same ----
opened restriction customer_id=C0000003
expect 0 request restrict "$id" --ground art18_1a_accuracy_contested
decided fulfil
expect 0 request execute "$id"
expect 0 --json recipient list --request "$id"
json 'o["open"] > 1 and all(n["kind"] == "restriction" for n in o["notifications"])'

# ---- who asks is told who they are, of the data that there is ----
opened recipient_information customer_id=C0000004
decided fulfil
expect 0 request letter "$id" answer --language de
says out '^- Premier Aid \(SOS-Ruf\) \(Empfänger, JP\): .*Position und Bewegung'
expect 0 request letter "$id" answer --language ja
says out '^・BMWグループ会社（受領者、EU）：.*金融取引情報'
opened recipient_information customer_id=C9999999
decided fulfil
expect 0 request letter "$id" answer
says out '^Nobody else receives your data'

# ---- who has nothing by which a recipient knows people is a task ----
# A vehicle's number is no person's: others may have the vehicle, too.
sed -i 's/\(  dealers: .*identity: \)customer_id/\1vin/' lethe.yml
opened restriction customer_id=C0000005
expect 0 request restrict "$id" --ground art18_1b_unlawful \
	--cluster customer_data
decided fulfil
expect 0 request execute "$id"
expect 0 --json recipient list --request "$id" --recipient dealers
json 'o["notifications"][0]["channel"] == "task"'
expect 0 --json recipient show "$(python3 -c 'import json
print(json.load(open("out"))["notifications"][0]["number"])')"
json 'o["tells"]["subject"] == [{"identity": "customer_id", "value": "C0000005"}]'

# ---- bad words ----
expect 2 recipient
expect 2 recipient lost
says err 'list, show, confirm'
expect 2 recipient show 999
says err 'recipient list'
sed -i 's/  dealers: {mail/  dealer: {mail/' lethe.yml
expect 2 recipient list
says err 'did you mean .dealers'
sed -i 's/  dealer: {mail/  dealers: {webhook: {url: "http:\/\/x.example", secret_file: .\/lethe.key}, mail/' lethe.yml
expect 2 recipient list
says err 'https://'
says err 'told in one way'
finish
