#!/bin/sh
# Requests from the command line: receipt, identity, clock, decision, end.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
sed -i 's/- {name: email, data_categories: \[user.contact.email\]}/- {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}/
	0,/{primary_key: true}/s//{primary_key: true, identity: person_id}/' crm.yml
cat >>lethe.yml <<'YML'
requests: {authority: The authority, sender: privacy@example.org}
YML
records

# id: of the request in out.
id() {
	python3 -c 'import json; print(json.load(open("out"))["id"])'
}
day() {
	TZ=Asia/Tokyo date -d "$1" +%Y-%m-%d
}
open_one() {
	expect 0 request open --type "$1" --identity "$2" --json
}
# new TYPE IDENTITY: opened and identified.
new() {
	open_one "$1" "$2"
	r=$(id)
	expect 0 request verify "$r" --method login
}

# ---- usage ----
expect 0 request --help
says out 'complexity'
expect 2 request
expect 2 request opne
says err 'did you mean .open.'
expect 2 request open --type acces --identity person_id=P1
says err 'did you mean .access.'
expect 2 request open --type access
says err '--identity'
expect 2 request open --type access --identity person=P1
says err 'bears the identity'
expect 2 request open --type access --identity person_id=P1 --received 2999-01-01
says err 'later than now'
expect 2 request show Q-20260101-00000000
expect 0 request list
says out '0 of 0'

# ---- receipt ----
expect 0 request open --type access --identity person_id=P1 \
	--text 'PlantedWords please' --json
json 'o["state"] == "received" and o["type"] == "access"'
json 'o["extended"] is False and o["suspended"] is False'
json "o['receipt_date'] == '$(day today)'"
json "o['target_date'] == '$(day '+30 days')'"
first=$(id)
# Nobody can tell from the answer who is known.
open_one access person_id=P777
json 'o["state"] == "received"'
stranger=$(id)

# ---- a one-time code ----
expect 0 request verify "$first" --send-code --json
keys 'id state expires_at'
[ "$(find outbox -name '*.eml' | wc -l)" -eq 1 ] || oops 'no message'
says outbox/"$first"*.eml '^To: gone@example.com'
code=$(sed -n 's/^Code: \([0-9]*\).*/\1/p' outbox/"$first"*.eml)
expect 0 request show "$first" --json
json 'o["state"] == "awaiting_identity" and o["suspended"] is True'
expect 0 request verify "$stranger" --send-code --json
keys 'id state expires_at'
[ "$(find outbox -type f | wc -l)" -eq 1 ] || oops 'a message to nobody'
# Nothing was asked of anybody: the clock runs.
expect 0 request show "$stranger" --json
json 'o["state"] == "awaiting_identity" and o["suspended"] is False'
expect 3 request verify "$first" --code 00000000x
cp err wrong
expect 3 request verify "$stranger" --code 12345678
cmp -s err wrong || oops 'a stranger hears something else'
plain "$code" PlantedWords P777
expect 0 request verify "$first" --code "$code" --json
json 'o["verified"] and o["verified_how"] == "code"'
json 'o["state"] == "in_progress" and o["suspended"] is False'
expect 3 request verify "$first" --code "$code"

# Five wrong ones, and the right one is worth nothing; the clock runs again.
open_one access email=open@example.com
r=$(id)
expect 0 request verify "$r" --send-code
code=$(sed -n 's/^Code: \([0-9]*\).*/\1/p' outbox/"$r"*.eml)
for _ in 1 2 3 4 5; do expect 3 request verify "$r" --code 1; done
expect 0 request show "$r" --json
json 'o["suspended"] is False'
expect 3 request verify "$r" --code "$code"
# A new one replaces it.
expect 0 request verify "$r" --send-code
expect 3 request verify "$r" --code "$code"
expect 0 request verify "$r" --failed --note 'no answer' --json
json 'o["state"] == "identity_failed"'
expect 0 request reopen "$r" --note 'wrote again' --json
json 'o["state"] == "received"'
expect 0 request withdraw "$r" --json
json 'o["state"] == "withdrawn" and o["closed_date"]'
expect 3 request extend "$r" --reason complexity

# ---- the clock ----
expect 0 request open --type access --identity person_id=P2 \
	--received 2026-01-30T03:00:00Z --json
json 'o["due_date"] == "2026-02-28" and o["receipt_date"] == "2026-01-30"'
old=$(id)
# 2026-01-30T16:00Z is the next day in Tokyo.
expect 0 request open --type access --identity person_id=P2 \
	--received 2026-01-30T16:00:00Z --json
json 'o["receipt_date"] == "2026-01-31"'
json "o['duplicate_candidates'] == ['$old'] and o['others'] == ['$old']"
twin=$(id)
expect 2 request withdraw "$old" --duplicate-of "$twin"
says err 'received later'
expect 2 request withdraw "$twin" --duplicate-of "$first"
expect 0 request withdraw "$twin" --duplicate-of "$old" --json
json "o['state'] == 'duplicate' and o['duplicate_of'] == '$old'"
expect 2 request extend "$old" --reason laziness
expect 2 request extend "$old" --reason complexity --at 2999-01-01
expect 2 request extend "$old" --reason complexity --at 2026-01-01
expect 0 request extend "$old" --reason complexity --at 2026-02-28 --json
json 'o["extended"] is True and o["due_date"] == "2026-04-30"'
expect 3 request extend "$old" --reason complexity
says err 'one extension'
expect 0 request show "$old" --as-of 2026-02-01 --json
json 'o["standing"] == "running"'
expect 0 request show "$old" --as-of 2026-05-01 --json
json 'o["standing"] == "overdue"'
expect 0 request open --type access --identity person_id=P2 \
	--received 2026-01-31 --json
late=$(id)
expect 0 request extend "$late" --reason complexity --at 2026-03-03 --json
json 'o["extended"] is False and o["extension_void"] is True'
json 'o["due_date"] == "2026-02-28"'
expect 0 request withdraw "$late"
expect 0 request open --type access --identity person_id=P2 \
	--received 2026-06-01 --law gdpr --json
stopped=$(id)
expect 0 request verify "$stopped" --ask --at 2026-06-03 --note 'which car' --json
expect 0 request verify "$stopped" --method call_back --at 2026-06-15 --json
json 'o["resumed_due_date"] == "2026-07-13" == o["due_date"]'
json 'o["restarted_due_date"] == "2026-07-15" and o["stood_days"] == 12'
new access person_id=P2
expect 2 request suspend "$r" --note x --at 2020-01-01
expect 3 request suspend "$r"
says err 'reason'
expect 0 request suspend "$r" --note 'which of the cars?' --json
json 'o["suspended"] is True'
expect 3 request suspend "$r" --note again
expect 3 request decide "$r" --outcome fulfil
expect 0 request resume "$r" --json
json 'o["suspended"] is False'
expect 3 request resume "$r"

# ---- decisions ----
expect 2 request refuse "$r" --reason no_ground
says err '--note'
expect 2 request refuse "$r" --reason because --note x
expect 0 request refuse "$r" --reason no_ground --note 'None applies.' --json
json 'o["state"] == "refused" and o["authority"] == "The authority"'
expect 0 request reopen "$r" --note 'they complained' --json
json 'o["state"] == "in_progress" and o["closed_date"] is None'
expect 3 request fulfil "$r"
expect 0 request decide "$r" --outcome fulfil --json
json 'o["state"] == "in_progress" and o["approved_by"]'
expect 0 request fulfil "$r" --json
json 'o["state"] == "fulfilled" and o["standing"] == "closed"'
new erasure person_id=P1
expect 3 request decide "$r" --outcome fulfil
says err 'request plan'
expect 0 request plan "$r"
expect 0 request decide "$r" --outcome fulfil --json
json 'o["state"] == "awaiting_approval" and o["approved_by"] is None'
expect 3 request decide "$r" --approve
says err 'somebody else'
expect 3 request fulfil "$r"
expect 0 request decide "$r" --return --note 'look again' --json
json 'o["state"] == "in_progress" and o["outcome"] is None'

# ---- lists, status, metrics ----
expect 0 request list --json
json 'o["total"] == len(o["requests"])'
json '[q["due_date"] for q in o["requests"]] == sorted(q["due_date"] for q in o["requests"])'
expect 0 request list --all --limit 2 --offset 1 --sort received --json
json 'len(o["requests"]) == 2 and o["total"] > 4 and o["offset"] == 1'
expect 0 request list --type erasure --json
json 'o["total"] == 1'
expect 0 request list --state duplicate --json
json 'o["total"] == 1'
expect 2 request list --standing fine
expect 2 request list --sort size
expect 0 request list --standing overdue --json
json "'$old' in [q['id'] for q in o['requests']]"
silent out P2
expect 4 status --json
json 'o["requests"]["overdue"] == 2'
json 'o["requests"]["states"]["duplicate"] == 1'
says var/requests.prom '^lethe_requests_overdue 2$'
says var/requests.prom 'state="fulfilled"} 1$'

# ---- holidays, retention ----
expect 0 check --json
json 'any("kept for ever" in w for w in o["warnings"])'
json 'not any("holiday" in w for w in o["warnings"])'
printf 'date\n%s-01-01\n' "$(date +%Y)" >holidays.csv
sed -i 's/^requests: {/&retention: P3Y, calendar: {roll: next_working_day, holidays: holidays.csv}, /' lethe.yml
expect 0 check --json
json 'not any("kept for ever" in w for w in o["warnings"])'
next=$(($(date +%Y) + 1))
case $(date +%m) in
10 | 11 | 12) json "any('no holiday of $next is known' in w for w in o['warnings'])" ;;
esac
sed -i 's/retention: P3Y, calendar: {[^}]*}, /retention: P3Y, /' lethe.yml
expect 4 purge --dry-run --json
json 'o["requests"]["retention"] == "P3Y" and o["requests"]["due"] == 0'

# ---- the log ----
expect 0 audit list --json
json 'len([e for e in o["entries"] if e["action"] == "request_opened"]) == 9'
json 'any(e.get("reason") == "no_ground" for e in o["entries"])'
for word in '"P1"' '"P2"' P777 Planted @example 'which' 'Invoices'; do
	silent out "$word"
done
expect 0 audit verify
plain PlantedWords P777 'None applies' 'Invoices stay'
finish
