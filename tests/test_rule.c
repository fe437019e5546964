/*
 * engine/plan/rule.c: how a rule asks its store.  What the answers are is
 * tests/test_property.c's; here stands what they cost.  Guards invariant 8 (a
 * purge costs what it deletes).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/demo/demo.h"
#include "engine/plan/rule.h"
#include "engine/store/times.h"
#include "tests/suites.h"

struct fixture {
	char folder[100];
	struct demo_report report;
	struct installation in;
	struct schedule schedule;
};

/* The shipped schemas, datasets and policy, on empty stores. */
static void set_up(struct fixture *f)
{
	char path[200];

	memset(f, 0, sizeof(*f));
	(void)snprintf(f->folder, sizeof(f->folder), "%s", test_folder());
	ck_assert_int_eq(
	    demo_write(f->folder, 1, when_now(), &f->report), ST_OK);
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", f->folder);
	ck_assert_int_eq(installation_load(path, &f->in), ST_OK);
	ck_assert_int_eq(installation_init(&f->in, NULL, NULL), ST_OK);
	ck_assert_int_eq(
	    schedule_init(&f->schedule, &f->in, NULL, &f->in.diag), ST_OK);
}

/* As if all that is in the stores had come by ingest. */
static void vouch(struct fixture *f)
{
	size_t i, k;

	for (i = 0; i < f->schedule.count; i++) {
		const struct rule *r = &f->schedule.rules[i];

		for (k = 0; k < r->clock_count; k++) {
			const char *const name =
			    r->clocks[k].terms.start->field;

			MUST(db_begin(r->store->db, DB_WRITE) == ST_OK, "%s",
			    status_text());
			MUST(times_vouch(r->store->db, r->clocks[k].table, 0,
				 &name, 1) == ST_OK,
			    "%s", status_text());
			MUST(db_commit(r->store->db) == ST_OK, "%s",
			    status_text());
		}
	}
}

static void tear_down(struct fixture *f)
{
	schedule_release(&f->schedule);
	installation_release(&f->in);
}

/* "SCAN t USING INDEX x" reads as much as "SCAN t".  What is remembered of
 * records that are gone (m) is read by name. */
static void refuse_scans(const struct rule *r, struct sql *q)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query_sql(r->store->db, q, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		if (strncmp(db_text(s, 3), "SCAN", 4) != 0 ||
		    strstr(db_text(s, 3), "CONSTANT ROW"))
			continue;
		ck_abort_msg("%s.%s: %s\n%s", r->store->config->name,
		    r->collection->name, db_text(s, 3), buf_text(&q->text));
	}
	MUST(st == ST_NOTFOUND, "%s", status_text());
	db_done(s);
}

static void explain(
    const struct rule *r, enum rule_class class, const char *words)
{
	struct sql q = SQL_INIT;

	sql_add_(&q, words);
	rule_from(r, &q);
	sql_add(&q, " WHERE ");
	ck_assert_int_eq(
	    rule_where(r, class, when_now(), DB_BY_INDEX, &q), ST_OK);
	/* never any: not asked by anybody */
	if (strstr(buf_text(&q.text), "WHERE (FALSE)") == NULL)
		refuse_scans(r, &q);
	sql_release(&q);
}

/*
 * Not here, because they do read more: ACTIVE of a rule whose starting point
 * stands in other records, and UNDECIDED where none of them is no answer: that
 * a record is reached by nothing is found by asking each.  And what an empty
 * one means is counted apart (rule_count), because together with a range it
 * would walk a whole index.
 */
START_TEST(what_is_due_is_found_by_an_index_alone)
{
	struct fixture f;
	size_t i;
	int open;

	set_up(&f);
	vouch(&f);
	ck_assert_uint_gt(f.schedule.count, 20);
	for (i = 0; i < f.schedule.count; i++) {
		const struct rule *r = &f.schedule.rules[i];

		if (r->clock_count == 0)
			continue;
		explain(
		    r, RULE_DUE, "EXPLAIN QUERY PLAN SELECT count(*) FROM ");
		explain(
		    r, RULE_GOES, "EXPLAIN QUERY PLAN SELECT count(*) FROM ");
		explain(r, RULE_REDUCES,
		    "EXPLAIN QUERY PLAN SELECT count(*) FROM ");
		open = r->clocks[0].terms.start->null_means == POLICY_NULL_OPEN;
		if (open)
			explain(r, RULE_UNDECIDED,
			    "EXPLAIN QUERY PLAN SELECT count(*) FROM ");
		else if (r->clocks[0].path.count == 0)
			explain(r, RULE_ACTIVE,
			    "EXPLAIN QUERY PLAN SELECT count(*) FROM ");
	}
	tear_down(&f);
}
END_TEST

/* One record's values, as explain reads them and as a deletion leaves them. */
START_TEST(one_record_costs_one_record)
{
	const struct val key[] = { TEXT("1"), TEXT("1"), TEXT("1"), TEXT("1") };
	struct sql q = SQL_INIT;
	struct fixture f;
	size_t i;

	set_up(&f);
	for (i = 0; i < f.schedule.count; i++) {
		const struct rule *r = &f.schedule.rules[i];

		if (r->clock_count == 0)
			continue;
		sql_add(&q, "EXPLAIN QUERY PLAN ");
		rule_select_values(r, &r->clocks[0], key, &q);
		refuse_scans(r, &q);
		sql_clear(&q);
	}
	sql_release(&q);
	tear_down(&f);
}
END_TEST

/* A child whose database refers to its parent goes first. */
START_TEST(children_go_before_their_parents)
{
	struct fixture f;
	size_t i, k, n;

	set_up(&f);
	for (i = 0; i < f.schedule.count; i++) {
		const struct rule *parent = &f.schedule.rules[i];

		for (k = i + 1; k < f.schedule.count; k++) {
			const struct rule *child = &f.schedule.rules[k];

			if (child->store != parent->store)
				continue;
			for (n = 0; n < child->table->foreign_key_count; n++)
				ck_assert_str_ne(
				    child->table->foreign_keys[n].table,
				    parent->table->name);
		}
	}
	tear_down(&f);
}
END_TEST

Suite *rule_suite(void)
{
	Suite *s = suite_create("rule");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, what_is_due_is_found_by_an_index_alone);
	tcase_add_test(t, one_record_costs_one_record);
	tcase_add_test(t, children_go_before_their_parents);
	suite_add_tcase(s, t);
	return s;
}
