#!/bin/sh
# What people wrote is shown on a terminal as characters, never as a terminal's
# commands; a file gets every byte as it is.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
"$LETHE" demo here --customers 2 >out 2>err || oops 'demo'
cd here || exit 1

# Escape, a C1 control, one that turns the direction, and plain Japanese.
printf 'a\033[31mb \302\233 c \342\200\256 d \343\201\202\343\202\233 e\360\237\230\200\n' >words
"$LETHE" request open --type access --identity customer_id=C0000001 >opened ||
	oops 'open'
id=$(head -n 1 opened | cut -d ' ' -f 1)
"$LETHE" request verify "$id" --ask --note "$(cat words)" >plain ||
	oops 'a note'
script -qefc "'$LETHE' request show $id" terminal >/dev/null || oops 'script'
tr -d '\r' <terminal >out
says out 'a<U\+001B>\[31mb <U\+009B> c <U\+202E> d あ゛ e😀'
silent out "$(printf '\033\\[31m')"

"$LETHE" request show "$id" >out
says out "$(printf 'a\033\\[31mb')"
"$LETHE" --json request show "$id" >out || oops 'json'
json 'any("\u202e" in (e["note"] or "") for e in o["history"])'

finish
