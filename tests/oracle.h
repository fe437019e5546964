#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#include "tests/world.h"

/*
 * What must become of every record of a made-up world, read off the rules and
 * not off the engine: record by record, slow and plain on purpose.
 */
enum oracle_verdict {
	ORACLE_ACTIVE,
	ORACLE_RETAIN,
	ORACLE_HELD,
	ORACLE_RESTRICTED,
	ORACLE_DUE,
	ORACLE_OVERDUE,
	ORACLE_UNDECIDED,
	/*
	 * ACTIVE or RETAIN: one value is today's date, another an instant
	 * later today.  Both end alike, and the date is what is remembered of
	 * the two once they are gone.
	 */
	ORACLE_EITHER,
	ORACLE__MAX
};
const char *oracle_name(enum oracle_verdict v);
/* DUE or OVERDUE */
int oracle_is_due(enum oracle_verdict v);

/* A record's part: what one cluster governs of it. */
struct oracle_part {
	int collection;
	int part;
	const struct world_record *record;
};

/*
 * What the clocks alone say at ${now}.  The values of a starting point are
 * those of all records that there ever were: what is gone counts as it stood.
 * ${*from} (may be NULL) gets the first instant of DUE, or INT64_MIN.
 */
enum oracle_verdict oracle_clocks(const struct world *w,
    const struct oracle_part *p, int64_t now, int64_t *from);

/*
 * What must be said of it at ${now}, and under what it is counted: suspended,
 * DUE or OVERDUE where a run has something to do, and as its clocks say
 * otherwise.
 */
enum oracle_verdict oracle_judge(
    const struct world *w, const struct oracle_part *p, int64_t now);

/* What explain says of it: the same, but of a part whose row goes now that it
 * goes with it. */
enum oracle_verdict oracle_explain(
    const struct world *w, const struct oracle_part *p, int64_t now);

/* Must the column not be emptied, since keys, foreign keys or a rule need it,
 * or it is nothing personal? */
int oracle_keeps(
    const struct world *w, int collection, enum world_column column);

/* What stands in a column once ${part} was reduced: METHOD_NONE is what stood
 * there before. */
enum world_method oracle_becomes(
    const struct world *w, int collection, enum world_column column);

/* Which parts of which records are due, of ${cluster} (-1: all). */
struct oracle_plan {
	char due[WORLD_COLLECTIONS][WORLD_PARTS][WORLD_RECORDS];
};
void oracle_plan(
    const struct world *w, int cluster, int64_t now, struct oracle_plan *out);

/* Does a record that is still there refer to it by a foreign key? */
int oracle_is_referenced(const struct world *w, const struct oracle_part *p);

/* Carry out a whole run for ${cluster} (-1: all), but do nothing that is not
 * in ${plan} (may be NULL). */
void oracle_run(
    struct world *w, int cluster, int64_t now, const struct oracle_plan *plan);

/* ---- oracle_erase.c: what a person asks for ---- */

/* From now on the world is asked to erase what belongs to whoever the first
 * collection knows as ${key}: oracle_run() does that, and nothing else.  0:
 * what the rules say of it at ${now} depends on what is remembered of records
 * that are gone (ORACLE_EITHER). */
int oracle_ask(struct world *w, int64_t key, int64_t now);
/* May the part go because it was asked for, as far as its own rule goes? */
int oracle_may_be_erased(
    const struct world *w, const struct oracle_part *p, int64_t now);

/* ---- references ---- */

/* Does the record ${r} of ${child} refer to its parent's record ${key}? */
int oracle_refers(const struct world *w, int child,
    const struct world_record *r, const int64_t *key);
/* Where two collections' ways to the root meet. */
int oracle_meet(const struct world *w, int a, int b);
/* The next collection on the way from ${at} down to ${goal}. */
int oracle_below(const struct world *w, int at, int goal);
/* Does the way from ${at} by ${top} to ${start} need no record of ${top}? */
int oracle_skips(const struct world *w, int at, int top, int start);

/* ---- oracle_time.c: civil dates, plainly ---- */

int64_t oracle_day(int64_t year, int64_t month, int64_t day);
void oracle_civil(int64_t day, int64_t *year, int64_t *month, int64_t *mday);
/* Local 00:00 of ${day}, and the local day at ${instant}. */
int64_t oracle_midnight(enum world_zone zone, int64_t day);
int64_t oracle_local_day(enum world_zone zone, int64_t instant);
/* The last day of a period that begins with the event on ${day}. */
int64_t oracle_last_day(int japanese, int64_t day, struct world_period p);

#endif /* !TESTS_ORACLE_H */
