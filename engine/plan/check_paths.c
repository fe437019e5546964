/* Reference paths that lead through records which may go first. */
#include "engine/plan/check_parts.h"

/*
 * What a record that goes led to is kept as a date (purge/remember.h).  Where
 * the record that the date stands in is still there and is corrected later, or
 * its end becomes known, those that were reached through the gone one do not
 * see it.
 */
static enum status check_hop(const struct schedule *s, const struct rule *r,
    const struct path_hop *hop, const char *far, json_t *warnings)
{
	const struct rule *passed =
	    schedule_rule(s, r->store->config->name, hop->to->name);

	if (passed == NULL || passed->clock_count == 0)
		return ST_OK;
	return check_warn(warnings,
	    str_format(
		"cluster `%s`: `%s.%s` reaches its starting point through "
		"`%s`, whose records may go first: a date in `%s` that is "
		"corrected after that is not seen: refer to `%s` directly",
		r->terms.cluster->name, r->store->config->name,
		r->collection->name, hop->to->name, far, far));
}

/* With it goes the time for which it stood (`valid`). */
static enum status check_time(const struct rule *r, const struct schedule *s,
    const struct path_hop *hop, json_t *warnings)
{
	const struct rule *passed =
	    schedule_rule(s, r->store->config->name, hop->to->name);

	if (hop->interval_count == 0 || passed == NULL ||
	    passed->clock_count == 0)
		return ST_OK;
	return check_warn(warnings,
	    str_format("cluster `%s`: `%s.%s` runs from the record of `%s` of "
		       "its time (`valid`), and such records may go first: "
		       "nothing says any more whose time it was, and what ran "
		       "from it is not ended: keep `%s` longer than `%s`",
		r->terms.cluster->name, r->store->config->name,
		r->collection->name, hop->to->name, hop->to->name,
		r->collection->name));
}

enum status check_paths(const struct schedule *s, json_t *warnings)
{
	enum status st = ST_OK;
	size_t i, k, h;

	for (i = 0; st == ST_OK && i < s->count; i++) {
		const struct rule *r = &s->rules[i];

		for (k = 0; k < r->clock_count; k++) {
			const struct path *p = &r->clocks[k].path;

			for (h = 0; st == ST_OK && h + 1 < p->count; h++)
				st = check_hop(s, r, &p->hops[h],
				    r->clocks[k].table, warnings);
			for (h = 0; st == ST_OK && h < p->count; h++)
				st = check_time(r, s, &p->hops[h], warnings);
		}
	}
	return st;
}
