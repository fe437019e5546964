/* engine/store/sqlite_delete.c: deletions by the batch */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/civil.h"
#include "tests/stores.h"
#include "tests/suites.h"

/* What each() was shown: the keys, "1|a;" each. */
struct shown {
	struct buf text;
	int64_t count;
	size_t keys;
	int64_t stop_after; /* -1: never */
	int64_t stays;      /* what its first key divides by; 0: none */
	struct timespec nap;
};

static enum status show(void *ctx, const struct val *key)
{
	struct shown *s = ctx;
	size_t i;

	if (s->count++ == s->stop_after)
		return fail(ST_LIMIT, "enough");
	for (i = 0; i < s->keys; i++) {
		if (i)
			buf_addc(&s->text, '|');
		if (key[i].type == VAL_INT)
			buf_addf(&s->text, "%lld", (long long)key[i].i);
		if (key[i].type == VAL_TEXT || key[i].type == VAL_BLOB)
			buf_add(&s->text, key[i].p, key[i].n);
	}
	buf_addc(&s->text, ';');
	if (s->stays && key[0].i % s->stays == 0)
		return ST_NOTFOUND;
	if (s->nap.tv_nsec)
		(void)nanosleep(&s->nap, NULL);
	return ST_OK;
}

/* One batch of what ${words} says of t, in a transaction of its own. */
struct run {
	const char *table;
	const char *keys[3];
	const char *order;
	int64_t limit;
	int64_t budget_ns;
	struct shown shown;
	int64_t deleted;
};

static enum status run_(struct db *db, struct run *r, const char *words)
{
	struct sql where = SQL_INIT;
	struct db_batch b = { .table = r->table,
		.keys = r->keys,
		.where = &where,
		.order = r->order,
		.limit = r->limit ? r->limit : 100000,
		.budget_ns = r->budget_ns,
		.each = show,
		.ctx = &r->shown };
	enum status st;

	while (b.key_count < 3 && r->keys[b.key_count])
		b.key_count++;
	r->shown.keys = b.key_count;
	sql_add_(&where, words);
	r->deleted = -1;
	buf_clear(&r->shown.text);
	if ((st = db_begin(db, DB_WRITE)) == ST_OK &&
	    (st = db_delete_batch(db, &b, &r->deleted)) == ST_OK)
		st = db_commit(db);
	db_rollback(db);
	sql_release(&where);
	return st;
}
#define run(db, r, words) run_(db, r, "" words)
#define RUN(...)                                           \
	{                                                  \
		.shown = { .stop_after = -1 }, __VA_ARGS__ \
	}

static void check_shown(struct run *r, const char *want)
{
	ck_assert_str_eq(buf_text(&r->shown.text), want);
	buf_release(&r->shown.text);
}

START_TEST(what_is_shown_goes_and_the_rest_stays)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, at);"
	    "INSERT INTO t VALUES (1, 'a', 30), (2, NULL, 10), (3, 'c', 99),"
	    " (4, '', 20), (5, x'64', 40);"
	    "CREATE INDEX t_at ON t (at);");
	struct run r =
	    RUN(.table = "t", .keys = { "id", "name" }, .order = "at");

	ck_assert_int_eq(run(db, &r, "t.at < 50"), ST_OK);
	ck_assert_int_eq(r.deleted, 4);
	/* The earliest first; the keys in the order asked for. */
	check_shown(&r, "2|;4|;1|a;5|d;");
	ck_assert_int_eq(stores_count(db, "SELECT sum(id) FROM t"), 3);
	ck_assert_int_eq(run(db, &r, "t.at < 50"), ST_OK);
	ck_assert_int_eq(r.deleted, 0);
	check_shown(&r, "");
	ck_assert_int_eq(db_integrity(db, NULL), ST_OK);
	db_close(db);
}
END_TEST

START_TEST(every_kind_of_table_can_be_deleted_from)
{
	static const char *const kinds[] = {
		"CREATE TABLE t (a TEXT, b INTEGER, PRIMARY KEY (a, b))",
		"CREATE TABLE t (a TEXT, b INTEGER, PRIMARY KEY (b, a))"
		" WITHOUT ROWID",
		"CREATE TABLE t (a TEXT, b INTEGER)",
		"CREATE TABLE t (a TEXT COLLATE NOCASE, b ANY,"
		" PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID",
		"CREATE TABLE t (a TEXT, b INTEGER PRIMARY KEY DESC)",
		"CREATE TABLE t (a TEXT, b INTEGER, rowid TEXT DEFAULT 'x')",
		"CREATE TABLE t (a TEXT, b INTEGER, rowid, oid DEFAULT 'x')",
		"CREATE TABLE t (a TEXT, b INTEGER, c TEXT AS (a || b) STORED,"
		" PRIMARY KEY (a, b)) WITHOUT ROWID",
		"CREATE TABLE t (a TEXT, b INTEGER UNIQUE,"
		" _rowid_ INTEGER PRIMARY KEY, rowid, oid)",
	};
	struct run r = RUN(.table = "t", .keys = { "b", "a" }, .order = "b");
	struct db *db = stores_new(kinds[_i]);

	stores_do(db, "INSERT INTO t (a, b) VALUES ('x', 1), ('x', 2),"
		      " ('y', 3), ('o''\"', 4), ('z', 5)");
	if (_i == 8) {
		ck_assert_int_eq(run(db, &r, "t.b <> 3"), ST_DB);
		ck_assert_ptr_nonnull(strstr(status_text(), "rename one"));
		db_close(db);
		return;
	}
	ck_assert_msg(run(db, &r, "t.b <> 3") == ST_OK, "%s", status_text());
	ck_assert_int_eq(r.deleted, 4);
	buf_release(&r.shown.text);
	ck_assert_int_eq(stores_count(db, "SELECT b FROM t"), 3);
	ck_assert_int_eq(db_integrity(db, NULL), ST_OK);
	db_close(db);
}
END_TEST

START_TEST(a_batch_ends_at_its_limit)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, at);"
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
	    " LIMIT 2000) INSERT INTO t SELECT i, -i FROM c;"
	    "CREATE INDEX i ON t (at);");
	struct run r =
	    RUN(.table = "t", .keys = { "id" }, .order = "at", .limit = 600);

	ck_assert_int_eq(run(db, &r, "t.at < 0"), ST_OK);
	ck_assert_int_eq(r.deleted, 600);
	ck_assert_int_eq(r.shown.count, 600);
	ck_assert_int_eq(stores_count(db, "SELECT max(id) FROM t"), 1400);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 1400);
	buf_release(&r.shown.text);
	db_close(db);
}
END_TEST

START_TEST(a_batch_ends_when_its_time_is_up)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (id INTEGER PRIMARY KEY);"
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
	    " LIMIT 2000) INSERT INTO t SELECT i FROM c;");
	struct run r = RUN(.table = "t", .keys = { "id" }, .budget_ns = 1);

	/* Spent at once: but never before 256. */
	ck_assert_int_eq(run(db, &r, "1"), ST_OK);
	ck_assert_int_eq(r.deleted, 256);
	ck_assert_int_eq(r.shown.count, 256);
	/* In the middle of a chunk: what is not deleted was not shown. */
	r.shown.nap.tv_nsec = 1000;
	r.budget_ns = 10 * 1000000;
	ck_assert_int_eq(run(db, &r, "1"), ST_OK);
	ck_assert_int_ge(r.deleted, 256);
	ck_assert_int_lt(r.deleted, 1744);
	ck_assert_int_eq(r.shown.count, 256 + r.deleted);
	ck_assert_int_eq(
	    stores_count(db, "SELECT count(*) FROM t"), 1744 - r.deleted);
	buf_release(&r.shown.text);
	db_close(db);
}
END_TEST

START_TEST(what_each_returns_ends_the_batch)
{
	struct db *db = stores_new("CREATE TABLE t (a);"
				   "INSERT INTO t VALUES (1), (2), (3);");
	struct run r = RUN(.table = "t", .keys = { "a" });

	r.shown.stop_after = 1;
	ck_assert_int_eq(run(db, &r, "1"), ST_LIMIT);
	ck_assert_str_eq(status_text(), "enough");
	ck_assert_int_eq(r.deleted, -1);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 3);
	buf_release(&r.shown.text);
	db_close(db);
}
END_TEST

/* What each() says no to stays, whatever the table is stored by; a batch of
 * nothing else ends. */
START_TEST(what_each_says_no_to_stays)
{
	static const char *const tables[] = {
		"CREATE TABLE t (a INTEGER PRIMARY KEY, b)",
		"CREATE TABLE t (a, b, PRIMARY KEY (a, b)) WITHOUT ROWID",
	};
	struct run r = RUN(.table = "t", .keys = { "a", "b" });
	struct db *db = stores_new("");
	int64_t left = 2000;

	ck_assert_int_eq(db_script(db, tables[_i]), ST_OK);
	ck_assert_int_eq(
	    db_script(db, "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT"
			  " i + 1 FROM c LIMIT 2000)"
			  " INSERT INTO t SELECT i, i % 7 FROM c;"),
	    ST_OK);
	r.shown.stays = 5;
	r.limit = 700;
	while (run(db, &r, "t.a > 0") == ST_OK && r.deleted > 0) {
		left -= r.deleted;
		ck_assert_int_le(r.deleted, 700);
		ck_assert_int_eq(
		    stores_count(db, "SELECT count(*) FROM t"), left);
	}
	ck_assert_int_eq(r.deleted, 0);
	ck_assert_int_eq(left, 400);
	r.shown.stays = 1;
	ck_assert_int_eq(run(db, &r, "t.a > 0"), ST_OK);
	ck_assert_int_eq(r.deleted, 0);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), left);
	r.shown.stays = 0;
	ck_assert_int_eq(run(db, &r, "t.a > 0"), ST_OK);
	ck_assert_int_eq(r.deleted, left);
	buf_release(&r.shown.text);
	db_close(db);
}
END_TEST

START_TEST(references_and_triggers_have_their_way)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (id INTEGER PRIMARY KEY,"
	    " parent INTEGER REFERENCES t ON DELETE CASCADE);"
	    "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2), (4, NULL);"
	    "CREATE TABLE child (t INTEGER REFERENCES t ON DELETE RESTRICT);"
	    "CREATE TABLE late (t INTEGER REFERENCES t"
	    " DEFERRABLE INITIALLY DEFERRED);");
	struct run r = RUN(.table = "t", .keys = { "id" });

	stores_do(db, "INSERT INTO child VALUES (4)");
	ck_assert_int_eq(run(db, &r, "1"), ST_CONFLICT);
	ck_assert_ptr_nonnull(strstr(status_text(), "FOREIGN KEY"));
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 4);
	stores_do(db, "DELETE FROM child");
	/* This one shows at the commit only. */
	stores_do(db, "INSERT INTO late VALUES (4)");
	ck_assert_int_eq(run(db, &r, "1"), ST_CONFLICT);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 4);
	stores_do(db, "DELETE FROM late");
	/* The first takes two along that were to go themselves. */
	ck_assert_int_eq(run(db, &r, "t.id < 4"), ST_OK);
	ck_assert_int_eq(r.deleted, 3);
	check_shown(&r, "1;2;3;");
	ck_assert_int_eq(stores_count(db, "SELECT sum(id) FROM t"), 4);
	db_close(db);
}
END_TEST

START_TEST(a_batch_needs_a_write_transaction_and_a_table)
{
	struct sql where = SQL_INIT;
	struct db_batch b = { .table = "t", .where = &where, .limit = 1 };
	struct db *db = stores_new("CREATE TABLE t (a)");
	struct run r = RUN(.table = "nowhere", .keys = { "a" });
	int64_t n;

	sql_add(&where, "1");
	ck_assert_int_eq(db_delete_batch(db, &b, &n), ST_DB);
	ck_assert_int_eq(db_begin(db, DB_READ), ST_OK);
	ck_assert_int_eq(db_delete_batch(db, &b, &n), ST_DB);
	db_rollback(db);
	ck_assert_int_eq(run(db, &r, "1"), ST_DB);
	ck_assert_str_eq(status_text(), "crm: there is no table nowhere");
	sql_release(&where);
	db_close(db);
}
END_TEST

/* The plan of the last SELECT must walk the index of ${order}. */
START_TEST(a_batch_walks_the_index_of_its_order)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT, state TEXT);"
	    "CREATE INDEX by_state ON t (state);"
	    "CREATE INDEX some ON t (at) WHERE state = 'x';"
	    "CREATE INDEX by_at ON t (at, id);"
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
	    " LIMIT 20000) INSERT INTO t SELECT i, date(i, 'unixepoch',"
	    " '+' || i || ' days'), 'x' FROM c;");
	const char *keys[] = { "id" };
	struct shown shown = { .stop_after = -1, .keys = 1 };
	struct sql where = SQL_INIT;
	struct db_batch b = { .table = "t",
		.keys = keys,
		.key_count = 1,
		.where = &where,
		.order = "at",
		.limit = 10,
		.each = show,
		.ctx = &shown };
	struct db_column column = { .type = (char[]){ "TEXT" } };
	sqlite3_stmt *s = NULL;
	int64_t n;

	ck_assert_int_eq(
	    db_add_due(db, &where, &column, "t", "at", 9, 0, DB_EVERY), ST_OK);
	sql_add(&where, " AND t.state = ");
	sql_bind_text(&where, "x");
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	ck_assert_int_eq(db_delete_batch(db, &b, &n), ST_OK);
	ck_assert_int_eq(db_commit(db), ST_OK);
	check_shown(&(struct run){ .shown = shown }, "1;2;3;4;5;6;7;8;9;");
	/* How many rows it looked at is in the statement that it left. */
	while ((s = sqlite3_next_stmt(sqlite_of(db)->handle, s)) != NULL)
		ck_assert_int_lt(
		    sqlite3_stmt_status(s, SQLITE_STMTSTATUS_VM_STEP, 0), 2000);
	sql_release(&where);
	db_close(db);
}
END_TEST

/* Delete what is old until nothing is left; the exit code tells. */
static void purge_in_child(void)
{
	struct run r =
	    RUN(.table = "t", .keys = { "id" }, .order = "at", .limit = 300);
	int64_t total = 0;
	struct db *db;

	if (stores_open(SQLITE_MODE_OPEN, &db) != ST_OK)
		_exit(1);
	do {
		if (run(db, &r, "t.at < 0") != ST_OK)
			_exit(2);
		total += r.deleted;
	} while (r.deleted > 0);
	if (db_scrub(db) != ST_OK || total != 5000)
		_exit(3);
	db_close(db);
	_exit(0);
}

START_TEST(a_purge_and_a_writer_go_on_side_by_side)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, at, who);"
	    "CREATE INDEX by_at ON t (at); CREATE INDEX by_who ON t (who);"
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
	    " LIMIT 5000) INSERT INTO t SELECT i, -i, random() FROM c;");
	int status, i;
	pid_t pid;

	db_close(db);
	if ((pid = fork()) == 0)
		purge_in_child();
	db = stores_again();
	for (i = 0; i < 200; i++) {
		ck_assert_msg(db_exec(db,
				  "INSERT INTO t (at, who)"
				  " VALUES ($1, random())",
				  ARGS(INT(i))) == ST_OK,
		    "%s", status_text());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"), 200);
	ck_assert_int_eq(stores_count(db, "SELECT sum(at) FROM t"), 19900);
	ck_assert_int_eq(db_integrity(db, NULL), ST_OK);
	db_close(db);
}
END_TEST

START_TEST(running_out_of_memory_deletes_nothing)
{
	struct db *db = stores_new(
	    "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT) WITHOUT ROWID;"
	    "INSERT INTO t VALUES ('x', 1), ('y', 2), ('z', 3);"
	    "CREATE INDEX i ON t (b);");
	struct run r = RUN(.table = "t", .keys = { "a" }, .order = "b");
	enum status st;
	int blown = 1;
	long n;

	for (n = 0; blown; n++) {
		struct run one = r;

		test_alloc_fuse(n);
		st = run(db, &one, "1");
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		buf_release(&one.shown.text);
		ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM t"),
		    st == ST_OK ? 0 : 3);
		if (st == ST_OK && blown) /* show() ran out, not the batch */
			stores_do(db, "INSERT INTO t VALUES ('x', 1),"
				      " ('y', 2), ('z', 3)");
	}
	ck_assert_int_eq(st, ST_OK);
	db_close(db);
}
END_TEST

Suite *batch_suite(void)
{
	Suite *s = suite_create("batch");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, stores_set_up, stores_tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, what_is_shown_goes_and_the_rest_stays);
	tcase_add_loop_test(t, every_kind_of_table_can_be_deleted_from, 0, 9);
	tcase_add_test(t, a_batch_ends_at_its_limit);
	tcase_add_test(t, a_batch_ends_when_its_time_is_up);
	tcase_add_test(t, what_each_returns_ends_the_batch);
	tcase_add_loop_test(t, what_each_says_no_to_stays, 0, 2);
	tcase_add_test(t, references_and_triggers_have_their_way);
	tcase_add_test(t, a_batch_needs_a_write_transaction_and_a_table);
	tcase_add_test(t, a_batch_walks_the_index_of_its_order);
	tcase_add_test(t, a_purge_and_a_writer_go_on_side_by_side);
	tcase_add_test(t, running_out_of_memory_deletes_nothing);
	suite_add_tcase(s, t);
	return s;
}
