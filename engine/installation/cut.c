/* What a database enforces inside of one file only. */
#include "engine/installation/cut.h"

#include <string.h>

int cut_is(const struct installation_store *store, const char *collection)
{
	const struct collection *c =
	    dataset_collection(store->dataset, collection);

	return store->segments && c && c->segment_by;
}

static enum status check_foreign_keys(
    const struct installation_store *store, const struct db_table *t)
{
	size_t i;

	for (i = 0; i < t->foreign_key_count; i++) {
		const char *to = t->foreign_keys[i].table;

		if (!cut_is(store, t->name) && !cut_is(store, to))
			continue;
		return fail(ST_INVALID,
		    "store `%s`: the foreign key from %s to %s cannot be "
		    "enforced, because %s is cut into segments: drop the "
		    "foreign key and keep the column, or remove `segment_by`",
		    store->config->name, t->name, to,
		    cut_is(store, to) ? to : t->name);
	}
	return ST_OK;
}

static int has(const struct db_index *x, const char *column)
{
	size_t i;

	for (i = 0; i < x->count; i++) {
		if (x->columns[i] && strcmp(x->columns[i], column) == 0)
			return 1;
	}
	return 0;
}

/* By the same columns as the primary key: then it is looked up. */
static int is_key(const struct db_table *t, const struct db_index *x)
{
	size_t i, n = 0;

	for (i = 0; i < t->column_count; i++) {
		if (t->columns[i].key && !has(x, t->columns[i].name))
			return 0;
		n += t->columns[i].key != 0;
	}
	return n > 0;
}

static enum status check_unique(
    const struct installation_store *store, const struct db_table *t)
{
	const struct collection *c =
	    dataset_collection(store->dataset, t->name);
	size_t i;

	for (i = 0; i < t->index_count; i++) {
		const struct db_index *x = &t->indexes[i];

		if (!x->unique || is_key(t, x) || has(x, c->segment_by))
			continue;
		return fail(ST_INVALID,
		    "store `%s`: the UNIQUE index %s of %s cannot be enforced "
		    "over segments: drop it, add the column %s to it, or "
		    "remove `segment_by`",
		    store->config->name, x->name, t->name, c->segment_by);
	}
	return ST_OK;
}

enum status cut_check(const struct installation_store *store)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < store->schema.count; i++) {
		const struct db_table *t = &store->schema.tables[i];

		st = check_foreign_keys(store, t);
		if (st == ST_OK && cut_is(store, t->name))
			st = check_unique(store, t);
	}
	return st;
}
