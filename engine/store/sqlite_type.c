/*
 * Keys and values of people's columns in tables of ours: a column without a
 * type holds them as they are.
 */
#include "engine/store/sqlite.h"

void sqlite_add_type(struct sql *q, const struct db_column *column)
{
	(void)q;
	(void)column;
}

/* '+' takes the column's type out of the comparison: with it, a number's column
 * would rule out an index on a column without one. */
void sqlite_add_key(
    struct sql *q, const struct db_column *column, const char *table)
{
	sql_add(q, "+");
	sql_column(q, table, column->name);
}

void sqlite_add_kept(
    struct sql *q, const struct db_column *column, const char *table)
{
	sql_column(q, table, column->name);
}

/* As text, and, for columns that convert neither, as the number or the bytes
 * that it may be. */
int sqlite_add_key_form(struct sql *q, const struct db_column *column,
    const char *table, const char *kept, int form)
{
	(void)column;
	switch (form) {
	case 0: sql_column(q, table, kept); return 1;
	case 1:
		sql_add(q, "CASE WHEN CAST(CAST(");
		sql_column(q, table, kept);
		sql_add(q, " AS NUMERIC) AS TEXT) = ");
		sql_column(q, table, kept);
		sql_add(q, " OR CAST(CAST(");
		sql_column(q, table, kept);
		sql_add(q, " AS REAL) AS TEXT) = ");
		sql_column(q, table, kept);
		sql_add(q, " THEN CAST(");
		sql_column(q, table, kept);
		sql_add(q, " AS NUMERIC) END");
		return 1;
	case 2:
		sql_add(q, "+CAST(");
		sql_column(q, table, kept);
		sql_add(q, " AS BLOB)");
		return 1;
	default: return 0;
	}
}
