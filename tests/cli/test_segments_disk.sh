#!/bin/sh
# A store that is cut into segments: a disk that is full while whole ones go, a
# file that was changed, and what asks all of them.
# Guards invariants 2 (told), 3 (evidence once) and 4 (one answer).
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
sed -i 's/schema: web.sql}/schema: web.sql, segments: {every: P1D}}/' lethe.yml
sed -i 's/- name: visits$/- name: visits\n        lethe: {segment_by: at}/
	s/{name: page,/{name: page, fides_meta: {identity: page},/' web.yml
rm -rf var lethe.key
expect 0 init
new=$(date -u -d '-1 day' +%Y-%m-%dT%H:%M:%SZ)
cat >visits.csv <<CSV
id,page,at
1,home,2024-01-01T00:00:00Z
2,home,2024-01-01T14:59:59Z
3,home,2024-01-02T15:00:00Z
4,home,$new
CSV
expect 0 ingest web visits visits.csv

# ---- what asks all of them ----
expect 4 --json status
json 'o["due"] == 3'
expect 0 --json hold add --subject page=home --reason litigation --authority C
id=$(python3 -c 'import json; print(json.load(open("out"))["id"])')
expect 0 --json hold list
json 'o["suspensions"][0]["records"] == 4'
expect 0 --json subject find --identity page=home
json 'o["collections"][0]["records"] == 4'
expect 0 hold release "$id" --reason over

# ---- a disk that is full: the run says so, the next one completes it ----
cat >full.sh <<'SH'
mount -t tmpfs -o size="$1" none var && cp -a whole/. var || exit 99
dd if=/dev/zero of=var/ballast bs=4096 >/dev/null 2>&1
truncate -s -"$2" var/ballast
"$LETHE" purge --approve >out 2>err
echo $? >code
rm var/ballast
"$LETHE" check --integrity >after 2>&1
echo $? >after.code
"$LETHE" purge --approve >out2 2>err2
"$LETHE" --json audit list >out 2>&1
"$LETHE" dump web visits >left 2>&1
find var/stores/web -name '2024*' >files
SH
cp -a var whole
failed=0
for free in 0k 64k 128k 256k 512k 1024k; do
	unshare -m sh full.sh $(($(du -s var | cut -f 1) + 8192))k "$free" \
		>/dev/null 2>&1
	if [ ! -s code ]; then
		echo "skipped: no file system can be mounted here"
		break
	fi
	case $(cat code) in
	0 | 4) ;;
	1)
		failed=$((failed + 1))
		says err '^lethe: '
		;;
	*) oops "$free free: exit $(cat code)" ;;
	esac
	[ "$(cat after.code)" -ne 5 ] || oops "$free free: damage"
	json 'sorted((e["segment"], e["records"]) for e in o["entries"] if e["action"] == "drop_segment") == [("2024-01-01", 2), ("2024-01-03", 1)]'
	[ "$(wc -l <left)" -eq 1 ] || oops "$free free: $(wc -l <left) records"
	[ ! -s files ] || oops "$free free: files are left"
	rm -f code
done
[ "$failed" -gt 0 ] || [ ! -f after ] || oops "the disk was never full"

# ---- a file that was changed ----
rm -rf var && cp -a whole var
python3 - <<'PY'
with open("var/stores/web/2024-01-01.db", "r+b") as f:
    f.seek(5000)
    byte = f.read(1)
    f.seek(5000)
    f.write(bytes([byte[0] ^ 1]))
PY
expect 5 check --integrity
says err '2024-01-01'
finish
