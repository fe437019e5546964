#!/bin/sh
# Certificates and evidence packs, as an auditor gets them who has nothing else.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
installation
records

# ---- a run that a brake stopped, and the one after its approval ----
expect 3 purge
stopped=$("$LETHE" --json status | python3 -c 'import json, sys
print(json.load(sys.stdin)["runs"][0]["run"])')
expect 0 audit certificate "$stopped"
says out 'STOPPED the run before it began: nothing was deleted'
silent out 'Verified:'
expect 0 purge --approve --json
run=$(python3 -c 'import json; print(json.load(open("out"))["run"])')
expect 0 audit checkpoint --vkey
key=$(cat out)

# ---- for people, in three languages ----
expect 0 audit certificate "$run"
says out '^Certificate of deletion$'
says out 'Deletion run: '"$run"
says out 'Plan approved by: os:'
says out 'Deletion rule: last_end \(crm.contracts.ends\) \+ 1 year'
says out 'Verified: every due condition was asked again'
says out '^c2sp.org/tlog-proof@v1$'
cp out cert.txt
expect 0 audit certificate "$run" --language de
says out '^Löschnachweis$'
expect 0 audit certificate --language=ja "$run"
says out '^消去証明書$'
expect 0 --json audit certificate "$run"
keys 'certificate note'
json 'o["certificate"]["totals"]["deleted"] == 4 and o["certificate"]["verified"]'
json 'o["certificate"]["log"]["proof"].endswith("\n")'
cp out cert.json
# It is as its schema says, for every outcome that is kept as golden.
if python3 -c 'import jsonschema' 2>/dev/null; then
	python3 - ../../.. >bad 2>&1 <<-'PYTHON' || oops "$(cat bad)"
		import glob, json, sys, jsonschema
		schema = json.load(open(sys.argv[1] + "/schemas/certificate.schema.json"))
		jsonschema.Draft202012Validator.check_schema(schema)
		check = jsonschema.Draft202012Validator(schema).validate
		real = json.load(open("cert.json"))["certificate"]
		check(real)
		golden = glob.glob(sys.argv[1] + "/tests/golden/certificate/*.facts")
		assert len(golden) >= 5
		for name in golden:
		    check(dict(json.load(open(name)), certificate=real["certificate"],
		        origin="shop", log=real["log"]))
	PYTHON
fi
python3 -c 'import json; print(json.load(open("cert.json"))["note"], end="")' >cert.note

# ---- verified by somebody without an installation ----
for form in cert.txt cert.json cert.note; do
	expect 0 -c /nowhere audit verify "$form" --vkey "$key"
	says out "$form: as signed by small"
done
expect 0 -c /nowhere --json audit verify cert.note --vkey "$key"
keys 'path verified origin run outcome entries message'
json 'o["verified"] and o["outcome"] == "finished"'
sed 's/deleted: 4/deleted: 5/' cert.txt >changed.txt
expect 5 audit verify changed.txt --vkey "$key"
says err 'changed.txt: the signature is not valid'
sed 's/"deleted": 4/"deleted": 5/' cert.json >changed.json
expect 5 audit verify changed.json --vkey "$key"
says err 'is not what its note says'
sed 's/"deleted":4/"deleted":5/' cert.note >changed.note
expect 5 --json audit verify changed.note --vkey "$key"
json 'not o["verified"] and "signature" in o["message"]'
expect 5 audit verify policy.yml --vkey "$key"
expect 2 audit verify cert.note
expect 2 audit verify cert.note --vkey "$key" --since cert.note

# ---- where it is written ----
expect 0 audit certificate "$run" -o kept.txt
# The log has grown by the making of the one before: but for the proof, the same.
facts() { sed -n '/^Method/,/^The entry/p' "$1"; }
[ -n "$(facts cert.txt)" ] || oops 'no facts'
[ "$(facts kept.txt)" = "$(facts cert.txt)" ] || oops '-o writes something else'
expect 2 audit certificate "$run" -o kept.txt
says err 'kept.txt is there already.*--force'
expect 0 audit certificate "$run" --output kept.txt --force --language de
says kept.txt Löschnachweis
expect 2 audit certificate "$run" -o /dev/null --force
expect 2 dump crm people -o x
says err 'unknown option'
"$LETHE" audit certificate "$run" >/dev/full 2>err && oops 'a full disk was not seen'
says err 'write to stdout'
# A file of half a block: the rest does not fit.
( trap '' XFSZ; ulimit -f 1
  "$LETHE" audit pack "$run" -o big.zip >out 2>err ) && oops 'a pack in no room'
[ ! -e big.zip ] || oops 'half a pack was left'

# ---- what is asked for wrongly ----
expect 2 audit certificate "$run" --language fr
says err 'there are en, ja, de'
expect 2 audit certificate "${run%?}"
says err "did you mean .$run"
expect 2 audit certificate nonsense
expect 2 audit certificate
expect 2 audit pack "$run"
says err 'FILE.zip'
expect 2 audit certificat "$run"
says err 'did you mean .certificate'

# ---- a dump is in the log and changes nothing of what is certified ----
expect 0 audit pack "$run" -o one.zip
expect 0 --json audit list --action pack_issued
json 'o["entries"][-1]["object"] == "'"$run"'"'
expect 0 dump web visits
expect 0 audit certificate "$run"
[ "$(sed -n '/^Method/,/^The entry/p' out)" = \
	"$(sed -n '/^Method/,/^The entry/p' cert.txt)" ] ||
	oops 'a later entry changed the certificate'

# ---- the pack, by the commands that stand in it ----
rm -rf pack
unzip -q -d pack one.zip || oops 'unzip'
[ "$(ls pack)" = "lethe-$run" ] || oops 'another folder'
expect 0 -c /nowhere audit verify "pack/lethe-$run" --vkey "$key"
says out "run $run, finished"
sed -n 's/^    //p' "pack/lethe-$run/README.txt" >commands
grep -q 'openssl pkeyutl -verify' commands || oops 'README.txt has no commands'
follow() {
	(cd "$1" && sh -e ../../commands) >out 2>err
}
follow "pack/lethe-$run" || oops 'the commands of README.txt'
[ "$(grep -c '^Signature Verified Successfully$' out)" -eq 6 ] ||
	oops 'not six signatures'
says out '^rules: 3 files, as they were$'
says out '^[0-9]+ entries, each in the log of [0-9]+$'
expect 0 -c /nowhere audit verify "pack/lethe-$run" --vkey "$key"

# Each kind of file with one byte that differs, by our program and by theirs;
# tests/test_pack.c has every file.
cd pack && cp -r "lethe-$run" spoilt && cd ..
last=$(python3 -c 'import json
print(json.load(open("cert.json"))["certificate"]["entry"])')
for f in README.txt SHA256SUMS seal.note certificate.note certificate.ja.txt \
	vkey "entries/$last.json" "entries/$last.tlog-proof"; do
	cp "pack/lethe-$run/$f" kept
	python3 -c 'import sys
data = bytearray(open("kept", "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[1], "wb").write(data)' "pack/spoilt/$f"
	expect 5 audit verify pack/spoilt --vkey "$key"
	grep -q -F "$f" err || oops "$f was changed, and another one named"
	! follow pack/spoilt || oops "$f was changed and README.txt does not find it"
	cp kept "pack/spoilt/$f"
done
other='small+22bb1dd2+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4'
expect 2 audit verify "pack/lethe-$run" --vkey "$other"

# ---- nothing of a person in any of it ----
for word in 'Gone Person' gone@example.com WBA00000000000001 'P1,'; do
	! grep -rqF "$word" cert.txt cert.json one.zip pack ||
		oops "$word is in what was certified"
done

# ---- of a log that was changed nothing is certified ----
mkdir old
cp var/audit.db* old/
expect 0 dump web visits
rm var/audit.db*
cp old/* var/
expect 5 audit certificate "$run"
says err 'older than the last checkpoint'
expect 5 audit pack "$run" -o three.zip
[ ! -e three.zip ] || oops 'a pack of a log that was put back'
finish
