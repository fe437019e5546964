#!/bin/sh
# The pages in a headless Chromium: a journey, axe-core on every page in every
# language, pictures of them; end with the line "N passed, N failed".
#   tests/web/run.sh BUILD
set -u
B=$PWD/${1:-build/debug} here=$PWD
work=$PWD/build/web
rm -rf "$work/in" "$work/shots"
mkdir -p "$work/shots"
# What it needs of the npm registry, once.
[ -d "$work/node_modules/axe-core" ] ||
	npm install --prefix "$work" --no-save --no-audit --no-fund \
		--no-package-lock playwright-core@1.64.1 axe-core@4.14.1 ||
	exit 1
"$B/lethe" demo "$work/in" --customers 30 >/dev/null || exit 1
cd "$work/in" || exit 1
sed -i 's/127.0.0.1:8080/127.0.0.1:0/; s/web: {/web: {door: true, /' lethe.yml
"$B/lethe" purge >/dev/null 2>&1
n=0
for days in 40 33 27 25 12 5 3 1; do
	n=$((n + 1)) kind=access
	[ $((n % 3)) -ne 0 ] || kind=erasure
	"$B/lethe" request open --type $kind --identity customer_id=C000000$n \
		--received "$(date -u -d "-$days days" +%Y-%m-%d)" \
		--text 'Please send me everything that you hold about me.' \
		>/dev/null || exit 1
done
"$B/lethe" hold add --subject customer_id=C0000012 --reason litigation \
	--authority 'District Court, Munich' --note 'Case 12 O 34/26' >/dev/null ||
	exit 1
echo 'correct horse battery' >user.pass
for user in vera ophelia; do
	"$B/lethe" user add $user --role officer --password-file user.pass \
		>/dev/null || exit 1
done
"$B/serve_test" lethe.yml >ready &
server=$!
trap 'kill $server 2>/dev/null' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ ! -s ready ] || break
	sleep 0.5
done
NODE_PATH=$work/node_modules timeout 1500 node "$here/tests/web/browser.cjs" \
	"$(sed 's/listening on //' ready)" "$work/shots" "$B/lethe"
