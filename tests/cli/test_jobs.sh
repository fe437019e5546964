#!/bin/sh
# Stores side by side: how many, and that the answer is the same.
# Guards invariant 4.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
installation
records

# ---- how many ----
for n in 0 65 -1 two 1.5 ''; do
	expect 2 purge --jobs "$n"
	says err "^lethe: --jobs .$n. is not a whole number from 1 to 64"
done
cp lethe.yml before.yml
echo 'purge: {jobs: 0}' >>lethe.yml
expect 2 purge --dry-run
says err 'jobs.: expected a whole number from 1 to 64, found .0.'
cp before.yml lethe.yml
echo 'purge: {jobs: 2}' >>lethe.yml

# ---- the same answer ----
expect 4 --json purge --dry-run --jobs 1
python3 -c 'import json, sys
o = json.load(open("out")); del o["run"], o["as_of"], o["seconds"]; print(o)' >one
for n in 2 3 8; do
	expect 4 --json purge --dry-run --jobs "$n"
	python3 -c 'import json, sys
o = json.load(open("out")); del o["run"], o["as_of"], o["seconds"]; print(o)' >many
	cmp one many || oops "another answer with $n jobs"
done
expect 0 purge --approve --jobs 3
expect 0 purge
says out 'verified: nothing that is due is left'
finish
