/*
 * Dataset files: fideslang's `dataset` manifest.  The format's keys that say
 * nothing to us are accepted, an explicit null counts as not written, and what
 * is neither the format's nor ours is an error.
 */
#include "engine/model/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "engine/model/dataset_read.h"

const struct node *dataset_meta(const struct node *n)
{
	static const char *const names[] = { "fides_meta", "fidesops_meta",
		"fidesctl_meta" };
	const struct node *meta = NULL;

	for (size_t i = 0; i < 3 && meta == NULL; i++)
		meta = node_given(n, names[i]);
	return meta;
}

int dataset_read_name(struct diag *d, const struct node *n, char **out)
{
	if (!read_string(d, n, out))
		return (*out = read_copy(d, "", 0)) != NULL;
	if (strpbrk(*out, ". \t\r\n\"") != NULL)
		read_mismatch(d, n,
		    "a name without dots, spaces and quotes (dots separate "
		    "dataset, collection and field)");
	return 1;
}

struct dataset_categories dataset_read_categories(struct diag *d,
    const struct node *n, struct dataset_categories above,
    struct dataset_categories *own)
{
	(void)read_strings(
	    d, node_given(n, "data_categories"), &own->names, &own->count);
	return own->count > 0 ? *own : above;
}

/* Words for people, which the format's tools also write as "". */
static void read_words(struct diag *d, const struct node *n, char **out)
{
	if (n && (n->kind != NODE_SCALAR || *n->text))
		(void)read_string(d, n, out);
}

static void check_segment_field(
    struct diag *d, const struct node *n, const struct collection *c)
{
	const char *name = c->segment_by;

	if (name && collection_field(c, name) == NULL)
		diag_error(d, n->at, "`segment_by`: `%s` has no field `%.60s`",
		    c->name, name);
}

static void read_collection_lethe(
    struct diag *d, const struct node *n, struct collection *c)
{
	static const char *const keys[] = { "shared", "segment_by", "ignore",
		NULL };
	const struct node *segment;

	if (!read_map(d, n, keys))
		return;
	segment = node_get(n, "segment_by");
	(void)read_bool(d, node_get(n, "shared"), &c->shared);
	(void)read_strings(
	    d, node_get(n, "ignore"), &c->ignore, &c->ignore_count);
	if (read_string(d, segment, &c->segment_by))
		check_segment_field(d, segment, c);
}

static void read_collection_meta(
    struct diag *d, const struct node *n, struct collection *c)
{
	static const char *const keys[] = { "after", "erase_after",
		"skip_processing", "masking_strategy_override", "partitioning",
		"namespace", "resource_id", "redact", NULL };

	if (!read_map(d, n, keys))
		return;
	(void)read_strings(d, node_given(n, "erase_after"), &c->erase_after,
	    &c->erase_after_count);
	(void)read_bool(
	    d, node_given(n, "skip_processing"), &c->skip_processing);
}

static void read_collection(struct diag *d, const struct node *n,
    struct dataset_categories above, struct dataset *ds)
{
	static const char *const keys[] = { DATASET_COMMON_KEYS, "fields",
		NULL };
	struct collection *c = &ds->collections[ds->collection_count];
	struct dataset_categories own = { NULL, 0 };

	if (!read_map(d, n, keys))
		return;
	c->at = n->at;
	if (!dataset_read_name(d, read_required(d, n, "name"), &c->name))
		return;
	ds->collection_count++;
	read_words(d, node_given(n, "description"), &c->description);
	above = dataset_read_categories(d, n, above, &own);
	dataset_read_fields(d, n, above, c);
	read_collection_meta(d, dataset_meta(n), c);
	read_collection_lethe(d, node_given(n, "lethe"), c);
	read_free_strings(own.names, own.count);
}

static void check_collection_names(struct diag *d, const struct dataset *ds)
{
	struct diag_name *names =
	    read_array(d, ds->collection_count, sizeof(*names));

	if (names == NULL)
		return;
	for (size_t i = 0; i < ds->collection_count; i++)
		names[i] = (struct diag_name){ ds->collections[i].name,
			ds->collections[i].at };
	diag_duplicates(d, names, ds->collection_count, "collection");
	free(names);
}

static void read_collections(struct diag *d, const struct node *n,
    struct dataset_categories above, struct dataset *ds)
{
	if (!read_list_of(d, n, "a list of collections"))
		return;
	ds->collections = read_array(d, n->count, sizeof(*ds->collections));
	for (size_t i = 0; ds->collections && i < n->count; i++)
		read_collection(d, &n->items[i], above, ds);
	check_collection_names(d, ds);
}

/* The format's key for what a dataset is called; ours has no dots. */
static int read_fides_key(struct diag *d, const struct node *n, char **out)
{
	if (!read_string(d, n, out))
		return 0;
	if (strspn(*out,
		"abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_<>-") == strlen(*out))
		return 1;
	read_mismatch(d, n,
	    "letters, digits, `_`, `-`, `<` and `>` (dots separate dataset, "
	    "collection and field)");
	return 0;
}

static void read_dataset_extras(
    struct diag *d, const struct node *n, struct dataset *ds)
{
	static const char *const meta_keys[] = { "resource_id", "after",
		"namespace", "redact", NULL };
	static const char *const lethe_keys[] = { "ignore", NULL };
	const struct node *lethe = node_given(n, "lethe");

	(void)read_map(d, dataset_meta(n), meta_keys);
	if (read_map(d, lethe, lethe_keys))
		(void)read_strings(d, node_get(lethe, "ignore"), &ds->ignore,
		    &ds->ignore_count);
}

static void read_dataset(
    struct diag *d, const struct node *n, struct dataset *ds)
{
	static const char *const keys[] = { DATASET_COMMON_KEYS, "fides_key",
		"organization_fides_key", "joint_controller",
		"third_country_transfers", "collections", NULL };
	struct dataset_categories own = { NULL, 0 }, all;

	ds->at = n->at;
	if (!read_map(d, n, keys))
		return;
	(void)read_fides_key(d, read_required(d, n, "fides_key"), &ds->key);
	read_words(d, node_given(n, "name"), &ds->name);
	if (ds->name == NULL && ds->key)
		ds->name = read_copy(d, ds->key, strlen(ds->key));
	all = dataset_read_categories(d, n, own, &own);
	read_collections(d, read_required(d, n, "collections"), all, ds);
	read_dataset_extras(d, n, ds);
	read_free_strings(own.names, own.count);
}

static void check_keys(struct diag *d, const struct dataset *all, size_t count)
{
	struct diag_name *names = read_array(d, count, sizeof(*names));

	if (names == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		names[i] = (struct diag_name){ all[i].key ? all[i].key : "",
			all[i].at };
	diag_duplicates(d, names, count, "dataset");
	free(names);
}

/* A manifest may hold other resources of the format beside its datasets. */
static void read_file(struct diag *d, const struct node *root,
    struct dataset **out, size_t *count)
{
	static const char *const keys[] = { "dataset", "data_category",
		"data_qualifier", "data_subject", "data_use", "evaluation",
		"organization", "policy", "registry", "system", NULL };
	const struct node *list;

	if (!read_map(d, root, keys))
		return;
	list = read_required(d, root, "dataset");
	if (!read_list_of(d, list, "a list of datasets (`- fides_key: ...`)"))
		return;
	if (list->count == 0)
		read_mismatch(d, list, "at least one dataset");
	if ((*out = read_array(d, list->count, sizeof(**out))) == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		read_dataset(d, &list->items[i], &(*out)[(*count)++]);
	check_keys(d, *out, *count);
}

enum status dataset_parse(const char *path, const char *bytes, size_t len,
    struct diag *d, struct dataset **out, size_t *count)
{
	struct dataset *all = NULL;
	struct node root = { 0 };
	size_t errors = d->errors, n = 0;
	enum status st;

	if ((st = node_parse(path, bytes, len, d, &root)) == ST_OK) {
		read_file(d, &root, &all, &n);
		st = diag_status_since(d, errors);
	}
	node_release(&root);
	if (st == ST_OK) {
		*out = all;
		*count = n;
		return ST_OK;
	}
	for (size_t i = 0; i < n; i++)
		dataset_release(&all[i]);
	free(all);
	return st;
}

enum status dataset_load(
    const char *path, struct diag *d, struct dataset **out, size_t *count)
{
	struct buf bytes = BUF_INIT;
	enum status st = node_read_file(path, d, &bytes);

	if (st == ST_OK)
		st = dataset_parse(path, bytes.data, bytes.len, d, out, count);
	buf_release(&bytes);
	return st;
}

static void release_collection(struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++)
		dataset_release_field(&c->fields[i]);
	free(c->fields);
	read_free_strings(c->ignore, c->ignore_count);
	read_free_strings(c->erase_after, c->erase_after_count);
	free(c->name);
	free(c->description);
	free(c->segment_by);
}

void dataset_release(struct dataset *ds)
{
	for (size_t i = 0; i < ds->collection_count; i++)
		release_collection(&ds->collections[i]);
	free(ds->collections);
	read_free_strings(ds->ignore, ds->ignore_count);
	free(ds->key);
	free(ds->name);
	*ds = (struct dataset){ 0 };
}
