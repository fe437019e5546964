/* The fields of a collection: fideslang's keys, and `lethe: {valid}`. */
#include <stdlib.h>
#include <string.h>

#include "engine/model/dataset_read.h"

struct reader {
	struct diag *d;
	struct collection *c;
	size_t room;
};

static size_t count_fields(const struct node *list, int depth)
{
	size_t n = 0;

	if (list == NULL || list->kind != NODE_LIST || depth > NODE_MAX_DEPTH)
		return 0;
	for (size_t i = 0; i < list->count; i++)
		n += 1 + count_fields(
			     node_given(&list->items[i], "fields"), depth + 1);
	return n;
}

/* "collection.field", where the field may be nested. */
static int split_reference(
    struct diag *d, const struct node *n, struct reference *ref)
{
	char *path = NULL;
	const char *dot;

	if (!read_string(d, n, &path))
		return 0;
	dot = strchr(path, '.');
	if (dot == NULL || dot == path || dot[1] == '\0') {
		read_mismatch(d, n, "COLLECTION.FIELD");
		free(path);
		return 0;
	}
	ref->collection = read_copy(d, path, (size_t)(dot - path));
	ref->field = read_copy(d, dot + 1, strlen(dot + 1));
	free(path);
	return 1;
}

static int read_reference(
    struct diag *d, const struct node *n, struct reference *ref)
{
	static const char *const keys[] = { "dataset", "field", "direction",
		NULL };
	static const char *const directions[] = { "from", "to", NULL };
	int direction, ok;

	if (!read_map(d, n, keys))
		return 0;
	ref->at = n->at;
	ref->direction = DATASET_EITHER;
	if (read_word(d, node_given(n, "direction"), directions, &direction))
		ref->direction = (enum dataset_direction)direction;
	ok = read_string(d, read_required(d, n, "dataset"), &ref->dataset);
	return split_reference(d, read_required(d, n, "field"), ref) && ok;
}

static void release_reference(struct reference *ref)
{
	free(ref->dataset);
	free(ref->collection);
	free(ref->field);
	*ref = (struct reference){ 0 };
}

static void read_references(
    struct diag *d, const struct node *n, struct field *f)
{
	if (!read_list_of(d, n, "a list of references"))
		return;
	f->references = read_array(d, n->count, sizeof(*f->references));
	if (f->references == NULL)
		return;
	for (size_t i = 0; i < n->count; i++) {
		struct reference *ref = &f->references[f->reference_count];

		if (read_reference(d, &n->items[i], ref))
			f->reference_count++;
		else
			release_reference(ref);
	}
}

/* The format's types, each also as an array: "string[]". */
static void read_data_type(
    struct diag *d, const struct node *n, struct field *f)
{
	static const char *const types[] = { "string", "integer", "float",
		"boolean", "object_id", "object", NULL };
	size_t len;

	if (!read_string(d, n, &f->data_type))
		return;
	len = strlen(f->data_type);
	if (len > 2 && strcmp(f->data_type + len - 2, "[]") == 0)
		len -= 2;
	for (size_t i = 0; types[i]; i++)
		if (strlen(types[i]) == len &&
		    strncmp(types[i], f->data_type, len) == 0)
			return;
	read_unknown(d, n->at, "data_type", f->data_type, types);
}

/* What the format itself demands of types (its own loader refuses them). */
static void check_type(struct diag *d, const struct node *n,
    const struct node *meta, const struct field *f)
{
	const struct node *all = node_given(meta, "return_all_elements");
	const struct node *nested = node_given(n, "fields");
	const char *type = f->data_type ? f->data_type : "";
	size_t len = strlen(type);
	int array = len > 2 && strcmp(type + len - 2, "[]") == 0;
	int yes = 0;

	if (read_bool(d, all, &yes) && yes && !array)
		diag_error(d, all->at,
		    "`return_all_elements`: only a field whose data_type ends "
		    "in `[]` has elements");
	if (nested && nested->count > 0 && *type &&
	    strncmp(type, "object", 6) != 0)
		diag_error(d, nested->at,
		    "`fields`: a field of data_type `%s` has none: write "
		    "`object` or `object[]`",
		    type);
}

static void read_field_meta(
    struct diag *d, const struct node *n, struct field *f)
{
	static const char *const keys[] = { "references", "identity",
		"primary_key", "data_type", "length", "return_all_elements",
		"read_only", "custom_request_field",
		"masking_strategy_override", "redact", NULL };

	if (!read_map(d, n, keys))
		return;
	(void)read_bool(d, node_given(n, "primary_key"), &f->primary_key);
	(void)read_string(d, node_given(n, "identity"), &f->identity);
	read_data_type(d, node_given(n, "data_type"), f);
	(void)read_int(d, node_given(n, "length"), 1, INT32_MAX, &f->length);
	(void)read_bool(d, node_given(n, "read_only"), &f->read_only);
	read_references(d, node_given(n, "references"), f);
}

/* "dataset.collection.field"; that it exists is for dataset_check() to say. */
static void read_path(struct diag *d, const struct node *n, char **out)
{
	const char *dot;

	if (!read_string(d, n, out))
		return;
	dot = strchr(*out, '.');
	if (dot == NULL || dot == *out || dot[1] == '.' ||
	    (dot = strchr(dot + 1, '.')) == NULL || dot[1] == '\0')
		read_mismatch(d, n, "DATASET.COLLECTION.FIELD");
}

static void read_valid(struct diag *d, const struct node *n, struct field *f)
{
	static const char *const keys[] = { "at", "from", "until", NULL };

	if (!read_map(d, n, keys))
		return;
	(void)read_string(d, read_required(d, n, "at"), &f->valid_at);
	read_path(d, read_required(d, n, "from"), &f->valid_from);
	read_path(d, read_required(d, n, "until"), &f->valid_until);
	if (f->reference_count == 0)
		diag_error(d, n->at,
		    "`valid`: the field has no reference that it could limit");
}

static void read_field_lethe(
    struct diag *d, const struct node *n, struct field *f)
{
	static const char *const keys[] = { "valid", "unit", NULL };

	if (!read_map(d, n, keys))
		return;
	read_valid(d, node_get(n, "valid"), f);
	(void)read_string(d, node_get(n, "unit"), &f->unit);
}

/* Its own categories, else those of the level above (the format's cascade). */
static void set_categories(
    struct diag *d, struct dataset_categories from, struct field *f)
{
	f->categories = read_array(d, from.count, sizeof(*f->categories));
	for (size_t i = 0; f->categories && i < from.count; i++) {
		f->categories[i] =
		    read_copy(d, from.names[i], strlen(from.names[i]));
		if (f->categories[i])
			f->category_count++;
	}
}

static void set_path(struct diag *d, const char *parent, struct field *f)
{
	char *path;

	if (parent == NULL)
		return;
	if ((path = str_format("%s.%s", parent, f->name)) == NULL) {
		diag_nomem(d);
		return;
	}
	free(f->name);
	f->name = path;
}

static void read_fields(struct reader *r, const struct node *list,
    const char *parent, struct dataset_categories above);

static void read_field(struct reader *r, const struct node *n,
    const char *parent, struct dataset_categories above)
{
	static const char *const keys[] = { DATASET_COMMON_KEYS, "fields",
		NULL };
	struct dataset_categories own = { NULL, 0 };
	struct field *f = &r->c->fields[r->c->field_count];
	const struct node *meta;

	if (!read_map(r->d, n, keys))
		return;
	*f = (struct field){ .at = n->at, .length = -1 };
	if (!dataset_read_name(r->d, read_required(r->d, n, "name"), &f->name))
		return;
	r->c->field_count++;
	set_path(r->d, parent, f);
	above = dataset_read_categories(r->d, n, above, &own);
	set_categories(r->d, above, f);
	meta = dataset_meta(n);
	read_field_meta(r->d, meta, f);
	read_field_lethe(r->d, node_given(n, "lethe"), f);
	(void)read_string(r->d, node_given(n, "description"), &f->description);
	check_type(r->d, n, meta, f);
	read_fields(r, node_given(n, "fields"), f->name, above);
	read_free_strings(own.names, own.count);
}

static void read_fields(struct reader *r, const struct node *list,
    const char *parent, struct dataset_categories above)
{
	if (!read_list_of(r->d, list, "a list of fields"))
		return;
	for (size_t i = 0; i < list->count; i++)
		read_field(r, &list->items[i], parent, above);
}

void dataset_read_fields(struct diag *d, const struct node *n,
    struct dataset_categories above, struct collection *c)
{
	const struct node *list = read_required(d, n, "fields");
	struct reader r = { d, c, count_fields(list, 0) };
	struct diag_name *names;

	c->fields = read_array(d, r.room, sizeof(*c->fields));
	if (c->fields == NULL && r.room > 0)
		return;
	read_fields(&r, list, NULL, above);
	names = read_array(d, c->field_count, sizeof(*names));
	if (names == NULL)
		return;
	for (size_t i = 0; i < c->field_count; i++)
		names[i] =
		    (struct diag_name){ c->fields[i].name, c->fields[i].at };
	diag_duplicates(d, names, c->field_count, "field");
	free(names);
}

void dataset_release_field(struct field *f)
{
	for (size_t i = 0; i < f->reference_count; i++)
		release_reference(&f->references[i]);
	free(f->references);
	read_free_strings(f->categories, f->category_count);
	free(f->name);
	free(f->identity);
	free(f->data_type);
	free(f->description);
	free(f->unit);
	free(f->valid_at);
	free(f->valid_from);
	free(f->valid_until);
	*f = (struct field){ 0 };
}
