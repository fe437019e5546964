#!/bin/sh
# The server with people whom somebody added: who signs in, and as whom; the
# pages themselves are looked at by tests/web.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
installation
cat >>lethe.yml <<'YML'
web: {listen: "127.0.0.1:0"}
accounts: {totp: optional, totp_roles: []}
YML
expect 1 serve
says err 'lethe user add'
echo 'correct horse battery' >pass
expect 0 user add ophelia --role officer --password-file pass
expect 0 user add rita --role auditor --password-file pass
"$LETHE" serve >ready 2>err &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ ! -s ready ] || break
	sleep 0.25
done
python3 - "$(sed 's/listening on //' ready)" <<'PY' >out 2>&1 || oops "$(cat out)"
import http.client, json, sys, urllib.parse
host = sys.argv[1].split("//")[1].strip("/\n")

def ask(method, path, cookie=None, answer=False, **form):
    c = http.client.HTTPConnection(host, timeout=60)
    headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    if cookie:
        headers["Cookie"] = cookie
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    c.request(method, path, urllib.parse.urlencode(form) or None, headers)
    r = c.getresponse()
    body = r.read()
    if answer:
        return r
    cookies = [h.split(";")[0] for h in r.headers.get_all("Set-Cookie") or []]
    return r.status, cookies, body

def sign_in(user, password, cookie=None, answer=False):
    return ask("POST", "/sign-in", cookie, answer, user=user,
               password=password, code="", back="/")

assert ask("GET", "/")[0] == 401
# The same answer, whether there is such a user or not.
wrong = sign_in("ophelia", "wrong horse battery")
nobody = sign_in("nobody", "wrong horse battery")
assert wrong == nobody and wrong[0] == 401, (wrong, nobody)
status, (rita, known), body = sign_in("rita", "correct horse battery")
assert status == 200 and known.startswith("lethe-device="), (status, body)
status, _, body = ask("GET", "/session", rita)
o = json.loads(body)
assert status == 200 and o["user"] == "user:rita", body
assert [r["role"] for r in o["roles"]] == ["auditor"], body
assert ask("GET", "/requests", rita)[0] == 403
assert ask("GET", "/audit", rita)[0] == 200
# Without the session's secret nobody signs anybody out.
assert ask("POST", "/sign-out", rita, csrf="0" * 64)[0] == 403
assert ask("POST", "/sign-out", rita, csrf=o["csrf"])[0] == 200
assert ask("GET", "/audit", rita)[0] == 401
# Who fails again and again keeps strangers out, not the browser that is known;
# and nobody learns from it whether there is such a user.
def until_locked(user):
    for _ in range(20):
        r = sign_in(user, "wrong horse battery", answer=True)
        if r.status != 401:
            break
    return r.status, int(r.headers["Retry-After"]) > 0

assert until_locked("rita") == until_locked("nobodytoo") == (429, True)
status, (_, again), body = sign_in("rita", "correct horse battery", known)
assert status == 200 and again != known, (status, body)
PY
kill "$server"
wait "$server" || oops "the server ended with $?"
silent err .
expect 0 audit list
says out "signed_in"
expect 0 audit verify
finish
