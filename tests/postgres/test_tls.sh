#!/bin/sh
# Who answers must prove its name, unless it is this machine; and what opens the
# database is said nowhere.  The server has a certificate of an authority of
# this test, for the name db.test.
# shellcheck disable=SC1091,SC2094,SC2154
tree=$PWD
. "$tree/tests/cli/lib.sh"
. "$tree/tests/postgres/server.sh"
. "$tree/tests/postgres/small.sh"

PGPORT=$((20000 + $$ % 20000))
export PGPORT
server=$root/server
server_start "$server" --locale=C.UTF-8 || exit 1
small_site "$server"
server_stop "$server"

# authority NAME
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.crt" 2>>log
}
authority right
authority wrong
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-subj /CN=db.test -keyout server.key -out server.csr 2>>log
echo subjectAltName=DNS:db.test >names
openssl x509 -req -in server.csr -CA right.crt -CAkey right.key \
	-CAcreateserial -days 2 -extfile names -out server.crt 2>>log
cp server.key server.crt "$server/data/"
chmod 600 "$server/data/server.key"
[ "$(id -u)" != 0 ] ||
	chown postgres:postgres "$server/data/server.key" "$server/data/server.crt"
printf '%s\n' 'local all all trust' 'host all all 127.0.0.0/8 scram-sha-256' \
	>"$server/data/pg_hba.conf"

server_run "$server" -c listen_addresses=127.0.0.2 -c ssl=on || exit 1
server_sql "$server" postgres -c "ALTER ROLE lethe PASSWORD 'GEHEIM-7'"
echo GEHEIM-7 >password
echo VERKEHRT >mistaken

# at HOST-AND-ROOT...: one more parameter each
at() {
	url="postgresql://lethe@/postgres?hostaddr=127.0.0.2&port=$PGPORT"
	for more; do
		url="$url&$more"
	done
	small_url "$url" "${password-password}"
}

at host=db.test "sslrootcert=$root/right.crt"
expect 0 init
says out "own tables in crm"
expect 0 check
[ "$(server_sql "$server" postgres -Atc \
	"SELECT count(*) FROM lethe_evidence")" = 0 ] || oops "no tables"

at host=db.test "sslrootcert=$root/wrong.crt"
expect 1 check
says err 'crm: .*certificate verify failed'
at host=other.test "sslrootcert=$root/right.crt"
expect 1 check
says err 'crm: .*does not match host name "other.test"'
# Nobody vouches for the certificate: not tried without.
at host=db.test
expect 1 check
says err 'crm: .*root certificate'
for mode in disable allow prefer require verify-ca; do
	at host=db.test "sslmode=$mode" "sslrootcert=$root/right.crt"
	expect 2 check
	says err "crm: sslmode=$mode in the URL lets another host stand in"
done
at host=db.test sslmode=disable allow_unverified=yes
expect 0 check

# The password: in a file, in the environment, in no message.
password=mistaken
at host=db.test "sslrootcert=$root/right.crt"
expect 3 check
says err 'crm: .*password authentication failed'
silent err 'VERKEHRT|GEHEIM'
password=
at host=db.test "sslrootcert=$root/right.crt"
expect 1 check
says err 'crm: .*no password supplied'
PGPASSWORD=GEHEIM-7 expect 0 check
echo '*:*:*:*:GEHEIM-7' >pgpass
chmod 600 pgpass
PGPASSFILE=$root/pgpass expect 0 check
small_url "postgresql://lethe:GEHEIM-7@db.test:$PGPORT/postgres"
expect 2 check
says err 'crm: the URL holds a password'
silent err GEHEIM

# A server that has no TLS is not good enough either.
password=password
server_stop "$server"
server_run "$server" -c listen_addresses=127.0.0.2 || exit 1
at host=db.test "sslrootcert=$root/right.crt"
expect 1 check
says err 'crm: .*does not support SSL'
plain GEHEIM VERKEHRT
finish
