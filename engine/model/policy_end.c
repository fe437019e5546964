/*
 * How the end of a service's term is computed: read, and held against the
 * collection whose record it is computed in.  Periods come from the record or
 * are the same for all of them.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/model/policy_read.h"

static const char *const part_names[POLICY_TERM__MAX] = {
	[POLICY_TERM_FROM] = "from",
	[POLICY_TERM_PERIOD] = "period",
	[POLICY_TERM_EXTENSION] = "extension",
	[POLICY_TERM_NOTICE] = "notice",
	[POLICY_TERM_CANCELLED] = "cancelled",
	[POLICY_TERM_CANCEL_BY] = "cancel_by",
	[POLICY_TERM_ENDED] = "ended",
};

const char *policy_term_part_name(enum policy_term_part part)
{
	return part_names[part];
}

static int is_period(enum policy_term_part part)
{
	return part == POLICY_TERM_PERIOD || part == POLICY_TERM_EXTENSION ||
	       part == POLICY_TERM_NOTICE;
}

/* ---- reading ---- */

static void read_days(struct diag *d, const struct node *n, struct period *out)
{
	if (read_some_period(d, n, out) && out->seconds != 0)
		read_mismatch(
		    d, n, "a period of whole days, weeks, months or years");
}

/* The name of a field, or a period: what can be read as one is one. */
static void read_part(struct diag *d, const struct node *n,
    enum policy_term_part part, struct policy_term_value *v)
{
	struct period p;
	char *text = NULL;

	if (!read_string(d, n, &text))
		return;
	v->given = 1;
	v->at = n->at;
	if (is_period(part) && period_parse(text, &p) == ST_OK) {
		read_days(d, n, &v->period);
		free(text);
		return;
	}
	status_clear();
	v->field = text;
}

static int is_constant(const struct policy_term_value *v)
{
	return v->given && v->field == NULL;
}

/* Constants only: what a record says is checked when it comes in. */
static void check_periods(
    struct diag *d, const struct node *n, const struct policy_term *t)
{
	const struct policy_term_value *base = &t->parts[POLICY_TERM_PERIOD];
	const struct policy_term_value *more = &t->parts[POLICY_TERM_EXTENSION];
	const struct policy_term_value *back = &t->parts[POLICY_TERM_NOTICE];
	struct period sum = { base->period.months + more->period.months,
		base->period.days + more->period.days, 0 };

	if (t->has_longest && (is_constant(base) || is_constant(more)) &&
	    period_most_days(sum) > period_most_days(t->longest))
		diag_error(d, n->at,
		    "`term`: %slonger than its `longest`: shorten the one or "
		    "the other",
		    is_constant(base) && is_constant(more)
			? "`period` and `extension` together are "
		    : is_constant(base) ? "`period` is "
					: "`extension` is ");
	if (is_constant(base) && is_constant(back) &&
	    period_least_days(back->period) > period_most_days(base->period))
		diag_error(d, back->at,
		    "`notice`: longer than `period`, so that no cancellation "
		    "could be in time");
}

/* To cancel means that the term is not extended. */
static void check_extension(struct diag *d, const struct policy_term *t)
{
	static const enum policy_term_part needs[] = { POLICY_TERM_NOTICE,
		POLICY_TERM_CANCELLED, POLICY_TERM_CANCEL_BY };

	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++) {
		const struct policy_term_value *v = &t->parts[needs[i]];

		if (v->given && !t->parts[POLICY_TERM_EXTENSION].given)
			diag_error(d, v->at,
			    "`%s`: a cancellation keeps a term from being "
			    "extended, and this one has no `extension`",
			    part_names[needs[i]]);
	}
}

/* A field is written or read, and for one thing. */
static void check_twice(struct diag *d, const struct policy_starting_point *x)
{
	struct diag_name names[POLICY_TERM__MAX + 1];
	size_t n = 0;

	names[n++] = (struct diag_name){ x->field, x->at };
	for (size_t i = 0; i < POLICY_TERM__MAX; i++) {
		const struct policy_term_value *v = &x->term->parts[i];

		if (v->field)
			names[n++] = (struct diag_name){ v->field, v->at };
	}
	diag_duplicates(d, names, n, "field of a term");
}

void policy_read_end(
    struct diag *d, const struct node *n, struct policy_starting_point *x)
{
	static const char *const keys[] = { "from", "period", "extension",
		"notice", "cancelled", "cancel_by", "ended", "longest", NULL };
	const struct node *longest = node_get(n, "longest");
	struct policy_term *t;

	if (n == NULL || !read_map(d, n, keys) ||
	    (t = x->term = read_array(d, 1, sizeof(*t))) == NULL)
		return;
	(void)read_required(d, n, "from");
	(void)read_required(d, n, "period");
	for (size_t i = 0; i < POLICY_TERM__MAX; i++)
		read_part(d, node_get(n, part_names[i]),
		    (enum policy_term_part)i, &t->parts[i]);
	read_days(d, longest, &t->longest);
	t->has_longest = longest != NULL;
	if (x->field && x->dataset == NULL)
		diag_error(d, n->at,
		    "`term`: `at` must name the collection whose records have "
		    "the term: DATASET.COLLECTION.FIELD");
	check_periods(d, n, t);
	check_extension(d, t);
	if (x->field)
		check_twice(d, x);
}

void policy_release_end(struct policy_starting_point *x)
{
	for (size_t i = 0; x->term && i < POLICY_TERM__MAX; i++)
		free(x->term->parts[i].field);
	free(x->term);
}

/* ---- against datasets ---- */

/* Does ${x} have ${field} of that collection computed? */
static int writes(const struct policy_starting_point *x,
    const struct policy_starting_point *like, const char *field)
{
	const char *by;

	if (x->term == NULL || strcmp(x->dataset, like->dataset) != 0 ||
	    strcmp(x->collection, like->collection) != 0)
		return 0;
	by = x->term->parts[POLICY_TERM_CANCEL_BY].field;
	return strcmp(x->field, field) == 0 || (by && strcmp(by, field) == 0);
}

/* The starting points before ${x}, of all policies. */
static void check_field(const struct policy *const *policies, struct diag *d,
    const struct policy_starting_point *x, const char *field)
{
	for (size_t i = 0;; i++) {
		const struct policy *p = policies[i];

		for (size_t j = 0; j < p->starting_point_count; j++) {
			if (&p->starting_points[j] == x)
				return;
			if (writes(&p->starting_points[j], x, field))
				diag_error(d, x->at,
				    "`%s`: its `term` computes the field "
				    "`%s`, and so does that of `%s` of the "
				    "policy %s: leave one of them out",
				    x->name, field, p->starting_points[j].name,
				    p->name);
		}
	}
}

static void check_end(const struct policy *const *policies,
    const struct dataset_names *names, const struct policy_starting_point *x)
{
	const char *by = x->term->parts[POLICY_TERM_CANCEL_BY].field;

	for (size_t i = 0; i < POLICY_TERM__MAX; i++) {
		const struct policy_term_value *v = &x->term->parts[i];

		if (v->field)
			(void)dataset_names_find_field(
			    names, v->at, x->dataset, x->collection, v->field);
	}
	check_field(policies, names->d, x, x->field);
	if (by)
		check_field(policies, names->d, x, by);
}

void policy_check_ends(const struct policy *const *policies, size_t count,
    const struct dataset_names *names)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < policies[i]->starting_point_count; j++)
			if (policies[i]->starting_points[j].term)
				check_end(policies, names,
				    &policies[i]->starting_points[j]);
}
