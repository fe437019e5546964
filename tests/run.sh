#!/bin/sh
# Run the unit tests, the corpus of each fuzz target and the shell scenarios of
# tests/cli with the build in ${1}; end with the line "N passed, N failed".
set -u
B=${1:-build/debug} passed=0 failed=0
rm -rf build/scratch
# Check gives a test 4 seconds: too few under a sanitizer on a busy machine.
export CK_TIMEOUT_MULTIPLIER="${CK_TIMEOUT_MULTIPLIER:-30}"

# What the unit tests say of themselves counts only if they reach their end.
out=$("$B/run-tests" 2>&1)
rc=$?
printf '%s\n' "$out" | grep -v '^100%' | tail -n 200
counts=$(printf '%s\n' "$out" | sed -n \
	's/.*Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2 \3/p' |
	tail -n 1)
if [ -n "$counts" ]; then
	# shellcheck disable=SC2086  # three numbers
	set -- $counts
	failed=$(($2 + $3))
	passed=$(($1 - failed))
fi
if [ -z "$counts" ] || { [ $rc -ne 0 ] && [ $failed -eq 0 ]; }; then
	echo "the unit tests did not finish (exit $rc)"
	failed=$((failed + 1))
fi

# NAME COMMAND...: one test more; its output shows only if it fails.
one() {
	name=$1
	shift
	if log=$("$@" 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED %s\n%s\n' "$name" "$log" | tail -n 200
	fi
}
for t in tests/fuzz/fuzz_*.c; do
	name=${t##*/fuzz_} name=${name%.c}
	set -- tests/fuzz/corpus/"$name"/*
	[ -f "$1" ] || set --
	one "$t" "$B/replay_$name" "$@"
done
for t in tests/cli/test_*.sh; do
	[ -f "$t" ] || continue
	one "$t" env LETHE="$PWD/$B/lethe" sh "$t"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
