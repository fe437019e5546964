#ifndef PLAN_VERDICT_H
#define PLAN_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/model/calendar.h"
#include "engine/model/policy.h"

/*
 * What the engine says of one record at one instant, from the values of its
 * starting point alone.  The purge asks the same of whole collections in SQL
 * (rule.h); explain, policy tests and the tests' oracle ask here.
 */
enum verdict {
	VERDICT_ACTIVE,
	VERDICT_RETAIN,
	VERDICT_HELD,
	VERDICT_RESTRICTED,
	VERDICT_DUE,
	VERDICT_OVERDUE,
	VERDICT_UNDECIDED,
	VERDICT_UNMAPPED,
	VERDICT__MAX
};
/* "DUE"; never NULL. */
const char *verdict_name(enum verdict v);

/* A rule without the data. */
struct verdict_rule {
	struct calendar calendar;
	const struct policy_cluster *cluster;
	int64_t window_seconds; /* DUE becomes OVERDUE after it */
};
/*
 * What ends it: the cluster's starting point and regular deletion period, or
 * those of one of its purposes.  A rule has one clock, or one for each purpose
 * with an end of its own; or none, where nothing ends the cluster yet.
 */
struct verdict_clock {
	struct verdict_rule rule;
	const struct policy_starting_point *start;
	struct period period;
	const struct policy_purpose *purpose; /* NULL: of the cluster itself */
};

/* How many clocks a cluster has. */
size_t verdict_clocks(const struct policy_cluster *cluster);
/* The clock ${at} of ${rule}, a cluster of ${policy}. */
struct verdict_clock verdict_clock_of(
    const struct verdict_rule *rule, const struct policy *policy, size_t at);

/* A value of the starting point.  WHEN_NONE where it is not NULL: unreadable.
 */
struct verdict_value {
	int is_null;
	struct when when;
};

struct judgement {
	enum verdict verdict;
	size_t value;      /* which of the values decided; SIZE_MAX: none */
	struct when event; /* WHEN_NONE: no starting point yet */
	struct calendar_end end;
	int64_t deletion_due; /* OVERDUE from the next second on */
	struct buf reasons;   /* sentences, each ended by '\n' */
};

/* Judge ${values} of one clock's starting point at ${now}.  The caller
 * releases ${out->reasons}. */
enum status verdict_judge(const struct verdict_clock *clock,
    const struct verdict_value *values, size_t count, int64_t now,
    struct judgement *out) MUST_CHECK;

/*
 * Which of the ${count} judgements of a rule's clocks is that of the record:
 * data that nobody can read counts before all, then what has not begun, then
 * what runs, and of those that have ended the last.  Nothing is deleted while
 * one of them says no.  SIZE_MAX where there are none: the record is ACTIVE.
 */
size_t verdict_decides(const struct judgement *judgements, size_t count);

/*
 * Does ${b} decide over ${a}, both values of the clock's starting point?  An
 * order of all values: of any number, the verdict is that of the one which
 * none outranks, so that one is all that need be remembered of many.
 */
int verdict_outranks(const struct verdict_clock *clock,
    const struct verdict_value *a, const struct verdict_value *b);

/* What has run out at ${now} by this clock: both its period and the cluster's
 * retention period have passed. */
struct calendar_cutoff verdict_cutoff(
    const struct verdict_clock *clock, int64_t now);

#endif /* !PLAN_VERDICT_H */
