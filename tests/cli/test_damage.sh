#!/bin/sh
# Files that are missing, changed, cut or under another key: one clear message
# and the exit code for it, and never a new, empty store in their place.
# Guards invariant 2.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
records
cp -a var var.good
cp -p lethe.key key.good

mend() {
	rm -rf var
	cp -a var.good var
	cp -p key.good lethe.key
}

# refused CODE PATTERN COMMAND...: it fails so, says so, and makes nothing.
refused() {
	code=$1 pattern=$2
	shift 2
	find var lethe.key -type f ! -name purge.lock ! -name '*-shm' \
		! -name '*-wal' 2>/dev/null | sort >files.before
	expect "$code" "$@"
	says err "$pattern"
	find var lethe.key -type f ! -name purge.lock ! -name '*-shm' \
		! -name '*-wal' 2>/dev/null | sort >files.after
	cmp -s files.before files.after || oops "$* made or removed a file"
}

# flip FILE OFFSET: change one byte.
flip() {
	python3 - "$1" "$2" <<-'PY'
		import sys
		with open(sys.argv[1], "r+b") as f:
		    f.seek(int(sys.argv[2]))
		    b = f.read(1)
		    f.seek(int(sys.argv[2]))
		    f.write(bytes([b[0] ^ 1]))
	PY
}

# ---- a store's file ----
rm var/stores/crm.db*
refused 1 'crm.db is missing.*backup' purge
refused 1 'crm.db is missing' status
refused 1 'crm.db is missing' init
refused 1 'crm.db is missing' ingest crm people people.csv
mend
: >var/stores/crm.db
rm -f var/stores/crm.db-wal var/stores/crm.db-shm
refused 1 'missing or empty' purge
mend
for f in stores/crm.db audit.db control.db; do
	size=$(stat -c %s "var/$f")
	flip "var/$f" $((size - 3000))
	refused 5 'page' check --integrity
	mend
	truncate -s -100 "var/$f"
	refused 5 '' check --integrity
	mend
	cp var/stores/web.db "var/$f"
	refused 5 '' check --integrity
	mend
done
flip var/stores/crm.db 50
refused 5 '' purge
mend

# ---- the keyring and the key ----
rm var/keyring
refused 1 'no keyring' purge
mend
flip var/keyring $(($(stat -c %s var/keyring) / 2))
refused 5 'keyring' purge
mend
truncate -s -10 var/keyring
refused 5 'keyring' purge
mend
rm lethe.key
refused 1 'lethe.key' purge
refused 1 'lethe.key' init
mend
printf '%064d\n' 7 >lethe.key
refused 5 'key' purge
refused 5 'key' init
mend
echo short >lethe.key
"$LETHE" purge >out 2>err && oops 'a short key is taken'
says err 'lethe.key'
mend
chmod 644 lethe.key
refused 3 'lethe.key.*(chmod|0600|others)' purge
mend

# ---- whole again ----
expect 0 check --integrity
expect 0 purge --approve
holds crm people 1
finish
