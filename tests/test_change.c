/* engine/store/sqlite_change.c: changes by the batch */
#include <stdlib.h>
#include <string.h>

#include "tests/stores.h"
#include "tests/suites.h"

/* Puts 'x' before texts and adds 1000 to numbers; notes what it was shown. */
struct work {
	struct buf shown;
	struct buf bytes[2];
	size_t keys;
	size_t columns;
	int64_t count;
	int64_t skip;  /* every so many are left; 0: none */
	int64_t after; /* -1: never stop */
};
#define WORK(k, c)                                        \
	{                                                 \
		.keys = (k), .columns = (c), .after = -1, \
	}

static void note(struct buf *b, struct val v)
{
	if (v.type == VAL_INT)
		buf_addf(b, "%lld", (long long)v.i);
	if (v.type == VAL_TEXT || v.type == VAL_BLOB)
		buf_add(b, v.p, v.n);
}

static enum status change(void *ctx, const struct val *row, struct val *out)
{
	struct work *w = ctx;
	size_t i;

	if (w->count++ == w->after)
		return fail(ST_LIMIT, "enough");
	for (i = 0; i < w->keys + w->columns; i++) {
		note(&w->shown, row[i]);
		buf_addc(&w->shown, i + 1 < w->keys + w->columns ? '|' : ';');
	}
	if (w->skip && w->count % w->skip == 0)
		return ST_NOTFOUND;
	for (i = 0; i < w->columns; i++) {
		const struct val *old = &row[w->keys + i];

		out[i] = INT(old->i + 1000);
		if (old->type == VAL_TEXT) {
			buf_clear(&w->bytes[i]);
			buf_addc(&w->bytes[i], 'x');
			buf_add(&w->bytes[i], old->p, old->n);
			if (buf_status(&w->bytes[i]) != ST_OK)
				return ST_NOMEM;
			out[i] = TEXT(buf_text(&w->bytes[i]));
		}
		if (old->type == VAL_NULL)
			out[i] = NIL;
	}
	return buf_status(&w->shown);
}

static void work_release(struct work *w)
{
	buf_release(&w->shown);
	buf_release(&w->bytes[0]);
	buf_release(&w->bytes[1]);
}

static enum status run_(struct db *db, const struct db_change *how,
    struct work *w, int64_t *changed, const char *words)
{
	struct db_change c = *how;
	struct sql where = SQL_INIT;
	enum status st;

	sql_add_(&where, words);
	c.where = &where;
	c.limit = c.limit ? c.limit : 100000;
	c.each = change;
	c.ctx = w;
	*changed = -1;
	buf_clear(&w->shown);
	w->count = 0;
	if ((st = db_begin(db, DB_WRITE)) == ST_OK &&
	    (st = db_change_batch(db, &c, changed)) == ST_OK)
		st = db_commit(db);
	db_rollback(db);
	sql_release(&where);
	return st;
}
#define run(db, how, w, changed, words) run_(db, how, w, changed, "" words)

static const char *const id[] = { "id" };
static const char *const name[] = { "name" };
static const struct db_change names_of_t = { .table = "t",
	.keys = id,
	.key_count = 1,
	.columns = name,
	.column_count = 1 };

START_TEST(records_are_shown_and_changed)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, name, at, other);"
	    "CREATE INDEX t_at ON t (at);"
	    "INSERT INTO t VALUES (1, 'a', 30, 'o'), (2, NULL, 10, 'o'),"
	    " (3, 'c', 99, 'o'), (4, '', 20, 'o'), (5, 7, 40, 'o');");
	struct db_change how = names_of_t;
	struct work w = WORK(1, 1);
	int64_t n;

	how.order = "at";
	ck_assert_msg(
	    run(db, &how, &w, &n, "t.at < 50") == ST_OK, "%s", status_text());
	ck_assert_int_eq(n, 4);
	ck_assert_str_eq(buf_text(&w.shown), "2|;4|;1|a;5|7;");
	ck_assert_int_eq(
	    stores_count(db,
		"SELECT count(*) FROM t WHERE (id, name) IN"
		" (VALUES (1, 'xa'), (3, 'c'), (4, 'x'), (5, 1007))"
		" OR (id = 2 AND name IS NULL)"),
	    5);
	ck_assert_int_eq(
	    stores_count(db, "SELECT count(*) FROM t WHERE other = 'o'"), 5);
	work_release(&w);
	db_close(db);
}
END_TEST

/* The SELECT walks what the change moves to behind it. */
START_TEST(a_changed_key_is_changed_once)
{
	static const char *const kinds[] = {
		"CREATE TABLE t (id TEXT PRIMARY KEY, name) WITHOUT ROWID;",
		"CREATE TABLE t (id TEXT PRIMARY KEY, name);",
		"CREATE TABLE t (id TEXT UNIQUE, name, rowid, oid);",
		"CREATE TABLE t (id, name, PRIMARY KEY (name, id)) WITHOUT ROWID",
	};
	struct db_change how = { .table = "t",
		.keys = id,
		.key_count = 1,
		.columns = id,
		.column_count = 1,
		.order = "id" };
	struct db *db = stores_new(kinds[_i]);
	struct work w = WORK(1, 1);
	int64_t n;

	stores_do(db, "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL"
		      " SELECT i + 1 FROM c LIMIT 3000)"
		      " INSERT INTO t (id, name) SELECT 'k' || i, i FROM c");
	ck_assert_msg(run(db, &how, &w, &n, "1") == ST_OK, "%s", status_text());
	ck_assert_int_eq(n, 3000);
	ck_assert_int_eq(w.count, 3000);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"
					  " WHERE id = 'xk' || name"),
	    3000);
	ck_assert_int_eq(db_integrity(db, NULL), ST_OK);
	work_release(&w);
	db_close(db);
}
END_TEST

static const char many[] =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, name);"
    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
    " LIMIT 5000) INSERT INTO t SELECT i, 'n' FROM c;";

START_TEST(a_batch_ends_at_its_bounds)
{
	struct db *db = stores_new(many);
	struct db_change how = names_of_t;
	struct work w = WORK(1, 1);
	int64_t n;

	ck_assert_int_eq(run(db, &how, &w, &n, "1"), ST_OK);
	ck_assert_int_eq(n, 4096);
	how.limit = 100;
	ck_assert_int_eq(run(db, &how, &w, &n, "t.name = 'n'"), ST_OK);
	ck_assert_int_eq(n, 100);
	how.limit = 0;
	how.budget_ns = 1;
	ck_assert_int_eq(run(db, &how, &w, &n, "t.name = 'n'"), ST_OK);
	ck_assert_int_eq(n, 256);
	ck_assert_int_eq(
	    stores_count(db, "SELECT count(*) FROM t WHERE name = 'xn'"),
	    4096 + 100 + 256);
	work_release(&w);
	db_close(db);
}
END_TEST

START_TEST(what_is_skipped_stays_and_does_not_end_the_batch)
{
	struct db *db = stores_new(many);
	struct db_change how = names_of_t;
	struct work w = WORK(1, 1);
	int64_t n;

	w.skip = 2;
	ck_assert_int_eq(run(db, &how, &w, &n, "1"), ST_OK);
	ck_assert_int_eq(n, 2500);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"
					  " WHERE name = 'n' AND id % 2 = 0"),
	    2500);
	w.skip = 1;
	ck_assert_int_eq(run(db, &how, &w, &n, "1"), ST_OK);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(w.count, 5000);
	work_release(&w);
	db_close(db);
}
END_TEST

START_TEST(what_cannot_be_changed_changes_nothing)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL"
	    " CHECK (name <> 'xc'));"
	    "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');");
	struct db_change how = names_of_t;
	struct work w = WORK(1, 1);
	int64_t n;

	ck_assert_int_eq(run(db, &how, &w, &n, "1"), ST_CONFLICT);
	ck_assert_int_eq(n, -1);
	w.after = 1;
	ck_assert_int_eq(run(db, &how, &w, &n, "1"), ST_LIMIT);
	ck_assert_str_eq(status_text(), "enough");
	w.after = -1;
	stores_do(db, "CREATE TRIGGER keep BEFORE UPDATE ON t WHEN old.id = 2"
		      " BEGIN SELECT RAISE(IGNORE); END");
	ck_assert_int_eq(run(db, &how, &w, &n, "t.id < 3"), ST_CONFLICT);
	ck_assert_ptr_nonnull(strstr(status_text(), "trigger of t"));
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"
					  " WHERE name IN ('a', 'b', 'c')"),
	    3);
	work_release(&w);
	db_close(db);
}
END_TEST

START_TEST(a_change_needs_a_write_transaction)
{
	struct db *db = stores_new(many);
	int64_t n;

	ck_assert_int_eq(db_change_batch(db, &names_of_t, &n), ST_DB);
	ck_assert_int_eq(db_begin(db, DB_READ), ST_OK);
	ck_assert_int_eq(db_change_batch(db, &names_of_t, &n), ST_DB);
	db_close(db);
}
END_TEST

/* How many pages of the file hold ${text}, decrypted. */
static int pages_with(struct db *db, const char *text)
{
	sqlite3_file *f = NULL;
	sqlite3_int64 size = 0, at;
	char page[4096];
	int found = 0;

	ck_assert_int_eq(sqlite3_file_control(sqlite_of(db)->handle, "main",
			     SQLITE_FCNTL_FILE_POINTER, &f),
	    0);
	ck_assert_int_eq(f->pMethods->xFileSize(f, &size), 0);
	for (at = 0; at < size; at += 4096) {
		ck_assert_int_eq(f->pMethods->xRead(f, page, 4096, at), 0);
		found += memmem(page, 4096, text, strlen(text)) != NULL;
	}
	return found;
}

static enum status to_null(void *ctx, const struct val *row, struct val *out)
{
	(void)ctx;
	(void)row;
	*out = NIL;
	return ST_OK;
}

START_TEST(what_was_replaced_is_overwritten)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, name, pad);"
	    "CREATE INDEX i ON t (name);"
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
	    " LIMIT 900) INSERT INTO t SELECT i, 'canary-71d' || i, 'p' FROM"
	    " c; INSERT INTO t VALUES"
	    " (0, hex(zeroblob(9000)) || 'canary-71d', 'p');");
	struct sql where = SQL_INIT;
	struct db_change c = names_of_t;
	int64_t n = 0;

	sql_add(&where, "1");
	c.where = &where;
	c.limit = 10000;
	c.each = to_null;
	ck_assert_int_eq(db_scrub(db), ST_OK);
	ck_assert_int_gt(pages_with(db, "canary-71d"), 2);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(db_change_batch(db, &c, &n), ST_OK);
	ck_assert_int_eq(db_commit(db), ST_OK);
	ck_assert_int_eq(n, 901);
	ck_assert_int_eq(db_scrub(db), ST_OK);
	ck_assert_int_eq(pages_with(db, "canary-71d"), 0);
	ck_assert_int_eq(
	    stores_count(db, "SELECT count(*) FROM t WHERE name IS NULL"), 901);
	sql_release(&where);
	db_close(db);
}
END_TEST

START_TEST(running_out_of_memory_changes_nothing)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (id TEXT PRIMARY KEY, name) WITHOUT ROWID;"
	    "INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 'n');");
	int blown = 1;
	enum status st = ST_OK;
	int64_t n;

	for (long nth = 0; blown; nth++) {
		struct work w = WORK(1, 1);

		test_alloc_fuse(nth);
		st = run(db, &names_of_t, &w, &n, "1");
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		work_release(&w);
		if (st == ST_OK && blown) /* where nothing had to be had */
			stores_do(db, "UPDATE t SET name = CASE id"
				      " WHEN 'a' THEN 1 WHEN 'b' THEN 2"
				      " ELSE 'n' END");
		else if (st != ST_OK)
			ck_assert_int_eq(
			    stores_count(db, "SELECT count(*) FROM t WHERE"
					     " name IN (1, 2, 'n')"),
			    3);
	}
	ck_assert_int_eq(st, ST_OK);
	db_close(db);
}
END_TEST

Suite *change_suite(void)
{
	Suite *s = suite_create("change");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, stores_set_up, stores_tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, records_are_shown_and_changed);
	tcase_add_loop_test(t, a_changed_key_is_changed_once, 0, 4);
	tcase_add_test(t, a_batch_ends_at_its_bounds);
	tcase_add_test(t, what_is_skipped_stays_and_does_not_end_the_batch);
	tcase_add_test(t, what_cannot_be_changed_changes_nothing);
	tcase_add_test(t, a_change_needs_a_write_transaction);
	tcase_add_test(t, what_was_replaced_is_overwritten);
	tcase_add_test(t, running_out_of_memory_changes_nothing);
	suite_add_tcase(s, t);
	return s;
}
