/* Which columns change in records that stay, and what is left of the person. */
#include "engine/plan/reduce.h"

#include <stdlib.h>
#include <string.h>

#include "engine/plan/identify.h"
#include "engine/plan/reduce_check.h"
#include "engine/store/column_kind.h"

void reduce_release(struct reduce *r)
{
	free(r->columns);
	*r = (struct reduce){ 0 };
}

/* ---- fields and columns ---- */

/* The field's column: of a nested field, the one that it stands in. */
static const struct db_column *column_of(
    const struct reduce_target *t, const struct field *f)
{
	size_t len = strcspn(f->name, ".");

	for (size_t i = 0; i < t->table->column_count; i++) {
		const struct db_column *c = &t->table->columns[i];

		if (strlen(c->name) == len &&
		    memcmp(c->name, f->name, len) == 0)
			return c;
	}
	return NULL;
}

static int governs(const struct reduce_target *t, const struct field *f)
{
	const struct policy_cluster *found;

	if (policy_cluster_of(t->policy, t->dataset, t->collection->name,
		f->name, &found) == ST_OK)
		return found == t->cluster;
	status_clear();
	return 0;
}

static enum identifies identifies(
    const struct reduce_target *t, const struct field *f, const char **why)
{
	return identify_field(t->datasets, t->dataset_count, f, why);
}

/* An index on an expression may be unique by any column. */
static int has_hidden_index(const struct reduce_target *t)
{
	for (size_t i = 0; i < t->table->index_count; i++) {
		const struct db_index *x = &t->table->indexes[i];

		for (size_t k = 0; x->unique && k < x->count; k++)
			if (x->columns[k] == NULL)
				return 1;
	}
	return 0;
}

static void add(
    struct reduce *r, const struct reduce_target *t, struct reduce_column x)
{
	r->columns[r->count++] = x;
	if (x.column->checked || has_hidden_index(t))
		r->needs_trial = 1;
}

/* ---- de-identification ---- */

static void add_method(const struct reduce_target *t,
    const struct policy_de_identify *x, struct diag *d, struct reduce *r)
{
	const struct field *f = collection_field(t->collection, x->field);
	struct reduce_column c = { .field = f };

	if (f == NULL || !governs(t, f))
		return; /* of another collection of the cluster */
	if (strchr(f->name, '.')) {
		diag_error(d, x->at,
		    "`%s` stands inside a column of `%s.%s`: de-identify the "
		    "column `%.*s` as a whole",
		    f->name, t->dataset, t->collection->name,
		    (int)strcspn(f->name, "."), f->name);
		return;
	}
	/* That the store lacks the column is said where it is opened. */
	c.column = db_table_column(t->table, f->name);
	if (c.column && reduce_check_method(t, x, d, &c))
		add(r, t, c);
}

static const struct policy_de_identify *method_of(
    const struct policy_cluster *cl, const struct db_column *c)
{
	for (size_t i = 0; i < cl->de_identify_count; i++)
		if (strcmp(cl->de_identify[i].field, c->name) == 0)
			return &cl->de_identify[i];
	return NULL;
}

/* A field that identifies must lose it: a part of a name, a day of a number
 * that somebody has on file, is still theirs. */
static void check_identifying(
    const struct reduce_target *t, const struct field *f, struct diag *d)
{
	const struct db_column *c = column_of(t, f);
	const struct policy_de_identify *x =
	    c ? method_of(t->cluster, c) : NULL;
	const char *why, *use;

	if (c == NULL || identifies(t, f, &why) != IDENTIFIES_DIRECTLY)
		return;
	use = reduce_is_key(t, f, c) ? "keyed_hash"
	      : c->not_null          ? "a constant or keyed_hash"
				     : "null, a constant or keyed_hash";
	if (x == NULL)
		diag_error(d, t->cluster->at,
		    "cluster `%s`: `%s.%s.%s` identifies a person (%s) and "
		    "would stay: add `%s` to `de_identify` with %s, or let "
		    "the cluster delete",
		    t->cluster->name, t->dataset, t->collection->name, f->name,
		    why, c->name, use);
	else if (x->method == POLICY_METHOD_TRUNCATE ||
		 x->method == POLICY_METHOD_ROUND ||
		 x->method == POLICY_METHOD_DATE)
		diag_error(d, x->at,
		    "`%s: %s`: `%s.%s.%s` identifies a person (%s), and a "
		    "part of it still does: use %s",
		    c->name, policy_method_name(x->method), t->dataset,
		    t->collection->name, f->name, why, use);
}

enum status reduce_de_identify(
    const struct reduce_target *t, struct diag *d, struct reduce *out)
{
	const struct policy_cluster *cl = t->cluster;
	struct reduce r = { 0 };
	size_t errors = d->errors;
	enum status st;

	r.columns = calloc(cl->de_identify_count + 1, sizeof(*r.columns));
	if (r.columns == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < cl->de_identify_count; i++)
		add_method(t, &cl->de_identify[i], d, &r);
	for (size_t i = 0; i < t->collection->field_count; i++)
		if (governs(t, &t->collection->fields[i]))
			check_identifying(t, &t->collection->fields[i], d);
	if ((st = diag_status_since(d, errors)) != ST_OK) {
		reduce_release(&r);
		return st;
	}
	r.label = reduce_label_of(t, &r);
	*out = r;
	return ST_OK;
}

/* ---- emptying ---- */

static int stays(const struct reduce_target *t, const struct field *f,
    const struct db_column *c)
{
	return strchr(f->name, '.') || reduce_is_key(t, f, c) ||
	       reduce_refers(t, c) || reduce_referred_by(t, c) ||
	       reduce_find_kept(t, c) || c->generated ||
	       identifies(t, f, NULL) == IDENTIFIES_NOT;
}

/*
 * What a column that takes no NULL is emptied with: what says nothing where its
 * kind of value is read.  No time says nothing: any would be taken for one.
 */
static int set_neutral(
    const struct reduce_target *t, struct reduce_column *x, const char **why)
{
	x->method = POLICY_METHOD_CONSTANT;
	if (reduce_is_unique(t, x->column)) {
		*why = "is unique";
		return 0;
	}
	if (x->column->checked) {
		*why = "has a CHECK";
		return 0;
	}
	*why = "holds neither text nor numbers";
	if (column_type_is_time(x->column->type))
		return 0;
	switch (column_kind_of(x->column->type)) {
	case COLUMN_TEXT:
	case COLUMN_ANY: x->constant = TEXT(""); return 1;
	case COLUMN_INTEGER:
	case COLUMN_REAL:
	case COLUMN_NUMERIC:
	case COLUMN_BOOLEAN: x->constant = INT(0); return 1;
	case COLUMN_BLOB:
	case COLUMN_JSON: break;
	}
	return 0;
}

static void add_emptied(const struct reduce_target *t, const struct field *f,
    struct diag *d, struct reduce *r)
{
	struct reduce_column x = { .field = f, .method = POLICY_METHOD_NULL };
	const char *why;

	x.column = column_of(t, f);
	if (x.column == NULL || stays(t, f, x.column))
		return;
	if (!x.column->not_null || set_neutral(t, &x, &why))
		add(r, t, x);
	else
		diag_error(d, t->cluster->at,
		    "cluster `%s`: records of `%s.%s` that others still refer "
		    "to are emptied, and `%s` cannot be: it takes no NULL and "
		    "%s: allow NULL in the store, or say `on_referenced: wait`",
		    t->cluster->name, t->dataset, t->collection->name, f->name,
		    why);
}

enum status reduce_minimise(
    const struct reduce_target *t, struct diag *d, struct reduce *out)
{
	struct reduce r = { 0 };
	size_t errors = d->errors;
	enum status st;

	r.columns = calloc(t->collection->field_count + 1, sizeof(*r.columns));
	if (r.columns == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < t->collection->field_count; i++)
		if (governs(t, &t->collection->fields[i]))
			add_emptied(t, &t->collection->fields[i], d, &r);
	if ((st = diag_status_since(d, errors)) != ST_OK) {
		reduce_release(&r);
		return st;
	}
	r.label = reduce_label_of(t, &r);
	*out = r;
	return ST_OK;
}

/* ---- keys ---- */

void reduce_key(const struct reduce *r, const char *const *keys,
    size_t key_count, const struct val *old, const struct val *changed,
    struct val *out)
{
	for (size_t i = 0; i < key_count; i++) {
		out[i] = old[i];
		for (size_t k = 0; k < r->count; k++)
			if (strcmp(r->columns[k].column->name, keys[i]) == 0)
				out[i] = changed[k];
	}
}
