#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "engine/plan/rule.h"

/*
 * A plan: what is due in each collection at one instant.  Preview, execution,
 * status and report all start from it.
 */
struct plan_item {
	const struct rule *rule;
	struct calendar_cutoff cutoff;
	int64_t records; /* in all */
	int64_t due;     /* OVERDUE ones included */
	int64_t overdue;
	int64_t held;
	int64_t restricted;
	int64_t undecided;
	/* PLAN_UNCOUNTED where telling them apart would mean to read them */
	int64_t active;
	int64_t retain;
};
#define PLAN_UNCOUNTED (-1)

/*
 * How much is counted.  What is due, suspended or undecided costs what is
 * found; which of the others are ACTIVE and which are RETAIN costs what is
 * stored, so a run tells them apart only in small collections.
 */
enum plan_detail { PLAN_DUE, PLAN_ALL };

struct plan {
	const struct schedule *schedule;
	int64_t as_of;
	struct plan_item *items; /* in the order of deletion */
	size_t count;
	/* what is not in the counts (unreachable.h); owned */
	json_t *unreachable;
};

/*
 * Compute it at ${as_of} for all clusters, or for the one called ${cluster}
 * (ST_USAGE where there is none of that name).  A collection that is cut into
 * parts on several servers is counted part by part.
 */
enum status plan_init(struct plan *p, const struct schedule *s, int64_t as_of,
    const char *cluster, enum plan_detail detail) MUST_CHECK;
/* The same without the counts, and those of one item: items whose stores are
 * different can be counted by different threads at a time.  What cannot be
 * reached is named in ${unreachable}. */
enum status plan_list(struct plan *p, const struct schedule *s, int64_t as_of,
    const char *cluster) MUST_CHECK;
enum status plan_count(struct plan_item *item, int64_t as_of,
    enum plan_detail detail, json_t *unreachable) MUST_CHECK;
void plan_release(struct plan *p);

/* "2025-03-01T00:00:00+09:00": what lies before it is due.  A date column is
 * due up to the day before.  "" where several purposes end it, or nothing, or
 * a person. */
void plan_cutoff_text(const struct plan_item *item, char out[ZONE_TEXT]);

int64_t plan_due(const struct plan *p);
int64_t plan_overdue(const struct plan *p);
int64_t plan_undecided(const struct plan *p);
int64_t plan_held(const struct plan *p);
int64_t plan_restricted(const struct plan *p);

#endif /* !PLAN_PLAN_H */
