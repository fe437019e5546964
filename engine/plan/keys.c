/* What names a record. */
#include "engine/plan/keys.h"

#include <stdlib.h>

static size_t primary_key(const struct db_table *t, const char **keys)
{
	size_t place, i, n = 0;

	for (place = 1; place <= t->column_count; place++) {
		for (i = 0; i < t->column_count; i++) {
			if (t->columns[i].key == (int)place)
				keys[n++] = t->columns[i].name;
		}
	}
	return n;
}

/* A table without a primary key may have one in the dataset. */
static size_t marked_fields(
    const struct collection *c, const struct db_table *t, const char **keys)
{
	const struct db_column *column;
	size_t i, n = 0;

	for (i = 0; i < c->field_count && n < t->column_count; i++) {
		if (!c->fields[i].primary_key)
			continue;
		column = db_table_column(t, c->fields[i].name);
		if (column)
			keys[n++] = column->name;
	}
	return n;
}

enum status keys_of(const struct collection *c, const struct db_table *t,
    const char ***out, size_t *count)
{
	const char **keys = calloc(t->column_count + 1, sizeof(*keys));

	if (keys == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((*count = primary_key(t, keys)) == 0)
		*count = marked_fields(c, t, keys);
	*out = keys;
	return ST_OK;
}

static const char *const names[KEYS_MOST] = { "k1", "k2", "k3", "k4" };

void keys_match(struct db *db, const struct db_table *t,
    const char *const *keys, size_t count, const char *table, struct sql *q)
{
	size_t i;

	for (i = 0; i < count && i < KEYS_MOST; i++) {
		sql_add(q, " AND ");
		sql_column(q, table, names[i]);
		sql_add(q, " = ");
		db_add_key(db, q, db_table_column(t, keys[i]), "t");
	}
}

/* t's column first: the comparison is by its collation, as its index is. */
void keys_find(struct db *db, const struct db_table *t, const char *const *keys,
    size_t count, const char *table, struct sql *q)
{
	size_t i;

	for (i = 0; i < count && i < KEYS_MOST; i++) {
		sql_add(q, " AND ");
		sql_column(q, "t", keys[i]);
		sql_add(q, " = ");
		(void)db_add_key_form(
		    db, q, db_table_column(t, keys[i]), table, names[i], 0);
	}
}

void keys_fill(const struct val *key, size_t count, struct val out[KEYS_MOST])
{
	size_t i;

	for (i = 0; i < KEYS_MOST; i++)
		out[i] = i < count ? key[i] : TEXT("");
}
