/* engine/audit/log.c: entries, and evidence that comes in exactly once */
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "tests/logs.h"
#include "tests/suites.h"

/* Invariant 3: nothing without evidence, and each piece of it once. */

static struct logs site;
static struct db *store;

static void setup(void)
{
	logs_make(&site);
	logs_db(&site, "crm", "schemas/store/", &store);
}

static void teardown(void)
{
	db_close(store);
	store = NULL;
	logs_close(&site);
}

static void add_evidence(int64_t records)
{
	ck_assert_int_eq(db_exec(store,
			     "INSERT INTO lethe_evidence (run, at, policy,"
			     " cluster, collection, action, rule_set, cutoff,"
			     " records, digest) VALUES ('r', 1, 'p', 'c',"
			     " 'customers', 'delete', 'h', 't', $1, $2)",
			     ARGS(INT(records), BLOB("\x01\xff", 2))),
	    ST_OK);
}

static int64_t count(const char *action)
{
	int64_t n = -1;

	ck_assert_int_eq(db_one_int(audit_db(site.audit),
			     "SELECT count(*) FROM entry WHERE action = $1",
			     ARGS(TEXT(action)), 0, &n),
	    ST_OK);
	return n;
}

START_TEST(entries_are_numbered_without_gaps)
{
	int64_t n = -1;
	json_t *o = json_pack("{s:s}", "run", "r1");
	int i;

	for (i = 0; i < 3; i++)
		ck_assert_int_eq(
		    audit_append(site.audit, 7, "os:x", "purge_started", o),
		    ST_OK);
	ck_assert_int_eq(
	    audit_append(site.audit, 8, "os:x", "purge_finished", NULL), ST_OK);
	/* What was given is as it was. */
	ck_assert_uint_eq(json_object_size(o), 1);
	ck_assert_int_eq(db_one_int(audit_db(site.audit),
			     "SELECT max(seq) FROM entry", NOARGS, -1, &n),
	    ST_OK);
	ck_assert_int_eq(n, 3);
	json_decref(o);
}
END_TEST

static enum status keep_last(void *ctx, const char *body)
{
	char **last = ctx;

	free(*last);
	*last = strdup(body);
	return *last ? ST_OK : ST_NOMEM;
}

START_TEST(an_entry_is_canonical_json)
{
	json_t *o = json_pack("{s:s, s:i}", "z", "\u00e4", "a", 1);
	char *last = NULL, *again = NULL;

	ck_assert_int_eq(audit_append(site.audit, 0, "os:x", "test", o), ST_OK);
	ck_assert_int_eq(audit_list(site.audit, &(struct audit_filter){ 0 },
			     keep_last, &last),
	    ST_OK);
	ck_assert_str_eq(last,
	    "{\"a\":1,\"action\":\"test\",\"actor\":\"os:x\","
	    "\"at\":\"1970-01-01T00:00:00Z\",\"role\":\"operator\",\"seq\":0,\"z\":\"\u00e4\"}");
	json_decref(o);
	/* Read and written again it is the same. */
	o = json_loads(last, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_int_eq(json_canonical(o, &again), ST_OK);
	ck_assert_str_eq(again, last);
	free(again);
	free(last);
	json_decref(o);
	/* What has no one text is refused, wherever it stands. */
	o = json_pack("{s:[{s:f}]}", "deep", "share", 0.5);
	ck_assert_int_eq(
	    audit_append(site.audit, 0, "os:x", "test", o), ST_INVALID);
	json_decref(o);
}
END_TEST

START_TEST(an_entry_is_never_changed)
{
	ck_assert_int_eq(audit_append(site.audit, 0, "os:x", "a", NULL), ST_OK);
	ck_assert_int_ne(
	    db_exec(audit_db(site.audit), "UPDATE entry SET body = ''", NOARGS),
	    ST_OK);
	ck_assert_int_ne(
	    db_exec(audit_db(site.audit), "DELETE FROM entry", NOARGS), ST_OK);
	ck_assert_int_eq(count("a"), 1);
}
END_TEST

START_TEST(evidence_is_shipped_exactly_once)
{
	int64_t n = -1;

	add_evidence(3);
	add_evidence(4);
	ck_assert_int_eq(
	    audit_ship(site.audit, store, "id1", "os:x", &n), ST_OK);
	ck_assert_int_eq(n, 2);
	ck_assert_int_eq(
	    audit_ship(site.audit, store, "id1", "os:x", &n), ST_OK);
	ck_assert_int_eq(n, 0);
	add_evidence(5);
	ck_assert_int_eq(
	    audit_ship(site.audit, store, "id1", "os:x", &n), ST_OK);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(count("delete"), 3);
	/* Another store of the same name is another source. */
	ck_assert_int_eq(
	    audit_ship(site.audit, store, "id2", "os:x", &n), ST_OK);
	ck_assert_int_eq(n, 3);
}
END_TEST

START_TEST(shipping_that_fails_ships_nothing)
{
	enum status st;
	int64_t n;
	long nth = 0;

	add_evidence(3);
	add_evidence(4);
	do {
		test_alloc_fuse(nth++);
		st = audit_ship(site.audit, store, "id1", "os:x", &n);
		test_alloc_fuse(-1);
		ck_assert(st == ST_OK || st == ST_NOMEM);
		ck_assert_int_eq(count("delete"), st == ST_OK ? 2 : 0);
	} while (st != ST_OK);
	ck_assert_int_gt(nth, 1);
}
END_TEST

START_TEST(a_list_filters)
{
	char *last = NULL;

	ck_assert_int_eq(audit_append(site.audit, 0, "os:x", "a", NULL), ST_OK);
	ck_assert_int_eq(audit_append(site.audit, 0, "os:x", "b", NULL), ST_OK);
	ck_assert_int_eq(audit_append(site.audit, 0, "os:x", "a", NULL), ST_OK);
	ck_assert_int_eq(
	    audit_list(site.audit, &(struct audit_filter){ .action = "b" },
		keep_last, &last),
	    ST_OK);
	ck_assert_ptr_nonnull(strstr(last, "\"seq\":1"));
	ck_assert_int_eq(audit_list(site.audit,
			     &(struct audit_filter){ .first = 1, .limit = 1 },
			     keep_last, &last),
	    ST_OK);
	ck_assert_ptr_nonnull(strstr(last, "\"seq\":1"));
	free(last);
}
END_TEST

Suite *audit_suite(void)
{
	Suite *s = suite_create("audit");
	TCase *t = tcase_create("log");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, entries_are_numbered_without_gaps);
	tcase_add_test(t, an_entry_is_canonical_json);
	tcase_add_test(t, an_entry_is_never_changed);
	tcase_add_test(t, evidence_is_shipped_exactly_once);
	tcase_add_test(t, shipping_that_fails_ships_nothing);
	tcase_add_test(t, a_list_filters);
	suite_add_tcase(s, t);
	return s;
}
