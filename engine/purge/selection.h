#ifndef PURGE_SELECTION_H
#define PURGE_SELECTION_H

#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/crypto/secret.h"
#include "engine/plan/plan.h"

/*
 * The records of one item that a plan file names, by the keyed hashes that
 * evidence has of them: 16 bytes a record in memory, and one more for what
 * became of it.
 */
struct evidence;
struct selection {
	const struct plan_item *item;
	struct evidence *hasher;
	struct buf hashes; /* sorted */
	size_t count;
	uint8_t *fates; /* one for each; NULL until it is carried out */
	int64_t unplanned;
};

/* Begin an empty one; ${key} is the installation's evidence key. */
enum status selection_init(struct selection *s, const struct plan_item *item,
    const struct secret_key *key) MUST_CHECK;
/* Safe on a zeroed one. */
void selection_release(struct selection *s);

/* Its records are those of ${item} from now on: the same rule over another
 * connection (lane.h). */
void selection_over(struct selection *s, const struct plan_item *item);

/* Take in what is due at ${as_of}, in one read transaction. */
enum status selection_collect(struct selection *s, int64_t as_of) MUST_CHECK;

/* As base64: how it stands in a file. */
void selection_write(const struct selection *s, struct buf *out);
/* The same back; ST_INVALID, without a sentence, for what is no such text. */
enum status selection_read(struct selection *s, const char *text) MUST_CHECK;

/*
 * For struct purge_filter: ST_OK where the record with the key ${key} is in
 * the selection, ST_NOTFOUND where it stays.
 */
enum status selection_may_go(void *selection, const struct val *key) MUST_CHECK;

/*
 * What became of it, once the run has ended: ${planned} is the sum of the
 * next five.  Looks at every record of the collection if some are neither
 * deleted, due nor suspended, for keyed hashes have no way back.
 */
struct selection_counts {
	int64_t planned;
	int64_t deleted;
	int64_t waiting;   /* due, and other records refer to it */
	int64_t gone;      /* no longer there */
	int64_t held;      /* suspended meanwhile */
	int64_t changed;   /* there, and no longer due */
	int64_t unplanned; /* due, and not in the plan: left alone */
};
enum status selection_account(struct selection *s, int64_t as_of,
    struct selection_counts *out) MUST_CHECK;

#endif /* !PURGE_SELECTION_H */
