/*
 * The ends of terms, computed as records come in: once, so that a later change
 * of the policy moves no end that is running.  A file that says another end
 * than the rule is refused, because one of them would be wrong in silence.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/model/term.h"
#include "engine/records/intake.h"
#include "engine/records/shape.h"

static size_t column_of(const struct intake *in, const char *name)
{
	for (size_t i = 0; i < in->target->table->column_count; i++)
		if (strcmp(in->columns[i].db->name, name) == 0)
			return i;
	return INTAKE_NONE;
}

/* ---- columns ---- */

static void mark(struct intake *in, const char *name)
{
	size_t i = name ? column_of(in, name) : INTAKE_NONE;

	if (i != INTAKE_NONE)
		in->columns[i].is_computed = 1;
}

void term_mark(struct intake *in)
{
	for (size_t i = 0; i < in->target->computed_count; i++) {
		const struct policy_starting_point *x =
		    in->target->computed[i].point;

		mark(in, x->field);
		mark(in, x->term->parts[POLICY_TERM_CANCEL_BY].field);
	}
}

/* Left out, a value is NULL; but not where there is a default, nor where the
 * record may be there already. */
static enum status check_input(
    struct intake *in, int64_t line, const char *name, const char *of)
{
	size_t i = name ? column_of(in, name) : INTAKE_NONE;

	if (i == INTAKE_NONE || in->seen[i] || in->columns[i].is_computed ||
	    (in->mode == DB_INSERT && !in->columns[i].db->has_default))
		return ST_OK;
	return intake_problem(in, ST_INVALID, line, name,
	    "missing, expected it because `%s` is computed from it: add it, "
	    "empty where there is none",
	    of);
}

enum status term_check_missing(struct intake *in, int64_t line)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < in->target->computed_count; i++) {
		const struct policy_starting_point *x =
		    in->target->computed[i].point;

		for (size_t k = 0; st == ST_OK && k < POLICY_TERM__MAX; k++)
			st = check_input(
			    in, line, x->term->parts[k].field, x->field);
	}
	return st;
}

/* Where a record has the column, or INTAKE_NONE. */
static size_t find(
    const struct intake *in, const struct layout *l, const char *name)
{
	size_t column = name ? column_of(in, name) : INTAKE_NONE;

	for (size_t i = 0; column != INTAKE_NONE && i < l->total; i++)
		if (l->columns[i] == column)
			return i;
	return INTAKE_NONE;
}

static size_t find_or_add(
    const struct intake *in, struct layout *l, const char *name)
{
	size_t at = find(in, l, name);

	if (name == NULL || at != INTAKE_NONE)
		return at;
	l->columns[l->total] = column_of(in, name);
	return l->total++;
}

enum status term_layout(struct intake *in, struct layout *l)
{
	size_t count = in->target->computed_count;

	l->terms = calloc(count, sizeof(*l->terms));
	if (l->terms == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < count; i++) {
		const struct policy_starting_point *x =
		    in->target->computed[i].point;
		struct layout_term *t = &l->terms[i];

		t->end = find_or_add(in, l, x->field);
		for (size_t k = 0; k < POLICY_TERM__MAX; k++) {
			const char *name = x->term->parts[k].field;

			t->parts[k] = k == POLICY_TERM_CANCEL_BY
					  ? find_or_add(in, l, name)
					  : find(in, l, name);
		}
	}
	return ST_OK;
}

/* ---- one record ---- */

struct record {
	struct intake *in;
	const struct policy_computed *computed;
	const struct layout_term *at;
	struct term term;
	struct term_days days;
	int *usable;
};

static struct column *column_at(const struct record *r, size_t at)
{
	return &r->in->columns[r->in->layouts[0].columns[at]];
}

/* A problem of the field that ${part} is read from, or of the end. */
#define REFUSE(r, st, part, ...)                                            \
	do {                                                                \
		size_t at_ = (r)->at->parts[part];                          \
		*(r)->usable = 0;                                           \
		(st) = intake_problem((r)->in, ST_INVALID,                  \
		    intake_place((r)->in).line,                             \
		    column_at((r), at_ == INTAKE_NONE ? (r)->at->end : at_) \
			->db->name,                                         \
		    __VA_ARGS__);                                           \
	} while (0)

static enum status read_period(
    struct record *r, enum policy_term_part part, struct period *out)
{
	const struct policy_term_value *v =
	    &r->computed->point->term->parts[part];
	size_t at = r->at->parts[part];
	char text[PERIOD_TEXT], found[SHAPE_TEXT];
	enum status st = ST_INVALID;
	struct val val;

	*out = v->period;
	if (at == INTAKE_NONE || (val = r->in->vals[at]).type == VAL_NULL)
		return ST_OK;
	if (val.type == VAL_TEXT && val.n < sizeof(text)) {
		memcpy(text, val.p, val.n);
		text[val.n] = '\0';
		if (strlen(text) == val.n)
			st = period_parse(text, out);
	}
	if (st == ST_OK && out->seconds == 0 &&
	    (out->months || out->days || part == POLICY_TERM_NOTICE))
		return ST_OK;
	shape_of(&r->in->cells[at], column_at(r, at)->is_personal, found);
	REFUSE(r, st, part,
	    "found %s, expected a period of whole days, weeks, months or years "
	    "such as P1Y or `6 months`",
	    found);
	return st;
}

static enum status read_day(
    struct record *r, enum policy_term_part part, int32_t *out)
{
	static const struct period nothing = { 0, 0, 0 };
	size_t at = r->at->parts[part];
	enum status st = ST_OK;
	struct when when;
	struct val val;

	*out = TERM_NO_DAY;
	if (at == INTAKE_NONE || (val = r->in->vals[at]).type == VAL_NULL)
		return ST_OK;
	when = db_when(column_at(r, at)->db, val);
	if (when.kind != WHEN_NONE)
		*out = calendar_end(
		    &r->computed->calendar, when, CALENDAR_FROM_EVENT, nothing)
			   .event_day;
	if (when.kind == WHEN_NONE || *out < WHEN_FIRST_DAY)
		REFUSE(r, st, part,
		    "expected a time from 1900 on, which `%s` is computed "
		    "from: correct it",
		    r->computed->point->field);
	return st;
}

static enum status read_parts(struct record *r)
{
	size_t period = r->at->parts[POLICY_TERM_PERIOD];
	enum status st;

	r->term.is_limited =
	    period == INTAKE_NONE
		? r->computed->point->term->parts[POLICY_TERM_PERIOD].field ==
		      NULL
		: r->in->vals[period].type != VAL_NULL;
	st = read_period(r, POLICY_TERM_PERIOD, &r->term.base);
	if (st == ST_OK)
		st = read_period(r, POLICY_TERM_EXTENSION, &r->term.extension);
	if (st == ST_OK)
		st = read_period(r, POLICY_TERM_NOTICE, &r->term.notice);
	if (st == ST_OK)
		st = read_day(r, POLICY_TERM_FROM, &r->days.from);
	if (st == ST_OK)
		st = read_day(r, POLICY_TERM_CANCELLED, &r->days.cancelled);
	if (st == ST_OK)
		st = read_day(r, POLICY_TERM_ENDED, &r->days.ended);
	return st;
}

/* Parts that do not go together, before anything is computed of them. */
static enum status check_parts(struct record *r)
{
	int32_t from = r->days.from;
	enum status st = ST_OK;

	if (!r->term.is_limited &&
	    r->at->parts[POLICY_TERM_EXTENSION] != INTAKE_NONE &&
	    (r->term.extension.months || r->term.extension.days))
		REFUSE(r, st, POLICY_TERM_EXTENSION,
		    "found an extension of a term that is unlimited: remove "
		    "it, or say how long the term is");
	else if (r->term.is_limited && from == TERM_NO_DAY)
		REFUSE(r, st, POLICY_TERM_FROM,
		    "found nothing, expected the day that the term is counted "
		    "from");
	else if (from == TERM_NO_DAY)
		return ST_OK;
	else if (r->days.cancelled < from)
		REFUSE(r, st, POLICY_TERM_CANCELLED,
		    "found a day before the term begins: correct it");
	else if (r->days.ended < from)
		REFUSE(r, st, POLICY_TERM_ENDED,
		    "found a day before the term begins: correct it");
	return st;
}

/* What comes of them is a term that the policy allows. */
static enum status check_end(struct record *r, const struct term_end *end)
{
	const struct policy_term *t = r->computed->point->term;
	enum calendar_rule rule = r->computed->calendar.rule;
	int32_t most = civil_day((struct civil){ 9999, 12, 31 });
	enum status st = ST_OK;
	char longest[PERIOD_TEXT];

	if (!r->term.is_limited)
		return ST_OK;
	if (t->has_longest &&
	    calendar_last_day(rule, r->days.from, t->longest) < most)
		most = calendar_last_day(rule, r->days.from, t->longest);
	period_format(t->longest, longest);
	if (end->base_end > most || end->longest > most)
		REFUSE(r, st,
		    end->base_end > most ? POLICY_TERM_PERIOD
					 : POLICY_TERM_EXTENSION,
		    "found a term longer than %s, the longest that the policy "
		    "allows: correct it",
		    t->has_longest ? longest : "till the year 9999");
	else if (end->cancel_by < r->days.from)
		REFUSE(r, st, POLICY_TERM_NOTICE,
		    "found a notice longer than the term, so that no "
		    "cancellation could be in time: correct it");
	return st;
}

/* "`a`, `b` and `c`": the fields that the end is computed from. */
static void name_inputs(const struct policy_term *t, struct buf *out)
{
	const char *names[POLICY_TERM__MAX];
	size_t n = 0;

	for (size_t i = 0; i < POLICY_TERM__MAX; i++)
		if (t->parts[i].field && i != POLICY_TERM_CANCEL_BY)
			names[n++] = t->parts[i].field;
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s`%s`",
		    i == 0       ? ""
		    : i == n - 1 ? " and "
				 : ", ",
		    names[i]);
}

/* What the file has at ${at} is not ${day}.  A term is somebody's, so the
 * message says how far apart the two are and neither of them. */
static enum status differ(struct record *r, size_t at, int32_t day)
{
	struct when when = db_when(column_at(r, at)->db, r->in->vals[at]);
	long long days = (long long)when.day - day;
	struct buf b = BUF_INIT;
	enum status st;

	*r->usable = 0;
	if (when.kind != WHEN_DATE)
		buf_adds(&b, "found no plain date, expected");
	else if (day == TERM_NO_DAY)
		buf_adds(&b, "found a date where there is none in");
	else
		buf_addf(&b, "found a date %lld day%s %s",
		    days < 0 ? -days : days, days == 1 || days == -1 ? "" : "s",
		    days < 0 ? "before" : "after");
	buf_adds(&b, " what the policy computes from ");
	name_inputs(r->computed->point->term, &b);
	buf_adds(&b, ": correct those, or leave this field empty");
	st = buf_status(&b);
	if (st == ST_OK)
		st = intake_problem(r->in, ST_INVALID, intake_place(r->in).line,
		    column_at(r, at)->db->name, "%s", buf_text(&b));
	buf_release(&b);
	return st;
}

static enum status put_day(struct record *r, size_t at, int32_t day)
{
	struct column *col;
	struct val *val;
	struct when when;

	if (at == INTAKE_NONE)
		return ST_OK;
	col = column_at(r, at);
	val = &r->in->vals[at];
	if (at < r->in->layouts[0].count && val->type != VAL_NULL) {
		when = db_when(col->db, *val);
		return when.kind == WHEN_DATE && when.day == day
			   ? ST_OK
			   : differ(r, at, day);
	}
	*val = NIL;
	if (day == TERM_NO_DAY)
		return ST_OK;
	civil_format(day, col->when);
	*val = TEXT(col->when);
	return ST_OK;
}

static enum status fill_one(struct record *r)
{
	struct term_end end;
	enum status st;

	st = read_parts(r);
	if (st == ST_OK && *r->usable)
		st = check_parts(r);
	if (st != ST_OK || !*r->usable)
		return st;
	end = term_end(r->computed->calendar.rule, &r->term, &r->days);
	st = check_end(r, &end);
	if (st == ST_OK && *r->usable)
		st = put_day(r, r->at->end, end.last_day);
	if (st == ST_OK && *r->usable)
		st = put_day(
		    r, r->at->parts[POLICY_TERM_CANCEL_BY], end.cancel_by);
	return st;
}

enum status term_fill(struct intake *in, int *usable)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < in->target->computed_count; i++) {
		struct record r = { .in = in,
			.computed = &in->target->computed[i],
			.at = &in->layouts[0].terms[i],
			.usable = usable };

		st = fill_one(&r);
	}
	return st;
}
