#!/bin/sh
# What recipients are told by webhook arrives signed, once for each id however
# often it is tried, where it is meant to go and nowhere else; none of a person's
# data stands in the log, lists or errors.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
"$LETHE" demo here --customers 3 >out 2>err || oops 'demo'
cd here || exit 1

certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$1.key" -out "$1.pem" -days 2 -subj "/CN=$1" \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
}
certificate cert
certificate other
new="whsec_$(head -c 32 /dev/urandom | base64)"
old="whsec_$(head -c 32 /dev/urandom | base64)"
foreign="whsec_$(head -c 32 /dev/urandom | base64)"
echo "$old" >secret
sed -i 's/^requests: {/requests: {approvals: 1, /' lethe.yml
cp lethe.yml base.yml

server=
stop() {
	[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null
	server=
}
trap stop EXIT
# serve SECRET...: the recipient, which knows these.
serve() {
	stop
	rm -f port
	python3 "$here/webhook_server.py" port taken mood cert.pem cert.key "$@" \
		>/dev/null 2>server.log &
	server=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -f port ] && break
		sleep 0.1
	done
}
# named [OTHER SETTINGS]: lethe.yml has the recipient `dealers` there.
named() {
	sed "s|^  dealers: .*|  dealers: {webhook: {url: \"https://localhost:$(
		cat port)/privacy\", secret_file: secret$1}, identity: customer_id}|" \
		base.yml >lethe.yml
	grep -q 'webhook:' lethe.yml || oops 'no dealers in the demo'
}
inner=', private: true, ca_file: cert.pem'
# tell CUSTOMER: a restriction, of which the recipients are told.
tell() {
	"$LETHE" request open --type restriction --identity "customer_id=$1" \
		>out || oops 'open'
	id=$(head -n 1 out | cut -d ' ' -f 1)
	expect 0 request verify "$id" --method login
	expect 0 request restrict "$id" --ground art18_1a_accuracy_contested
	expect 0 request decide "$id" --outcome fulfil
	expect 0 request execute "$id"
}
# taken EXPRESSION: of the list `t` of what the recipient was sent.
taken() {
	python3 -c 'import json, os, sys
t = [json.loads(l) for l in open("taken")] if os.path.exists("taken") else []
sys.exit(not eval(sys.argv[1]))' "$1" || oops "taken: $1: $(cat taken)"
}
state() {
	expect 0 --json recipient list --all --recipient dealers --request "$id"
	json "o['notifications'][0]['state'] == '$1'"
	json "o['notifications'][0]['delivery'] == '$2'"
}

# ---- done, and said to be ----
serve "$old"
named "$inner"
echo 200 >mood
tell C0000001
expect 0 outbox send
taken 'len(t) == 1 and t[0]["signed"] and t[0]["fresh"]'
taken 't[0]["body"]["kind"] == "restriction" and t[0]["path"] == "/privacy"'
taken 't[0]["body"]["subject"] == [{"identity": "customer_id", "value": "C0000001"}]'
taken 't[0]["body"]["clusters"] and t[0]["signatures"] == 1'
state confirmed sent
expect 0 --json audit list --action recipient_confirmed
json 'len(o["entries"]) == 1'

# ---- taken in, not yet done ----
rm taken
echo 202 >mood
tell C0000002
expect 0 outbox send
taken 'len(t) == 1 and t[0]["signed"]'
state open sent
expect 0 --json request show "$id"
json 'o["recipients"]["confirmed"] == 0 and o["recipients"]["told"] >= 1'

# ---- not now: once more, and the same id ----
rm taken
echo 500 >mood
tell C0000003
tried=0
for mood in 500 400 redirect flood; do
	echo $mood >mood
	expect 4 outbox retry
	tried=$((tried + 1))
	taken "len(t) == $tried"
	state open waiting
	expect 0 --json outbox list
	json 'any(m["kind"] == "webhook" and m["problem"] for m in o["messages"])'
	silent out 'C0000003|zqanswer|whsec|localhost'
done
taken 'not any(x["path"] == "/elsewhere" for x in t)'
# It waits before it is tried again.
expect 0 --json outbox send
json 'o["sent"] == 0'
taken 'len(t) == 4'
stop
expect 4 outbox retry
state open waiting

# ---- killed while it is sent: nothing is lost, the id says that it is it ----
serve "$old"
named "$inner"
echo sleep >mood
"$LETHE" outbox retry >out 2>err &
sending=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
	[ "$(wc -l <taken)" -gt 4 ] && break
	sleep 0.2
done
kill -9 $sending
wait $sending 2>/dev/null
taken 'len(t) == 5'
state open sending
expect 0 --json outbox send
json 'o["sent"] == 0'
taken 'len(t) == 5 and len({x["id"] for x in t}) == 1'

# ---- only who it should be, and where it should be ----
rm taken
echo 200 >mood
named ', private: true, ca_file: other.pem'
tell C0000001
expect 4 outbox retry
[ ! -f taken ] || oops 'a stranger was told'
named ', ca_file: cert.pem'
expect 4 outbox retry
[ ! -f taken ] || oops 'an inner network was called'
expect 0 --json outbox list
json 'any("private" in (m["problem"] or "") for m in o["messages"])'

# ---- a secret takes another's place; one that is none ----
printf '%s\n%s\n' "$new" "$old" >secret
serve "$new"
named "$inner"
expect 0 outbox retry
taken 'len(t) == 1 and t[0]["signed"] and t[0]["signatures"] == 2'
state confirmed sent
rm taken
serve "$old"
named "$inner"
tell C0000002
expect 0 outbox send
taken 'len(t) == 1 and t[0]["signed"]'
rm taken
serve "$foreign"
named "$inner"
tell C0000001
expect 0 outbox send
taken 'len(t) == 1 and not t[0]["signed"]'
echo hunter2hunter2 >secret
tell C0000002
expect 4 outbox send
expect 0 --json outbox list
json 'any("whsec_" in (m["problem"] or "") for m in o["messages"])'
silent out 'hunter2'

# ---- settings of people, to the vehicle's backend ----
cat >>base.yml <<-'YML'
	consents: consents.yml
YML
cat >consents.yml <<-'YML'
	notices:
	  - {id: news, version: 1, title: News, text: Yes., purposes: [PURPOSE],
	     controller: Us, withdrawal: Call us.}
	preferences:
	  - {id: data, title: Data, values: [all, none], initial: none}
YML
# One of the policy's own.
purpose=$(sed -n '/^purposes:/,/^[a-z_]*:$/s/^  \([a-z_]*\):.*/\1/p' \
	policies/*.yml | head -n 1)
sed -i "s/PURPOSE/$purpose/" consents.yml
echo "$new" >secret
serve "$new"
named "$inner, preferences: true"
sed -i 's/, preferences: true}, identity/}, preferences: true, identity/' lethe.yml
set_to() {
	expect 0 preference set --subject customer_id=C0000003 data "$1"
}
known() {
	expect 0 --json preference show --subject customer_id=C0000003
	json "o['preferences'][0]['state'] == '$1'"
}
rm -f taken
echo 500 >mood
set_to all
known pending
expect 4 outbox send
known pending
taken 't[-1]["body"]["kind"] == "preference" and t[-1]["signed"]'
taken 't[-1]["body"]["setting"] == "all" and t[-1]["body"]["version"] == 1'
# A newer one: the old one is not told any more.
set_to none
rm taken
echo 202 >mood
expect 0 outbox retry
taken '[x["body"]["version"] for x in t if x["body"]["kind"] == "preference"] == [2]'
known pending
set_to all
rm taken
echo 204 >mood
expect 0 outbox send
taken '[x["body"]["version"] for x in t] == [3]'
taken 't[0]["body"]["subject"][0]["value"] == "C0000003"'
known acknowledged
expect 0 --json recipient list --recipient dealers
json 'not any(n["kind"] == "preference" for n in o["notifications"])'
# Acknowledged by who fetches it, it is told to nobody.
set_to none
expect 0 preference acknowledge --subject customer_id=C0000003 data --version 4
rm taken
expect 0 outbox send
[ ! -f taken ] || oops 'what is known was told'
known acknowledged

expect 0 --json audit list
silent out 'C000000[123]|zqanswer|hunter2|whsec_.{20}'
finish
