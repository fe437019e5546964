/* Why a record stays or goes. */
#include "engine/plan/explain.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/explain_clock.h"
#include "engine/plan/keys.h"
#include "engine/plan/suspension.h"

/* ---- what the store says ---- */

/* What the purge's own conditions say of the record. */
struct answers {
	int ended, undecided, active;    /* the clocks alone */
	int due, was_due, goes, reduced; /* was: when the window began */
};

/* Each a column: the classes, and whether the record was reduced. */
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
		st = rule_where_one(
		    r, RULE_DUE, now - r->terms.window_seconds - 1, q);
	sql_add(q, ", ");
	if (st == ST_OK)
		st = rule_where_one(rule_part(r, 0), RULE_GOES, now, q);
	sql_add(q, ", (TRUE");
	rule_was_reduced(r, q);
	sql_add(q, ")");
	for (i = 0; i < r->key_count; i++) {
		sql_add(q, ", ");
		sql_column(q, "t", r->keys[i]);
	}
	return st;
}

static enum status read_answers(struct installation *in, const struct rule *r,
    struct stmt *s, struct answers *out, json_t **suspensions)
{
	struct val key[KEYS_MOST];
	size_t i;

	out->ended = db_int(s, 0) != 0;
	out->undecided = db_int(s, 1) != 0;
	out->active = db_int(s, 2) != 0;
	out->due = db_int(s, 3) != 0;
	out->was_due = db_int(s, 4) != 0;
	out->goes = db_int(s, 5) != 0;
	out->reduced = db_int(s, 6) != 0;
	for (i = 0; i < r->key_count; i++)
		key[i] = db_val(s, 7 + (int)i);
	return suspensions_json(in, r, key, suspensions);
}

static enum status ask_store(struct installation *in, const struct rule *r,
    const struct val *key, int64_t now, struct answers *out,
    json_t **suspensions)
{
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;

	sql_add(&q, "SELECT ");
	st = add_questions(r, now, &q);
	sql_add(&q, " FROM ");
	rule_from(r, &q);
	sql_add(&q, " WHERE ");
	rule_where_key(r, key, &q);
	if (st == ST_OK)
		st = db_query_sql(r->store->db, &q, &s);
	if (st == ST_OK)
		st = db_row(s);
	if (st == ST_OK)
		st = read_answers(in, r, s, out, suspensions);
	db_done(s);
	sql_release(&q);
	return st;
}

/* ---- the rule in words ---- */

enum status explain_rule_text(const struct rule *r, char **out)
{
	const struct policy_cluster *c = r->terms.cluster;
	struct buf b = BUF_INIT;
	char period[PERIOD_TEXT];
	enum status st;
	size_t i;

	if (r->clock_count == 0)
		buf_addf(&b, "unlimited: %s", c->unlimited);
	for (i = 0; i < r->clock_count; i++) {
		const struct verdict_clock *k = &r->clocks[i].terms;

		period_format(k->period, period);
		buf_addf(&b, "%s%s%s%s + %s%s", i ? "; " : "",
		    k->purpose ? k->purpose->name : "", k->purpose ? ": " : "",
		    k->start->name, period,
		    k->start->from == CALENDAR_FROM_END_OF_YEAR
			? " from the end of the calendar year"
			: "");
	}
	if (r->clock_count)
		buf_addf(
		    &b, " (%s)", calendar_rule_name(r->terms.calendar.rule));
	if ((st = buf_status(&b)) == ST_OK)
		*out = buf_take(&b);
	else
		buf_release(&b);
	return st;
}

/* ---- one rule ---- */

struct rule_answer {
	const struct rule *rule;
	struct explain_clock *clocks;
	size_t decides; /* SIZE_MAX: nothing ends it */
	struct answers asked;
	json_t *suspensions;
	enum verdict verdict;
	struct buf reasons;
};

static void answer_release(struct rule_answer *a)
{
	size_t i;

	for (i = 0; a->clocks && i < a->rule->clock_count; i++) {
		explain_values_release(&a->clocks[i].values);
		buf_release(&a->clocks[i].judgement.reasons);
	}
	free(a->clocks);
	json_decref(a->suspensions);
	buf_release(&a->reasons);
}

static enum status judge_clocks(
    struct rule_answer *a, const struct val *key, int64_t now)
{
	const struct rule *r = a->rule;
	struct judgement *list;
	enum status st = ST_OK;
	size_t i;

	a->clocks = calloc(r->clock_count + 1, sizeof(*a->clocks));
	list = calloc(r->clock_count + 1, sizeof(*list));
	if (a->clocks == NULL || list == NULL)
		st = fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < r->clock_count; i++) {
		a->clocks[i].clock = &r->clocks[i];
		st = explain_judge(r, key, now, &a->clocks[i]);
		list[i] = a->clocks[i].judgement;
	}
	if (st == ST_OK)
		a->decides = verdict_decides(list, r->clock_count);
	free(list);
	return st;
}

/* The dates and the store must say the same of the clocks. */
static enum status agree(enum verdict judged, const struct answers *asked)
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
static void after_the_clocks(struct rule_answer *a)
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

static void suspended(struct rule_answer *a)
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

static enum status answer(struct installation *in, const struct val *key,
    int64_t now, struct rule_answer *a)
{
	const struct rule *r = a->rule;
	const struct judgement *j;
	enum status st;

	st = ask_store(in, r, key, now, &a->asked, &a->suspensions);
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

/* The clock whose end is the record's: the last, once all of them are known;
 * until then the one that decides, and nobody can say when the record goes. */
static const struct explain_clock *dated(
    const struct rule_answer *a, int *known)
{
	const struct explain_clock *last = &a->clocks[0];
	size_t i;

	*known = 0;
	for (i = 0; i < a->rule->clock_count; i++) {
		const struct explain_clock *c = &a->clocks[i];

		if (c->judgement.event.kind == WHEN_NONE)
			return &a->clocks[a->decides];
		if (c->judgement.end.deletable_from >
		    last->judgement.end.deletable_from)
			last = c;
	}
	*known = 1;
	return last;
}

static enum status add_clocks(json_t *o, const struct rule_answer *a)
{
	const struct rule *r = a->rule;
	const struct explain_clock *c;
	json_t *list;
	enum status st;
	size_t i;
	int known;

	if (r->clock_count == 0)
		return ST_OK;
	c = dated(a, &known);
	st = explain_add_start(o, r, c->clock, &c->judgement, &c->values);
	if (st == ST_OK && known)
		st = explain_add_dates(o, r, &c->judgement);
	list = json_object_get(o, "purposes");
	for (i = 0; st == ST_OK && r->clock_count > 1 && i < r->clock_count;
	     i++)
		st = explain_add_clock(list, r, &a->clocks[i]);
	return st;
}

static enum status compose(const struct rule_answer *a, json_t **out)
{
	const struct rule *r = a->rule;
	json_t *o = NULL;
	char *rule = NULL;
	enum status st;

	if ((st = explain_rule_text(r, &rule)) != ST_OK)
		return st;
	st = json_make(&o,
	    "{s:s, s:s, s:s, s:s, s:s, s:n, s:n, s:n, s:n, s:s?, s:[], s:O, "
	    "s:[], s:[]}",
	    "verdict", verdict_name(a->verdict), "store",
	    r->store->config->name, "collection", r->collection->name,
	    "cluster", r->terms.cluster->name, "rule", rule, "starting_point",
	    "last_day", "deletable_from", "deletion_due", "label",
	    a->asked.reduced ? rule_label(r) : NULL, "reasons", "suspensions",
	    a->suspensions, "purposes", "parts");
	free(rule);
	if (st == ST_OK)
		st = add_clocks(o, a);
	if (st == ST_OK)
		st = explain_add_reasons(o, &a->reasons);
	if (st != ST_OK)
		json_decref(o);
	else
		*out = o;
	return st;
}

static enum status explain_rule(struct installation *in, const struct rule *r,
    const struct val *key, int64_t as_of, json_t **out)
{
	struct rule_answer a = {
		.rule = r, .decides = SIZE_MAX, .reasons = BUF_INIT
	};
	enum status st;

	st = answer(in, key, as_of, &a);
	if (st == ST_OK)
		st = compose(&a, out);
	answer_release(&a);
	return st;
}

enum status explain_record(struct installation *in, const struct rule *r,
    const struct val *key, int64_t as_of, json_t **out)
{
	json_t *o = NULL, *part = NULL;
	enum status st;
	size_t i;

	st = explain_rule(in, r, key, as_of, &o);
	for (i = 1; st == ST_OK && i < r->parts; i++) {
		st = explain_rule(in, rule_part(r, i), key, as_of, &part);
		if (st == ST_OK)
			st = json_push(json_object_get(o, "parts"), part);
	}
	if (st != ST_OK)
		json_decref(o);
	else
		*out = o;
	return st;
}

/* One state for all questions. */
static enum status explain_here(struct installation *in, const struct rule *r,
    const struct val *key, int64_t as_of, json_t **out)
{
	enum status st;

	if ((st = db_begin(r->store->db, DB_READ)) != ST_OK)
		return st;
	st = explain_record(in, r, key, as_of, out);
	db_rollback(r->store->db);
	return st;
}

static enum status explain_mapped(struct installation *in, const struct rule *r,
    const struct val *key, int64_t as_of, json_t **out)
{
	enum status st = ST_NOTFOUND;
	size_t u;

	for (u = 0; st == ST_NOTFOUND && u < units_count(r->store); u++) {
		if ((st = units_use(r->store, u)) == ST_OK)
			st = explain_here(in, r, key, as_of, out);
	}
	units_rest(r->store);
	return st;
}

static enum status explain_unmapped(const struct schedule *s, const char *store,
    const char *collection, json_t **out)
{
	size_t i;

	for (i = 0; i < s->unmapped_count; i++) {
		const struct unmapped *u = &s->unmapped[i];

		if (u->column == NULL && strcmp(u->store, store) == 0 &&
		    strcmp(u->table, collection) == 0)
			return json_make(out,
			    "{s:s, s:s, s:s, s:n, s:n, s:n, s:n, s:n, s:n, "
			    "s:n, s:[s], s:[], s:[], s:[]}",
			    "verdict", verdict_name(VERDICT_UNMAPPED), "store",
			    store, "collection", collection, "cluster", "rule",
			    "starting_point", "last_day", "deletable_from",
			    "deletion_due", "label", "reasons",
			    "the table is not in the dataset: describe it "
			    "there, or name it under lethe: {ignore: [...]}",
			    "suspensions", "purposes", "parts");
	}
	return fail(ST_USAGE,
	    "no rule covers a collection `%s` in store `%s`: `lethe policy "
	    "show` lists what is covered",
	    collection, store);
}

enum status explain_json(const struct schedule *s, const char *store,
    const char *collection, const char *const *key, size_t key_count,
    int64_t as_of, json_t **out)
{
	const struct rule *r = schedule_rule(s, store, collection);
	struct val vals[KEYS_MOST];

	if (r == NULL)
		return explain_unmapped(s, store, collection, out);
	if (key_count != r->key_count)
		return fail(ST_USAGE,
		    "the key of %s.%s has %zu column%s: found %zu value%s",
		    store, collection, r->key_count,
		    r->key_count == 1 ? "" : "s", key_count,
		    key_count == 1 ? "" : "s");
	for (size_t i = 0; i < key_count; i++)
		vals[i] = TEXT(key[i]);
	return explain_mapped(s->installation, r, vals, as_of, out);
}
