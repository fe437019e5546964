#!/bin/sh
# A log that BUILD/bench_log wrote, verified by Debian's golang.org/x/mod; then
# spoilt, which that must refuse.
#   tests/interop/run.sh BUILD [ENTRIES]
set -eu
B=${1:?the build} entries=${2:-100000}
W=build/interop
rm -rf "$W"
mkdir -p "$W/gopath"
# The Debian packages stand in a GOPATH of their own; nothing is downloaded.
export GO111MODULE=off GOFLAGS="" GOPROXY=off GOCACHE="$PWD/$W/cache" \
	GOPATH="$PWD/$W/gopath:/usr/share/gocode"
go build -o "$W/verify" tests/interop/verify.go
"$B/bench_log" "$W/given" "$entries" give
"$W/verify" "$W/given"

# spoil FILE SCRIPT: with FILE changed by sed, it is refused.
spoil() {
	cp "$W/given/$1" "$W/kept"
	sed -i "$2" "$W/given/$1"
	if cmp -s "$W/kept" "$W/given/$1"; then
		echo "interop: nothing was changed in $1"
		exit 1
	fi
	if "$W/verify" "$W/given" >"$W/out" 2>&1; then
		echo "interop: $1 was changed and nobody noticed"
		exit 1
	fi
	cp "$W/kept" "$W/given/$1"
}
spoil log/tile/entries/001 's/20000/20001/'
spoil log/checkpoint '2s/^1/2/'
spoil older '3s/^./-/'
spoil 3.entry 's/20000/20001/'
spoil 3.tlog-proof '2s/[0-9]$/x/'
spoil growth '1d'
"$W/verify" "$W/given" >/dev/null
echo "interop: all of it was verified, and what was changed refused"
