/* Many requests: the clock of each, sorted, and one page. */
#include "engine/rights/list.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/rights/terms.h"

/* One request, as far as sorting needs it. */
struct item {
	int64_t number;
	int64_t received_at;
	struct clock clock;
};
struct items {
	struct item *list;
	size_t count;
	size_t size;
	int64_t states[REQUEST_STATE__MAX];
};

/* Stops come in the order of their requests; those of one are read ahead. */
struct stops {
	struct stmt *rows;
	int64_t request; /* of the row that is read; 0: no more */
	struct clock_stop *list;
	size_t count;
	size_t size;
};

static int32_t day_of(struct stmt *s, int col)
{
	return db_val(s, col).type == VAL_NULL ? CLOCK_NO_DAY
					       : (int32_t)db_int(s, col);
}

static enum status stops_next(struct stops *p)
{
	enum status st = db_row(p->rows);

	p->request = st == ST_OK ? db_int(p->rows, 0) : 0;
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* Those of ${request}, which is larger than any asked for before. */
static enum status stops_of(struct stops *p, int64_t request)
{
	struct clock_stop *more;
	enum status st = ST_OK;

	p->count = 0;
	while (st == ST_OK && p->request && p->request < request)
		st = stops_next(p);
	while (st == ST_OK && p->request == request) {
		if (p->count == p->size) {
			more = reallocarray(
			    p->list, p->size * 2 + 4, sizeof(*more));
			if (more == NULL)
				return fail(ST_NOMEM, "out of memory");
			p->list = more;
			p->size = p->size * 2 + 4;
		}
		p->list[p->count++] = (struct clock_stop){ day_of(p->rows, 1),
			day_of(p->rows, 2), day_of(p->rows, 3) };
		st = stops_next(p);
	}
	return st;
}

/* ---- all of them ---- */

static enum status add(struct items *all, const struct item *one)
{
	struct item *more;

	if (all->count == all->size) {
		more =
		    reallocarray(all->list, all->size * 2 + 256, sizeof(*more));
		if (more == NULL)
			return fail(ST_NOMEM, "out of memory");
		all->list = more;
		all->size = all->size * 2 + 256;
	}
	all->list[all->count++] = *one;
	return ST_OK;
}

static enum status add_row(struct items *all, struct stmt *s,
    struct stops *stops, const struct clock_terms *t,
    const struct list_filter *f, int32_t today)
{
	struct item one = { db_int(s, 0), db_int(s, 3), { 0 } };
	struct clock_facts facts = { .received = (int32_t)db_int(s, 4),
		.notice = day_of(s, 5),
		.closed = day_of(s, 6) };
	enum request_state state;
	enum status st;

	st = request_state_parse(db_text(s, 1), &state);
	if (st == ST_OK)
		st = request_law_parse(db_text(s, 2), &facts.law);
	if (st == ST_OK)
		st = stops_of(stops, one.number);
	if (st != ST_OK)
		return st;
	facts.stops = stops->list;
	facts.stop_count = stops->count;
	one.clock = clock_compute(t, &facts, today);
	if (f->standing &&
	    strcmp(clock_standing_name(one.clock.standing), f->standing) != 0)
		return ST_OK;
	all->states[state]++;
	return add(all, &one);
}

static enum status read_rows(struct installation *in,
    const struct clock_terms *t, const struct list_filter *f, int32_t today,
    struct stops *stops, struct items *all)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT number, state, law, received_at, received_day, notice_day,"
	    " closed_day FROM request WHERE ($1 IS NULL OR type = $1)"
	    " AND ($2 IS NULL OR state = $2)"
	    " AND ($3 OR $2 IS NOT NULL OR closed_day IS NULL)"
	    " ORDER BY number",
	    ARGS(TEXT(f->type), TEXT(f->state), INT(f->which == LIST_ALL)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = add_row(all, s, stops, t, f, today);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status read_all(struct installation *in,
    const struct list_filter *f, int64_t as_of, struct items *all)
{
	struct holidays holidays = { NULL, 0 };
	struct stops stops = { 0 };
	struct clock_terms t;
	enum status st;

	if ((st = terms_load(in, &holidays, &t)) != ST_OK)
		return st;
	if ((st = installation_open_control(in)) == ST_OK)
		st = db_query(in->control,
		    "SELECT request, asked_day, ended_day, lapses_day"
		    " FROM request_stop ORDER BY request, number",
		    NOARGS, &stops.rows);
	if (st == ST_OK)
		st = stops_next(&stops);
	if (st == ST_OK)
		st = read_rows(
		    in, &t, f, zone_day(in->zone, as_of), &stops, all);
	db_done(stops.rows);
	free(stops.list);
	holidays_release(&holidays);
	return st;
}

static int by_number(const struct item *a, const struct item *b)
{
	return (a->number > b->number) - (a->number < b->number);
}

static int by_due(const void *x, const void *y)
{
	const struct item *a = x, *b = y;
	int order =
	    (a->clock.due > b->clock.due) - (a->clock.due < b->clock.due);

	return order ? order : by_number(a, b);
}

static int by_receipt(const void *x, const void *y)
{
	const struct item *a = x, *b = y;
	int order = (a->received_at > b->received_at) -
		    (a->received_at < b->received_at);

	return order ? order : by_number(a, b);
}

/* ---- a page ---- */

static enum status row_json(struct stmt *s, const struct item *i, json_t **out)
{
	char received[INSTANT_TEXT], receipt[CIVIL_TEXT], target[CIVIL_TEXT],
	    due[CIVIL_TEXT];

	civil_format_instant(i->received_at, received);
	civil_format((int32_t)db_int(s, 4), receipt);
	civil_format(i->clock.target, target);
	civil_format(i->clock.due, due);
	return json_make(out,
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "id",
	    db_text(s, 0), "type", db_text(s, 1), "state", db_text(s, 2), "law",
	    db_text(s, 3), "received_at", received, "receipt_date", receipt,
	    "target_date", target, "due_date", due, "standing",
	    clock_standing_name(i->clock.standing), "extended",
	    i->clock.extension == CLOCK_EXTENDED, "suspended",
	    i->clock.standing == CLOCK_SUSPENDED);
}

static enum status push(
    struct installation *in, const struct item *i, json_t *list)
{
	struct stmt *s = NULL;
	json_t *one = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT id, type, state, law, received_day FROM request"
	    " WHERE number = $1",
	    ARGS(INT(i->number)), &s);
	if (st == ST_OK)
		st = db_row(s);
	if (st == ST_OK)
		st = row_json(s, i, &one);
	db_done(s);
	return st == ST_OK ? json_push(list, one) : st;
}

static enum status check(const struct list_filter *f)
{
	enum request_type type;
	enum request_state state;
	enum status st = ST_OK;

	if (f->type)
		st = request_type_parse(f->type, &type);
	if (st == ST_OK && f->state)
		st = request_state_parse(f->state, &state);
	if (st != ST_OK || f->standing == NULL)
		return st;
	for (int i = 0; i < CLOCK_STANDING__MAX; i++)
		if (strcmp(clock_standing_name((enum clock_standing)i),
			f->standing) == 0)
			return ST_OK;
	return fail(ST_USAGE,
	    "unknown standing `%s`: there are running, at_risk, overdue, "
	    "suspended, closed and late",
	    f->standing);
}

/* All of one page is read in one transaction, so that it fits together. */
static enum status page_json(struct installation *in,
    const struct list_filter *f, int64_t as_of, struct items *all, json_t *list)
{
	enum status st = read_all(in, f, as_of, all);
	int64_t i, end = f->offset + f->limit;

	if (st != ST_OK)
		return st;
	if (all->count)
		qsort(all->list, all->count, sizeof(*all->list),
		    f->sort == LIST_BY_DUE ? by_due : by_receipt);
	if (end > (int64_t)all->count)
		end = (int64_t)all->count;
	for (i = f->offset; st == ST_OK && i < end; i++)
		st = push(in, &all->list[i], list);
	return st;
}

enum status list_json(struct installation *in, const struct list_filter *f,
    int64_t as_of, json_t **out)
{
	struct items all = { 0 };
	json_t *list = NULL;
	enum status st;

	if ((st = check(f)) != ST_OK)
		return st;
	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	if ((st = json_made(json_array(), &list)) != ST_OK)
		return st;
	st = db_begin(in->control, DB_READ);
	if (st == ST_OK)
		st = page_json(in, f, as_of, &all, list);
	db_rollback(in->control);
	if (st == ST_OK)
		st =
		    json_make(out, "{s:O, s:I, s:I}", "requests", list, "total",
			(json_int_t)all.count, "offset", (json_int_t)f->offset);
	json_decref(list);
	free(all.list);
	return st;
}

/* ---- how many ---- */

static enum status states_json(const struct items *all, json_t **out)
{
	json_t *o = NULL;
	enum status st = json_made(json_object(), &o);
	int i;

	for (i = REQUEST_RECEIVED; st == ST_OK && i < REQUEST_STATE__MAX; i++)
		st = json_put(o, request_state_name((enum request_state)i),
		    json_integer(all->states[i]));
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

/* Open ones by how they stand, the earliest due date among them, and how many
 * dates could not be rolled. */
struct counted {
	json_int_t standing[CLOCK_STANDING__MAX];
	json_int_t open;
	json_int_t unknown;
	int32_t next;
};

static struct counted count(const struct items *all)
{
	struct counted n = { .next = CLOCK_NO_DAY };

	for (size_t i = 0; i < all->count; i++) {
		const struct clock *c = &all->list[i].clock;

		n.standing[c->standing]++;
		if (c->standing == CLOCK_CLOSED || c->standing == CLOCK_LATE)
			continue;
		n.open++;
		n.unknown += c->unknown_year != 0;
		if (n.next == CLOCK_NO_DAY || c->due < n.next)
			n.next = c->due;
	}
	return n;
}

enum status list_summary(struct installation *in, int64_t as_of, json_t **out)
{
	const struct list_filter f = { .which = LIST_ALL };
	struct items all = { 0 };
	json_t *states = NULL;
	char next[CIVIL_TEXT];
	struct counted n;
	enum status st;

	if ((st = read_all(in, &f, as_of, &all)) == ST_OK)
		st = states_json(&all, &states);
	if (st == ST_OK) {
		n = count(&all);
		civil_format(n.next, next);
		st = json_make(out, "{s:I, s:I, s:I, s:I, s:I, s:s?, s:O}",
		    "open", n.open, "suspended", n.standing[CLOCK_SUSPENDED],
		    "at_risk", n.standing[CLOCK_AT_RISK], "overdue",
		    n.standing[CLOCK_OVERDUE], "holidays_missing", n.unknown,
		    "next_due_date", n.next == CLOCK_NO_DAY ? NULL : next,
		    "states", states);
	}
	json_decref(states);
	free(all.list);
	return st;
}
