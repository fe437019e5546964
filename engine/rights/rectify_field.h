#ifndef RIGHTS_RECTIFY_FIELD_H
#define RIGHTS_RECTIFY_FIELD_H

#include "engine/plan/reach.h"
#include "engine/records/column.h"

/*
 * One field of one record of a person, in whichever file of its store it is:
 *
 *	struct rectify_field f = { .key = key };
 *
 *	st = rectify_field_open(in, &f, "crm", "customers", "email");
 *	if (st == ST_OK)
 *		st = rectify_field_find(in, &who, &f);
 *	if (st == ST_OK)
 *		st = rectify_field_read(&f, &text);
 *	rectify_field_release(&f);
 */
struct rectify_field {
	json_t *key; /* borrowed: [text, ...] */
	struct installation_store *store;
	const struct collection *collection;
	const struct db_table *table;
	const struct db_column *db;
	struct column column;
	const char **keys;
	size_t key_count;
};

/* ST_USAGE, with the nearest known word: there is no such field, or it is none
 * that can be corrected.  Opens the store. */
enum status rectify_field_open(struct installation *in, struct rectify_field *f,
    const char *store, const char *collection, const char *field) MUST_CHECK;
void rectify_field_release(struct rectify_field *f);

/* ST_USAGE: the record is not one of ${who}, or not theirs alone.  A store
 * with a transaction is asked inside it. */
enum status rectify_field_find(struct installation *in,
    const struct reach_subject *who, const struct rectify_field *f) MUST_CHECK;

/* The file that the record is in, which is then in use until units_rest().
 * ST_NOTFOUND, with a sentence: in none. */
enum status rectify_field_use(const struct rectify_field *f) MUST_CHECK;

/* Add " AND ..." : t is the record. */
void rectify_field_where(const struct rectify_field *f, struct sql *q);

/* Append the value as JSON text. */
enum status rectify_field_read(
    const struct rectify_field *f, struct buf *out) MUST_CHECK;

/* What the field makes of JSON text; ST_INVALID as column_read().  ${*out} is
 * valid while ${f} and ${text} are. */
enum status rectify_field_value(
    struct rectify_field *f, const char *text, struct val *out) MUST_CHECK;

#endif /* !RIGHTS_RECTIFY_FIELD_H */
