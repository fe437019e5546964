# A PostgreSQL server of our own, for tests: its data in a folder of the build,
# its socket beside it, no port.  Sourced; server_start FOLDER sets PG_URL and
# PG_PID, and ends it when the shell does.  No service of the system is touched.
#   server_start FOLDER [INITDB-OPTION...]
#   server_stop, server_run (again), server_sql DATABASE [FILE...]

PG_BIN=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null |
	sort -V | tail -n 1)
PG_BIN=${PG_BIN%/initdb}

# A server never runs as root.
pg_as() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
	else
		"$@"
	fi
}

server_start() {
	PG_DIR=$1
	shift
	[ -n "$PG_BIN" ] || {
		echo "postgresql is not installed: make test-postgres" >&2
		return 1
	}
	rm -rf "$PG_DIR"
	# A socket's path is short, and its user must get there.
	PG_SOCKET=$(mktemp -d /tmp/lethe-pg.XXXXXX) || return 1
	mkdir -p "$PG_DIR"
	[ "$(id -u)" != 0 ] || chown postgres:postgres "$PG_DIR" "$PG_SOCKET"
	chmod 755 "$PG_SOCKET"
	pg_as "$PG_BIN/initdb" -D "$PG_DIR/data" -U lethe -A trust \
		-E UTF8 --no-sync --no-instructions "$@" >"$PG_DIR/initdb.log" \
		2>&1 || { cat "$PG_DIR/initdb.log" >&2; return 1; }
	trap 'server_end' EXIT
	trap 'exit 1' INT TERM HUP
	server_run
	# shellcheck disable=SC2034  # for who sources this
	PG_URL="postgresql://lethe@/postgres?host=$PG_SOCKET"
}

server_run() {
	pg_as "$PG_BIN/postgres" -D "$PG_DIR/data" -k "$PG_SOCKET" \
		-c listen_addresses= -c fsync=off -c full_page_writes=off \
		-c max_connections=50 >>"$PG_DIR/log" 2>&1 &
	PG_JOB=$! # a shell, where pg_as is one
	for _ in $(seq 150); do
		if "$PG_BIN/pg_isready" -q -h "$PG_SOCKET" -U lethe \
			-d postgres; then
			PG_PID=$(sed -n 1p "$PG_DIR/data/postmaster.pid")
			return
		fi
		kill -0 "$PG_JOB" 2>/dev/null || break
		sleep 0.1
	done
	cat "$PG_DIR/log" >&2
	return 1
}

# At once, as a power cut would: ${1} INT (or gently: TERM).
server_stop() {
	[ -n "${PG_PID:-}" ] || return 0
	kill -"${1:-INT}" "$PG_PID" 2>/dev/null
	wait "$PG_JOB" 2>/dev/null
	PG_PID=
}

server_end() {
	server_stop INT
	rm -rf "$PG_SOCKET"
}

server_sql() {
	db=$1
	shift
	psql -X -q -v ON_ERROR_STOP=1 -h "$PG_SOCKET" -U lethe -d "$db" "$@"
}
