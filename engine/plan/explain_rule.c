/* What one rule says of a record: the store's answers and the dates. */
#include "engine/plan/explain_rule.h"

#include <stdlib.h>
#include <string.h>

#include "engine/plan/keys.h"
#include "engine/plan/suspension.h"

/* ---- what the store says ---- */

/* Was it due when the window began, and does the row go?  Of a row that nothing
 * else keeps it says no more than whether it is due. */
static enum status add_row_questions(
    const struct rule *r, int64_t now, struct sql *q)
{
	enum status st;

	if (r->parts == 1 && !r->referenced) {
		sql_add(q, "FALSE, FALSE");
		return ST_OK;
	}
	st = rule_where_one(r, RULE_DUE, now - r->terms.window_seconds - 1, q);
	sql_add(q, ", ");
	return st == ST_OK ? rule_where_one(rule_part(r, 0), RULE_GOES, now, q)
			   : st;
}

/* Each a column: the classes, whether the record was reduced, its key, and the
 * starting points that it has itself. */
static enum status add_questions(
    const struct rule *r, int64_t now, struct sql *q)
{
	static const enum rule_class classes[] = { RULE_ENDED,
		RULE_CLOCKS_UNDECIDED, RULE_CLOCKS_ACTIVE, RULE_DUE };
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < 4; i++) {
		st = rule_where_one(r, classes[i], now, q);
		sql_add(q, ", ");
	}
	if (st == ST_OK)
		st = add_row_questions(r, now, q);
	sql_add(q, ", (TRUE");
	rule_was_reduced(r, q);
	sql_add(q, ")");
	for (i = 0; i < r->key_count; i++) {
		sql_add(q, ", ");
		sql_column(q, "t", r->keys[i]);
	}
	for (i = 0; i < r->clock_count; i++)
		if (explain_clock_is_own(&r->clocks[i])) {
			sql_add(q, ", ");
			db_add_kept(r->store->db, q, r->clocks[i].value, "t");
		}
	return st;
}

/* ${key} gets the key as it is stored, while the row is there. */
static enum status read_answers(
    struct explain_rule *a, struct stmt *s, struct val key[KEYS_MOST])
{
	const struct rule *r = a->rule;
	struct explain_asked *out = &a->asked;
	int column = 7;
	size_t i;

	out->ended = db_int(s, 0) != 0;
	out->undecided = db_int(s, 1) != 0;
	out->active = db_int(s, 2) != 0;
	out->due = db_int(s, 3) != 0;
	out->was_due = db_int(s, 4) != 0;
	out->goes = db_int(s, 5) != 0;
	out->reduced = db_int(s, 6) != 0;
	for (i = 0; i < r->key_count; i++)
		key[i] = db_val(s, column++);
	for (i = 0; i < r->clock_count; i++) {
		enum status st;

		if (!explain_clock_is_own(&r->clocks[i]))
			continue;
		st = explain_clock_take(&a->clocks[i], db_val(s, column++));
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status make_question(
    const struct rule *r, const struct val *key, int64_t now, struct sql *q)
{
	enum status st;

	sql_add(q, "SELECT ");
	st = add_questions(r, now, q);
	sql_add(q, " FROM ");
	rule_from(r, q);
	sql_add(q, " WHERE ");
	rule_where_key(r, key, q);
	return st;
}

/* ---- one rule ---- */

/* All but the questions. */
static void answer_clear(struct explain_rule *a)
{
	size_t i;

	for (i = 0; a->clocks && i < a->rule->clock_count; i++)
		explain_clock_clear(&a->clocks[i]);
	json_decref(a->suspensions);
	a->suspensions = NULL;
	a->decides = SIZE_MAX;
	buf_clear(&a->reasons);
}

static void questions_clear(struct explain_rule *a)
{
	size_t i;

	sql_clear(&a->ask);
	for (i = 0; a->clocks && i < a->rule->clock_count; i++)
		sql_clear(&a->clocks[i].ask);
}

enum status explain_rule_init(struct explain_rule *a, const struct rule *r)
{
	size_t i;

	*a = (struct explain_rule){
		.rule = r, .decides = SIZE_MAX, .reasons = BUF_INIT
	};
	a->clocks = calloc(r->clock_count + 1, sizeof(*a->clocks));
	if (a->clocks == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < r->clock_count; i++)
		a->clocks[i].clock = &r->clocks[i];
	return ST_OK;
}

void explain_rule_release(struct explain_rule *a)
{
	size_t i;

	if (a->rule == NULL)
		return;
	answer_clear(a);
	for (i = 0; a->clocks && i < a->rule->clock_count; i++)
		sql_release(&a->clocks[i].ask);
	free(a->clocks);
	sql_release(&a->ask);
	buf_release(&a->reasons);
}

static enum status read_suspensions(struct installation *in,
    const struct explain_rule *a, const struct val *key, json_t **out)
{
	return a->suspends ? suspensions_json(in, a->rule, key, out)
			   : json_made(json_array(), out);
}

/* Questions are made for the first record, and asked of the others. */
static enum status prepare(
    struct explain_rule *a, const struct val *key, int64_t now)
{
	struct suspensions s = { 0, 0, 0 };
	enum status st;

	if (a->ask.text.len) {
		sql_refill(&a->ask, key);
		return ST_OK;
	}
	st = suspension_read(a->rule, &s);
	a->suspends = s.records || s.held || s.restricted;
	return st == ST_OK ? make_question(a->rule, key, now, &a->ask) : st;
}

static enum status ask_store(struct installation *in, struct explain_rule *a,
    const struct val *key, int64_t now)
{
	struct val stored[KEYS_MOST];
	struct stmt *s = NULL;
	enum status st = prepare(a, key, now);

	if (st == ST_OK)
		st = db_query_sql(a->rule->store->db, &a->ask, &s);
	if (st == ST_OK)
		st = db_row(s);
	if (st == ST_OK)
		st = read_answers(a, s, stored);
	if (st == ST_OK)
		st = read_suspensions(in, a, stored, &a->suspensions);
	db_done(s);
	return st;
}

static enum status judge_clocks(
    struct explain_rule *a, const struct val *key, int64_t now)
{
	const struct rule *r = a->rule;
	struct judgement *list;
	enum status st = ST_OK;
	size_t i;

	list = calloc(r->clock_count + 1, sizeof(*list));
	if (list == NULL)
		st = fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < r->clock_count; i++) {
		st = explain_judge(r, key, now, &a->clocks[i]);
		list[i] = a->clocks[i].judgement;
	}
	if (st == ST_OK)
		a->decides = verdict_decides(list, r->clock_count);
	free(list);
	return st;
}

/* The dates and the store must say the same of the clocks. */
static enum status agree(enum verdict judged, const struct explain_asked *asked)
{
	enum verdict store = VERDICT_RETAIN;

	if (asked->undecided)
		store = VERDICT_UNDECIDED;
	else if (asked->active)
		store = VERDICT_ACTIVE;
	else if (asked->ended)
		store = VERDICT_DUE;
	if (judged == VERDICT_OVERDUE)
		judged = VERDICT_DUE;
	if (judged == store)
		return ST_OK;
	return fail(ST_DB,
	    "the dates say %s and the store says %s of this record: nothing "
	    "was decided; this is a defect of Lethe, please report it",
	    verdict_name(judged), verdict_name(store));
}

/* What was done to it already, and what the row waits for. */
static void after_the_clocks(struct explain_rule *a)
{
	const struct rule *r = a->rule;
	int ended = a->verdict == VERDICT_DUE || a->verdict == VERDICT_OVERDUE;

	/* A row that goes since its last part ended is not late before. */
	if (a->verdict == VERDICT_OVERDUE && r->part == 0 && r->parts > 1 &&
	    a->asked.due && !a->asked.was_due)
		a->verdict = VERDICT_DUE;
	/* What the clocks say of it now says nothing. */
	if (a->asked.reduced && rule_reduces_for_good(r)) {
		a->verdict = VERDICT_RETAIN;
		buf_clear(&a->reasons);
	}
	if (a->asked.reduced && rule_label(r))
		buf_addf(
		    &a->reasons, "it was de-identified: %s\n", rule_label(r));
	else if (a->asked.reduced)
		buf_adds(&a->reasons,
		    "what this cluster governs of it was emptied\n");
	if (ended && !a->asked.due && !a->asked.goes) {
		a->verdict = VERDICT_RETAIN;
		if (r->terms.cluster->action == POLICY_DELETE)
			buf_adds(&a->reasons,
			    "the record itself goes when nothing keeps it: "
			    "other clusters, or records that refer to it\n");
	}
}

static void suspended(struct explain_rule *a)
{
	const json_t *one;
	size_t i;

	json_array_foreach(a->suspensions, i, one)
	{
		int hold = strcmp(json_text(one, "kind"), "hold") == 0;

		if (hold || a->verdict != VERDICT_HELD)
			a->verdict = hold ? VERDICT_HELD : VERDICT_RESTRICTED;
		buf_addf(&a->reasons, "%s %s keeps it\n",
		    hold ? "hold" : "restriction", json_text(one, "id"));
	}
}

enum status explain_rule_answer(struct installation *in, const struct val *key,
    int64_t now, int anew, struct explain_rule *a)
{
	const struct rule *r = a->rule;
	const struct judgement *j;
	enum status st;

	answer_clear(a);
	if (anew)
		questions_clear(a);
	st = ask_store(in, a, key, now);
	if (st == ST_NOTFOUND)
		return fail(ST_NOTFOUND, "no such record in %s.%s",
		    r->store->config->name, r->collection->name);
	if (st == ST_OK)
		st = judge_clocks(a, key, now);
	if (st != ST_OK)
		return st;
	a->verdict = VERDICT_ACTIVE;
	if (a->decides == SIZE_MAX) {
		buf_addf(&a->reasons, "no rule ends this cluster yet: %s\n",
		    r->terms.cluster->unlimited);
	} else {
		j = &a->clocks[a->decides].judgement;
		a->verdict = j->verdict;
		buf_add(&a->reasons, j->reasons.data, j->reasons.len);
	}
	if ((st = agree(a->verdict, &a->asked)) != ST_OK)
		return st;
	after_the_clocks(a);
	suspended(a);
	return buf_status(&a->reasons);
}

/* ---- to compare ---- */

static void print_clock(struct buf *out, const struct explain_clock *c)
{
	const struct judgement *j = &c->judgement;

	buf_addf(out, "%d %d %d %lld %lld %zu\n", (int)j->verdict,
	    (int)j->event.kind, (int)j->end.last_day,
	    (long long)j->end.deletable_from, (long long)j->deletion_due,
	    j->reasons.len);
	buf_add(out, j->reasons.data, j->reasons.len);
}

static int add_text(const char *p, size_t n, void *out)
{
	buf_add(out, p, n);
	return 0;
}

void explain_rule_print(const struct explain_rule *a, struct buf *out)
{
	size_t i;

	buf_addf(out, "%d %d %zu %zu\n", (int)a->verdict, a->asked.reduced,
	    a->decides, a->reasons.len);
	buf_add(out, a->reasons.data, a->reasons.len);
	for (i = 0; i < a->rule->clock_count; i++)
		print_clock(out, &a->clocks[i]);
	if (json_array_size(a->suspensions) &&
	    json_dump_callback(a->suspensions, add_text, out, JSON_COMPACT))
		out->failed = 1;
}
