#!/bin/sh
# Every command leaves the entry in the audit log that it must leave, or is
# known to need none; and none of them lets a person's data out: into the log,
# reports, metrics, errors.  Guards invariant 5 (no content in evidence).
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
installation
cat >>lethe.yml <<-'YML'
	requests: {approvals: 1, sender: privacy@example.org}
	controllers: [{title: Us, contact: us@example.org, authority: court}]
	processing: {automated_decisions: None.}
	consents: consents.yml
YML
cat >consents.yml <<-'YML'
	notices:
	  - {id: news, version: 1, title: News, text: Yes., purposes: [contract],
	     controller: Us, withdrawal: Call us.}
	preferences:
	  - {id: mail, title: Mail, values: [often, never], initial: never}
YML
printf 'identity,value,recipient,items,basis,at\ncustomer_id,zqplanted9,police,zqplantedplates,legal_obligation,2026-01-01\n' \
	>planted-disclosures.csv
cat >planted-consents.csv <<-'CSV'
	identity,value,notice,kind,at
	customer_id,zqplanted8,news,given,2026-01-01
CSV
sed -i 's/legal_basis: contract/&, recipients: [carrier]/
	s/^purposes:/recipients:\n  carrier: {title: Carrier, role: processor, region: JP}\n&/
	/covers:/a\
    origin: data_subject\
    erasure: {on_request: erase, ground: no_longer_necessary}' policy.yml
records

# Planted: values that stand nowhere but in these records.
sed -i 's/name: email, data_categories: \[user.contact.email\]/&, fides_meta: {identity: email}/
	s/name: id, data_categories: \[user.unique_id\], fides_meta: {primary_key: true/&, identity: customer_id/' crm.yml
cat >planted.csv <<-'CSV'
	id,name,email
	PLANTED-7,Zqplantedname,zqplanted@example.com
CSV
printf 'id,person,vin,ends\n77,PLANTED-7,ZQPLANTEDVIN00077,2020-01-31\n' \
	>planted-contract.csv
printf 'id,name,email\nP3,Third,\n' >third.csv
printf 'id,name,email\nP4,Fourth,\n' >fourth.csv
echo 'correct horse battery' >user.pass
printf 'id,page,at\n9,zqplantedpage,2024-01-01T00:00:00Z\n' >planted-visit.csv
planted='PLANTED-7|[Zz]qplanted|ZQPLANTED'

# Each form of a command, what to run, its exit code, and its entries: action,
# object (a regular expression), and the members that hold its counts, if any.
# `-` where nothing is decided, changed or seen of a person: why, behind it.
cat >table <<'TABLE'
init|init|0|initialised|small|made
check|check|0|-|files and columns
check|check --integrity|0|-|pages
ingest|ingest crm people planted.csv|0|ingested|crm\.people|records
ingest|ingest crm contracts planted-contract.csv|0|ingested|crm\.contracts|records
ingest|ingest web visits planted-visit.csv|0|ingested|web\.visits|records
dump|dump crm people|0|dumped|crm\.people
status|status|4|-|numbers
forecast|forecast|0|-|numbers
explain|explain crm people PLANTED-7|0|record_explained|crm\.people
subject find|subject find --identity email=ZQplanted@example.com|0|subject_looked_up|subject|records,collections
subject find|subject find --identity email=zqplantednobody@example.com|0|subject_looked_up|subject|records,collections
hold add|hold add --subject customer_id=PLANTED-7 --reason litigation --authority court --note none|0|hold_placed|H-.*|records
hold add|hold add --record crm people PLANTED-7 --reason audit --authority court|0|hold_placed|H-.*|records
hold list|hold list|0|holds_listed|holds|suspensions
hold release|hold release @HOLD --reason over|0|hold_released|H-.*|records
hold release|hold release @HOLD --reason over|0|hold_released|H-.*|records
policy show|policy show|0|-|the rules
policy record|policy record|0|-|the rules
policy test|policy test|0|-|the rules
policy diff|policy diff policy.yml policy.yml|0|-|numbers
report|report --cluster contract_data --by ends:year|0|report_released|crm\.contracts|cells,withheld
purge|purge --dry-run|4|-|numbers
purge|purge --dry-run --plan plan.json|4|plan_stored|P-.*
purge|purge|3|purge_stopped|.*T.*Z-.*|deleted
plan list|plan list|0|-|numbers
plan show|plan show @PLAN|0|-|numbers
plan approve|plan approve @PLAN|0|plan_approved|P-.*|approvals,needed
plan approve|plan approve @PLAN|3|refused|plan
stop|stop --reason testing|0|stopped|purges
purge|purge|3|purge_refused_by_stop|.*T.*Z-.*|deleted
resume|resume|0|resumed|purges
purge|purge|0|purge_started|.*T.*Z-.*|due
purge|purge|0|purge_finished|.*T.*Z-.*|deleted,overdue
audit list|audit list|0|-|no person is in it
audit list|audit list --subject email=zqplanted@example.com|0|subject_entries_listed|subject
audit verify|audit verify|0|-|no person is in it
audit checkpoint|audit checkpoint|0|-|no person is in it
audit prove|audit prove 1|0|-|no person is in it
audit export|audit export folder|0|log_exported|audit log
audit prune|audit prune|0|-|nothing is due
audit certificate|audit certificate @RUN|0|certificate_issued|.*
audit pack|audit pack @RUN -o pack.zip|0|pack_issued|.*
audit accept-restore|audit accept-restore crm --reason backup|0|restore_accepted|crm
request open|request open --type access --identity customer_id=P2 --text zqplantedtext|0|request_opened|Q-.*
request list|request list|0|-|ids, types and dates
request show|request show @REQUEST|0|-|nothing of the person
request verify|request verify @REQUEST --method login|0|request_identity_verified|Q-.*
request data|request data @REQUEST|0|personal_data_viewed|Q-.*|records,collections,clusters
request snapshot|request snapshot @REQUEST|0|snapshot_taken|Q-.*
request items|request items @REQUEST|0|personal_data_viewed|Q-.*|records
request items|request items @REQUEST crm contracts 3 --decide withhold --reason other_law|0|request_item_decided|Q-.*
disclosures add|disclosures add --subject customer_id=P3 --recipient pad --items zqplanteditems --basis vital_interests|0|disclosure_recorded|disclosure|number
disclosures list|disclosures list --subject customer_id=P2|0|disclosures_listed|disclosures|records
disclosures import|disclosures import planted-disclosures.csv|0|disclosure_recorded|disclosure|number
request package|request package @REQUEST|0|request_packaged|Q-.*
request fetch|request fetch @TOKEN -o copy.zip|0|request_downloaded|Q-.*
request letter|request letter @REQUEST receipt|0|-|a preview
request letter|request letter @REQUEST receipt --keep|0|request_letter|Q-.*
outbox list|outbox list|0|-|names nobody
outbox send|outbox send|0|-|what was logged when it was noted
outbox retry|outbox retry|0|-|what was logged when it was noted
request suspend|request suspend @REQUEST --note zqplantednote|0|request_suspended|Q-.*
request ask|request ask @REQUEST --note zqplantednote|3|refused|request
request resume|request resume @REQUEST|0|request_resumed|Q-.*
request extend|request extend @REQUEST --reason complexity|0|request_extended|Q-.*
request decide|request decide @REQUEST --outcome fulfil|0|request_decided|Q-.*
request fulfil|request fulfil @REQUEST|0|request_fulfilled|Q-.*
request reopen|request reopen @REQUEST --note zqplantednote|0|request_reopened|Q-.*
request withdraw|request withdraw @REQUEST|0|request_withdrawn|Q-.*
request reopen|request reopen @REQUEST --note zqplantednote|0|request_reopened|Q-.*
request refuse|request refuse @REQUEST --reason no_ground --note zqplantednote|0|request_refused|Q-.*
ingest|ingest crm people third.csv|0|ingested|crm\.people|records
request open|request open --type rectification --identity customer_id=P3|0|request_opened|Q-.*
request verify|request verify @REQUEST --method login|0|request_identity_verified|Q-.*
request propose|request propose @REQUEST crm people P3 --field email --value zqplanted3@example.com --kind complete --evidence zqplantedbill|0|request_correction_proposed|Q-.*
request changes|request changes @REQUEST|0|personal_data_viewed|Q-.*|changes
request decide|request decide @REQUEST --outcome fulfil|0|request_decided|Q-.*
request correct|request correct @REQUEST|0|request_corrected|Q-.*
recipient list|recipient list|0|-|names nobody
recipient show|recipient show 1|0|personal_data_viewed|Q-.*
recipient confirm|recipient confirm 1|0|recipient_confirmed|Q-.*
request open|request open --type erasure --identity customer_id=P3|0|request_opened|Q-.*
request verify|request verify @REQUEST --method login|0|request_identity_verified|Q-.*
request plan|request plan @REQUEST|0|request_planned|Q-.*
request decide|request decide @REQUEST --outcome fulfil|0|request_decided|Q-.*
request execute|request execute @REQUEST|0|request_fulfilled|Q-.*
recipient waive|recipient waive 2 --reason impossible|0|recipient_waived|Q-.*
consent list|consent list|0|-|names nobody
consent give|consent give --subject customer_id=zqplanted9 --notice news --evidence zqplantedplace|0|consent_given|news|version
consent receipt|consent receipt @RECORD|0|consent_receipt_made|news
consent verify|consent verify receipt.json|0|-|a file
consent withdraw|consent withdraw --subject customer_id=zqplanted9|0|consent_withdrawn|news|version
consent refuse|consent refuse --subject customer_id=zqplanted9 --notice news|0|consent_refused|news|version
consent show|consent show --subject customer_id=zqplanted9|0|consents_shown|consents
consent prove|consent prove --subject customer_id=zqplanted9 --purpose contract|0|consent_proven|consents
consent import|consent import planted-consents.csv|0|consents_imported|consents|records
preference set|preference set --subject customer_id=zqplanted9 mail often|0|preference_set|mail|version
preference show|preference show --subject customer_id=zqplanted9|0|preferences_shown|preferences
preference pending|preference pending|0|preferences_handed_out|preferences|changes
preference acknowledge|preference acknowledge --subject customer_id=zqplanted9 mail --version 1|0|preference_acknowledged|mail|version
ingest|ingest crm people fourth.csv|0|ingested|crm\.people|records
request open|request open --type restriction --identity customer_id=P4|0|request_opened|Q-.*
request verify|request verify @REQUEST --method login|0|request_identity_verified|Q-.*
request restrict|request restrict @REQUEST --ground art18_1b_unlawful|0|request_restriction_planned|Q-.*
request decide|request decide @REQUEST --outcome fulfil|0|request_decided|Q-.*
request execute|request execute @REQUEST|0|request_fulfilled|Q-.*
restrictions list|restrictions list|0|restrictions_listed|restrictions|records
request lift|request lift @REQUEST --reason data_corrected --keep|0|request_lifting_announced|Q-.*
request open|request open --type objection_direct_marketing --identity customer_id=P4|0|request_opened|Q-.*
request verify|request verify @REQUEST --method login|0|request_identity_verified|Q-.*
request suppress|request suppress @REQUEST|0|request_marketing_ended|Q-.*
suppression check|suppression check --identity customer_id=P4|0|suppression_checked|suppression
suppression list|suppression list|0|suppression_listed|suppression
user add|user add vera --role officer --password-file user.pass|0|user_added|user
user list|user list|0|-|names of users
user show|user show vera|0|-|a user
user roles|user roles vera --role officer,auditor|0|user_roles_changed|user
user password|user password vera --password-file user.pass|0|user_password_changed|user
user alerts|user alerts|0|-|counts
serve|serve --help|0|-|tests/cli/test_serve.sh has what it leaves
demo|demo --files-only demo-folder|0|-|no installation yet
TABLE

# ---- every form that the help knows is in the table ----
cat >forms.py <<'PY'
import re, subprocess, sys
lethe = sys.argv[1]
def out(*a): return subprocess.run([lethe, *a], capture_output=True, text=True).stdout
known = {line.split('|')[0] for line in open('table')}
found = set()
for name in re.findall(r'^  ([a-z]+)  ', out('--help'), re.M):
    usage, rest = (out(name, '--help') + '\n\n').split('\n\n')[:2]
    if usage.endswith(' ACTION'):
        found |= {name + ' ' + w for w in re.findall(r'^  ([a-z-]+)\b', rest, re.M)}
        continue
    for rest in re.findall(r'lethe(?: \.\.\.| \[[^]]*\])* ' + name + r'\b(.*)', usage):
        word = re.match(r' ([a-z][a-z-]*)\b', rest)
        found.add(name + (' ' + word.group(1) if word else ''))
print(*(['no line in the table: ' + f for f in sorted(found - known)]
      + ['not a command: ' + f for f in sorted(known - found)]), sep='\n')
PY
python3 forms.py "$LETHE" >out 2>err
silent out '.'
[ ! -s err ] || oops 'the help cannot be read'

# ---- each leaves its entry ----
cat >entry.py <<'PY'
import json, re, sys
action, thing, counts = sys.argv[1:4]
new = [e for e in json.load(open('log'))['entries']]
of = [e for e in new if e['action'] == action]
if action == '-':
    sys.exit('an entry of which the table does not know' if new else 0)
if not of: sys.exit('no entry: ' + str([e['action'] for e in new]))
for e in new:
    text = json.dumps(e, sort_keys=True)
    if not all(isinstance(e.get(k), str) and e[k] for k in ('actor', 'role', 'object', 'at')):
        sys.exit('without actor, role, object or time: ' + text)
    if re.search(r'[0-9]\.[0-9]', re.sub(r'"[^"]*"', '', text)): sys.exit('a float: ' + text)
e = of[-1]
if not re.fullmatch(thing, e['object']): sys.exit('object: ' + e['object'])
if not e['actor'].startswith('os:') or e['role'] != 'operator': sys.exit('who: ' + str(e))
for c in filter(None, counts.split(',')):
    if not isinstance(e.get(c), int): sys.exit(c + ' is not counted: ' + str(e))
PY
entries() {
	"$LETHE" --json audit list --from "$1" >log 2>/dev/null
}
next=0 plan=none run=none request=none token=none record=none
entries 0
touch everything.err
while IFS='|' read -r form line code action thing counts; do
	next=$("$LETHE" --json audit list | python3 -c 'import json, sys
print(len(json.load(sys.stdin)["entries"]))')
	case $line in
	*@PLAN*) line=$(echo "$line" | sed "s/@PLAN/$plan/") ;;
	*@RUN*) line=$(echo "$line" | sed "s/@RUN/$run/") ;;
	*@RECORD*) line=$(echo "$line" | sed "s/@RECORD/$record/") ;;
	*@TOKEN*) line=$(echo "$line" | sed "s/@TOKEN/$token/") ;;
	*@REQUEST*) line=$(echo "$line" | sed "s/@REQUEST/$request/") ;;
	*@HOLD*)
		hold=$("$LETHE" hold list | sed -n 's/^\(H-[^ ]*\) .*/\1/p' | head -n 1)
		next=$((next + 1)) # the list just now
		line=$(echo "$line" | sed "s/@HOLD/$hold/")
		;;
	esac
	# shellcheck disable=SC2086  # words
	"$LETHE" $line >out 2>err </dev/null
	got=$?
	[ "$got" -eq "$code" ] || oops "$line: exit $got, expected $code"
	cat err >>everything.err
	entries "$next"
	python3 entry.py "$action" "$thing" "$counts" 2>why ||
		oops "$form: $(cat why)"
	case $action in
	purge_finished) run=$(sed -n 's/.*"run": *"\([^"]*\)".*/\1/p' log | tail -n 1) ;;
	consent_given) record=$(sed 's/:.*//' out) ;;
	consent_receipt_made) cp out receipt.json ;;
	request_packaged) token=$(grep -x '[0-9a-zA-Z_-]\{40,\}' out) ;;
	request_opened) request=$(grep -o 'Q-[0-9a-f-]*' out | head -n 1) ;;
	esac
	# The plan that the first run stopped after is to be approved.
	[ "$action" != purge_stopped ] || plan=$(sed -n \
		's/.*lethe plan approve \(P-[^ `]*\).*/\1/p' out err | head -n 1)
done <table

# ---- a person's entries are found, until the last record is gone ----
expect 0 --json audit list --subject customer_id=PLANTED-7
json 'o["entries"] == []'
says err 'forgotten'
expect 0 --json audit list --action subjects_forgotten
json 'sum(e["subjects"] for e in o["entries"]) == 2'
expect 0 --json subject find --identity customer_id=P2
expect 0 --json audit list --subject customer_id=P2
json '{e["action"] for e in o["entries"]} == {
    "subject_looked_up", "subject_entries_listed"}'
expect 0 --json audit list --action hold_placed
json 'len(o["entries"][0]["subject"]) == 32 and o["entries"][1]["subject"] is None'

# ---- nothing planted anywhere ----
"$LETHE" --json audit list >log
"$LETHE" audit export folder >/dev/null 2>&1 || oops 'export'
expect 0 --json hold list --all
grep -rEl "$planted" log folder out var everything.err >found 2>&1 &&
	oops "planted: $(cat found)"
# It is found where it should be: so would it be above.
grep -Eq "$planted" planted.csv || oops 'nothing was planted'
expect 0 audit verify
finish
