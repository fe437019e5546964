#!/bin/sh
# The suites that work on stores once more, on an attached database, then the
# scenarios of this folder; end with the line "N passed, N failed".
#   tests/postgres/run.sh BUILD
# shellcheck disable=SC1091
set -u
B=${1:-build/debug} passed=0 failed=0
. tests/postgres/server.sh
export CK_TIMEOUT_MULTIPLIER="${CK_TIMEOUT_MULTIPLIER:-30}"
server_start "$PWD/$B/postgres" --locale=C.UTF-8 || exit 1

# What is SQLite's alone is not here: its files, its plans, its tools.
suites='brakes check demo diff dump ends erasure erasure_kill holds holds_kill
	ingest kill package package_data plan_file postgres_batch
	postgres_fail postgres_values property reach reach_world reduce report
	retention rule_hash suspension'
for suite in $suites; do
	out=$(LETHE_TEST_URL="$PG_URL" LETHE_ROUNDS="${ROUNDS:-2}" \
		"$B/run-tests" "$suite" 2>&1)
	counts=$(printf '%s\n' "$out" | sed -n \
		's/.*Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2 \3/p')
	[ -n "$counts" ] || counts='1 1 0'
	# shellcheck disable=SC2086  # three numbers
	set -- $counts
	failed=$((failed + $2 + $3)) passed=$((passed + $1 - $2 - $3))
	[ $(($2 + $3)) -eq 0 ] || printf '%s\n' "$out" | tail -n 50
done
for t in tests/postgres/test_*.sh; do
	if log=$(env LETHE="$PWD/$B/lethe" sh "$t" 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED %s\n%s\n' "$t" "$log" | tail -n 200
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
