/*
 * Clusters of PII and their deletion rules: exactly one rule for each
 * (ISO/IEC 27555, 5.6), or a reason why there is none yet.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/model/policy_read.h"

static const size_t none = (size_t)-1;

/* "crm.customers", "telemetry.*", "crm.vehicles.paint" */
static int split_cover(struct diag *d, struct policy_cover *cover)
{
	const char *path = cover->path, *one = strchr(path, '.'), *two;

	if (one == NULL || one == path || one[1] == '\0')
		return 0;
	cover->dataset = read_copy(d, path, (size_t)(one - path));
	if (strcmp(one + 1, "*") == 0)
		return 1;
	if (strchr(path, '*') != NULL || path[strlen(path) - 1] == '.')
		return 0;
	two = strchr(one + 1, '.');
	if (two == one + 1)
		return 0;
	cover->collection = read_copy(
	    d, one + 1, two ? (size_t)(two - one - 1) : strlen(one + 1));
	if (two)
		cover->field = read_copy(d, two + 1, strlen(two + 1));
	return 1;
}

static void read_covers(
    struct diag *d, const struct node *n, struct policy_cluster *c)
{
	if (!read_list_of(d, n, "a list of what it covers"))
		return;
	if (n->count == 0)
		read_mismatch(d, n, "at least one collection or field");
	c->covers = read_array(d, n->count, sizeof(*c->covers));
	for (size_t i = 0; c->covers && i < n->count; i++) {
		struct policy_cover *cover = &c->covers[c->cover_count];

		cover->at = n->items[i].at;
		if (!read_string(d, &n->items[i], &cover->path))
			continue;
		c->cover_count++;
		if (!split_cover(d, cover))
			read_mismatch(d, &n->items[i],
			    "DATASET.COLLECTION, DATASET.COLLECTION.FIELD or "
			    "DATASET.*");
	}
}

static void use_starting_point(
    struct policy_reader *r, const struct node *n, size_t *out)
{
	if (policy_find(r->d, n, "starting point", r->starting_points, out) &&
	    r->starting_point_used)
		r->starting_point_used[*out] = 1;
}

static int use_purpose(struct policy_reader *r, struct place at,
    const char *name, struct policy_cluster_purpose *x)
{
	for (size_t i = 0; r->purposes && r->purposes[i]; i++) {
		if (strcmp(r->purposes[i], name) != 0)
			continue;
		x->purpose = i;
		if (r->purpose_used)
			r->purpose_used[i] = 1;
		return 1;
	}
	if (r->purposes)
		read_unknown(r->d, at, "purpose", name, r->purposes);
	return 0;
}

/* A purpose with an end of its own. */
static void read_purpose_end(struct policy_reader *r, const struct node *n,
    struct policy_cluster_purpose *x)
{
	static const char *const keys[] = { "starting_point", "period", NULL };

	if (!read_map(r->d, n, keys))
		return;
	use_starting_point(
	    r, read_required(r->d, n, "starting_point"), &x->starting_point);
	(void)read_period(r->d, read_required(r->d, n, "period"), &x->period);
}

static void read_purposes(
    struct policy_reader *r, const struct node *n, struct policy_cluster *c)
{
	if (n && n->kind != NODE_MAP &&
	    !read_list_of(r->d, n, "a list or a map of purposes"))
		return;
	if (n == NULL)
		return;
	if (n->count == 0)
		read_mismatch(r->d, n, "at least one purpose");
	c->purposes = read_array(r->d, n->count, sizeof(*c->purposes));
	for (size_t i = 0; c->purposes && i < n->count; i++) {
		struct policy_cluster_purpose *x =
		    &c->purposes[c->purpose_count++];
		const struct node *item = &n->items[i];

		*x = (struct policy_cluster_purpose){ .starting_point = none };
		if (n->kind == NODE_MAP) {
			(void)use_purpose(r, n->keys[i].at, n->keys[i].text, x);
			if (item->kind == NODE_NULL)
				read_mismatch(r->d, item,
				    "{starting_point: ..., period: ...}");
			else
				read_purpose_end(r, item, x);
		} else if (item->kind == NODE_SCALAR) {
			(void)use_purpose(r, item->at, item->text, x);
		} else if (item->kind != NODE_BAD) {
			read_mismatch(r->d, item, "the name of a purpose");
		}
	}
}

static void read_origin(
    struct policy_reader *r, const struct node *n, struct policy_cluster *c)
{
	static const char *const known[] = { "data_subject", "observed",
		"derived" };
	size_t count = r->p->recipient_count, found;
	const char **words = read_array(r->d, count + 4, sizeof(*words));

	if (words == NULL)
		return;
	memcpy(words, known, sizeof(known));
	for (size_t i = 0; r->recipients && i < count; i++)
		words[3 + i] = r->recipients[i];
	if (policy_find(r->d, n, "origin", words, &found))
		(void)read_string(r->d, n, &c->origin);
	free(words);
}

static void read_own_rule(
    struct diag *d, const struct node *n, struct policy_cluster *c)
{
	int word = n && n->kind == NODE_SCALAR && n->plain &&
		   strchr(n->text, ' ') == NULL;

	if (word)
		(void)read_bool(d, n, &c->own_rule);
	else if (read_text(d, n, &c->own_rule_reason))
		c->own_rule = 1;
}

static void read_rule(
    struct policy_reader *r, const struct node *n, struct policy_cluster *c)
{
	static const char *const keys[] = { "starting_point",
		"regular_deletion_period", "unlimited", NULL };
	const struct node *start, *period, *unlimited;

	if (!read_map(r->d, n, keys))
		return;
	start = node_get(n, "starting_point");
	period = node_get(n, "regular_deletion_period");
	unlimited = node_get(n, "unlimited");
	if (unlimited && (start || period))
		diag_error(r->d, unlimited->at,
		    "`unlimited`: a rule with an end has none: remove one");
	else if (read_string(r->d, unlimited, &c->unlimited))
		diag_warning(r->d, n->at, "cluster `%s` is never due: %s",
		    c->name ? c->name : "", c->unlimited);
	else if (unlimited == NULL && start == NULL)
		diag_error(r->d, n->at,
		    "`deletion_rule`: a period without a starting point: "
		    "write `starting_point`");
	else if (unlimited == NULL && period == NULL)
		diag_error(r->d, n->at,
		    "`deletion_rule`: a starting point without a period: "
		    "write `regular_deletion_period`");
	use_starting_point(r, start, &c->starting_point);
	(void)read_period(r->d, period, &c->regular_deletion_period);
}

/* Only an error where it is longer whatever the months are: P12M and P365D
 * may be the same. */
static void check_retention(struct policy_reader *r, const struct node *n,
    const struct node *rule, const struct policy_cluster *c)
{
	const struct node *period = node_get(rule, "regular_deletion_period");

	if (rule == NULL)
		diag_error(r->d, n->at,
		    "`retention_period`: the purposes have ends of their own: "
		    "give the one that demands it this period");
	else if (period && period->kind == NODE_SCALAR && !c->unlimited &&
		 period_least_days(c->retention_period) >
		     period_most_days(c->regular_deletion_period))
		diag_error(r->d, n->at,
		    "`retention_period`: longer than the "
		    "regular_deletion_period (%.40s): data would have to be "
		    "kept and deleted at once",
		    period->text);
}

static void read_periods(
    struct policy_reader *r, const struct node *n, struct policy_cluster *c)
{
	const struct node *rule = node_get(n, "deletion_rule");
	const struct node *purposes = node_get(n, "purposes");
	const struct node *retention = node_get(n, "retention_period");
	int own = purposes && purposes->kind == NODE_MAP;

	c->starting_point = none;
	if (rule == NULL && !own)
		diag_error(r->d, n->at,
		    "`%s`: a cluster without a deletion rule: write "
		    "`deletion_rule: {starting_point: ..., "
		    "regular_deletion_period: ...}`",
		    n->label);
	else if (rule && own)
		diag_error(r->d, rule->at,
		    "`deletion_rule`: the purposes have ends of their own, "
		    "which are the rule: remove one");
	else
		read_rule(r, rule, c);
	if (read_period(r->d, retention, &c->retention_period)) {
		c->has_retention = 1;
		check_retention(r, retention, rule, c);
	}
}

static void read_cluster(
    struct policy_reader *r, const struct node *n, struct policy_cluster *c)
{
	static const char *const keys[] = { "title", "covers", "source",
		"own_rule", "purposes", "origin", "retention_period",
		"deletion_rule", "action", "evidence", "on_referenced",
		"erasure", NULL };
	static const char *const evidences[] = { "records", "digest", NULL };
	static const char *const references[] = { "minimise", "wait", NULL };
	struct diag *d = r->d;
	int word;

	c->at = n->at;
	if (!read_map(d, n, keys))
		return;
	(void)read_text(d, node_get(n, "title"), &c->title);
	(void)read_text(d, node_get(n, "source"), &c->source);
	read_own_rule(d, node_get(n, "own_rule"), c);
	read_covers(d, read_required(d, n, "covers"), c);
	read_purposes(r, read_required(d, n, "purposes"), c);
	read_origin(r, node_get(n, "origin"), c);
	read_periods(r, n, c);
	policy_read_action(r, node_get(n, "action"), c);
	if (read_word(d, node_get(n, "evidence"), evidences, &word)) {
		c->evidence = (enum policy_evidence)word;
		c->evidence_given = 1;
	}
	if (read_word(d, node_get(n, "on_referenced"), references, &word))
		c->on_referenced = (enum policy_referenced)word;
	policy_read_erasure(r, node_get(n, "erasure"), c);
}

/* The same path twice: which of the two rules would it be? */
static void check_covers(struct policy_reader *r)
{
	const struct policy *p = r->p;
	struct diag_name *names;
	size_t n = 0;

	for (size_t i = 0; i < p->cluster_count; i++)
		n += p->clusters[i].cover_count;
	if ((names = read_array(r->d, n, sizeof(*names))) == NULL)
		return;
	n = 0;
	for (size_t i = 0; i < p->cluster_count; i++)
		for (size_t k = 0; k < p->clusters[i].cover_count; k++)
			names[n++] =
			    (struct diag_name){ p->clusters[i].covers[k].path,
				    p->clusters[i].covers[k].at };
	diag_duplicates(r->d, names, n, "cover");
	free(names);
}

void policy_read_clusters(struct policy_reader *r, const struct node *n)
{
	struct policy *p = r->p;

	if (!read_map_of(r->d, n, "a map of clusters"))
		return;
	if (n->count == 0)
		read_mismatch(r->d, n, "at least one cluster");
	p->clusters = read_array(r->d, n->count, sizeof(*p->clusters));
	for (size_t i = 0; p->clusters && i < n->count; i++) {
		struct policy_cluster *c = &p->clusters[p->cluster_count++];

		(void)read_name_key(r->d, &n->keys[i], &c->name);
		read_cluster(r, &n->items[i], c);
	}
	check_covers(r);
	r->clusters = policy_names(
	    r->d, p->clusters, p->cluster_count, sizeof(*p->clusters));
}

static void release_cluster(struct policy_cluster *c)
{
	for (size_t i = 0; i < c->cover_count; i++) {
		free(c->covers[i].path);
		free(c->covers[i].dataset);
		free(c->covers[i].collection);
		free(c->covers[i].field);
	}
	for (size_t i = 0; i < c->de_identify_count; i++) {
		free(c->de_identify[i].field);
		free(c->de_identify[i].constant);
	}
	free(c->covers);
	free(c->purposes);
	free(c->de_identify);
	free(c->name);
	free(c->origin);
	free(c->unlimited);
	free(c->erasure.law);
	text_release(&c->title);
	text_release(&c->source);
	text_release(&c->own_rule_reason);
}

void policy_release_clusters(struct policy *p)
{
	for (size_t i = 0; i < p->cluster_count; i++)
		release_cluster(&p->clusters[i]);
	free(p->clusters);
}
