#ifndef PACKAGE_KEPT_H
#define PACKAGE_KEPT_H

#include "engine/package/collect.h"

/*
 * Until when a record is kept (GDPR Art. 15(1)(d)), for each cluster that
 * governs fields of it: [{"cluster","verdict","rule","law":[...],
 * "starting_point","last_day","deletable_from","deletion_due","label",
 * "reasons":[...]}], as `lethe explain` says it.  The dates are null where
 * nobody knows them yet; the reasons then say what it waits for.  Of the
 * starting point only the name: its value may stand in a record of others; and
 * the reasons are in the set's language, without our names of anything.
 * Nothing where the collection has nothing personal.
 *
 * ${key} as stored; in the file of the store that is in use.  ${out} is ${c}'s
 * until the next call: many records have the same answer, and it is made once.
 */
struct kept {
	const json_t *list;
	const char *text; /* the same as compact JSON */
	size_t len;
};
enum status kept_find(const struct collection_set *set, struct collected *c,
    const struct val *key, struct kept *out) MUST_CHECK;
/* Once there are no more records, and while the schedule is there. */
void kept_end(struct collected *c);

/* Give ${list}, which was made for another language, the reasons of the set's.
 */
enum status kept_translate(
    const struct collection_set *set, json_t *list) MUST_CHECK;

/* The same to read, for a cell of a table: the last day, or why there is none
 * yet. */
void kept_words(const struct collection_set *set, const struct collected *c,
    const json_t *kept, struct buf *out);

#endif /* !PACKAGE_KEPT_H */
