#!/bin/sh
# lethe request propose, changes, correct: from a wrong address to the right
# one, and what stands in between.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
sed -i 's/{primary_key: true}}$/{primary_key: true, identity: person_id}}/;
	/user.account/s/, identity: person_id//' crm.yml
records

expect 0 request open --type rectification --identity person_id=P1 --json
case=$(python3 -c 'import json; print(json.load(open("out"))["id"])')
propose() {
	code=$1
	shift
	expect "$code" request propose "$case" "$@" --evidence 'seen on a bill'
}
propose 3 crm people P1 --field email --value right@example.com
expect 0 request verify "$case" --method login

# ---- nothing is fulfilled that nobody proposed ----
expect 3 request decide "$case" --outcome fulfil
says err 'request propose'

# ---- proposed ----
propose 2 crm people P2 --field email --value right@example.com
says err 'no such record'
propose 2 crm people P1 --field emial --value right@example.com
says err 'did you mean .email.'
expect 2 request propose "$case" crm people P1 --field email --value x
says err 'evidence'
propose 0 crm people P1 --field email --value right@example.com
says out '"gone@example.com" -> "right@example.com"'
propose 2 crm people P1 --field name --kind delete
says err 'takes no NULL'
propose 0 crm people P1 --field name --value Other
expect 0 request propose "$case" --withdraw 2
expect 0 request changes "$case" --json
json '[c["state"] for c in o["changes"]] == ["proposed", "withdrawn"]'
expect 0 audit list --action personal_data_viewed
says out 'personal_data_viewed'

# ---- decided, and corrected ----
expect 3 request correct "$case"
expect 0 request decide "$case" --outcome fulfil
expect 3 request fulfil "$case"
says err 'request correct'
expect 0 dump crm people
says out 'gone@example.com'
expect 0 request correct "$case"
says out 'fulfilled'
expect 0 dump crm people
says out 'right@example.com'
silent out 'gone@example.com'
says out 'Gone Person'
expect 3 request correct "$case"

# ---- the log knows that, and not what ----
expect 0 audit list --json
says out 'request_corrected'
silent out 'example.com'
plain right@example.com 'seen on a bill'
finish
