#ifndef PLAN_RULE_H
#define PLAN_RULE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/plan/path.h"
#include "engine/plan/reduce.h"
#include "engine/plan/verdict.h"
#include "engine/store/sql.h"

/*
 * A deletion rule compiled for one collection: which records are due, which
 * are not decided, which have not begun, as SQL over the alias t.  Everything
 * that acts on or speaks of records asks here, so that it cannot disagree.
 *
 * Where a starting point stands in other records, its values are those of the
 * records that the reference path reaches, and those that records which are
 * gone left behind in lethe_starting_point.
 */
struct rule_clock {
	struct verdict_clock terms;
	struct path path;              /* no hops: a column of the record */
	const struct db_column *value; /* of the starting point */
	const char *table;             /* that the value stands in */
	/* one name in lethe_starting_point for each hop of the path */
	char **memory;
};

/*
 * A collection whose fields are in several clusters has a rule for each, one
 * after the other: first that of the collection itself, whose action decides
 * what becomes of the row; the others govern single fields of it.  The row
 * goes with its last field: when all of them are due.
 */
struct asked;
struct rule {
	/* the records that it is about, erased on request (asked.h); NULL: all,
	 * by the deletion rule */
	const struct asked *asked;
	const struct policy *policy;
	struct verdict_rule terms; /* cluster, calendar, window */
	struct installation_store *store;
	const struct collection *collection;
	const struct db_table *table;
	const char **keys; /* primary key columns, in order */
	size_t key_count;
	struct rule_clock *clocks; /* none: nothing ends the cluster yet */
	size_t clock_count;
	size_t part;    /* 0: of the collection itself */
	size_t parts;   /* of the collection, this one included */
	int referenced; /* by foreign keys that the database enforces */
	/* what changes in a record that stays, de-identified or emptied; no
	 * columns where no record of the rule ever does */
	struct reduce reduce;
};

/* "pseudonymised" or "anonymised": what records are that the rule
 * de-identifies; NULL where it does not. */
const char *rule_label(const struct rule *r);

/* Is a record done with, for this rule, once it has reduced it?  Else the rule
 * asks again, for the row to go at last. */
int rule_reduces_for_good(const struct rule *r);

/* The rule of part ${part} of the same collection. */
const struct rule *rule_part(const struct rule *r, size_t part);

enum rule_class {
	/* This rule has something to do: the record goes, or what the cluster
	 * governs of it does. */
	RULE_DUE,
	RULE_UNDECIDED,
	RULE_ACTIVE,
	/* Of those that are due: the row is deleted (part 0 only) ... */
	RULE_GOES,
	/* ... or stays, and is de-identified or emptied. */
	RULE_REDUCES,
	/* The clocks alone, whatever is suspended, reduced or referenced. */
	RULE_ENDED,
	RULE_CLOCKS_UNDECIDED,
	RULE_CLOCKS_ACTIVE,
};

/*
 * Add to ${q} the condition that a record t falls into ${class} at ${now}; it
 * stands in brackets.  What is suspended is in none of the first five, nor is
 * what was reduced for good; what is in none of the first three and not
 * suspended is RETAIN.
 *
 * With DB_BY_INDEX, conditions on columns that ingest vouches for cost what
 * they find (see db_add_unreadable()); DB_EVERY is exact for any column.
 * What is suspended or reduced at all is read first, so that a condition that
 * cannot hit is left out: use it in the transaction that it was made in.
 */
enum status rule_where(const struct rule *r, enum rule_class class, int64_t now,
    enum db_effort effort, struct sql *q) MUST_CHECK;

/* The same, exact, for a few records that are known: it asks each of them. */
enum status rule_where_one(const struct rule *r, enum rule_class class,
    int64_t now, struct sql *q) MUST_CHECK;

/* How many records fall into ${class}, in all files of the store; everything
 * else here is about the one that is in use (installation/units.h). */
enum status rule_count(const struct rule *r, enum rule_class class, int64_t now,
    enum db_effort effort, int64_t *records) MUST_CHECK;

/* How many are due and were so already when the window began. */
enum status rule_count_overdue(
    const struct rule *r, int64_t now, int64_t *records) MUST_CHECK;

/*
 * Are the records of ${class} found in the order of one index of the table
 * itself, so that each batch goes on where the last one ended?  All others are
 * found by asking all that is due at once: too much to repeat for every batch.
 */
int rule_is_range(const struct rule *r);

/*
 * Keep the keys of at most ${most} records of ${class}, numbered from 1, until
 * it is called again; it changes nothing.  rule_where_collected() then asks
 * again of each record.
 */
/* Of a rule that is about a person's records: all of those, which the second
 * question then tells apart. */
enum status rule_collect(const struct rule *r, enum rule_class class,
    int64_t now, int64_t most, int64_t *records) MUST_CHECK;

/* Add the condition that t was collected as one of ${first} to ${last}, and
 * is in ${class} now. */
enum status rule_where_collected(const struct rule *r, enum rule_class class,
    int64_t now, int64_t first, int64_t last, struct sql *q) MUST_CHECK;

/* Add `"table" AS t`, or the part that is asked alone. */
void rule_from(const struct rule *r, struct sql *q);

/* From now on, whatever is asked about records of this collection is asked
 * about those of ${part}; NULL: of all parts again. */
void rule_narrow(const struct rule *r, const struct db_part *part);

/*
 * Add " AND NOT EXISTS ..." for each foreign key that the database enforces
 * from records that are still there: those of records which are retained keep
 * t; the others are gone before it.
 */
void rule_unreferenced(const struct rule *r, struct sql *q);

/* Add " AND EXISTS ..." : t was reduced already. */
void rule_was_reduced(const struct rule *r, struct sql *q);

/* Add the condition that t is the record with the key ${key}. */
void rule_where_key(const struct rule *r, const struct val *key, struct sql *q);

/*
 * Add a SELECT of a clock's values for the records that rule_where_key()
 * names: column 0 the value, column 1 where it comes from ("record",
 * "reference" or "memory").
 */
void rule_select_values(const struct rule *r, const struct rule_clock *c,
    const struct val *key, struct sql *q);

/*
 * Add a SELECT, columns as above, of what a clock's path reaches from the
 * record ${key} of the collection that its hop ${hop} leads to and ${passed}
 * covers.
 */
void rule_select_reached(const struct rule_clock *c, size_t hop,
    const struct rule *passed, const struct val *key, struct sql *q);

/*
 * Forget the starting points kept under this rule's names that no record of
 * any rule of the schedule needs any more; inside a write transaction.
 */
struct schedule;
enum status rule_forget(
    const struct schedule *s, const struct rule *r) MUST_CHECK;

/*
 * A clock of another collection whose path leads through records of this one,
 * or to them: what a deletion has to leave behind, so that the path holds.
 */
struct rule_leaves {
	const struct rule *for_rule;
	const struct rule_clock *clock; /* gives pick and calendar */
	size_t hop;                     /* of its path, that leads here */
	const char *name;               /* in lethe_starting_point */
	const char **columns;           /* of this collection: what matched */
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
	json_t *unreachable; /* stores that are left out (unreachable.h) */
	const struct schedule *of; /* whose rules they are; NULL: its own */
};

/*
 * Open the stores (${store} NULL: all) and compile.  What the policies, the
 * datasets and the live stores disagree on goes to ${d}: then ST_INVALID.
 */
enum status schedule_init(struct schedule *s, struct installation *in,
    const char *store, struct diag *d) MUST_CHECK;
/* The same of the stores that can be reached: the others are left out, and
 * named in ${s->unreachable}. */
enum status schedule_init_reachable(struct schedule *s, struct installation *in,
    const char *store, struct diag *d) MUST_CHECK;
/*
 * The rules of ${first} over the stores of ${in}, which is its installation
 * again, for another thread: rule i is rule i.  Shares all else with ${first}
 * and is released before it.  Opens no store.
 */
enum status schedule_again(const struct schedule *first,
    struct installation *in, struct schedule *out) MUST_CHECK;
void schedule_release(struct schedule *s);

/* The rule of a collection itself (its part 0), or NULL. */
const struct rule *schedule_rule(
    const struct schedule *s, const char *store, const char *collection);

/* What deleting records of ${r} must leave behind for others; the caller
 * frees the array. */
enum status schedule_leaves(const struct schedule *s, const struct rule *r,
    struct rule_leaves **out, size_t *count) MUST_CHECK;

#endif /* !PLAN_RULE_H */
