#ifndef PLAN_RULE_H
#define PLAN_RULE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/installation/installation.h"
#include "engine/plan/path.h"
#include "engine/plan/verdict.h"
#include "engine/store/sql.h"

/*
 * A deletion rule compiled for one collection: which records are due, which
 * are not decided, which have not begun, as SQL over the alias t.  Everything
 * that acts on or speaks of records asks here, so that it cannot disagree.
 *
 * Where the starting point stands in other records, its values are those of
 * the records that the reference path reaches, and those that records which
 * are gone left behind in lethe_starting_point.
 */
struct rule {
	const struct policy *policy;
	struct verdict_rule terms; /* cluster, start, calendar, window */
	struct installation_store *store;
	const struct collection *collection;
	const struct db_table *table;
	const char **keys; /* primary key columns, in order */
	size_t key_count;
	struct path path; /* no hops: a column of the record itself */
	const struct db_column *value; /* of the starting point */
	/* one name in lethe_starting_point for each hop of the path */
	char **memory;
};

enum rule_class {
	RULE_DUE,
	RULE_UNDECIDED,
	RULE_ACTIVE,
};

/*
 * Add to ${q} the condition that a record t falls into ${class} at ${now}; it
 * stands in brackets.  What is in none of the three is RETAIN.  With
 * DB_BY_INDEX the conditions on a column of the record itself cost what they
 * find (see db_add_unreadable()); DB_EVERY is exact.
 */
enum status rule_where(const struct rule *r, enum rule_class class, int64_t now,
    enum db_effort effort, struct sql *q) MUST_CHECK;

/* DB_BY_INDEX where ingest vouches for the starting point's column. */
enum status rule_effort(const struct rule *r, enum db_effort *out) MUST_CHECK;

/* Add `"table" AS t`. */
void rule_from(const struct rule *r, struct sql *q);

/* How many records fall into ${class}. */
enum status rule_count(const struct rule *r, enum rule_class class, int64_t now,
    enum db_effort effort, int64_t *records) MUST_CHECK;

/*
 * Add " AND NOT EXISTS ..." for each foreign key that the database enforces
 * from records that are still there: those of records which are retained keep
 * t; the others are gone before it.
 */
void rule_unreferenced(const struct rule *r, struct sql *q);

/* Add the condition that t is the record with the key ${key}. */
void rule_where_key(
    const struct rule *r, const char *const *key, struct sql *q);

/*
 * Add a SELECT of the starting point's values for the records that
 * rule_where_key() names: column 0 the value, column 1 where it comes from
 * ("record", "reference" or "memory").
 */
enum status rule_select_values(
    const struct rule *r, const char *const *key, struct sql *q) MUST_CHECK;

/*
 * Add a SELECT, columns as above, of what the path reaches from the record
 * ${key} of the collection that its hop ${hop} leads to and ${passed} covers.
 */
void rule_select_reached(const struct rule *r, size_t hop,
    const struct rule *passed, const struct val *key, struct sql *q);

/*
 * Forget the starting points kept under this rule's names that no record of
 * any rule of the schedule needs any more; inside a write transaction.
 */
struct schedule;
enum status rule_forget(
    const struct schedule *s, const struct rule *r) MUST_CHECK;

/*
 * A rule of another collection whose path leads through records of this one,
 * or to them: what a deletion has to leave behind, so that the path holds.
 */
struct rule_leaves {
	const struct rule *for_rule; /* gives pick and calendar */
	size_t hop;                  /* of its path, the one that leads here */
	const char *name;            /* in lethe_starting_point */
	const char **columns;        /* of this collection: what matched */
	size_t column_count;
	/* the starting point itself, or NULL: it stands further on */
	const char *value;
};

struct unmapped {
	const char *store;
	const char *table;
	const char *column; /* NULL: the whole table */
};

/* All rules of all (or the named) stores, children before their parents. */
struct schedule {
	struct installation *installation;
	struct rule *rules;
	size_t count;
	struct unmapped *unmapped;
	size_t unmapped_count;
};

/*
 * Open the stores (${store} NULL: all) and compile.  What the policies, the
 * datasets and the live stores disagree on goes to ${d}: then ST_INVALID.
 */
enum status schedule_init(struct schedule *s, struct installation *in,
    const char *store, struct diag *d) MUST_CHECK;
void schedule_release(struct schedule *s);

/* The rule of a collection, or NULL. */
const struct rule *schedule_rule(
    const struct schedule *s, const char *store, const char *collection);

/* What deleting records of ${r} must leave behind for others; the caller
 * frees the array. */
enum status schedule_leaves(const struct schedule *s, const struct rule *r,
    struct rule_leaves **out, size_t *count) MUST_CHECK;

#endif /* !PLAN_RULE_H */
