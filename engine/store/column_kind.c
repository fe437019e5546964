/*
 * Types are recognised as SQLite does it, by parts of the declared name
 * (https://sqlite.org/datatype3.html section 3.1), with PostgreSQL's names
 * beside.
 */
#include "engine/store/column_kind.h"

#include <stddef.h>
#include <string.h>

enum column_kind column_kind_of(const char *declared)
{
	static const struct {
		const char *part;
		enum column_kind kind;
	} parts[] = {
		{ "JSON", COLUMN_JSON },
		{ "BOOL", COLUMN_BOOLEAN },
		{ "INTERVAL", COLUMN_ANY },
		{ "POINT", COLUMN_ANY },
		{ "INT", COLUMN_INTEGER },
		{ "SERIAL", COLUMN_INTEGER },
		{ "CHAR", COLUMN_TEXT },
		{ "CLOB", COLUMN_TEXT },
		{ "TEXT", COLUMN_TEXT },
		{ "BLOB", COLUMN_BLOB },
		{ "BYTEA", COLUMN_BLOB },
		{ "REAL", COLUMN_REAL },
		{ "FLOA", COLUMN_REAL },
		{ "DOUB", COLUMN_REAL },
		{ "NUM", COLUMN_NUMERIC },
		{ "DEC", COLUMN_NUMERIC },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strcasestr(declared, parts[i].part))
			return parts[i].kind;
	return COLUMN_ANY;
}

int column_type_is_time(const char *declared)
{
	if (strncasecmp(declared, "TIME", 4) == 0 &&
	    strncasecmp(declared, "TIMESTAMP", 9) != 0)
		return 0;
	return strcasestr(declared, "DATE") || strcasestr(declared, "TIME");
}
