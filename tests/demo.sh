#!/bin/sh
# What Lethe does, command by command, on made-up customers.
#   tests/demo.sh PROGRAM FOLDER   FOLDER is an earlier demonstration or nothing
set -u
lethe=$1 folder=$2

# say TEXT...: what comes next, and why.
say() { printf '\n# %s\n' "$@"; }

stop() {
	printf '%s\n' "$*" >&2
	exit 1
}

# run CODE LINES WORD...: show and run a command; its output is left in ${out},
# and so many lines of it are shown, the last ones if LINES is negative.  Any
# exit code but CODE ends the demonstration.
run() {
	code=$1 lines=$2
	shift 2
	printf '$ %s\n' "$lethe $*"
	out=$("$lethe" "$@" 2>&1)
	got=$?
	printf '%s\n' "$out" | awk -v most="$lines" '
		{ line[NR] = $0 }
		END {
			from = most < 0 && NR + most > 0 ? NR + most + 1 : 1
			to = most < 0 || NR < most ? NR : most
			if (from > 1)
				print "(" from - 1 " lines, then)"
			for (i = from; i <= to; i++)
				print line[i]
			if (to < NR)
				print "(and " NR - to " lines more)"
		}'
	[ "$got" -eq "$code" ] ||
		stop "$lethe $1 ended with exit code $got, not $code"
}
on() {
	code=$1 lines=$2
	shift 2
	run "$code" "$lines" -c "$folder/lethe.yml" "$@"
}

# first PATTERN FIELD: of the JSON lines in ${out}, FIELD of the first one that
# matches PATTERN.
first() {
	printf '%s\n' "$out" | awk -v pattern="$1" -v field="\"$2\":\"" '
		$0 ~ pattern && !found {
			found = index($0, field)
			$0 = substr($0, found + length(field))
			print substr($0, 1, index($0, "\"") - 1)
		}'
}

[ ! -e "$folder" ] || [ -f "$folder/lethe.yml" ] ||
	stop "$folder is no earlier demonstration: name another folder"
rm -rf "$folder"
mkdir -p "$(dirname "$folder")" || exit 1

say "A connected-car company in Japan: its schemas, its policy, its records."
run 0 0 --json demo --files-only "$folder"
files=$(printf '%s\n' "$out" | awk -F '"' '
	$2 == "store" { store = $4 }
	$2 == "collection" { collection = $4 }
	$2 == "path" { print store, collection, $4 }')

say "Make its key, its encrypted stores and its audit log; see that all fits."
on 0 9 init
on 0 9 check

say "Take in the records, all of a file or nothing."
while read -r store collection path; do
	on 0 3 ingest "$store" "$collection" "$folder/$path"
done <<END
$files
END

say "What is where, and what is due.  Nothing was ever purged here, so that
# much is OVERDUE: that is what exit code 4 says, here and below."
on 4 99 status

say "What will fall due in the coming week."
on 0 20 forecast --days 7

say "The policy brings its own examples."
on 0 9 policy test

say "What a purge would do; exit code 4 again."
on 4 99 purge --dry-run

say "Nobody has approved these rules yet: the first run stops after its plan, and
# says so by exit code 3."
on 3 -2 purge
# shellcheck disable=SC2016  # the quotes are those of the message
plan=$(printf '%s\n' "$out" |
	sed -n 's/.*`lethe plan approve \(P-[0-9a-f-]*\)`.*/\1/p')
on 0 9 plan show "$plan"
on 0 1 plan approve "$plan"

say "Purge: delete in batches, write the evidence, verify, scrub."
on 0 99 purge

say "Now nothing is overdue, and the exit code is 0."
on 0 99 status

say "Why is a contract that ended still there?  And a customer whose contract
# runs?"
out=$("$lethe" -c "$folder/lethe.yml" dump crm contracts) ||
	stop "the contracts cannot be read"
ended=$(first '"expires_on":"' id)
customer=$(first '"expires_on":null' customer_id)
on 0 20 explain crm contracts "$ended"
on 0 20 explain crm customers "$customer"

say "What was done, and by which rule: the end of the audit log."
on 0 -4 audit list

say "Read and authenticate every page of every file."
on 0 20 check --integrity

cat <<END

That was Lethe.  All of it is in $folder; to look around:
  $lethe -c $folder/lethe.yml policy show
  $lethe -c $folder/lethe.yml forecast --days 90
  $lethe -c $folder/lethe.yml dump crm customers
  $lethe --help
END
