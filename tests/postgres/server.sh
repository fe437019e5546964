# shellcheck shell=sh
# PostgreSQL servers of our own, for tests: each has its data in a folder of the
# build, its socket in another, and no port.  Sourced.  All that were started end
# with the shell, each by its pid; no service of the system is touched.
#   server_start FOLDER [INITDB-OPTION...]   make it, run it; sets PG_URL
#   server_run FOLDER [OPTION...]            again, with more options of postgres
#   server_stop FOLDER [SIGNAL]              INT: at once; QUIT: as a power cut
#   server_socket FOLDER                     the folder of its socket
#   server_sql FOLDER DATABASE [PSQL-OPTION...]
PG_BIN=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null |
	sort -V | tail -n 1)
PG_BIN=${PG_BIN%/initdb}
PG_FOLDERS=

# A server never runs as root.
pg_as() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
	else
		"$@"
	fi
}

server_start() {
	pg_dir=$1
	shift
	[ -n "$PG_BIN" ] || {
		echo "postgresql is not installed: make test-postgres" >&2
		return 1
	}
	rm -rf "$pg_dir"
	mkdir -p "$pg_dir"
	# A socket's path is short, and its user must get there.
	pg_socket=$(mktemp -d /tmp/lethe-pg.XXXXXX) || return 1
	echo "$pg_socket" >"$pg_dir/socket"
	PG_FOLDERS="$PG_FOLDERS $pg_dir"
	trap 'server_end' EXIT
	trap 'exit 1' INT TERM HUP
	[ "$(id -u)" != 0 ] || chown postgres:postgres "$pg_dir" "$pg_socket"
	chmod 755 "$pg_socket"
	pg_as "$PG_BIN/initdb" -D "$pg_dir/data" -U lethe -A trust \
		-E UTF8 --no-sync --no-instructions "$@" >"$pg_dir/initdb.log" \
		2>&1 || { cat "$pg_dir/initdb.log" >&2; return 1; }
	server_run "$pg_dir" || return 1
	# shellcheck disable=SC2034  # for who sources this
	PG_URL="postgresql://lethe@/postgres?host=$pg_socket"
}

server_run() {
	pg_dir=$1
	shift
	pg_as "$PG_BIN/postgres" -D "$pg_dir/data" \
		-k "$(server_socket "$pg_dir")" \
		-c listen_addresses= -c fsync=off -c full_page_writes=off \
		-c max_connections=50 "$@" >>"$pg_dir/log" 2>&1 &
	echo $! >"$pg_dir/pid"
	for _ in $(seq 150); do
		"$PG_BIN/pg_isready" -q -h "$(server_socket "$pg_dir")" \
			-U lethe -d postgres && return
		kill -0 "$(cat "$pg_dir/pid")" 2>/dev/null || break
		sleep 0.1
	done
	cat "$pg_dir/log" >&2
	return 1
}

server_stop() {
	[ -f "$1/pid" ] || return 0
	# The one that it says itself: ours is that of the shell around it.
	kill -"${2:-INT}" "$(head -n 1 "$1/data/postmaster.pid")" 2>/dev/null
	wait "$(cat "$1/pid")" 2>/dev/null
	rm -f "$1/pid"
}

server_end() {
	for pg_dir in $PG_FOLDERS; do
		server_stop "$pg_dir"
		rm -rf "$(server_socket "$pg_dir")"
	done
}

server_socket() {
	cat "$1/socket"
}

server_sql() {
	pg_dir=$1 db=$2
	shift 2
	psql -X -q -v ON_ERROR_STOP=1 -h "$(server_socket "$pg_dir")" \
		-U lethe -d "$db" "$@"
}
