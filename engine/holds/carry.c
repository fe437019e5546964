/* Rows of temporary tables from one connection to another. */
#include "engine/holds/carry.h"

#include <assert.h>

#define MOST 8

enum status carry_(struct db *from, const char *select, const struct val *args,
    struct db *to, const char *insert, const char *tail)
{
	struct val vals[MOST + 1];
	struct stmt *rows = NULL;
	enum status st;
	int i, n;

	st = db_query_(from, select, args, &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK) {
		n = db_columns(rows);
		assert(n + (tail != NULL) <= MOST);
		for (i = 0; i < n; i++)
			vals[i] = db_val(rows, i);
		if (tail)
			vals[i++] = TEXT(tail);
		vals[i].type = VAL_END;
		st = db_exec_(to, insert, vals, NULL);
	}
	db_done(rows);
	return st == ST_NOTFOUND ? ST_OK : st;
}
