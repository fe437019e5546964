#!/bin/sh
# The server, held against schemas/openapi.json (tests/web/scenario.py).
# shellcheck disable=SC1091
here=$(cd "$(dirname "$0")/../.." && pwd)
B=$(cd "$(dirname "$LETHE")" && pwd)
. "$here/tests/cli/lib.sh"

# Nobody could sign in.
expect 0 demo in --customers 30
cd in || exit 1
sed -i 's/127.0.0.1:8080/127.0.0.1:0/' lethe.yml
expect 1 serve
says err 'lethe user add'
expect 3 purge
expect 2 serve now

if python3 -c 'import jsonschema' 2>/dev/null; then
	timeout 300 python3 -B "$here/tests/web/scenario.py" "$B/serve_test" \
		"$LETHE" "$here/schemas/openapi.json" >out 2>err ||
		oops 'the scenario'
	says out 'answers seen'
fi

# By TLS, and from somewhere else.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
	-keyout tls.key -out tls.crt 2>/dev/null
sed 's|^web:.*|web: {listen: "0.0.0.0:0", tls: {certificate: tls.crt, key: tls.key}}|' \
	lethe.yml >tls.yml
"$B/serve_test" tls.yml >ready 2>err &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ ! -s ready ] || break
	sleep 0.3
done
port=$(sed 's/.*://' ready)
python3 - "$port" >out 2>err <<'PYTHON' || oops 'by TLS'
import http.client, ssl, sys
c = http.client.HTTPSConnection("127.0.0.1", int(sys.argv[1]),
    context=ssl.create_default_context(cafile="tls.crt"))
o = f"https://127.0.0.1:{sys.argv[1]}"
c.request("POST", "/sign-in", "user=vera&password=water",
    {"Content-Type": "application/x-www-form-urlencoded", "Origin": o})
a = c.getresponse()
a.read()
print(a.status, a.headers["Set-Cookie"], a.headers["Strict-Transport-Security"])
PYTHON
says out '^303 __Host-lethe=.*; Secure'
says out 'max-age='
kill "$pid"
wait "$pid" || oops 'it did not end well'

# Files that are no pair.
openssl genpkey -algorithm ed25519 -out other.key 2>/dev/null
sed -i 's/tls.key/other.key/' tls.yml
if timeout 20 "$B/serve_test" tls.yml >out 2>err; then
	oops 'another key than the certificate has'
fi
says err 'a pair'
finish
