#ifndef PLAN_PATH_H
#define PLAN_PATH_H

#include <stddef.h>

#include "engine/base/buf.h"
#include "engine/base/status.h"
#include "engine/model/dataset.h"

/*
 * Reference paths: how to come from the records of one collection to those of
 * another along the references of a dataset.  A reference can be walked both
 * ways; columns that one collection matches against several columns of another
 * are one reference, matched as a tuple.
 */

/*
 * One reference between two collections.  ${from} holds the key columns.  Of a
 * tuple's directions, one that is named goes before those that are not; `from`
 * and `to` are never one tuple.
 */
struct reference_edge {
	const struct collection *from;
	const struct collection *to;
	const struct field **from_fields;
	const struct field **to_fields;
	size_t count;
	enum dataset_direction direction;
};
struct reference_graph {
	const struct dataset *datasets;
	size_t dataset_count;
	struct reference_edge *edges;
	size_t count;
};
/* References into other datasets are left out; they cross stores. */
enum status reference_graph_init(
    const struct dataset *ds, struct reference_graph *out) MUST_CHECK;
/* The references of all ${count} datasets, those across stores among them. */
enum status reference_graph_init_all(const struct dataset *all, size_t count,
    struct reference_graph *out) MUST_CHECK;
void reference_graph_release(struct reference_graph *g);

/*
 * A time for which a reference holds (`valid`): ${at}, of the one side, is not
 * before ${from} and before ${until}, of the other.  NULL ${from}: since ever,
 * NULL ${until}: still; without ${at} it holds for nobody.  Whoever knows the
 * live columns sets ${seconds}.
 */
enum path_side {
	PATH_BEFORE,  /* the record that the step comes from */
	PATH_REACHED, /* the record that it leads to */
};
struct path_interval {
	enum path_side at_side;
	const char *at;
	const char *from;
	const char *until;
	int seconds; /* the live columns hold Unix seconds, not text */
};

/* One step: records of ${to} whose ${to_columns} equal ${from_columns} of the
 * records before, where all intervals have it so. */
struct path_hop {
	const struct collection *to;
	const char **from_columns;
	const char **to_columns;
	size_t count;
	struct path_interval *intervals; /* one for each column at most */
	size_t interval_count;
};
struct path {
	struct path_hop *hops;
	size_t count;
};

/*
 * In the graph of one dataset: the shortest path from ${from} to ${to} that
 * uses every field of ${via}
 * ("dataset.collection.field").  ST_NOTFOUND where there is none, ST_CONFLICT
 * where two are equally short: the sentence names them.  A collection that is
 * entered and left by the same columns is skipped, so that the path holds
 * even where its record is gone; but not one that gives or needs an interval.
 */
enum status path_find(const struct reference_graph *g,
    const struct collection *from, const struct collection *to,
    char *const *via, size_t via_count, struct path *out) MUST_CHECK;
void path_release(struct path *p);

#endif /* !PLAN_PATH_H */
