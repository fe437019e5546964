#ifndef PURGE_EVIDENCE_H
#define PURGE_EVIDENCE_H

#include <stdint.h>

#include "engine/crypto/pseudonym.h"
#include "engine/crypto/secret.h"
#include "engine/plan/plan.h"

/*
 * Evidence of one collection's deletions: what went under which rule, how
 * many, and a digest over keyed hashes of the keys; never any content.
 */
struct evidence;

/* What is done: the word in the evidence. */
enum evidence_action {
	EVIDENCE_DELETE,
	EVIDENCE_DE_IDENTIFY, /* changed as the cluster says, and kept */
	EVIDENCE_MINIMISE,    /* emptied; the record has to stay */
};

/*
 * Begin for ${item} in the run ${run}.  ${key} is the installation's evidence
 * key; each collection hashes under a key derived from it.
 */
enum status evidence_new(const struct plan_item *item,
    enum evidence_action action, const char *run, const char *rule_set,
    const struct secret_key *key, struct evidence **out) MUST_CHECK;
void evidence_free(struct evidence *e);

/* The keyed hash of a record, by the values of its key columns. */
enum status evidence_hash(struct evidence *e, const struct val *key,
    uint8_t out[PSEUDONYM_LEN]) MUST_CHECK;

/* One record that goes: the values of its key columns. */
enum status evidence_add(struct evidence *e, const struct val *key) MUST_CHECK;

/* What a row says beside the records. */
struct evidence_words {
	const char *run;
	const char *policy;
	const char *cluster;
	const char *collection;
	const char *action;
	const char *rule_set;
	const char *cutoff;
	int keeps; /* the hashes, and not only their digest */
};
#define EVIDENCE_CUTOFF_TEXT ZONE_TEXT
/* Those of ${e}; ${cutoff} is room for one of them. */
void evidence_words(const struct evidence *e, char cutoff[EVIDENCE_CUTOFF_TEXT],
    struct evidence_words *out);
/* Insert a row about the records whose hashes are ${hashes}. */
enum status evidence_insert(struct db *db, const struct evidence_words *w,
    int64_t at, const struct buf *hashes) MUST_CHECK;

/*
 * Write the row for what was added since the last one, inside the transaction
 * of the deletion, and start over.
 */
enum status evidence_write(struct evidence *e, int64_t at) MUST_CHECK;

/*
 * The row for ${records} records of ${item}'s collection that go whole, with a
 * segment or a partition; into ${db}, which survives it.  No record was read:
 * the digest is over "ID COLLECTION RECORDS".
 */
struct evidence_whole {
	const char *action; /* drop_segment, drop_partition */
	const char *name;
	const char *id; /* of a segment its key's, hexadecimal; of a partition
			   the database's number, a slash, the table's */
};
enum status evidence_of_whole(const struct plan_item *item, const char *run,
    const char *rule_set, struct db *db, const struct evidence_whole *whole,
    int64_t records) MUST_CHECK;

/* The hashes of what was added since the last row, and what is done there. */
const struct buf *evidence_hashes(const struct evidence *e);
enum evidence_action evidence_action_of(const struct evidence *e);

/* Forget what was added: its transaction was rolled back. */
void evidence_drop(struct evidence *e);

#endif /* !PURGE_EVIDENCE_H */
