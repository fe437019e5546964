#ifndef PLAN_RULE_UNIT_H
#define PLAN_RULE_UNIT_H

#include "engine/plan/rule.h"

/*
 * What the bounds of a segment say of all its records at once, before any of
 * them is read.  Of the rest, and of rules that run from another field than the
 * collection is cut by, they say nothing.
 */
enum rule_unit {
	RULE_UNIT_MIXED, /* nothing of all of them */
	RULE_UNIT_ENDED, /* by all clocks, of every record */
	RULE_UNIT_RUNS,  /* at least one clock, of every record */
};

/* Of the unit of its store that is in use. */
enum rule_unit rule_unit_at(const struct rule *r, int64_t now);

/*
 * How many of the unit's records fall into ${class}, where that is known
 * without reading them: 1 then, and ${*records}.
 */
enum status rule_unit_count(const struct rule *r, enum rule_class class,
    int64_t now, int *known, int64_t *records) MUST_CHECK;

/* How many records the collection has, in all units. */
enum status rule_records(const struct rule *r, int64_t *records) MUST_CHECK;

#endif /* !PLAN_RULE_UNIT_H */
