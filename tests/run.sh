#!/bin/sh
# Run the unit tests, the corpus of each fuzz target and the shell scenarios of
# tests/cli with the build in ${1}, as many side by side as there are
# processors (JOBS=N for another number), but for the suites of SKIP; end with
# "N passed, N failed".
#   tests/run.sh BUILD
set -u
B=${1:-build/debug} out=$B/results
rm -rf build/scratch "$out"
mkdir -p "$out"
# Check gives a test 4 seconds: too few under a sanitizer on a busy machine.
export CK_TIMEOUT_MULTIPLIER="${CK_TIMEOUT_MULTIPLIER:-30}"

# What took longest the last time, in whichever mode, comes first; then what
# has never run.
times=build/test-seconds
touch $times
for t in tests/test_*.c tests/fuzz/fuzz_*.c tests/cli/test_*.sh; do
	name=${t##*/test_}
	case " ${SKIP:-} " in *" ${name%.c} "*) continue ;; esac
	printf '%s %s\n' "$(awk -v t="$t" '$1 == t { s = $2 } END {
		print s == "" ? 9999 : s }' $times)" "$t"
done | sort -rn | cut -d ' ' -f 2 |
	xargs -P "${JOBS:-$(nproc)}" -n 1 sh tests/one.sh "$B" "$out" || {
	echo "a test did not come to its end" >&2
	exit 1
}

sort -k 2rn "$out"/*.counts >"$out/all"
cut -d ' ' -f 1,2 "$out/all" >$times
echo 'seconds:' "$(awk 'NR < 9 { printf " %s %s", $1, $2 }' "$out/all")"
awk '{ p += $3; f += $4 } END {
	print p + 0 " passed, " f + 0 " failed"; exit f != 0 }' "$out/all"
