#!/bin/sh
# Run the unit tests and the shell scenarios of tests/cli with the build in
# ${1}; end with the line "N passed, N failed".
set -u
B=${1:-build/debug} passed=0 failed=0
rm -rf build/scratch
out=$("$B/run-tests" 2>&1) || :
printf '%s\n' "$out" | grep -v '^100%' | tail -n 200
set -- $(printf '%s\n' "$out" |
	sed -n 's/.*Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2 \3/p' | tail -n 1)
if [ $# -ne 3 ]; then
	echo "the unit tests did not finish"
	failed=1
else
	failed=$(($2 + $3))
	passed=$(($1 - failed))
fi
for t in tests/cli/test_*.sh; do
	[ -f "$t" ] || continue
	if log=$(LETHE="$PWD/$B/lethe" sh "$t" 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED %s\n%s\n' "$t" "$log"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
