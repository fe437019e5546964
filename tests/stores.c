/* Encrypted stores for tests. */
#include "tests/stores.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/crypto/crypto.h"
#include "tests/suites.h"

static struct secret_key *key;
static char path[200];

void stores_set_up(void)
{
	ck_assert_int_eq(crypto_init(), ST_OK);
	ck_assert_int_eq(secret_random(&key), ST_OK);
}

void stores_tear_down(void)
{
	secret_free(key);
	key = NULL;
}

const char *stores_path(void) { return path; }

enum status stores_open(enum sqlite_mode mode, struct db **out)
{
	struct sqlite_spec spec = { .name = "crm",
		.path = path,
		.key = key,
		.algorithm = AEAD_AES256_OCB };

	return sqlite_open(&spec, mode, out);
}

struct db *stores_new(const char *schema)
{
	struct db *db = NULL;

	(void)snprintf(path, sizeof(path), "%s/crm.db", test_folder());
	ck_assert_int_eq(stores_open(SQLITE_MODE_CREATE, &db), ST_OK);
	ck_assert_msg(db_script(db, schema) == ST_OK, "%s", status_text());
	return db;
}

struct db *stores_again(void)
{
	struct db *db = NULL;

	ck_assert_msg(
	    stores_open(SQLITE_MODE_OPEN, &db) == ST_OK, "%s", status_text());
	return db;
}

void stores_do_(struct db *db, const char *words)
{
	ck_assert_msg(
	    db_exec_(db, words, NOARGS, NULL) == ST_OK, "%s", status_text());
}

int64_t stores_count_(struct db *db, const char *words)
{
	int64_t n = -1;

	ck_assert_msg(db_one_int_(db, words, NOARGS, -1, &n) == ST_OK, "%s",
	    status_text());
	return n;
}

int stores_file_has(const char *file, const char *text)
{
	struct buf b = BUF_INIT;
	int found;

	if (file_read(file, (size_t)1 << 30, &b) != ST_OK)
		return 0;
	found = memmem(b.data, b.len, text, strlen(text)) != NULL;
	buf_release(&b);
	return found;
}

/* ---- SQLite's memory ---- */

static sqlite3_mem_methods real;
static long fuse = -1;
static int blown;

static int fails(void)
{
	if (fuse < 0 || fuse-- > 0)
		return 0;
	blown = 1;
	return 1;
}

static void *fused_malloc(int n) { return fails() ? NULL : real.xMalloc(n); }

static void *fused_realloc(void *p, int n)
{
	return fails() ? NULL : real.xRealloc(p, n);
}

void stores_sqlite_fuse_init(void)
{
	sqlite3_mem_methods fused;

	(void)sqlite3_shutdown();
	ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real), 0);
	fused = real;
	fused.xMalloc = fused_malloc;
	fused.xRealloc = fused_realloc;
	ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_MALLOC, &fused), 0);
}

void stores_sqlite_fuse(long nth)
{
	fuse = nth;
	blown = 0;
}

int stores_sqlite_blown(void) { return blown; }
