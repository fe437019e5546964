/*
 * Keys and values of people's columns in tables of ours.  A key is kept as
 * text, exactly as postgres_val.c reads and writes the column, whatever its
 * type; a value as jsonb, which keeps its type.
 */
#include <string.h>
#include <strings.h>

#include "engine/store/column_kind.h"
#include "engine/store/postgres.h"

static int begins(const struct db_column *c, const char *word)
{
	return strncasecmp(c->type, word, strlen(word)) == 0;
}

/* Instants with a zone as ingest writes them: '...T...Z'. */
static int is_instant(const struct db_column *c)
{
	return begins(c, "timestamp") && strcasestr(c->type, "with time zone");
}

/* Such as stand in quotes in our catalog queries: no name that SQL has. */
static int has_type_name(const struct db_column *c)
{
	return !begins(c, "enum") && !begins(c, "array") &&
	       !begins(c, "range") && !begins(c, "composite");
}

void postgres_add_type(struct sql *q, const struct db_column *column)
{
	sql_add(q, " ");
	if (!has_type_name(column))
		sql_add(q, "text");
	else
		buf_adds(&q->text, column->type); /* by format_type() */
}

/* The column in one form, as a value of some SQL type. */
static void add_plain(
    struct sql *q, const struct db_column *c, const char *table)
{
	if (is_instant(c))
		sql_add(q, "replace(replace(CAST(");
	else if (begins(c, "numeric"))
		sql_add(q, "trim_scale(");
	else if (begins(c, "boolean"))
		sql_add(q, "CAST(");
	else if (begins(c, "timestamp") || !has_type_name(c))
		sql_add(q, "CAST(");
	sql_column(q, table, c->name);
	if (is_instant(c))
		sql_add(q, " AS text), ' ', 'T'), '+00', 'Z')");
	else if (begins(c, "boolean"))
		sql_add(q, " AS integer)");
	else if (begins(c, "numeric"))
		sql_add(q, ")");
	else if (begins(c, "timestamp") || !has_type_name(c))
		sql_add(q, " AS text)");
}

void postgres_add_key(
    struct sql *q, const struct db_column *column, const char *table)
{
	sql_add(q, "CAST(");
	add_plain(q, column, table);
	sql_add(q, " AS text)");
}

void postgres_add_kept(
    struct sql *q, const struct db_column *column, const char *table)
{
	sql_add(q, "to_jsonb(");
	add_plain(q, column, table);
	sql_add(q, ")");
}

int postgres_add_key_form(struct sql *q, const struct db_column *column,
    const char *table, const char *kept, int form)
{
	if (form > 0)
		return 0;
	sql_add(q, "CAST(");
	sql_column(q, table, kept);
	sql_add(q, " AS");
	postgres_add_type(q, column);
	sql_add(q, ")");
	return 1;
}
