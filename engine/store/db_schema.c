/* What introspection found: look-ups, and who frees it. */
#include <stdlib.h>
#include <string.h>

#include "engine/store/db.h"

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
