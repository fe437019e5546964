/* How many people a report leaves out, where that is enough of them. */
#include <stdlib.h>

#include "engine/base/civil.h"
#include "engine/plan/keys.h"
#include "engine/report/report_parts.h"
#include "engine/store/restricted.h"

/* What the ledger calls it: no field has an empty name. */
#define CELL "{\"\":[\"restricted\"]}"

static enum status count(const struct report *r, int64_t *people)
{
	struct db *db = r->store->db;
	struct restricted what = { r->table, NULL, 0 };
	struct sql q = SQL_INIT;
	const char **keys = NULL;
	enum status st;

	/* Records of nobody in particular may all be one person's. */
	if (r->person.field == NULL)
		return ST_OK;
	st = keys_of(r->collection, r->table, &keys, &what.key_count);
	what.keys = keys;
	sql_add(&q, "SELECT count(DISTINCT ");
	person_column(&r->person, &q);
	sql_add(&q, ") FROM ");
	person_from(&r->person, r->table->name, &q);
	sql_add(&q, " WHERE TRUE");
	restricted_where(db, &what, r->cluster->name, &q);
	if (st == ST_OK)
		st = db_one_int_sql(db, &q, 0, people);
	sql_release(&q);
	free(keys);
	return st;
}

/* Too few are not told from none; a number that has changed by fewer than the
 * minimum is shown as it was, as every other. */
enum status report_restricted(struct report *r, json_t **out)
{
	const json_t *last = json_object_get(r->ledger.numbers, CELL);
	int64_t people = 0, before, at = r->now;
	char as_of[INSTANT_TEXT];
	enum status st = count(r, &people);

	if (st != ST_OK)
		return st;
	if (last) {
		before = json_integer_value(json_array_get(last, 0));
		if (llabs((long long)(people - before)) < r->min) {
			people = before;
			at = json_integer_value(json_array_get(last, 1));
		}
	}
	if (people < r->min) {
		*out = json_null();
		return ST_OK;
	}
	if (at == r->now)
		st = ledger_keep_number(&r->ledger, CELL, people, r->now);
	civil_format_instant(at, as_of);
	return st == ST_OK ? json_make(out, "{s:I, s:s}", "count",
				 (json_int_t)people, "as_of", as_of)
			   : st;
}
