#ifndef PLAN_REACH_QUERY_H
#define PLAN_REACH_QUERY_H

#include "engine/base/zone.h"
#include "engine/plan/reach_map.h"

/* Records that are read by an identity or along a step, in all files of their
 * store, one after the other; meanwhile no other records of it are read. */
struct reach_rows {
	struct reach_node *node;
	struct val *vals; /* the node's columns, until the next one */
	struct stmt *stmt;
	struct stmt **kept; /* where the step keeps it for the next time */
	/* of a store that is cut: what is asked of each file, and of which
	 * next; no text: of none */
	struct sql each;
	size_t unit;
};

/* Records of ${n} whose ${column} bears the identity; ${value} is canonical. */
enum status reach_rows_by_identity(struct reach_rows *rows,
    struct reach_node *n, const char *column, const char *kind,
    const char *value) MUST_CHECK;

/* What the step leads to from the record ${from}. */
enum status reach_rows_onwards(struct reach_rows *rows, struct reach_step *s,
    const struct val *from) MUST_CHECK;
/* From which records the step leads to ${to}, whenever that was. */
enum status reach_rows_back(struct reach_rows *rows, struct reach_step *s,
    const struct val *to) MUST_CHECK;

/* ST_NOTFOUND: no more. */
enum status reach_rows_next(struct reach_rows *rows) MUST_CHECK;
/* End it at any time, and after an error. */
void reach_rows_release(struct reach_rows *rows);

/* 1 where the step's intervals hold between these two records. */
int reach_step_holds(const struct reach_step *s, const struct zone *zone,
    const struct val *from, const struct val *to);

#endif /* !PLAN_REACH_QUERY_H */
