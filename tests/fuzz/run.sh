#!/bin/sh
# Fuzz each of the programs named for ${1} seconds, from the committed corpus
# on.  What they find anew stays in build/corpus; what crashes one goes, once
# mended, into tests/fuzz/corpus, where every build replays it.
set -u
seconds=$1 rc=0
shift
for program; do
	name=${program##*/fuzz_}
	mkdir -p build/corpus/"$name" build/crashes
	echo "  FUZZ $name"
	if "$program" -max_total_time="$seconds" -max_len=65536 \
		-artifact_prefix=build/crashes/"$name"- build/corpus/"$name" \
		tests/fuzz/corpus/"$name" >build/corpus/"$name".log 2>&1; then
		tail -n 1 build/corpus/"$name".log
	else
		tail -n 40 build/corpus/"$name".log
		rc=1
	fi
done
exit $rc
