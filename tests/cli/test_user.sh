#!/bin/sh
# Accounts: the first admin, without a web page; passwords from a terminal, or
# a file; never in a list of processes, nor in the log.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"

expect 0 demo --files-only site
cd site || exit 1
cat >>lethe.yml <<'YML'
accounts: {argon2: {passes: 1, kib: 7168, lanes: 1}, totp: optional}
YML
expect 0 init
expect 0 user list
says out 'nobody yet'

# No terminal, no file: nothing is made up.
setsid "$LETHE" user add ada --role admin >out 2>err </dev/null
[ $? -eq 2 ] || oops 'a password without a terminal'
says err '--password-file'
echo 'correct horse battery' >password
expect 2 user add ada --role admn --password-file password
says err 'did you mean .admin'
expect 2 user add ada --password-file password
echo 'short' >weak
expect 2 user add ada --role admin --password-file weak
says err 'too short'
expect 2 user add ada --role admin --password-file none
says err 'no such file'

# An admin needs codes, and gets the secret now and never again.
expect 0 user add ada --role admin --password-file password
says out 'otpauth://totp/.*secret=[A-Z2-7]{32}&issuer='
[ "$(grep -cE '^  [A-Z2-7]{4}(-[A-Z2-7]{4}){3}$' out)" -eq 10 ] ||
	oops 'ten recovery codes'
secret=$(sed -n 's/^  secret //p' out)
expect 1 user add ada --role officer --password-file password
expect 0 user show ada
says out 'ada  active  admin  codes of a device'
silent out "$secret"

# By a terminal: asked twice, shown never.
python3 - "$LETHE" >out 2>err <<'PYTHON' || oops 'the terminal'
import os, pty, sys, time
def talk(lines):
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(sys.argv[1], [sys.argv[1], "user", "add", "bob",
                               "--role", "officer,approver"])
    said = b""
    for line in lines:
        while not said.endswith(b": "):
            said += os.read(fd, 1000)
        os.write(fd, line)
        said += b"|"
    try:
        while True:
            more = os.read(fd, 1000)
            if not more:
                break
            said += more
    except OSError:
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said
code, said = talk([b"a good long sentence\n", b"another long sentence\n"])
assert code == 2 and b"not the same" in said, said
code, said = talk([b"a good long sentence\n", b"a good long sentence\n"])
assert code == 0 and b"sentence" not in said, said
PYTHON
expect 0 --json user show bob
json 'o["roles"] == ["officer", "approver"] and o["state"] == "active"'
json 'not o["totp"] and not o["totp_needed"]'
keys 'name roles state totp totp_needed recovery_codes made_at password_at
last_sign_in_at sessions failures'

expect 0 user roles bob --role auditor
says out 'auditor'
expect 0 user disable bob
says out 'disabled'
expect 0 user enable bob
says out 'active'
expect 0 user password bob --password-file password
expect 0 user unlock bob
expect 0 user sign-out bob
expect 0 user sessions bob
expect 0 user totp bob
says out 'otpauth://'
expect 0 user alerts
says out 'nothing unusual'
expect 0 --json status
json 'o["alerts"] == []'
expect 2 user alerts 7
expect 2 user show carl
says err 'no user is called'
expect 0 user remove bob
expect 1 user add bob --role officer --password-file password
says err 'take another name'
expect 2 user drop bob

expect 0 audit list
for action in user_added user_totp_enrolled user_roles_changed user_disabled \
	user_enabled user_password_changed user_unlocked user_sessions_ended \
	user_removed; do
	says out "$action"
done
silent out 'correct horse'
silent out "$secret"
! grep -rqa -e "$secret" -e 'correct horse' var || oops 'plain text on disk'

# What lethe.yml says of it is checked.
sed -i 's/totp: optional/totp: perhaps, idle: P1M/' lethe.yml
expect 2 user list
says err 'perhaps'
says err 'PT1M'

finish
