/* Very many requests: the clock of each, and which of them share one. */
#include "engine/rights/scan.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/zone.h"
#include "engine/rights/terms.h"

/* Stops come in the order of their requests; those of one are read ahead. */
struct stops {
	struct stmt *rows;
	int64_t request; /* of the row that is read; 0: no more */
	struct clock_stop *list;
	size_t count;
	size_t size;
};

/* Which clock a day and a law have; what meets in a slot pushes the other
 * out, and is computed again. */
#define SLOTS 4096
struct slot {
	int32_t day;
	uint32_t clock; /* and one; 0: empty */
	enum request_law law;
};

struct reader {
	struct clock_terms terms;
	const struct list_filter *f;
	int32_t today;
	struct stops stops;
	struct slot slots[SLOTS];
	struct scan *out;
};

/* ---- growing ---- */

/* ${list} with room for one more than ${count}; NULL, and it stays, when out
 * of memory. */
static void *room(void *list, size_t count, size_t *size, size_t width)
{
	size_t more = *size * 2 + 256;

	if (count < *size)
		return list;
	if ((list = reallocarray(list, more, width)) != NULL)
		*size = more;
	return list;
}

/* ---- stops ---- */

static int32_t day_of(struct stmt *s, int col)
{
	struct val v = db_val(s, col);

	return v.type == VAL_NULL ? CLOCK_NO_DAY : (int32_t)v.i;
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
	struct clock_stop *list;
	enum status st = ST_OK;

	p->count = 0;
	while (st == ST_OK && p->request && p->request < request)
		st = stops_next(p);
	while (st == ST_OK && p->request == request) {
		list = room(p->list, p->count, &p->size, sizeof(*list));
		if (list == NULL)
			return fail(ST_NOMEM, "out of memory");
		p->list = list;
		p->list[p->count++] = (struct clock_stop){ day_of(p->rows, 1),
			day_of(p->rows, 2), day_of(p->rows, 3) };
		st = stops_next(p);
	}
	return st;
}

/* ---- clocks ---- */

static enum status keep(struct scan *s, const struct clock *c, uint32_t *at)
{
	struct clock *clocks =
	    room(s->clocks, s->clock_count, &s->clock_size, sizeof(*clocks));

	if (clocks == NULL)
		return fail(ST_NOMEM, "out of memory");
	s->clocks = clocks;
	*at = (uint32_t)s->clock_count;
	s->clocks[s->clock_count++] = *c;
	return ST_OK;
}

static enum status own_clock(struct reader *r, const struct clock_facts *f,
    uint32_t *at, enum clock_standing *standing)
{
	struct clock c = clock_compute(&r->terms, f, r->today);

	*standing = c.standing;
	return keep(r->out, &c, at);
}

static enum status shared_clock(struct reader *r, const struct clock_facts *f,
    uint32_t *at, enum clock_standing *standing)
{
	struct slot *slot =
	    &r->slots[((uint32_t)f->received * 3 + f->law) % SLOTS];
	struct clock c;
	enum status st;

	if (slot->clock == 0 || slot->day != f->received ||
	    slot->law != f->law) {
		c = clock_compute(&r->terms, f, r->today);
		if ((st = keep(r->out, &c, at)) != ST_OK)
			return st;
		*slot = (struct slot){ f->received, *at + 1, f->law };
	}
	*at = slot->clock - 1;
	*standing =
	    clock_stand(&r->terms, &r->out->clocks[*at], f->closed, r->today);
	return ST_OK;
}

/* ---- rows ---- */

static int is_wanted(const struct reader *r, enum clock_standing standing)
{
	return r->f->standing == NULL ||
	       strcmp(clock_standing_name(standing), r->f->standing) == 0;
}

static enum status add(struct scan *s, const struct scan_row *one)
{
	struct scan_row *rows =
	    room(s->rows, s->count, &s->size, sizeof(*rows));

	if (rows == NULL)
		return fail(ST_NOMEM, "out of memory");
	s->rows = rows;
	s->rows[s->count++] = *one;
	return ST_OK;
}

static enum status add_row(struct reader *r, struct stmt *s)
{
	struct clock_facts f = { .received = (int32_t)db_int(s, 2),
		.notice = day_of(s, 3),
		.closed = day_of(s, 4) };
	struct scan_row one = { .number = db_int(s, 0) };
	struct scan *out = r->out;
	enum status st = request_law_parse(db_text(s, 1), &f.law);

	if (st == ST_OK)
		st = stops_of(&r->stops, one.number);
	if (st != ST_OK)
		return st;
	f.stops = r->stops.list;
	f.stop_count = r->stops.count;
	st = f.stop_count || f.notice != CLOCK_NO_DAY
		 ? own_clock(r, &f, &one.clock, &one.standing)
		 : shared_clock(r, &f, &one.clock, &one.standing);
	if (st != ST_OK || !is_wanted(r, one.standing))
		return st;
	one.key = r->f->sort == LIST_BY_DUE ? out->clocks[one.clock].due
					    : db_int(s, 5);
	return add(out, &one);
}

/* Only what is asked for is read: conditions cost time in every row. */
static void select_rows(const struct list_filter *f, struct sql *q)
{
	sql_add(q, "SELECT number, law, received_day, notice_day, closed_day");
	if (f->sort == LIST_BY_RECEIPT)
		sql_add(q, ", received_at");
	sql_add(q, " FROM request WHERE ");
	if (f->state) {
		sql_add(q, "state = ");
		sql_bind_text(q, f->state);
	} else if (f->which == LIST_OPEN) {
		sql_add(q, "closed_day IS NULL");
	} else {
		sql_add(q, "1 = 1");
	}
	if (f->type) {
		sql_add(q, " AND type = ");
		sql_bind_text(q, f->type);
	}
	sql_add(q, " ORDER BY number");
}

static enum status read_rows(struct installation *in, struct reader *r)
{
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;

	select_rows(r->f, &q);
	st = db_query_sql(in->control, &q, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = add_row(r, s);
	db_done(s);
	sql_release(&q);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status read_all(struct installation *in, struct reader *r)
{
	enum status st;

	st = db_query(in->control,
	    "SELECT request, asked_day, ended_day, lapses_day"
	    " FROM request_stop ORDER BY request, number",
	    NOARGS, &r->stops.rows);
	if (st == ST_OK)
		st = stops_next(&r->stops);
	if (st == ST_OK)
		st = read_rows(in, r);
	db_done(r->stops.rows);
	free(r->stops.list);
	return st;
}

enum status scan_read(struct installation *in, const struct list_filter *f,
    int64_t as_of, struct scan *out)
{
	struct holidays holidays = { NULL, 0 };
	struct reader *r = calloc(1, sizeof(*r));
	enum status st;

	if (r == NULL)
		return fail(ST_NOMEM, "out of memory");
	r->f = f;
	r->today = zone_day(in->zone, as_of);
	r->out = out;
	if ((st = terms_load(in, &holidays, &r->terms)) == ST_OK &&
	    (st = installation_open_control(in)) == ST_OK)
		st = read_all(in, r);
	holidays_release(&holidays);
	free(r);
	return st;
}

static int is_before(const struct scan_row *a, const struct scan_row *b)
{
	return a->key != b->key ? a->key < b->key : a->number < b->number;
}

static int by_key(const void *a, const void *b)
{
	return is_before(b, a) - is_before(a, b);
}

/* Of ${count} rows put those before some row of the middle first, and those
 * behind it last; how many are not behind it (Hoare's partition). */
static size_t part(struct scan_row *rows, size_t count)
{
	struct scan_row middle = rows[(count - 1) / 2], other;
	size_t low = 0, high = count - 1;

	for (;; low++, high--) {
		while (is_before(&rows[low], &middle))
			low++;
		while (is_before(&middle, &rows[high]))
			high--;
		if (low >= high)
			return high + 1;
		other = rows[low];
		rows[low] = rows[high];
		rows[high] = other;
	}
}

void scan_sort(struct scan *s, size_t most)
{
	struct scan_row *rows = s->rows;
	size_t count = s->count, want = most < count ? most : count, low;

	/* The half in which the last one wanted is goes on. */
	for (size_t left = want; left > 0 && left < count && count > 1;) {
		low = part(rows, count);
		if (left < low) {
			count = low;
		} else {
			rows += low;
			count -= low;
			left -= low;
		}
	}
	if (want)
		qsort(s->rows, want, sizeof(*s->rows), by_key);
}

void scan_release(struct scan *s)
{
	free(s->rows);
	free(s->clocks);
	*s = (struct scan){ 0 };
}
