#ifndef PLAN_ASKED_H
#define PLAN_ASKED_H

#include <stddef.h>

#include "engine/base/buf.h"
#include "engine/plan/reach.h"
#include "engine/plan/rule.h"

/*
 * The records of one person, by their keys: what a person asks to be erased.
 * The rules of a schedule that is marked with them are about these records
 * alone, and ask of the clusters what `erasure: {on_request: ...}` says
 * (model/policy.h), in the place of their deletion rules; what is suspended,
 * referred to or part of a row that stays is kept as ever.
 */

/* Those of one collection in one file of its store. */
struct asked_list {
	struct installation_store *store;
	const struct collection *collection;
	char segment[SEGMENT_NAME]; /* "": the rest, or the store itself */
	int shared;                 /* others have them too: they stay */
	size_t key_count;
	size_t count;
	struct buf keys; /* asked_each() reads them */
};
struct asked {
	struct asked_list *lists;
	size_t count;
	/* of these alone anything goes: names, ended by NULL; NULL: of all */
	const char *const *clusters;
};

/* All records of ${who}; as reach_walk(). */
enum status asked_of(struct installation *in, const struct reach_subject *who,
    struct asked *out) MUST_CHECK;
/* Safe on a zeroed one. */
void asked_release(struct asked *a);

/* The same as bytes, and back: the keys of people, for nowhere but the control
 * database.  ST_INTEGRITY: they are not what was written. */
enum status asked_write(const struct asked *a, struct buf *out) MUST_CHECK;
enum status asked_read(struct installation *in, const void *bytes, size_t len,
    struct asked *out) MUST_CHECK;

/* The file that the list is of, in use until units_rest().  ST_NOTFOUND,
 * without a sentence: the segment is gone, with all that was in it. */
enum status asked_use(const struct asked_list *l) MUST_CHECK;

/* The list of ${a} that is of the same place; NULL: none is. */
const struct asked_list *asked_find(
    const struct asked *a, const struct asked_list *place);

/* Add one record. */
enum status asked_add(struct asked *a, const struct asked_list *place,
    const struct val *key) MUST_CHECK;

/* From now on the rules of ${s} are about ${a}, which outlives that; NULL:
 * about all records, and their deletion rules, again. */
void asked_mark(struct schedule *s, const struct asked *a);

/* May anything of ${cluster} go? */
int asked_wants(const struct asked *a, const char *cluster);

/* Those of the rule's collection in the file that is in use, which are the
 * person's alone; NULL: there are none. */
const struct asked_list *asked_here(const struct rule *r);

/* Call ${each} with every key; what it returns other than ST_OK ends it. */
enum status asked_each(const struct asked_list *l,
    enum status (*each)(void *ctx, const struct val *key),
    void *ctx) MUST_CHECK;

#endif /* !PLAN_ASKED_H */
