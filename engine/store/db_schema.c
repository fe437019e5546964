/* What introspection found: how it is put together, look-ups, who frees it. */
#include <stdlib.h>
#include <string.h>

#include "engine/store/db_driver.h"

void *db_schema_append(void *items, size_t *count, size_t size)
{
	void *grown, **place = items;

	grown = reallocarray(*place, *count + 1, size);
	if (grown == NULL)
		return NULL;
	*place = grown;
	grown = (char *)grown + *count * size;
	memset(grown, 0, size);
	++*count;
	return grown;
}

enum status db_schema_copy(struct stmt *s, int col, char **out)
{
	const char *text = db_text(s, col);

	if ((*out = strdup(text ? text : "")) == NULL)
		return fail(ST_NOMEM, "out of memory");
	return ST_OK;
}

enum status db_schema_name(struct stmt *s, int col, char ***names, size_t *n)
{
	char **name = db_schema_append(names, n, sizeof(*name));

	if (name == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (db_val(s, col).type == VAL_NULL) /* an expression has no name */
		return ST_OK;
	return db_schema_copy(s, col, name);
}

enum status db_schema_pair(
    struct stmt *s, int from, int to, struct db_foreign_key *f)
{
	size_t n = f->count, m = f->count;
	enum status st;

	if ((st = db_schema_name(s, from, &f->from, &n)) != ST_OK)
		return st;
	if ((st = db_schema_name(s, to, &f->to, &m)) != ST_OK)
		free(f->from[f->count]);
	else
		f->count = n;
	return st;
}

static void release_names(char **names, size_t count)
{
	size_t i;

	for (i = 0; names && i < count; i++)
		free(names[i]);
	free(names);
}

static void release_table(struct db_table *t)
{
	size_t i;

	for (i = 0; i < t->column_count; i++) {
		free(t->columns[i].name);
		free(t->columns[i].type);
	}
	for (i = 0; i < t->foreign_key_count; i++) {
		struct db_foreign_key *f = &t->foreign_keys[i];

		free(f->table);
		free(f->on_delete);
		release_names(f->from, f->count);
		release_names(f->to, f->count);
	}
	for (i = 0; i < t->index_count; i++) {
		free(t->indexes[i].name);
		release_names(t->indexes[i].columns, t->indexes[i].count);
	}
	free(t->columns);
	free(t->foreign_keys);
	free(t->indexes);
	free(t->name);
}

void db_schema_release(struct db_schema *schema)
{
	size_t i;

	for (i = 0; i < schema->count; i++)
		release_table(&schema->tables[i]);
	free(schema->tables);
	*schema = (struct db_schema){ NULL, 0 };
}

const struct db_table *db_schema_table(
    const struct db_schema *schema, const char *name)
{
	size_t i;

	for (i = 0; i < schema->count; i++)
		if (strcmp(schema->tables[i].name, name) == 0)
			return &schema->tables[i];
	return NULL;
}

const struct db_column *db_table_column(
    const struct db_table *table, const char *name)
{
	size_t i;

	for (i = 0; i < table->column_count; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return &table->columns[i];
	return NULL;
}
