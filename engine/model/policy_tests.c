/* The tests that a policy carries; `lethe policy test` runs them. */
#include <stdlib.h>
#include <string.h>

#include "engine/model/policy_read.h"

static const char *const verdicts[] = {
	[POLICY_EXPECT_ACTIVE] = "ACTIVE",
	[POLICY_EXPECT_RETAIN] = "RETAIN",
	[POLICY_EXPECT_DUE] = "DUE",
	[POLICY_EXPECT_OVERDUE] = "OVERDUE",
	[POLICY_EXPECT_UNDECIDED] = "UNDECIDED",
	NULL,
};

const char *policy_verdict_name(enum policy_verdict_word word)
{
	return verdicts[word];
}

/* Any text: what is no time is UNDECIDED, which a test may expect. */
static int read_value(struct diag *d, const struct node *n, char **out)
{
	if (n == NULL || n->kind == NODE_NULL)
		return 0;
	return read_string(d, n, out);
}

/* One value for each starting point, where several decide. */
static void read_givens(
    struct policy_reader *r, const struct node *n, struct policy_test *t)
{
	if (!read_map_of(r->d, n, "a map from starting points to times"))
		return;
	t->givens = read_array(r->d, n->count, sizeof(*t->givens));
	for (size_t i = 0; t->givens && i < n->count; i++) {
		struct policy_given *g = &t->givens[t->given_count++];
		const char *name = n->keys[i].text;
		size_t k = 0;

		while (r->starting_points && r->starting_points[k] &&
		       strcmp(r->starting_points[k], name) != 0)
			k++;
		g->starting_point = k;
		if (r->starting_points && r->starting_points[k] == NULL)
			read_unknown(r->d, n->keys[i].at, "starting point",
			    name, r->starting_points);
		(void)read_value(r->d, &n->items[i], &g->value);
	}
}

static void read_given(
    struct policy_reader *r, const struct node *n, struct policy_test *t)
{
	static const char *const keys[] = { "cluster", "starting_point",
		"starting_points", NULL };
	const struct node *one, *many;

	if (!read_map(r->d, n, keys))
		return;
	one = node_get(n, "starting_point");
	many = node_get(n, "starting_points");
	(void)policy_find(r->d, read_required(r->d, n, "cluster"), "cluster",
	    r->clusters, &t->cluster);
	if (!!one + !!many != 1)
		diag_error(r->d, n->at,
		    "`given`: expected one of starting_point, "
		    "starting_points");
	t->has_value = read_value(r->d, one, &t->value);
	read_givens(r, many, t);
}

static void read_expect(
    struct policy_reader *r, const struct node *n, struct policy_test *t)
{
	struct when when;
	int word;

	if (!read_map_of(r->d, n, "a map from times to verdicts"))
		return;
	if (n->count == 0)
		read_mismatch(r->d, n, "at least one time");
	t->expects = read_array(r->d, n->count, sizeof(*t->expects));
	for (size_t i = 0; t->expects && i < n->count; i++) {
		struct policy_expect *e = &t->expects[t->expect_count++];
		const char *at = n->keys[i].text;

		e->where = n->keys[i].at;
		e->at = read_copy(r->d, at, strlen(at));
		if (when_parse(at, strlen(at), &when) != ST_OK)
			diag_error(r->d, e->where,
			    "`%.60s`: expected a date or an instant such as "
			    "`2025-03-01` or `2025-03-01T00:00:00+09:00`",
			    at);
		if (read_word(r->d, &n->items[i], verdicts, &word))
			e->want = (enum policy_verdict_word)word;
	}
}

void policy_read_tests(struct policy_reader *r, const struct node *n)
{
	static const char *const keys[] = { "given", "expect", NULL };
	struct policy *p = r->p;

	if (!read_list_of(r->d, n, "a list of tests"))
		return;
	p->tests = read_array(r->d, n->count, sizeof(*p->tests));
	for (size_t i = 0; p->tests && i < n->count; i++) {
		const struct node *item = &n->items[i];
		struct policy_test *t = &p->tests[p->test_count++];

		t->where = item->at;
		if (!read_map(r->d, item, keys))
			continue;
		read_given(r, read_required(r->d, item, "given"), t);
		read_expect(r, read_required(r->d, item, "expect"), t);
	}
}

void policy_release_tests(struct policy *p)
{
	for (size_t i = 0; i < p->test_count; i++) {
		struct policy_test *t = &p->tests[i];

		for (size_t k = 0; k < t->given_count; k++)
			free(t->givens[k].value);
		for (size_t k = 0; k < t->expect_count; k++)
			free(t->expects[k].at);
		free(t->givens);
		free(t->expects);
		free(t->value);
	}
	free(p->tests);
}
