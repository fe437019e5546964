/*
 * engine/plan/suspension.c: what is suspended is found by its exact key, from
 * either side, by index.  Guards invariant 8 (a purge costs what it deletes).
 */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/keys.h"
#include "engine/plan/suspension.h"
#include "engine/store/migrate.h"
#include "tests/stores.h"
#include "tests/suites.h"

static struct db *db;
static struct db_schema schema;
static struct policy_cluster cluster = { .name = (char *)(uintptr_t) "data" };
static struct installation_store store;

static void setup(void)
{
	stores_set_up();
	db = stores_new(
	    "CREATE TABLE texts (id TEXT NOT NULL PRIMARY KEY, x);"
	    "CREATE TABLE folded (id TEXT COLLATE NOCASE PRIMARY KEY, x);"
	    "CREATE TABLE numbers (id INTEGER PRIMARY KEY, x);"
	    "CREATE TABLE reals (id REAL NOT NULL PRIMARY KEY, x);"
	    "CREATE TABLE pairs (a INTEGER NOT NULL, b TEXT NOT NULL, x,"
	    "  PRIMARY KEY (b, a)) WITHOUT ROWID;"
	    "CREATE TABLE untyped (id NOT NULL PRIMARY KEY, x)");
	ck_assert_int_eq(migrate_run(db, embedded, "schemas/store/"), ST_OK);
	ck_assert_int_eq(db_introspect(db, &schema), ST_OK);
	store.db = db;
}

static void teardown(void)
{
	db_schema_release(&schema);
	db_close(db);
	stores_tear_down();
}

static const struct {
	const char *table;
	const char *fill;
} tables[] = {
	{ "texts", "INSERT INTO texts (id) VALUES ('7'), ('07'), (''), ('a'),"
		   " ('A'), ('7.0')" },
	{ "folded", "INSERT INTO folded (id) VALUES ('a'), ('B'), ('c'), ('d'),"
		    " ('e'), ('f')" },
	{ "numbers", "INSERT INTO numbers (id) VALUES (0), (7), (-7), (70),"
		     " (9007199254740993), (9007199254740992)" },
	{ "reals", "INSERT INTO reals (id) VALUES (0.5), (7), (7.5), (-1e300),"
		   " (0.1), (1e-300)" },
	{ "pairs", "INSERT INTO pairs (a, b) VALUES (1, 'x'), (2, 'x'),"
		   " (1, 'y'), (12, ''), (1, '2'), (0, '12')" },
	{ "untyped", "INSERT INTO untyped (id) VALUES (7), ('7'), (x'37'),"
		     " (7.5), (''), (0)" },
};
#define TABLES  (int)(sizeof(tables) / sizeof(*tables))
#define RECORDS 6

struct fixture {
	struct rule rule;
	struct collection collection;
	struct suspension_place place;
	struct val keys[RECORDS][2];
	struct buf texts[RECORDS][2];
};

static void keep(struct fixture *f, int i, size_t k, struct val v)
{
	f->keys[i][k] = v;
	if (v.type != VAL_TEXT && v.type != VAL_BLOB)
		return;
	buf_add(&f->texts[i][k], v.p, v.n);
	f->keys[i][k].p = buf_text(&f->texts[i][k]);
}

static void read_keys(struct fixture *f)
{
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	size_t k;
	int i;

	sql_add(&q, "SELECT ");
	for (k = 0; k < f->rule.key_count; k++) {
		if (k)
			sql_add(&q, ", ");
		sql_column(&q, "t", f->rule.keys[k]);
	}
	sql_add(&q, " FROM ");
	rule_from(&f->rule, &q);
	ck_assert_int_eq(db_query_sql(db, &q, &s), ST_OK);
	for (i = 0; i < RECORDS; i++) {
		ck_assert_int_eq(db_row(s), ST_OK);
		for (k = 0; k < f->rule.key_count; k++)
			keep(f, i, k, db_val(s, (int)k));
	}
	ck_assert_int_eq(db_row(s), ST_NOTFOUND);
	db_done(s);
	sql_release(&q);
}

static void fixture_init(struct fixture *f, int i)
{
	memset(f, 0, sizeof(*f));
	stores_do_(db, tables[i].fill);
	f->rule.store = &store;
	f->rule.collection = &f->collection;
	f->rule.table = db_schema_table(&schema, tables[i].table);
	f->rule.terms.cluster = &cluster;
	ck_assert_int_eq(keys_of(&f->collection, f->rule.table, &f->rule.keys,
			     &f->rule.key_count),
	    ST_OK);
	f->place.collection = tables[i].table;
	f->place.cluster = "data";
	read_keys(f);
}

static void fixture_release(struct fixture *f)
{
	size_t k;
	int i;

	for (i = 0; i < RECORDS; i++) {
		for (k = 0; k < 2; k++)
			buf_release(&f->texts[i][k]);
	}
	free(f->rule.keys);
}

static void suspend(
    struct fixture *f, int i, const char *id, enum suspension_kind kind)
{
	ck_assert_int_eq(
	    suspension_add(db, &f->place, i < 0 ? NULL : f->keys[i],
		i < 0 ? 0 : f->rule.key_count, id, kind),
	    ST_OK);
}

/* How many are left once those that are suspended are left out. */
static int64_t left(struct fixture *f)
{
	struct suspensions s;
	struct sql q = SQL_INIT;
	int64_t n = -1;

	ck_assert_int_eq(suspension_read(&f->rule, &s), ST_OK);
	sql_add(&q, "SELECT count(*) FROM ");
	rule_from(&f->rule, &q);
	sql_add(&q, " WHERE TRUE");
	suspension_where_not(&f->rule, &s, &q);
	MUST(db_one_int_sql(db, &q, -1, &n) == ST_OK, "%s", status_text());
	sql_release(&q);
	return n;
}

static void check_counts(struct fixture *f, int64_t held, int64_t restricted)
{
	int64_t h = -1, x = -1;
	struct suspensions s;

	ck_assert_int_eq(suspension_read(&f->rule, &s), ST_OK);
	MUST(suspension_count(&f->rule, &s, &h, &x) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(h, held);
	ck_assert_int_eq(x, restricted);
	ck_assert_int_eq(left(f), RECORDS - held - restricted);
}

START_TEST(exactly_the_suspended_record_is_kept)
{
	struct fixture f;
	int i;

	fixture_init(&f, _i);
	check_counts(&f, 0, 0);
	for (i = 0; i < RECORDS; i++) {
		suspend(&f, i, "H-1", SUSPENSION_HOLD);
		suspend(&f, i, "H-1", SUSPENSION_HOLD); /* twice is once */
		check_counts(&f, 1, 0);
		ck_assert_int_eq(suspension_clear(db, "H-1"), ST_OK);
		check_counts(&f, 0, 0);
	}
	for (i = 0; i < RECORDS; i++) {
		suspend(&f, i, "H-1", SUSPENSION_HOLD);
		check_counts(&f, i + 1, 0);
	}
	fixture_release(&f);
}
END_TEST

START_TEST(a_hold_comes_before_a_restriction_and_each_record_counts_once)
{
	struct fixture f;

	fixture_init(&f, _i);
	suspend(&f, 0, "H-1", SUSPENSION_HOLD);
	suspend(&f, 0, "H-2", SUSPENSION_HOLD);
	suspend(&f, 0, "R-1", SUSPENSION_RESTRICTION);
	suspend(&f, 1, "R-1", SUSPENSION_RESTRICTION);
	suspend(&f, 1, "R-2", SUSPENSION_RESTRICTION);
	check_counts(&f, 1, 1);
	ck_assert_int_eq(suspension_clear(db, "H-1"), ST_OK);
	check_counts(&f, 1, 1);
	ck_assert_int_eq(suspension_clear(db, "H-2"), ST_OK);
	check_counts(&f, 0, 2);
	suspend(&f, -1, "R-3", SUSPENSION_RESTRICTION);
	check_counts(&f, 0, RECORDS);
	suspend(&f, 3, "H-1", SUSPENSION_HOLD);
	check_counts(&f, 1, RECORDS - 1);
	suspend(&f, -1, "H-3", SUSPENSION_HOLD);
	check_counts(&f, RECORDS, 0);
	ck_assert_int_eq(suspension_clear(db, "H-3"), ST_OK);
	ck_assert_int_eq(suspension_clear(db, "R-3"), ST_OK);
	check_counts(&f, 1, 2);
	fixture_release(&f);
}
END_TEST

/* Another cluster of the same collection, another collection of the same
 * cluster. */
START_TEST(other_parts_are_not_suspended)
{
	struct suspension_place elsewhere = { "numbers", "data" };
	struct fixture f;

	fixture_init(&f, 0);
	ck_assert_int_eq(suspension_add(db, &elsewhere, f.keys[0], 1, "H-1",
			     SUSPENSION_HOLD),
	    ST_OK);
	ck_assert_int_eq(
	    suspension_add(db, &elsewhere, NULL, 0, "H-1", SUSPENSION_HOLD),
	    ST_OK);
	elsewhere = (struct suspension_place){ "texts", "other" };
	ck_assert_int_eq(suspension_add(db, &elsewhere, f.keys[0], 1, "H-1",
			     SUSPENSION_HOLD),
	    ST_OK);
	ck_assert_int_eq(
	    suspension_add(db, &elsewhere, NULL, 0, "H-1", SUSPENSION_HOLD),
	    ST_OK);
	check_counts(&f, 0, 0);
	fixture_release(&f);
}
END_TEST

START_TEST(a_record_that_is_gone_does_not_count)
{
	int64_t held = -1, restricted = -1;
	struct suspensions s;
	struct fixture f;

	fixture_init(&f, 2);
	suspend(&f, 0, "H-1", SUSPENSION_HOLD);
	suspend(&f, 1, "H-1", SUSPENSION_HOLD);
	stores_do(db, "DELETE FROM numbers WHERE id = (SELECT k1"
		      " FROM lethe_suspension ORDER BY k1 LIMIT 1)");
	ck_assert_int_eq(suspension_read(&f.rule, &s), ST_OK);
	ck_assert_int_eq(
	    suspension_count(&f.rule, &s, &held, &restricted), ST_OK);
	ck_assert_int_eq(held, 1);
	ck_assert_int_eq(left(&f), RECORDS - 2);
	fixture_release(&f);
}
END_TEST

START_TEST(an_empty_key_cannot_be_suspended)
{
	struct suspension_place place = { "folded", "data" };
	const struct val key[] = { NIL };

	ck_assert_int_eq(
	    suspension_add(db, &place, key, 1, "H-1", SUSPENSION_HOLD),
	    ST_INVALID);
	ck_assert_ptr_nonnull(
	    strstr(status_text(), "folded has an empty column in its key"));
}
END_TEST

static void refuse_scans(struct sql *q, const char *allowed)
{
	struct stmt *s = NULL;
	enum status st = db_query_sql(db, q, &s);

	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		if (strncmp(db_text(s, 3), "SCAN", 4) == 0 &&
		    strcmp(db_text(s, 3), allowed) != 0)
			ck_abort_msg(
			    "%s in %s", db_text(s, 3), buf_text(&q->text));
	}
	MUST(st == ST_NOTFOUND, "%s", status_text());
	db_done(s);
}

/* From the record: all of our key's columns are used, not only its place. */
static void refuse_prefix(struct fixture *f, struct sql *q)
{
	struct stmt *s = NULL;
	int found = 0;

	ck_assert_int_eq(db_query_sql(db, q, &s), ST_OK);
	while (db_row(s) == ST_OK)
		found |= strstr(db_text(s, 3), f->rule.key_count == 2
						   ? "AND k1=? AND k2=?"
						   : "AND k1=?") != NULL;
	db_done(s);
	MUST(found, "%s: our index is not used whole: %s", f->place.collection,
	    buf_text(&q->text));
}

START_TEST(both_sides_are_found_by_index)
{
	struct suspensions s;
	struct sql q = SQL_INIT;
	struct fixture f;

	fixture_init(&f, _i);
	suspend(&f, 0, "H-1", SUSPENSION_HOLD);
	ck_assert_int_eq(suspension_read(&f.rule, &s), ST_OK);
	sql_add(&q, "EXPLAIN QUERY PLAN SELECT count(*) FROM ");
	suspension_from(&f.rule, &q);
	refuse_scans(&q, "SCAN s");
	sql_clear(&q);
	sql_add(&q, "EXPLAIN QUERY PLAN SELECT count(*) FROM ");
	rule_from(&f.rule, &q);
	sql_add(&q, " WHERE TRUE");
	suspension_where_not(&f.rule, &s, &q);
	refuse_prefix(&f, &q);
	sql_release(&q);
	fixture_release(&f);
}
END_TEST

Suite *suspension_suite(void)
{
	Suite *s = suite_create("suspension");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, exactly_the_suspended_record_is_kept, 0, TABLES);
	tcase_add_loop_test(t,
	    a_hold_comes_before_a_restriction_and_each_record_counts_once, 0,
	    TABLES);
	tcase_add_test(t, other_parts_are_not_suspended);
	tcase_add_test(t, a_record_that_is_gone_does_not_count);
	tcase_add_test(t, an_empty_key_cannot_be_suspended);
	tcase_add_loop_test(t, both_sides_are_found_by_index, 0, TABLES);
	suite_add_tcase(s, t);
	return s;
}
