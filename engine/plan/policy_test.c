/* The tests that a policy brings with it. */
#include "engine/plan/policy_test.h"

#include <stdlib.h>
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

/* What a test gives for a starting point; NULL: nothing. */
static const char *given(const struct policy_test *t, const struct policy *p,
    const struct policy_starting_point *start)
{
	size_t i;

	for (i = 0; i < t->given_count; i++) {
		if (&p->starting_points[t->givens[i].starting_point] == start)
			return t->givens[i].value;
	}
	return t->has_value ? t->value : NULL;
}

static enum status judge_clock(const struct verdict_clock *clock,
    const char *text, int64_t now, struct judgement *out)
{
	struct verdict_value value = { .is_null = text == NULL };

	if (text && when_parse(text, strlen(text), &value.when) != ST_OK)
		value.when = (struct when){ WHEN_NONE, 0, 0 };
	return verdict_judge(clock, &value, 1, now, out);
}

static enum status judge(const struct installation *in, const struct policy *p,
    const struct policy_test *t, const char *at, enum verdict *found)
{
	const struct period *w = &in->config.purge.window;
	const struct verdict_rule rule = {
		.calendar = { p->rule, p->zone },
		.cluster = &p->clusters[t->cluster],
		.window_seconds =
		    w->seconds + (int64_t)w->days * CIVIL_DAY_SECONDS,
	};
	size_t n = verdict_clocks(rule.cluster), i, done = 0;
	struct judgement *j = calloc(n + 1, sizeof(*j));
	enum status st;
	int64_t now;

	if (j == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = instant_of(p, at, &now);
	while (st == ST_OK && done < n) {
		struct verdict_clock c = verdict_clock_of(&rule, p, done);

		st = judge_clock(&c, given(t, p, c.start), now, &j[done]);
		done += st == ST_OK;
	}
	i = verdict_decides(j, done);
	*found = i == SIZE_MAX ? VERDICT_ACTIVE : j[i].verdict;
	for (i = 0; i < done; i++)
		buf_release(&j[i].reasons);
	free(j);
	return st;
}

struct outcome {
	json_int_t passed;
	json_int_t failed;
	json_t *failures;
};

static enum status run_one(const struct installation *in,
    const struct policy *p, const struct policy_test *t, struct outcome *o)
{
	json_t *one = NULL;
	enum verdict found;
	enum status st = ST_OK;
	size_t i;

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
