#ifndef PLAN_RULE_CLOCK_H
#define PLAN_RULE_CLOCK_H

#include "engine/plan/rule.h"

/* One clock of a rule as SQL over the alias t: for rule.c. */
enum clock_class {
	CLOCK_ENDED,
	CLOCK_UNDECIDED,
	CLOCK_ACTIVE,
};

/* Where the records are looked for: from the values' side, which costs what
 * is found, or each by itself, for a few that are known. */
enum clock_side { CLOCK_FROM_VALUES, CLOCK_FROM_RECORD };

struct clock_question {
	const struct rule *rule;
	int64_t now;
	enum db_effort effort; /* see rule_where() */
	enum clock_side side;
};

/* Add the condition that t is in ${class}, in brackets. */
enum status clock_where(const struct clock_question *w,
    const struct rule_clock *c, enum clock_class class,
    struct sql *q) MUST_CHECK;

/*
 * The same as two conditions that find disjoint records, where together they
 * would walk a whole index: ${*parts} is 2 then, and ${q}[1] the other.
 */
enum status clock_where_apart(const struct clock_question *w,
    const struct rule_clock *c, enum clock_class class, struct sql q[2],
    int *parts) MUST_CHECK;

#endif /* !PLAN_RULE_CLOCK_H */
