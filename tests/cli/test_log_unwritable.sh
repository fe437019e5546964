#!/bin/sh
# A purge does nothing where the audit log cannot be written.  Guards
# invariant 3 (nothing without evidence).
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
installation
records
expect 0 purge --approve --cluster contract_data
printf '8,P1,WBA00000000000008,2020-01-31\n' | sed '1i id,person,vin,ends' >more.csv
expect 0 ingest crm contracts more.csv
holds crm contracts 2
"$LETHE" status >/dev/null 2>&1

# refused CODE PATTERN: the purge is, and nothing has happened in the stores.
refused() {
	expect "$1" purge --approve
	says err "$2"
}

# ---- a full disk: not a byte more in any file ----
code=$(
	trap '' XFSZ
	ulimit -f 0
	"$LETHE" purge --approve >/dev/null 2>&1
	echo $?
)
[ "$code" = 1 ] || oops "a purge on a full disk: exit $code"
holds crm contracts 2

# ---- another file's key ----
cp var/audit.db log.good
mkdir other
(
	cd other || exit 1
	cp ../*.yml ../*.sql .
	"$LETHE" init >/dev/null 2>&1
)
cp other/var/audit.db var/audit.db
rm -f var/audit.db-wal var/audit.db-shm
refused 5 'audit'
cp log.good var/audit.db
rm -f var/audit.db-wal var/audit.db-shm
holds crm contracts 2

# ---- the installation's key is another one ----
cp lethe.key key.good
cp other/lethe.key lethe.key
refused 5 'key'
cp key.good lethe.key
holds crm contracts 2

# ---- a file that may only be read: by somebody whom that binds ----
home=$(mktemp -d)
cp -R ./*.yml ./*.sql lethe.key var "$home"
cp "$LETHE" "$home/lethe"
chmod 400 "$home/var/audit.db"
as=
if [ "$(id -u)" -eq 0 ]; then
	chown -R 65534:65534 "$home"
	as='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
(
	cd "$home" || exit 1
	$as ./lethe purge --approve >out 2>err
	echo $? >code
	chmod 600 var/audit.db*
	$as ./lethe dump crm contracts >left 2>>err
	$as ./lethe purge --approve >out.then 2>>err.then
	echo $? >code.then
)
cp "$home"/out "$home"/err .
case $(cat "$home/code") in
1 | 3) ;;
*) oops "purge with a log to be read only: exit $(cat "$home/code")" ;;
esac
says err 'audit'
[ "$(wc -l <"$home/left")" -eq 2 ] || oops 'records went without a log'
[ "$(cat "$home/code.then")" -eq 0 ] || {
	cp "$home"/err.then err
	oops 'the purge that follows does not work'
}
rm -rf "$home"

# ---- and with it, it goes on ----
expect 0 purge --approve
holds crm contracts 1
expect 0 audit verify
finish
