/* Many requests: the clock of each, sorted, and one page. */
#include "engine/rights/list.h"

#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/rights/scan.h"

/* ---- a page ---- */

static enum status row_json(struct stmt *s, const struct clock *c,
    enum clock_standing standing, json_t **out)
{
	char received[INSTANT_TEXT], receipt[CIVIL_TEXT], target[CIVIL_TEXT],
	    due[CIVIL_TEXT];

	civil_format_instant(db_int(s, 5), received);
	civil_format((int32_t)db_int(s, 4), receipt);
	civil_format(c->target, target);
	civil_format(c->due, due);
	return json_make(out,
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "id",
	    db_text(s, 0), "type", db_text(s, 1), "state", db_text(s, 2), "law",
	    db_text(s, 3), "received_at", received, "receipt_date", receipt,
	    "target_date", target, "due_date", due, "standing",
	    clock_standing_name(standing), "extended",
	    c->extension == CLOCK_EXTENDED, "suspended",
	    standing == CLOCK_SUSPENDED);
}

static enum status push(
    struct installation *in, const struct scan *all, size_t i, json_t *list)
{
	const struct scan_row *row = &all->rows[i];
	struct stmt *s = NULL;
	json_t *one = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT id, type, state, law, received_day, received_at FROM request"
	    " WHERE number = $1",
	    ARGS(INT(row->number)), &s);
	if (st == ST_OK)
		st = db_row(s);
	if (st == ST_OK)
		st = row_json(s, &all->clocks[row->clock], row->standing, &one);
	db_done(s);
	return st == ST_OK ? json_push(list, one) : st;
}

enum status list_check(const struct list_filter *f)
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

enum status list_page_json(struct installation *in, const struct list_filter *f,
    const struct scan *all, json_t **out)
{
	int64_t i, end = f->offset + f->limit;
	json_t *list = NULL;
	enum status st = json_made(json_array(), &list);

	if (end > (int64_t)all->count)
		end = (int64_t)all->count;
	for (i = f->offset; st == ST_OK && i < end; i++)
		st = push(in, all, (size_t)i, list);
	if (st == ST_OK)
		st = json_make(out, "{s:O, s:I, s:I}", "requests", list,
		    "total", (json_int_t)all->count, "offset",
		    (json_int_t)f->offset);
	json_decref(list);
	return st;
}

/* All of one page is read in one transaction, so that it fits together. */
enum status list_json(struct installation *in, const struct list_filter *f,
    int64_t as_of, json_t **out)
{
	struct scan all = { 0 };
	enum status st;

	if ((st = list_check(f)) != ST_OK)
		return st;
	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	st = db_begin(in->control, DB_READ);
	if (st == ST_OK)
		st = scan_read(in, f, as_of, &all);
	if (st == ST_OK) {
		scan_sort(&all, (size_t)(f->offset + f->limit));
		st = list_page_json(in, f, &all, out);
	}
	db_rollback(in->control);
	scan_release(&all);
	return st;
}

/* ---- how many ---- */

static enum status add_states(struct installation *in, json_t *o)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT state, count(*) FROM request GROUP BY state", NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = json_put(o, db_text(s, 0), json_integer(db_int(s, 1)));
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status states_json(struct installation *in, json_t **out)
{
	json_t *o = NULL;
	enum status st = json_made(json_object(), &o);
	int i;

	for (i = REQUEST_RECEIVED; st == ST_OK && i < REQUEST_STATE__MAX; i++)
		st = json_put(o, request_state_name((enum request_state)i),
		    json_integer(0));
	if (st == ST_OK)
		st = add_states(in, o);
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

static struct counted count(const struct scan *all)
{
	struct counted n = { .open = (json_int_t)all->count,
		.next = CLOCK_NO_DAY };

	for (size_t i = 0; i < all->count; i++) {
		const struct clock *c = &all->clocks[all->rows[i].clock];

		n.standing[all->rows[i].standing]++;
		n.unknown += c->unknown_year != 0;
		if (n.next == CLOCK_NO_DAY || c->due < n.next)
			n.next = c->due;
	}
	return n;
}

enum status list_summary_json(
    struct installation *in, const struct scan *open, json_t **out)
{
	const struct counted n = count(open);
	json_t *states = NULL;
	char next[CIVIL_TEXT];
	enum status st = states_json(in, &states);

	civil_format(n.next, next);
	if (st == ST_OK)
		st = json_make(out, "{s:I, s:I, s:I, s:I, s:I, s:s?, s:O}",
		    "open", n.open, "suspended", n.standing[CLOCK_SUSPENDED],
		    "at_risk", n.standing[CLOCK_AT_RISK], "overdue",
		    n.standing[CLOCK_OVERDUE], "holidays_missing", n.unknown,
		    "next_due_date", n.next == CLOCK_NO_DAY ? NULL : next,
		    "states", states);
	json_decref(states);
	return st;
}

/* One transaction, so that states and clocks fit together. */
enum status list_summary(struct installation *in, int64_t as_of, json_t **out)
{
	static const struct list_filter f = { .which = LIST_OPEN };
	struct scan all = { 0 };
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	if ((st = db_begin(in->control, DB_READ)) == ST_OK)
		st = scan_read(in, &f, as_of, &all);
	if (st == ST_OK)
		st = list_summary_json(in, &all, out);
	db_rollback(in->control);
	scan_release(&all);
	return st;
}
