#!/bin/sh
# Run the one test whose source is TEST, say what failed, and leave in OUT how
# long it took and how many of its checks passed and failed.
#   tests/one.sh BUILD OUT TEST
set -u
B=$1 out=$2 t=$3 name=${3##*/} start=$(date +%s)
name=${name%.*}
log=$out/$name.log passed=0 failed=0
limit='timeout -k 10 1200'  # what hangs is named

case $t in
tests/fuzz/*)
	name=${name#fuzz_}
	set -- tests/fuzz/corpus/"$name"/*
	[ -f "$1" ] || set --
	$limit "$B/replay_$name" "$@"
	;;
*.sh)
	LETHE="$PWD/$B/lethe" $limit sh "$t"
	;;
*)
	$limit "$B/run-tests" "${name#test_}"
	;;
esac >"$log" 2>&1
rc=$?

# What a suite says of itself counts only if it reached its end.
case $t in
tests/test_*)
	counts=$(sed -n \
		's/.*Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2 \3/p' \
		"$log" | tail -n 1)
	# shellcheck disable=SC2086  # three numbers
	set -- ${counts:-0 0 0}
	failed=$(($2 + $3)) passed=$(($1 - $2 - $3))
	;;
*)
	[ $rc -ne 0 ] || passed=1
	;;
esac
[ $rc -eq 0 ] || [ $failed -ne 0 ] || failed=1
[ $failed -eq 0 ] || {
	printf 'FAILED %s (exit %d)\n' "$t" $rc
	tail -n 200 "$log"
} >&2
grep '^skipped' "$log"
printf '%s %d %d %d\n' "$t" $(($(date +%s) - start)) $passed $failed \
	>"$out/$(printf '%s' "$t" | tr / -).counts"
