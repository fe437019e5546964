/* What is suspended, what is to be looked at again, what leads nowhere. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/holds/held.h"
#include "engine/holds/holds.h"
#include "engine/holds/reached.h"
#include "engine/holds/registry.h"
#include "engine/holds/scope.h"

static int is(const json_t *row, const char *name, const char *word)
{
	return strcmp(json_text(row, name), word) == 0;
}

/* Add the three counts to ${o}. */
static enum status put_counts(json_t *o, const json_t *rows)
{
	json_int_t holds = 0, restrictions = 0, overdue = 0;
	const json_t *row;
	enum status st;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (is(row, "state", "released"))
			continue;
		holds += is(row, "kind", "hold");
		restrictions += is(row, "kind", "restriction");
		overdue += json_is_true(json_object_get(row, "review_overdue"));
	}
	st = json_put(o, "holds", json_integer(holds));
	if (st == ST_OK)
		st = json_put(o, "restrictions", json_integer(restrictions));
	if (st == ST_OK)
		st = json_put(o, "reviews_overdue", json_integer(overdue));
	return st;
}

enum status holds_list(
    struct installation *in, enum holds_which which, int64_t now, json_t **out)
{
	json_t *rows = NULL, *row, *o = NULL;
	int64_t records;
	enum status st;
	size_t i;

	st = registry_read(in,
	    which == HOLDS_ALL ? REGISTRY_ALL : REGISTRY_ACTIVE, NULL, now,
	    &rows);
	json_array_foreach(rows, i, row)
	{
		records = 0;
		if (st == ST_OK)
			st = held_count(in, json_text(row, "id"), &records);
		if (st == ST_OK)
			st = json_put(row, "records", json_integer(records));
	}
	if (st == ST_OK)
		st = json_make(&o, "{s:O}", "suspensions", rows);
	if (st == ST_OK)
		st = put_counts(o, rows);
	json_decref(rows);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

enum status holds_summary(struct installation *in, int64_t now, json_t **out)
{
	json_t *rows = NULL, *o = NULL;
	int64_t liftings = 0;
	enum status st;

	st = registry_read(in, REGISTRY_ACTIVE, NULL, now, &rows);
	if (st == ST_OK)
		st = json_make(&o, "{}");
	if (st == ST_OK)
		st = put_counts(o, rows);
	if (st == ST_OK)
		st = db_one_int(in->control,
		    "SELECT count(*) FROM request_lifting"
		    " WHERE lifted_at IS NULL AND lifts_at <= $1",
		    ARGS(INT(now)), 0, &liftings);
	if (st == ST_OK)
		st = json_put(o, "liftings_due", json_integer(liftings));
	json_decref(rows);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

/* ---- what leads nowhere ---- */

static enum status warn(json_t *warnings, const json_t *row, const char *what)
{
	char *text = str_format("suspension %s: %s: correct it, or release it "
				"with `lethe hold release`",
	    json_text(row, "id"), what);
	enum status st;

	if (text == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = json_push(warnings, json_string(text));
	free(text);
	return st;
}

static enum status check_one(
    struct installation *in, const json_t *row, json_t *warnings)
{
	const char *cluster = json_text(row, "cluster");
	int64_t records = 0;
	enum status st;

	if (json_is_string(json_object_get(row, "cluster")) &&
	    !scope_has_cluster(in, cluster))
		return warn(warnings, row, "no policy has its cluster");
	if (is(row, "scope", "cluster"))
		return ST_OK;
	st = reached_count(in, row, &records);
	if (st == ST_USAGE) {
		status_clear();
		return warn(warnings, row,
		    "no field of the datasets bears its subject's identity");
	}
	if (st != ST_OK || records)
		return st;
	return warn(warnings, row,
	    is(row, "scope", "subject") ? "no record of its subject is there"
					: "its record is not there");
}

enum status holds_check(struct installation *in, json_t *warnings)
{
	json_t *rows = NULL;
	const json_t *row;
	enum status st;
	size_t i;

	st = registry_read(in, REGISTRY_ACTIVE, NULL, when_now(), &rows);
	json_array_foreach(rows, i, row)
	{
		if (st == ST_OK)
			st = check_one(in, row, warnings);
	}
	json_decref(rows);
	return st;
}
