/* What clusters are described with: recipients, purposes, starting points. */
#include <stdlib.h>
#include <string.h>

#include "engine/model/policy_read.h"

/* A word of a fixed list, kept as text. */
static int read_word_text(
    struct diag *d, const struct node *n, const char *const *words, char **out)
{
	int word;

	return read_word(d, n, words, &word) && read_string(d, n, out);
}

/* The member states of the EU, then the EEA's others. */
int policy_region_is_eea(const char *region)
{
	static const char *const eea[] = { "AT", "BE", "BG", "CY", "CZ", "DE",
		"DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
		"LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI",
		"SK", "IS", "LI", "NO", "EU" };

	for (size_t i = 0; i < sizeof(eea) / sizeof(*eea); i++)
		if (strcmp(eea[i], region) == 0)
			return 1;
	return 0;
}

/* The notice promises processors in the EU, or in Japan where the controller
 * is; anywhere else would break it. */
static void read_region(
    struct diag *d, const struct node *map, struct policy_recipient *r)
{
	int processor = r->role && strcmp(r->role, "processor") == 0;
	const struct node *n = processor ? read_required(d, map, "region")
					 : node_get(map, "region");

	if (!read_string(d, n, &r->region))
		return;
	if (strlen(r->region) != 2 ||
	    strspn(r->region, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2)
		read_mismatch(
		    d, n, "a country code of two letters such as `DE`");
	else if (processor && !policy_region_is_eea(r->region) &&
		 strcmp(r->region, "JP") != 0)
		read_mismatch(d, n,
		    "a country of the EU or EEA, or `JP`: a processor "
		    "elsewhere is not allowed");
}

static void read_recipient(
    struct diag *d, const struct node *n, struct policy_recipient *recipient)
{
	static const char *const keys[] = { "title", "role", "region",
		"transfer_basis", NULL };
	static const char *const roles[] = { "controller", "joint_controller",
		"processor", "recipient", "third_party", "authority", NULL };

	recipient->at = n->at;
	if (!read_map(d, n, keys))
		return;
	(void)read_text(d, read_required(d, n, "title"), &recipient->title);
	(void)read_word_text(
	    d, read_required(d, n, "role"), roles, &recipient->role);
	read_region(d, n, recipient);
	(void)read_text(
	    d, node_get(n, "transfer_basis"), &recipient->transfer_basis);
}

static void read_recipients(struct policy_reader *r, const struct node *n)
{
	struct policy *p = r->p;

	if (!read_map_of(r->d, n, "a map of recipients"))
		return;
	p->recipients = read_array(r->d, n->count, sizeof(*p->recipients));
	for (size_t i = 0; p->recipients && i < n->count; i++) {
		struct policy_recipient *x =
		    &p->recipients[p->recipient_count++];

		(void)read_name_key(r->d, &n->keys[i], &x->name);
		read_recipient(r->d, &n->items[i], x);
	}
}

static void check_recipients(struct policy_reader *r, const struct node *list)
{
	size_t found;

	for (size_t i = 0; list && i < list->count; i++)
		if (list->items[i].kind == NODE_SCALAR)
			(void)policy_find(r->d, &list->items[i], "recipient",
			    r->recipients, &found);
}

static void read_purpose(
    struct policy_reader *r, const struct node *n, struct policy_purpose *x)
{
	static const char *const keys[] = { "title", "legal_basis", "reference",
		"data_subjects", "recipients", NULL };
	/* GDPR Art. 6(1)(a) to (f) */
	static const char *const bases[] = { "consent", "contract",
		"legal_obligation", "vital_interests", "public_task",
		"legitimate_interests", NULL };
	const struct node *recipients;

	x->at = n->at;
	if (!read_map(r->d, n, keys))
		return;
	recipients = node_get(n, "recipients");
	(void)read_text(r->d, read_required(r->d, n, "title"), &x->title);
	(void)read_word_text(r->d, read_required(r->d, n, "legal_basis"), bases,
	    &x->legal_basis);
	(void)read_string(r->d, node_get(n, "reference"), &x->reference);
	(void)read_text(r->d, node_get(n, "data_subjects"), &x->data_subjects);
	if (read_strings(r->d, recipients, &x->recipients, &x->recipient_count))
		check_recipients(r, recipients);
}

static void read_purposes(struct policy_reader *r, const struct node *n)
{
	struct policy *p = r->p;

	if (!read_map_of(r->d, n, "a map of purposes"))
		return;
	p->purposes = read_array(r->d, n->count, sizeof(*p->purposes));
	for (size_t i = 0; p->purposes && i < n->count; i++) {
		struct policy_purpose *x = &p->purposes[p->purpose_count++];

		(void)read_name_key(r->d, &n->keys[i], &x->name);
		read_purpose(r, &n->items[i], x);
	}
}

/* A bare field of the record's own collection, or a path. */
static void read_at(
    struct diag *d, const struct node *n, struct policy_starting_point *x)
{
	char *path = NULL;

	if (!read_string(d, n, &path))
		return;
	if (strchr(path, '.') == NULL) {
		x->field = path;
		return;
	}
	if (!dataset_names_split(
		d, path, &x->dataset, &x->collection, &x->field))
		read_mismatch(d, n, "FIELD or DATASET.COLLECTION.FIELD");
	free(path);
}

static void read_via(
    struct diag *d, const struct node *n, struct policy_starting_point *x)
{
	char *dataset, *collection, *field;

	if (!read_one_or_more(d, n, &x->via, &x->via_count))
		return;
	for (size_t i = 0; i < x->via_count; i++) {
		if (!dataset_names_split(
			d, x->via[i], &dataset, &collection, &field))
			diag_error(d, n->at,
			    "`via`: expected DATASET.COLLECTION.FIELD, found "
			    "`%.60s`",
			    x->via[i]);
		free(dataset);
		free(collection);
		free(field);
	}
}

static void read_starting_point(
    struct diag *d, const struct node *n, struct policy_starting_point *x)
{
	static const char *const keys[] = { "title", "kind", "at", "pick",
		"null_means", "from", "via", "term", NULL };
	static const char *const kinds[] = { "collection", "end_of_process",
		"end_of_relationship", NULL };
	static const char *const picks[] = { "latest", "earliest", NULL };
	static const char *const nulls[] = { "undecided", "open", NULL };
	static const char *const froms[] = { "event", "end_of_calendar_year",
		NULL };
	int word;

	x->at = n->at;
	if (!read_map(d, n, keys))
		return;
	(void)read_text(d, node_get(n, "title"), &x->title);
	if (read_word(d, read_required(d, n, "kind"), kinds, &word))
		x->kind = (enum policy_kind)word;
	read_at(d, read_required(d, n, "at"), x);
	if (read_word(d, node_get(n, "pick"), picks, &word))
		x->pick = (enum policy_pick)word;
	if (read_word(d, node_get(n, "null_means"), nulls, &word))
		x->null_means = (enum policy_null)word;
	if (read_word(d, node_get(n, "from"), froms, &word))
		x->from = (enum calendar_from)word;
	read_via(d, node_get(n, "via"), x);
	policy_read_end(d, node_get(n, "term"), x);
}

static void read_starting_points(struct policy_reader *r, const struct node *n)
{
	struct policy *p = r->p;

	if (!read_map_of(r->d, n, "a map of starting points"))
		return;
	p->starting_points =
	    read_array(r->d, n->count, sizeof(*p->starting_points));
	for (size_t i = 0; p->starting_points && i < n->count; i++) {
		struct policy_starting_point *x =
		    &p->starting_points[p->starting_point_count++];

		(void)read_name_key(r->d, &n->keys[i], &x->name);
		read_starting_point(r->d, &n->items[i], x);
	}
}

static void read_measures(struct policy_reader *r, const struct node *n)
{
	struct policy *p = r->p;

	if (!read_list_of(r->d, n, "a list of measures"))
		return;
	p->security_measures =
	    read_array(r->d, n->count, sizeof(*p->security_measures));
	for (size_t i = 0; p->security_measures && i < n->count; i++)
		(void)read_text(r->d, &n->items[i],
		    &p->security_measures[p->security_measure_count++]);
}

void policy_read_terms(struct policy_reader *r, const struct node *root)
{
	struct policy *p = r->p;

	(void)read_text(
	    r->d, node_get(root, "data_subjects"), &p->data_subjects);
	read_measures(r, node_get(root, "security_measures"));
	read_recipients(r, node_get(root, "recipients"));
	r->recipients = policy_names(
	    r->d, p->recipients, p->recipient_count, sizeof(*p->recipients));
	read_purposes(r, read_required(r->d, root, "purposes"));
	r->purposes = policy_names(
	    r->d, p->purposes, p->purpose_count, sizeof(*p->purposes));
	r->purpose_used = read_array(r->d, p->purpose_count, 1);
	read_starting_points(r, node_get(root, "starting_points"));
	r->starting_points = policy_names(r->d, p->starting_points,
	    p->starting_point_count, sizeof(*p->starting_points));
	r->starting_point_used = read_array(r->d, p->starting_point_count, 1);
}

static void release_starting_point(struct policy_starting_point *x)
{
	free(x->name);
	text_release(&x->title);
	free(x->dataset);
	free(x->collection);
	free(x->field);
	read_free_strings(x->via, x->via_count);
	policy_release_end(x);
}

void policy_release_terms(struct policy *p)
{
	for (size_t i = 0; i < p->recipient_count; i++) {
		free(p->recipients[i].name);
		text_release(&p->recipients[i].title);
		text_release(&p->recipients[i].transfer_basis);
		free(p->recipients[i].role);
		free(p->recipients[i].region);
	}
	for (size_t i = 0; i < p->purpose_count; i++) {
		free(p->purposes[i].name);
		text_release(&p->purposes[i].title);
		text_release(&p->purposes[i].data_subjects);
		free(p->purposes[i].legal_basis);
		free(p->purposes[i].reference);
		read_free_strings(
		    p->purposes[i].recipients, p->purposes[i].recipient_count);
	}
	for (size_t i = 0; i < p->starting_point_count; i++)
		release_starting_point(&p->starting_points[i]);
	for (size_t i = 0; i < p->security_measure_count; i++)
		text_release(&p->security_measures[i]);
	text_release(&p->data_subjects);
	free(p->security_measures);
	free(p->recipients);
	free(p->purposes);
	free(p->starting_points);
}
