/* The tests that a policy brings with it. */
#include "engine/plan/policy_test.h"

#include <string.h>

#include "engine/plan/verdict.h"

static const char *expected_name(enum policy_verdict_word word)
{
	switch (word) {
	case POLICY_EXPECT_ACTIVE: return verdict_name(VERDICT_ACTIVE);
	case POLICY_EXPECT_RETAIN: return verdict_name(VERDICT_RETAIN);
	case POLICY_EXPECT_DUE: return verdict_name(VERDICT_DUE);
	case POLICY_EXPECT_OVERDUE: return verdict_name(VERDICT_OVERDUE);
	case POLICY_EXPECT_UNDECIDED: return verdict_name(VERDICT_UNDECIDED);
	}
	return "?";
}

/* DUE also holds of what is OVERDUE by now: a test says from when on a record
 * may go, not how long it was forgotten. */
static int as_expected(enum policy_verdict_word want, enum verdict found)
{
	const char *name = expected_name(want);

	if (want == POLICY_EXPECT_DUE && found == VERDICT_OVERDUE)
		return 1;
	return strcmp(name, verdict_name(found)) == 0;
}

/* A date stands for its 00:00 in the policy's zone. */
static enum status instant_of(
    const struct policy *p, const char *text, int64_t *out)
{
	struct when w;
	enum status st;

	if ((st = when_parse(text, strlen(text), &w)) != ST_OK)
		return st;
	*out = w.kind == WHEN_DATE ? zone_midnight(p->zone, w.day) : w.seconds;
	return ST_OK;
}

static enum status judge(const struct installation *in, const struct policy *p,
    const struct policy_test *t, const char *at, enum verdict *found)
{
	const struct period *w = &in->config.purge.window;
	const struct policy_cluster *c = &p->clusters[t->cluster];
	struct verdict_rule rule = {
		.calendar = { p->rule, p->zone },
		.cluster = c,
		.window_seconds =
		    w->seconds + (int64_t)w->days * CIVIL_DAY_SECONDS,
	};
	struct verdict_value value = { .is_null = !t->has_value };
	struct judgement j;
	int64_t now;
	enum status st;

	if (c->starting_point != SIZE_MAX)
		rule.start = &p->starting_points[c->starting_point];
	if ((st = instant_of(p, at, &now)) != ST_OK)
		return st;
	if (t->has_value &&
	    when_parse(t->value, strlen(t->value), &value.when) != ST_OK)
		value.when = (struct when){ WHEN_NONE, 0, 0 };
	if ((st = verdict_judge(&rule, &value, 1, now, &j)) != ST_OK)
		return st;
	*found = j.verdict;
	buf_release(&j.reasons);
	return ST_OK;
}

struct outcome {
	json_int_t passed;
	json_int_t failed;
	json_t *failures;
};

static enum status run_one(const struct installation *in,
    const struct policy *p, const struct policy_test *t, struct outcome *o)
{
	const struct policy_cluster *c = &p->clusters[t->cluster];
	json_t *one = NULL;
	enum verdict found;
	enum status st = ST_OK;
	size_t i;

	if (c->starting_point == SIZE_MAX && c->unlimited == NULL)
		return fail(ST_INVALID,
		    "%s:%d: cluster `%s` has an end for each purpose, which "
		    "this version does not judge: split the cluster",
		    p->path, t->where.line, c->name);
	for (i = 0; st == ST_OK && i < t->expect_count; i++) {
		const struct policy_expect *e = &t->expects[i];

		if ((st = judge(in, p, t, e->at, &found)) != ST_OK)
			break;
		if (as_expected(e->want, found)) {
			o->passed++;
			continue;
		}
		o->failed++;
		st = json_make(&one, "{s:s, s:i, s:s, s:s?, s:s, s:s, s:s}",
		    "file", p->path, "line", e->where.line, "cluster",
		    p->clusters[t->cluster].name, "starting_point",
		    t->has_value ? t->value : NULL, "at", e->at, "expected",
		    expected_name(e->want), "found", verdict_name(found));
		if (st == ST_OK)
			st = json_push(o->failures, one);
	}
	return st;
}

enum status policy_test_json(const struct installation *in, json_t **out)
{
	struct outcome o = { 0, 0, json_array() };
	enum status st = ST_OK;
	size_t i, k;

	if (o.failures == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < in->policy_count; i++) {
		const struct policy *p = &in->policies[i];

		for (k = 0; st == ST_OK && k < p->test_count; k++)
			st = run_one(in, p, &p->tests[k], &o);
	}
	if (st == ST_OK)
		st = json_make(out, "{s:I, s:I, s:O}", "passed", o.passed,
		    "failed", o.failed, "failures", o.failures);
	json_decref(o.failures);
	return st;
}
