#!/bin/sh
# A log that BUILD/bench_log wrote, verified by Debian's golang.org/x/mod; then
# spoilt, which that must refuse; then one that was pruned.  Ends with
# "N passed, N failed".
#   tests/interop/run.sh BUILD [ENTRIES]
set -eu
B=${1:?the build} entries=${2:-100000}
W=build/interop passed=0 failed=0
rm -rf "$W"
mkdir -p "$W/gopath"
# The Debian packages stand in a GOPATH of their own; nothing is downloaded.
export GO111MODULE=off GOFLAGS="" GOPROXY=off GOCACHE="$PWD/$W/cache" \
	GOPATH="$PWD/$W/gopath:/usr/share/gocode"
go build -o "$W/verify" tests/interop/verify.go

# result NAME CODE: count it, and say what was wrong.
result() {
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "interop: $1"
	fi
}

# sound FOLDER PATTERN: it is verified, and the line about it has PATTERN.
sound() {
	rc=0
	"$W/verify" "$W/$1" >"$W/out" 2>&1 && grep -Eq "$2" "$W/out" || rc=1
	cat "$W/out"
	result "$1 was not verified" "$rc"
}

# refused NAME: the log in given/ is no more.
refused() {
	rc=0
	! "$W/verify" "$W/given" >"$W/out" 2>&1 || rc=1
	result "$1 and nobody noticed" "$rc"
}

# spoil FILE SCRIPT: with FILE changed by sed, it is refused.
spoil() {
	cp "$W/given/$1" "$W/kept"
	sed -i "$2" "$W/given/$1"
	if cmp -s "$W/kept" "$W/given/$1"; then
		result "nothing was changed in $1" 1
	else
		refused "$1 was changed"
	fi
	cp "$W/kept" "$W/given/$1"
}

# all_of WORD PATTERN N: a log by `bench_log FOLDER ENTRIES WORD`, as it is,
# spoilt, and as it was.  N is a bundle that is there.
all_of() {
	rm -rf "$W/given"
	"$B/bench_log" "$W/given" "$entries" "$1"
	sound given "$2"
	spoil "log/tile/entries/$3" 's/20000/20001/'
	spoil log/checkpoint '2s/^1/2/'
	spoil older '3s/^./-/'
	spoil 3.entry 's/20000/20001/'
	spoil 3.tlog-proof '2s/[0-9]$/x/'
	spoil growth '1d'
	sound given "$2"
}
all_of give ' 0 of them pruned' 001
all_of give-pruned ' [1-9][0-9]* of them pruned' "$((entries / 512 + 1))"
# One bundle more that is missing lies behind one that is there.
rm "$W/given/log/tile/entries/$((entries / 512 + 1))"
refused 'a bundle was removed'
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
