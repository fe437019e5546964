/* What has been reported, and what may be reported beside it. */
#include "engine/report/ledger.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading and keeping ---- */

static enum status read_sets(struct ledger *l)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(l->control,
	    "SELECT fields FROM report_fields"
	    " WHERE collection = $1"
	    " ORDER BY since, fields",
	    ARGS(TEXT(l->collection)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = json_push(l->sets, json_loads(db_text(s, 0), 0, NULL));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status read_numbers(struct ledger *l)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(l->control,
	    "SELECT cell, count, at FROM report_number"
	    " WHERE collection = $1",
	    ARGS(TEXT(l->collection)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = json_put(l->numbers, db_text(s, 0),
		    json_pack("[I, I]", (json_int_t)db_int(s, 1),
			(json_int_t)db_int(s, 2)));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status ledger_init(
    struct ledger *l, struct db *control, const char *collection)
{
	enum status st;

	*l = (struct ledger){ .control = control,
		.collection = strdup(collection),
		.sets = json_array(),
		.numbers = json_object() };
	if (l->collection == NULL || l->sets == NULL || l->numbers == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else if ((st = read_sets(l)) == ST_OK)
		st = read_numbers(l);
	if (st != ST_OK)
		ledger_release(l);
	return st;
}

void ledger_release(struct ledger *l)
{
	free(l->collection);
	json_decref(l->sets);
	json_decref(l->numbers);
	*l = (struct ledger){ .control = NULL };
}

enum status ledger_keep_sets(const struct ledger *l, int64_t now)
{
	json_t *set;
	enum status st;
	size_t i;

	/* What became part of a larger set is still covered by it. */
	st = db_exec(l->control,
	    "DELETE FROM report_fields WHERE collection = $1",
	    ARGS(TEXT(l->collection)));
	json_array_foreach(l->sets, i, set)
	{
		char *text = NULL;

		if (st == ST_OK)
			st = json_canonical(set, &text);
		if (st == ST_OK)
			st = db_exec(l->control,
			    "INSERT INTO report_fields"
			    " (collection, fields, since)"
			    " VALUES ($1, $2, $3)",
			    ARGS(TEXT(l->collection), TEXT(text), INT(now)));
		free(text);
	}
	return st;
}

enum status ledger_keep_number(
    const struct ledger *l, const char *cell, int64_t count, int64_t now)
{
	return db_exec(l->control,
	    "INSERT INTO report_number (collection, cell, count, at)"
	    " VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (collection, cell)"
	    " DO UPDATE SET count = excluded.count, at = excluded.at",
	    ARGS(TEXT(l->collection), TEXT(cell), INT(count), INT(now)));
}

/* ---- what may stand beside it ---- */

static int has(const json_t *set, const json_t *field)
{
	json_t *f;
	size_t i;

	json_array_foreach(set, i, f)
	{
		if (json_equal(f, field))
			return 1;
	}
	return 0;
}

static size_t shared(const json_t *a, const json_t *b)
{
	size_t i, n = 0;
	json_t *f;

	json_array_foreach(a, i, f) n += has(b, f) ? 1 : 0;
	return n;
}

static size_t name_length(const json_t *field)
{
	return strcspn(json_string_value(field), ":");
}

static enum status check_cuts(const struct ledger *l, const json_t *by)
{
	json_t *set, *before, *field;
	size_t i, k, n;

	json_array_foreach(l->sets, i, set) json_array_foreach(set, k, before)
	    json_array_foreach(by, n, field)
	{
		size_t len = name_length(field);

		if (len != name_length(before) || json_equal(field, before) ||
		    memcmp(json_string_value(field), json_string_value(before),
			len) != 0)
			continue;
		return fail(ST_DENIED,
		    "%s has been reported by `%s`: cut otherwise, groups that "
		    "overlap would show small ones; ask for `%s`",
		    l->collection, json_string_value(before),
		    json_string_value(before));
	}
	return ST_OK;
}

static enum status deny(const struct ledger *l, const json_t *set)
{
	char *text = json_dumps(set, JSON_COMPACT);
	enum status st = fail(ST_DENIED,
	    "%s has been reported by %s: together with this report small "
	    "groups could be worked out; ask for one of those fields at a "
	    "time, or for a report that has no ring of fields with it",
	    l->collection, text ? text : "other fields");

	free(text);
	return st;
}

/* The field that the pairs of a set of three go through: that of those
 * reported before, or else the first. */
static enum status order(const struct ledger *l, json_t *by)
{
	json_t *set, *field;
	size_t i, k, best = 0, most = 0;

	json_array_foreach(by, k, field)
	{
		size_t n = 0;

		json_array_foreach(l->sets, i, set)
		{
			if (json_array_size(set) == 2 && has(set, field) &&
			    shared(set, by) == 2)
				n++;
		}
		if (n > most) {
			most = n;
			best = k;
		}
	}
	if (json_array_size(by) < 3 || best == 0)
		return ST_OK;
	field = json_incref(json_array_get(by, best));
	if (json_array_remove(by, best) != 0 ||
	    json_array_insert_new(by, 0, field) != 0)
		return fail(ST_NOMEM, "out of memory");
	return ST_OK;
}

/* Grow ${reached}, the fields that sets lead to from it. */
static enum status spread(const struct ledger *l, json_t *reached)
{
	json_t *set, *field;
	int grown = 1;
	size_t i, k;

	while (grown) {
		grown = 0;
		json_array_foreach(l->sets, i, set)
		{
			if (shared(set, reached) == 0)
				continue;
			json_array_foreach(set, k, field)
			{
				if (has(reached, field))
					continue;
				if (json_array_append(reached, field) != 0)
					return fail(ST_NOMEM, "out of memory");
				grown = 1;
			}
		}
	}
	return ST_OK;
}

/* No two fields of ${by} may be connected by the other sets already. */
static enum status check_rings(const struct ledger *l, const json_t *by)
{
	json_t *field, *set, *reached;
	enum status st = ST_OK;
	size_t i, k;

	json_array_foreach(by, i, field)
	{
		if ((reached = json_pack("[O]", field)) == NULL)
			return fail(ST_NOMEM, "out of memory");
		if (st == ST_OK)
			st = spread(l, reached);
		json_array_foreach(l->sets, k, set)
		{
			if (st == ST_OK && shared(reached, by) > 1 &&
			    has(set, field))
				st = deny(l, set);
		}
		json_decref(reached);
	}
	return st;
}

/* Is it shown by a set of the ledger?  ${*out} 1 if so. */
static enum status is_part(const struct ledger *l, const json_t *by, int *out)
{
	size_t n = json_array_size(by), i;
	json_t *set;

	json_array_foreach(l->sets, i, set)
	{
		if (shared(set, by) < n)
			continue;
		*out = 1;
		if (n == 2 && json_array_size(set) == 3 &&
		    !has(by, json_array_get(set, 0)))
			return deny(l, set);
	}
	return ST_OK;
}

enum status ledger_admit(struct ledger *l, const json_t *by)
{
	json_t *ordered = json_copy((json_t *)(uintptr_t)by);
	enum status st;
	int part = 0;
	size_t i;

	if (ordered == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = check_cuts(l, by);
	if (st == ST_OK)
		st = is_part(l, by, &part);
	if (st == ST_OK && !part)
		st = order(l, ordered);
	for (i = json_array_size(l->sets); st == ST_OK && !part && i-- > 0;) {
		const json_t *set = json_array_get(l->sets, i);

		if (shared(set, by) == json_array_size(set))
			(void)json_array_remove(l->sets, i);
	}
	if (st == ST_OK && !part)
		st = check_rings(l, by);
	if (st == ST_OK && !part)
		st = json_push(l->sets, json_incref(ordered));
	json_decref(ordered);
	return st;
}
