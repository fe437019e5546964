/* A policy file: its head, and the order in which the rest is read. */
#include "engine/model/policy.h"

#include <stdlib.h>
#include <string.h>

#include "engine/model/policy_read.h"

const char **policy_names(
    struct diag *d, const void *array, size_t count, size_t size)
{
	const char **names = read_array(d, count + 1, sizeof(*names));

	for (size_t i = 0; names && i < count; i++) {
		const char *name;

		memcpy(&name, (const char *)array + i * size, sizeof(name));
		names[i] = name ? name : "";
	}
	return names;
}

int policy_find(struct diag *d, const struct node *n, const char *what,
    const char *const *names, size_t *out)
{
	char *name = NULL;
	size_t i = 0;
	int found;

	if (names == NULL || !read_string(d, n, &name))
		return 0;
	while (names[i] && strcmp(names[i], name) != 0)
		i++;
	found = names[i] != NULL;
	if (found)
		*out = i;
	else
		read_unknown(d, n->at, what, name, names);
	free(name);
	return found;
}

static void read_zone(struct diag *d, const struct node *n, struct zone **out)
{
	char *name = NULL;
	enum status st;

	if (!read_string(d, n, &name))
		return;
	if ((st = zone_open(name, out)) == ST_NOMEM)
		diag_nomem(d);
	else if (st != ST_OK)
		read_mismatch(d, n, "a time zone such as `Asia/Tokyo`");
	free(name);
}

static void read_calendar(
    struct diag *d, const struct node *n, struct policy *p)
{
	static const char *const keys[] = { "rule", "time_zone", NULL };
	const char *rules[CALENDAR_RULE__MAX + 1] = { NULL };
	int rule;

	if (!read_map(d, n, keys))
		return;
	for (int i = 0; i < CALENDAR_RULE__MAX; i++)
		rules[i] = calendar_rule_name((enum calendar_rule)i);
	if (read_word(d, read_required(d, n, "rule"), rules, &rule))
		p->rule = (enum calendar_rule)rule;
	read_zone(d, read_required(d, n, "time_zone"), &p->zone);
}

/* What is described and never used is probably a mistake elsewhere; but a
 * starting point with a term has its field computed whoever uses it. */
static void warn_unused(const struct policy_reader *r)
{
	const struct policy *p = r->p;

	for (size_t i = 0; r->purpose_used && i < p->purpose_count; i++)
		if (!r->purpose_used[i])
			diag_warning(r->d, p->purposes[i].at,
			    "purpose `%s` is not used by any cluster",
			    p->purposes[i].name);
	for (size_t i = 0;
	     r->starting_point_used && i < p->starting_point_count; i++)
		if (!r->starting_point_used[i] &&
		    p->starting_points[i].term == NULL)
			diag_warning(r->d, p->starting_points[i].at,
			    "starting point `%s` is not used by any cluster",
			    p->starting_points[i].name);
}

static void read_file(struct policy_reader *r, const struct node *root)
{
	static const char *const keys[] = { "policy", "revision", "title",
		"calendar", "data_subjects", "security_measures", "recipients",
		"purposes", "starting_points", "clusters", "tests", NULL };
	struct diag *d = r->d;
	struct policy *p = r->p;

	if (!read_map(d, root, keys))
		return;
	(void)read_name(d, read_required(d, root, "policy"), &p->name);
	(void)read_int(
	    d, read_required(d, root, "revision"), 1, INT32_MAX, &p->revision);
	(void)read_text(d, read_required(d, root, "title"), &p->title);
	read_calendar(d, read_required(d, root, "calendar"), p);
	policy_read_terms(r, root);
	policy_read_clusters(r, read_required(d, root, "clusters"));
	policy_read_tests(r, node_get(root, "tests"));
	if (!d->failed)
		warn_unused(r);
}

static void release_reader(struct policy_reader *r)
{
	free(r->recipients);
	free(r->purposes);
	free(r->starting_points);
	free(r->clusters);
	free(r->purpose_used);
	free(r->starting_point_used);
}

enum status policy_parse(const char *path, const char *bytes, size_t len,
    struct diag *d, struct policy *out)
{
	struct policy p = { 0 };
	struct policy_reader r = { .d = d, .p = &p };
	struct node root = { 0 };
	size_t errors = d->errors;
	enum status st;

	if ((p.path = strdup(path)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = node_parse(path, bytes, len, d, &root)) == ST_OK) {
		read_file(&r, &root);
		st = diag_status_since(d, errors);
	}
	release_reader(&r);
	node_release(&root);
	if (st == ST_OK)
		*out = p;
	else
		policy_release(&p);
	return st;
}

enum status policy_load(const char *path, struct diag *d, struct policy *out)
{
	struct buf bytes = BUF_INIT;
	enum status st = node_read_file(path, d, &bytes);

	if (st == ST_OK)
		st = policy_parse(path, bytes.data, bytes.len, d, out);
	buf_release(&bytes);
	return st;
}

void policy_release(struct policy *p)
{
	policy_release_tests(p);
	policy_release_clusters(p);
	policy_release_terms(p);
	text_release(&p->title);
	zone_free(p->zone);
	free(p->name);
	free(p->path);
	*p = (struct policy){ 0 };
}
