#!/bin/sh
# Letters of a case, and mail on its way: into a folder, and to servers that
# take it, refuse it, go away, or are not who they should be.
# shellcheck disable=SC1091
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
installation
sed -i 's/- {name: email, data_categories: \[user.contact.email\]}/- {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}/
	0,/{primary_key: true}/s//{primary_key: true, identity: person_id}/' crm.yml
cp lethe.yml base.yml
requests='requests: {authority: The authority, sender: privacy@example.org, retention: P3Y, language: de}'
echo "$requests" >>lethe.yml
echo 'controllers: [{title: {en: Example Ltd, de: Beispiel GmbH}, contact: a@b.example, authority: the authority}]' >>lethe.yml
records
id() {
	python3 -c 'import json; print(json.load(open("out"))["id"])'
}
expect 0 request open --type access --identity person_id=P1 --json
r=$(id)

# ---- seen, edited, kept ----
expect 2 request letter "$r"
expect 2 request letter "$r" refuse
says err 'refusal'
expect 2 request letter "$r" receipt --language fr
expect 0 request letter "$r" receipt
says out '^Subject: Ihr Antrag'
says out 'Beispiel GmbH'
cp out edited
expect 0 request letter "$r" receipt --language ja --json
keys 'id kind language subject body kept sent'
json 'o["kept"] is False and "受付番号" in o["body"]'
expect 2 request letter "$r" refusal
says err 'reason.*has no value'
expect 0 request show "$r" --json
json 'len(o["history"]) == 1'
echo 'PlantedLetter' >>edited
expect 0 request letter "$r" receipt --edit edited --keep --json
json 'o["body"].endswith("PlantedLetter\n") and o["kept"] and not o["sent"]'
expect 2 request letter "$r" receipt --edit lethe.yml
says err 'edit: a letter begins'
mkdir letters
printf 'Subject: Ours\n\n{{>head}}{{type}}\n' >letters/receipt.de.txt
sed -i 's/^requests: {/&letters: letters, /' lethe.yml
expect 0 request letter "$r" receipt
says out '^Subject: Ours'
says out 'Vorgang: Q-'
expect 0 request letter "$r" identity
printf 'Subject: Ours\n\n{{#open}}\n' >letters/receipt.de.txt
expect 2 request letter "$r" receipt
says err 'receipt.de: line 3'
rm -r letters

# ---- into the folder ----
expect 0 request letter "$r" receipt --send --json
json 'o["sent"] is True'
[ "$(find outbox -name '*.eml' | wc -l)" -eq 1 ] || oops 'no message'
says outbox/*.eml '^To: gone@example.com'
python3 - outbox/*.eml <<'PY' || oops 'the message cannot be read'
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
assert "ist eingegangen" in m["subject"], m["subject"]
assert "schnellstmöglich" in m.get_content() or "spätestens" in m.get_content()
PY
expect 0 outbox list --json
json 'o["messages"] == []'
expect 0 request open --type access --identity person_id=P777 --json
expect 2 request letter "$(id)" receipt --send
says err 'no e-mail address is on file'

# ---- servers ----
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout other.key -out other.pem -days 2 -subj /CN=other 2>/dev/null
echo PlantedPassword >password
server=
stop() {
	[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null
	server=
}
trap stop EXIT
# serve MOOD SCHEME [MORE]: a server, and lethe.yml that names it.
serve() {
	stop
	rm -f port mail
	python3 "$here/smtp_server.py" port mail "$1" cert.pem key.pem \
		>/dev/null 2>server.log &
	server=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -f port ] && break
		sleep 0.1
	done
	{
		cat base.yml
		echo "$requests"
		echo "mail: {smtp: \"$2://localhost:$(cat port)\"${3:-}}"
	} >lethe.yml
}
letter() {
	expect "$1" request letter "$r" receipt --send
}

serve plain smtp
letter 0
says mail '^open$'
says mail '^Message-ID: <Q-'
serve tls smtps ', ca_file: cert.pem, user: ada, password_file: password'
letter 0
says mail '^secure$'
says mail '^AUTH PLAIN'
serve starttls smtp ', ca_file: cert.pem'
letter 0
says mail '^secure$'
# Not who it should be, and nothing is said to it.
serve tls smtps ', ca_file: other.pem, user: ada, password_file: password'
letter 4
[ ! -f mail ] || oops 'something was said to a stranger'
expect 0 outbox list --json
json 'len(o["messages"]) == 1 and o["messages"][0]["attempts"] == 1'
json 'o["messages"][0]["state"] == "waiting"'
json '"@" not in o["messages"][0]["problem"]'
# It is not due yet; asked for, it goes.
serve tls smtps ', ca_file: cert.pem'
expect 0 outbox send --json
json 'o["sent"] == 0'
expect 0 outbox retry --json
json 'o["sent"] == 1'
expect 0 outbox list --json
json 'o["messages"] == []'
for mood in refuse later drop; do
	serve $mood smtp
	letter 4
	[ ! -f mail ] || oops "$mood: it was taken"
	expect 0 outbox list --json
	json 'len(o["messages"]) == 1 and "example.com" not in str(o)'
	serve plain smtp
	expect 0 outbox retry --json
	json 'o["sent"] == 1'
done
stop
letter 4
expect 2 outbox retry 9999
expect 2 outbox sned
expect 4 status --json
json 'o["requests"]["outbox"] == {"waiting": 1, "dead": 0}'
says var/requests.prom '^lethe_outbox_waiting 1$'

# ---- the log has no words ----
expect 0 audit list --json
json 'len([e for e in o["entries"] if e["action"] == "request_letter"]) == 10'
for word in Planted eingegangen @example ada; do silent out "\"$word"; done
silent out PlantedLetter
plain PlantedLetter PlantedPassword 'spätestens bis zum'
finish
