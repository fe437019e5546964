/* What the bounds of a segment say of its records. */
#include "engine/plan/rule_unit.h"

#include <string.h>

#include "engine/base/zone.h"
#include "engine/installation/units.h"
#include "engine/plan/suspension.h"
#include "engine/store/count.h"
#include "engine/store/times.h"

/* Does the clock run from the field by which the records were sorted? */
static int is_by_bounds(const struct rule *r, const struct rule_clock *c)
{
	return units_segment(r->store) && r->collection->segment_by &&
	       c->path.count == 0 &&
	       strcmp(c->terms.start->field, r->collection->segment_by) == 0;
}

static int has_ended(
    const struct segment *g, const struct rule_clock *c, int64_t now)
{
	struct calendar_cutoff cut = verdict_cutoff(&c->terms, now);

	return g->last_day <= cut.last_day && g->before <= cut.before;
}

static int has_not_ended(
    const struct segment *g, const struct rule_clock *c, int64_t now)
{
	struct calendar_cutoff cut = verdict_cutoff(&c->terms, now);

	return g->first_day > cut.last_day && g->from >= cut.before;
}

enum rule_unit rule_unit_at(const struct rule *r, int64_t now)
{
	const struct segment *g = units_segment(r->store);
	size_t ended = 0, i;

	for (i = 0; g && i < r->clock_count; i++) {
		if (!is_by_bounds(r, &r->clocks[i]))
			continue;
		if (has_not_ended(g, &r->clocks[i], now))
			return RULE_UNIT_RUNS;
		ended += has_ended(g, &r->clocks[i], now) != 0;
	}
	return ended && ended == r->clock_count ? RULE_UNIT_ENDED
						: RULE_UNIT_MIXED;
}

static int all_by_bounds(const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->clock_count; i++) {
		if (!is_by_bounds(r, &r->clocks[i]))
			return 0;
	}
	return r->clock_count > 0;
}

/* Does the file vouch that every record has the time it was sorted by? */
static enum status vouches(const struct rule *r, int *yes)
{
	enum db_effort effort = DB_EVERY;
	enum status st = ST_OK;

	if (r->collection->segment_by)
		st = times_effort(r->store->db, r->table->name,
		    r->collection->segment_by, &effort);
	*yes = st == ST_OK && effort == DB_BY_INDEX;
	return st;
}

/* Nothing in it lies ahead. */
static int has_begun(const struct rule *r, int64_t now)
{
	const struct segment *g = units_segment(r->store);

	return g->last_day <= zone_day(r->terms.calendar.zone, now) &&
	       g->before <= now;
}

/* All of them are due, unless some are kept. */
static enum status count_ended(
    const struct rule *r, int *known, int64_t *records)
{
	struct suspensions s = { 0, 0, 0 };
	enum status st;

	if (!rule_is_range(r))
		return ST_OK;
	st = suspension_read(r, &s);
	*known = !s.records && !s.held && !s.restricted;
	if (st == ST_OK && *known)
		st = count_get(r->store->db, r->table->name, records);
	return st;
}

enum status rule_unit_count(const struct rule *r, enum rule_class class,
    int64_t now, int *known, int64_t *records)
{
	enum status st;
	int vouched;

	*known = 0;
	*records = 0;
	if (units_segment(r->store) == NULL)
		return ST_OK;
	if ((st = vouches(r, &vouched)) != ST_OK || !vouched)
		return st;
	if (class == RULE_UNDECIDED || class == RULE_CLOCKS_UNDECIDED) {
		*known = all_by_bounds(r);
		return ST_OK;
	}
	if (class == RULE_ACTIVE || class == RULE_CLOCKS_ACTIVE) {
		*known = all_by_bounds(r) && has_begun(r, now);
		return ST_OK;
	}
	switch (rule_unit_at(r, now)) {
	case RULE_UNIT_MIXED: break;
	case RULE_UNIT_RUNS: *known = 1; break;
	case RULE_UNIT_ENDED:
		if (class == RULE_DUE)
			return count_ended(r, known, records);
		break;
	}
	return ST_OK;
}

enum status rule_records(const struct rule *r, int64_t *records)
{
	int64_t sum = 0, n = 0;
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(r->store); u++) {
		if ((st = units_use(r->store, u)) == ST_OK)
			st = count_get(r->store->db, r->table->name, &n);
		sum += n;
	}
	units_rest(r->store);
	if (st == ST_OK)
		*records = sum;
	return st;
}
