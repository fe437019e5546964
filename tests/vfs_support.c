/* Stores to try things on. */
#include "tests/vfs_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/crypto/crypto.h"

void vt_setup(void)
{
	ck_assert_int_eq(crypto_init(), ST_OK);
	ck_assert_int_eq(vfs_register(), ST_OK);
}

unsigned int vt_key(uint8_t seed, enum aead_algorithm alg)
{
	uint8_t bytes[SECRET_LEN] = { seed }, id[16] = { 0, seed };
	struct secret_key *key;
	unsigned int handle;

	ck_assert_int_eq(secret_new(bytes, &key), ST_OK);
	ck_assert_int_eq(vfs_key_add(key, id, alg, &handle), ST_OK);
	secret_free(key);
	return handle;
}

int vt_try_open(const char *vfs, const char *path, unsigned int key,
    const char *more, sqlite3 **db)
{
	char uri[500];

	(void)snprintf(
	    uri, sizeof(uri), "file:%s?vfs=%s&key=%u%s", path, vfs, key, more);
	return sqlite3_open_v2(uri, db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, NULL);
}

void vt_pragmas(sqlite3 *db)
{
	(void)sqlite3_busy_timeout(db, 5000);
	vt_run(db, "PRAGMA synchronous = FULL;"
		   "PRAGMA secure_delete = ON;"
		   "PRAGMA temp_store = MEMORY");
}

sqlite3 *vt_create(const char *path, unsigned int key)
{
	sqlite3 *db;

	ck_assert_int_eq(vt_try_open(VFS_NAME, path, key, "", &db), SQLITE_OK);
	ck_assert_msg(vfs_prepare(db) == ST_OK, "%s", status_text());
	vt_pragmas(db);
	return db;
}

sqlite3 *vt_open(const char *path, unsigned int key)
{
	sqlite3 *db;
	int rc = vt_try_open(VFS_NAME, path, key, "&mode=rw", &db);

	ck_assert_msg(rc == SQLITE_OK, "%s", status_text());
	vt_pragmas(db);
	return db;
}

int vt_try(sqlite3 *db, const char *sql)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? rc : sqlite3_extended_errcode(db);
}

void vt_run(sqlite3 *db, const char *sql)
{
	int rc = vt_try(db, sql);

	ck_assert_msg(rc == SQLITE_OK, "%.60s: %d: %s: %s", sql, rc,
	    sqlite3_errmsg(db), status_text());
}

int64_t vt_int(sqlite3 *db, const char *sql)
{
	char text[200];

	vt_text(db, sql, text);
	return atoll(text);
}

void vt_text(sqlite3 *db, const char *sql, char out[200])
{
	sqlite3_stmt *s;

	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK,
	    "%s: %s: %s", sql, sqlite3_errmsg(db), status_text());
	ck_assert_msg(sqlite3_step(s) == SQLITE_ROW, "%s: %s: %s", sql,
	    sqlite3_errmsg(db), status_text());
	(void)snprintf(out, 200, "%s", (const char *)sqlite3_column_text(s, 0));
	(void)sqlite3_finalize(s);
}

void vt_check_integrity(sqlite3 *db)
{
	char text[200];

	vt_text(db, "PRAGMA integrity_check", text);
	ck_assert_str_eq(text, "ok");
}

void vt_fill(sqlite3 *db, int rows, const char *word)
{
	char sql[400];

	(void)snprintf(sql, sizeof(sql),
	    "CREATE TABLE IF NOT EXISTS person"
	    " (id INTEGER PRIMARY KEY, name TEXT, version INTEGER DEFAULT 0);"
	    "WITH RECURSIVE n(i) AS"
	    " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
	    " INSERT INTO person (name)"
	    " SELECT printf('%s%%0300d', i) FROM n",
	    rows, word);
	vt_run(db, sql);
}

static void shell(const char *command)
{
	ck_assert_msg(system(command) == 0, "%s", command);
}

void vt_copy_store(const char *from, const char *to)
{
	char command[1000];

	(void)snprintf(command, sizeof(command),
	    "rm -f %s %s-wal %s-shm %s-seal; cp %s %s;"
	    " for e in wal seal; do"
	    " [ ! -f %s-$e ] || cp %s-$e %s-$e; done",
	    to, to, to, to, from, to, from, from, to);
	shell(command);
}

void vt_turn_bit(const char *path, int64_t offset)
{
	char command[500];

	(void)snprintf(command, sizeof(command),
	    "b=$(od -An -tu1 -j%lld -N1 %s) && printf \"\\\\$(printf %%03o"
	    " $((b ^ 4)))\" | dd of=%s bs=1 seek=%lld conv=notrunc"
	    " status=none",
	    (long long)offset, path, path, (long long)offset);
	shell(command);
}

void vt_cut(const char *path, int64_t size)
{
	char command[500];

	(void)snprintf(command, sizeof(command), "truncate -s %lld %s",
	    (long long)size, path);
	shell(command);
}

int64_t vt_size(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 ? (int64_t)sb.st_size : -1;
}

int vt_shows(const char *path, const char *word)
{
	char command[500];

	(void)snprintf(
	    command, sizeof(command), "grep -qaF '%s' %s*", word, path);
	return system(command) == 0;
}
