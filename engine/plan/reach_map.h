#ifndef PLAN_REACH_MAP_H
#define PLAN_REACH_MAP_H

#include <stddef.h>

#include "engine/installation/installation.h"

/*
 * The datasets of an installation as the walk of reach.c sees them: a node for
 * each collection with the columns that are read of it, a step for each way
 * in which a reference can be followed.
 */

/* The most columns that one reference may match. */
#define REACH_TUPLE 8

enum reach_way {
	REACH_DOWN, /* to the records that refer to this one */
	REACH_UP,   /* to the record that this one refers to */
};

/* `valid`: places in the columns of the nodes that have them. */
struct reach_interval {
	size_t at;
	size_t from;
	size_t until;
};

struct reach_step {
	struct reach_node *from;
	struct reach_node *to;
	enum reach_way way;
	int declared; /* the dataset names the direction */
	int followed; /* 0: it only tells who else refers to a record */
	size_t count;
	/* places in the columns of ${from} and ${to} */
	size_t from_columns[REACH_TUPLE];
	size_t to_columns[REACH_TUPLE];
	size_t interval_count;
	struct reach_interval intervals[REACH_TUPLE];
	struct stmt *onwards; /* once prepared: by to_columns */
	struct stmt *back;    /* by from_columns */
};

/* A column whose identity names people (see reach.h). */
struct reach_name {
	size_t kind; /* in the map's names */
	size_t column;
};

struct reach_node {
	struct installation_store *store;
	const struct collection *collection;
	const struct db_table *table;
	size_t number;
	const struct db_column **columns; /* the key first */
	size_t column_count;
	size_t key_count;
	struct reach_name *names;
	size_t name_count;
	size_t master; /* the kind that its key is, or SIZE_MAX */
	int part;      /* of another collection, by a reference `from` */
	size_t ways;   /* how many steps and identities lead here */
	/* Records are remembered: a second way may lead to them, or one on.
	 * Others are streamed, once all else is known. */
	int tracked;
};

struct reach_map {
	struct reach_node *nodes; /* stores and collections in their order */
	size_t node_count;
	struct reach_step *steps;
	size_t step_count;
	const char **names; /* the kinds of identity that name people */
	size_t name_count;
};

/*
 * Compile it for a subject of the kind ${identity}; the stores are open.
 * ST_USAGE: no field bears that identity.  ST_INVALID: a store lacks a table,
 * a column or a key.
 */
enum status reach_map_init(struct reach_map *m, struct installation *in,
    const char *identity) MUST_CHECK;
void reach_map_release(struct reach_map *m);

/* The place of a column among those that are read of ${n}. */
enum status reach_map_column(
    struct reach_node *n, const char *name, size_t *out) MUST_CHECK;

#endif /* !PLAN_REACH_MAP_H */
