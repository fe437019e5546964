#!/bin/sh
# Two runs at once, a reader that holds an older state, a full disk: told, and
# nothing is half done.  Guards invariants 2 and 3.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
python3 - <<'PY'
with open("people.csv", "w") as f, open("contracts.csv", "w") as g:
    f.write("id,name,email\n")
    g.write("id,person,vin,ends\n")
    for i in range(12000):
        f.write(f"P{i},Name {i},{i}@example.com\n")
        g.write(f"{i},P{i},V{i},2019-05-05\n")
PY

# ---- a file that may not grow: all or nothing, and it works afterwards ----
size=$(stat -c %s var/stores/crm.db)
(
	ulimit -f $((size / 512 + 400))
	trap '' XFSZ
	"$LETHE" ingest crm people people.csv
) >out 2>err
got=$?
[ "$got" -eq 1 ] || oops "ingest without room: exit $got"
says err '^lethe: people.csv: nothing was kept: crm: '
holds crm people 0
expect 0 ingest crm people people.csv
expect 0 ingest crm contracts contracts.csv
expect 0 check --integrity
(
	ulimit -f 300
	trap '' XFSZ
	"$LETHE" purge --approve
) >out 2>err
got=$?
[ "$got" -eq 1 ] || oops "purge without room: exit $got"
says err '^lethe: '
expect 0 check --integrity

# ---- a disk that is full ----
cat >full.sh <<'SH'
mount -t tmpfs -o size="$1" none var && cp -a whole/. var || exit 99
dd if=/dev/zero of=var/ballast bs=4096 >/dev/null 2>&1
truncate -s -"$2" var/ballast
shift 2
"$LETHE" "$@" >out 2>err
echo $? >code
rm var/ballast
"$LETHE" check --integrity >after 2>&1
echo $? >after.code
SH
# full FREE COMMAND...: run it on a copy with so much room left.
full() {
	cp -a var whole
	free=$1
	shift
	unshare -m sh full.sh $(($(du -s var | cut -f 1) + 4096))k "$free" "$@" \
		>/dev/null 2>&1
	got=$?
	rm -rf whole
	[ "$got" -ne 99 ] || return 1
	[ "$(cat code)" -eq 1 ] || oops "$* on a full disk: exit $(cat code)"
	says err '^lethe: .*disk full: make room'
	[ "$(cat after.code)" -eq 0 ] || oops "damage after a full disk"
}
sed 's/^P/Q/' people.csv >more.csv
if unshare -m true 2>/dev/null && full 512k ingest crm people more.csv; then
	full 512k purge --approve
else
	echo "skipped: no file system can be mounted here"
fi
left=$(($(count crm people) + $(count crm contracts)))

# ---- a second run while the first one is at work ----
"$LETHE" purge --approve --json >first 2>first.err &
pid=$!
until "$LETHE" status 2>/dev/null | grep -q ': running'; do
	kill -0 "$pid" 2>/dev/null || break
done
expect 3 purge
says err 'another purge is running'
# Looking is allowed meanwhile.
"$LETHE" purge --dry-run >out 2>err
[ $? -lt 5 ] || oops 'no dry run beside a run'
wait "$pid"
got=$?
[ "$got" -eq 0 ] || oops "the first run: exit $got: $(cat first.err)"
python3 -c 'import json, sys
o = json.load(open("first"))
sys.exit(o["deleted"] != int(sys.argv[1]) or not o["verified"])' "$left" ||
	oops "the first run did not delete $left"
expect 0 --json audit list --action delete
json 'sum(e["records"] for e in o["entries"]) == 24000'
json 'len({e["evidence"] for e in o["entries"]}) == len(o["entries"])'
expect 0 check --integrity
finish
