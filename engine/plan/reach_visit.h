#ifndef PLAN_REACH_VISIT_H
#define PLAN_REACH_VISIT_H

#include "engine/plan/reach_map.h"

/* The records that a walk has met and remembers, each once. */
struct reach_visit {
	const struct reach_node *node;
	const struct val *vals; /* its columns; owned, with their bytes */
	const struct segment *segment; /* that it is in; NULL: none */
	int alone;                     /* the person's alone (see reach.h) */
	int told;                      /* ${each} has seen it */
	int waiting;                   /* to be walked on from */
	struct reach_visit *next;
};
struct reach_visits {
	void *tree;                /* tsearch(3): by node and key */
	struct reach_visit **list; /* in the order met */
	size_t count;
	size_t size;
};

/* The record of ${node} with the key that ${row} begins with, or NULL. */
struct reach_visit *reach_visits_find(const struct reach_visits *v,
    const struct reach_node *node, const struct val *row);

/* Remember one that is not there yet; ${row} is copied. */
enum status reach_visits_add(struct reach_visits *v,
    const struct reach_node *node, const struct val *row,
    struct reach_visit **out) MUST_CHECK;
void reach_visits_release(struct reach_visits *v);

#endif /* !PLAN_REACH_VISIT_H */
