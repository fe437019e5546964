#ifndef AUDIT_MERKLE_H
#define AUDIT_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

/*
 * Merkle trees over lists that only grow (RFC 6962 section 2.1): the root of a
 * list's first n entries, proofs that an entry is in it and that a longer list
 * begins with a shorter one, and their verification.  Nothing here stores
 * anything.
 */
#define MERKLE_HASH 32
/* A proof has one hash for each level, and a tree at most 2^62 leaves. */
#define MERKLE_LEVELS 64
#define MERKLE_MOST   ((uint64_t)1 << 62)

void merkle_empty(uint8_t out[MERKLE_HASH]);
void merkle_leaf(const void *entry, size_t len, uint8_t out[MERKLE_HASH]);
void merkle_node(const uint8_t left[MERKLE_HASH],
    const uint8_t right[MERKLE_HASH], uint8_t out[MERKLE_HASH]);

/*
 * Where hashes come from: ${node} gives that of the complete subtree over the
 * leaves from ${index} * 2^${level} on, 2^${level} of them.  It is asked only
 * for subtrees that the list has whole.
 */
struct merkle_source {
	enum status (*node)(void *ctx, unsigned int level, uint64_t index,
	    uint8_t out[MERKLE_HASH]);
	void *ctx;
};

/* The root of the first ${size} entries. */
enum status merkle_root(const struct merkle_source *src, uint64_t size,
    uint8_t out[MERKLE_HASH]) MUST_CHECK;

struct merkle_proof {
	uint8_t hash[MERKLE_LEVELS][MERKLE_HASH]; /* nearest sibling first */
	size_t count;
};

/* Entry ${index} is in the list of ${size}; ST_INVALID unless it is below. */
enum status merkle_prove_entry(const struct merkle_source *src, uint64_t index,
    uint64_t size, struct merkle_proof *out) MUST_CHECK;

/* The list of ${size} begins with that of ${old}; ST_INVALID if that is more.
 * The proof for equal sizes, and for the empty list, has no hash. */
enum status merkle_prove_growth(const struct merkle_source *src, uint64_t old,
    uint64_t size, struct merkle_proof *out) MUST_CHECK;

/* ST_INTEGRITY where the proof does not show it. */
enum status merkle_check_entry(const uint8_t leaf[MERKLE_HASH], uint64_t index,
    uint64_t size, const uint8_t root[MERKLE_HASH],
    const struct merkle_proof *proof) MUST_CHECK;
enum status merkle_check_growth(uint64_t old,
    const uint8_t old_root[MERKLE_HASH], uint64_t size,
    const uint8_t root[MERKLE_HASH],
    const struct merkle_proof *proof) MUST_CHECK;

#endif /* !AUDIT_MERKLE_H */
