#ifndef STORE_COLUMN_KIND_H
#define STORE_COLUMN_KIND_H

/* What a column holds, by its declared type. */
enum column_kind {
	COLUMN_ANY, /* no type, or one that names none of the others */
	COLUMN_TEXT,
	COLUMN_INTEGER, /* 64 bit */
	COLUMN_REAL,
	COLUMN_NUMERIC,
	COLUMN_BOOLEAN, /* 1 and 0 */
	COLUMN_BLOB,    /* base64 in files */
	COLUMN_JSON,    /* objects and arrays, kept as canonical text */
};
enum column_kind column_kind_of(const char *declared);

/* 1 if a type as declared is one of times: it has DATE or TIME in it, and is
 * no time of day. */
int column_type_is_time(const char *declared);

#endif /* !STORE_COLUMN_KIND_H */
