/*
 * Merkle trees: RFC 6962 says what a root and a proof are, RFC 9162 (2.1.3.2
 * and 2.1.4.2) how to check one without building the tree.
 */
#include "engine/audit/merkle.h"

#include <string.h>

#include "engine/crypto/hash.h"

/* ---- hashes ---- */

void merkle_empty(uint8_t out[MERKLE_HASH]) { sha256("", 0, out); }

void merkle_leaf(const void *entry, size_t len, uint8_t out[MERKLE_HASH])
{
	sha256_both("\0", 1, entry, len, out);
}

void merkle_node(const uint8_t left[MERKLE_HASH],
    const uint8_t right[MERKLE_HASH], uint8_t out[MERKLE_HASH])
{
	uint8_t both[1 + 2 * MERKLE_HASH];

	both[0] = 1;
	memcpy(both + 1, left, MERKLE_HASH);
	memcpy(both + 1 + MERKLE_HASH, right, MERKLE_HASH);
	sha256(both, sizeof(both), out);
}

/* ---- trees ---- */

/* The level of the largest complete subtree that ${n} leaves begin with and
 * that is not all of them. */
static unsigned int split_level(uint64_t n)
{
	return 63 - (unsigned int)__builtin_clzll(n - 1);
}

/*
 * The root over the leaves from ${begin} to before ${end}, which is a subtree
 * of the list: so all but its right edge is complete, and each part of that
 * begins at a multiple of its size.  There is at least one leaf.
 */
static enum status range(const struct merkle_source *src, uint64_t begin,
    uint64_t end, uint8_t out[MERKLE_HASH])
{
	uint8_t parts[MERKLE_LEVELS][MERKLE_HASH];
	unsigned int level;
	size_t n = 0;
	enum status st;

	do {
		level = 63 - (unsigned int)__builtin_clzll(end - begin);
		st = src->node(src->ctx, level, begin >> level, parts[n++]);
		if (st != ST_OK)
			return st;
		begin += (uint64_t)1 << level;
	} while (begin < end);
	for (; n > 1; n--)
		merkle_node(parts[n - 2], parts[n - 1], parts[n - 2]);
	memcpy(out, parts[0], MERKLE_HASH);
	return ST_OK;
}

enum status merkle_root(
    const struct merkle_source *src, uint64_t size, uint8_t out[MERKLE_HASH])
{
	if (size > MERKLE_MOST)
		return fail(ST_LIMIT, "a list of more than 2^62 entries");
	if (size > 0)
		return range(src, 0, size, out);
	merkle_empty(out);
	return ST_OK;
}

/* Proofs are found from the root down and written from the leaf up. */
static void turn(struct merkle_proof *p)
{
	uint8_t hash[MERKLE_HASH];
	size_t i, k;

	for (i = 0; i < p->count / 2; i++) {
		k = p->count - 1 - i;
		memcpy(hash, p->hash[i], MERKLE_HASH);
		memcpy(p->hash[i], p->hash[k], MERKLE_HASH);
		memcpy(p->hash[k], hash, MERKLE_HASH);
	}
}

enum status merkle_prove_entry(const struct merkle_source *src, uint64_t index,
    uint64_t size, struct merkle_proof *out)
{
	uint64_t begin = 0, end = size, middle;
	enum status st;

	if (index >= size || size > MERKLE_MOST)
		return fail(ST_INVALID, "no such entry in a list of that size");
	out->count = 0;
	while (end - begin > 1) {
		middle = begin + ((uint64_t)1 << split_level(end - begin));
		if (index < middle) {
			st = range(src, middle, end, out->hash[out->count++]);
			end = middle;
		} else {
			st = range(src, begin, middle, out->hash[out->count++]);
			begin = middle;
		}
		if (st != ST_OK)
			return st;
	}
	turn(out);
	return ST_OK;
}

/* PROOF and SUBPROOF of RFC 6962 2.1.2, where ${begin} and ${end} are the
 * subtree that the end of the old list lies in. */
enum status merkle_prove_growth(const struct merkle_source *src, uint64_t old,
    uint64_t size, struct merkle_proof *out)
{
	uint64_t begin = 0, end = size, middle;
	enum status st = ST_OK;

	if (old > size || size > MERKLE_MOST)
		return fail(ST_INVALID, "a list does not shrink");
	out->count = 0;
	if (old == 0)
		return ST_OK;
	while (st == ST_OK && old < end) {
		middle = begin + ((uint64_t)1 << split_level(end - begin));
		if (old <= middle) {
			st = range(src, middle, end, out->hash[out->count++]);
			end = middle;
		} else {
			st = range(src, begin, middle, out->hash[out->count++]);
			begin = middle;
		}
	}
	/* Where the old list is a left edge, its root is known. */
	if (st == ST_OK && begin > 0)
		st = range(src, begin, end, out->hash[out->count++]);
	turn(out);
	return st;
}

/* ---- verification ---- */

/* Up to where the way from ${*a} turns left. */
static void climb(uint64_t *a, uint64_t *b)
{
	while (*a != 0 && (*a & 1) == 0) {
		*a >>= 1;
		*b >>= 1;
	}
}

static enum status no_proof(const char *what)
{
	return fail(ST_INTEGRITY, "the proof does not show %s", what);
}

enum status merkle_check_entry(const uint8_t leaf[MERKLE_HASH], uint64_t index,
    uint64_t size, const uint8_t root[MERKLE_HASH],
    const struct merkle_proof *proof)
{
	static const char what[] = "that the entry is in the log";
	uint64_t at = index, last = size - 1;
	uint8_t hash[MERKLE_HASH];
	size_t i;

	if (index >= size)
		return no_proof(what);
	memcpy(hash, leaf, MERKLE_HASH);
	for (i = 0; i < proof->count; i++, at >>= 1, last >>= 1) {
		if (last == 0)
			return no_proof(what);
		if ((at & 1) || at == last) {
			merkle_node(proof->hash[i], hash, hash);
			climb(&at, &last);
		} else {
			merkle_node(hash, proof->hash[i], hash);
		}
	}
	if (last != 0 || memcmp(hash, root, MERKLE_HASH) != 0)
		return no_proof(what);
	return ST_OK;
}

/* 0 < ${old} < ${size}. */
static int shows_growth(uint64_t old, const uint8_t old_root[MERKLE_HASH],
    uint64_t size, const uint8_t root[MERKLE_HASH],
    const struct merkle_proof *proof)
{
	uint8_t before[MERKLE_HASH], after[MERKLE_HASH];
	uint64_t at = old - 1, last = size - 1;
	size_t i = 0;

	while (at & 1) {
		at >>= 1;
		last >>= 1;
	}
	/* A complete subtree: its root is that of the old list. */
	if (at == 0)
		memcpy(before, old_root, MERKLE_HASH);
	else if (proof->count > 0)
		memcpy(before, proof->hash[i++], MERKLE_HASH);
	else
		return 0;
	memcpy(after, before, MERKLE_HASH);
	for (; i < proof->count; i++, at >>= 1, last >>= 1) {
		if (last == 0)
			return 0;
		if ((at & 1) || at == last) {
			merkle_node(proof->hash[i], before, before);
			merkle_node(proof->hash[i], after, after);
			climb(&at, &last);
		} else {
			merkle_node(after, proof->hash[i], after);
		}
	}
	return last == 0 && memcmp(before, old_root, MERKLE_HASH) == 0 &&
	       memcmp(after, root, MERKLE_HASH) == 0;
}

enum status merkle_check_growth(uint64_t old,
    const uint8_t old_root[MERKLE_HASH], uint64_t size,
    const uint8_t root[MERKLE_HASH], const struct merkle_proof *proof)
{
	static const char what[] = "that the log only grew";
	uint8_t empty[MERKLE_HASH];
	int shown;

	merkle_empty(empty);
	if (old == 0)
		shown = proof->count == 0 &&
			memcmp(old_root, empty, MERKLE_HASH) == 0;
	else if (old == size)
		shown = proof->count == 0 &&
			memcmp(old_root, root, MERKLE_HASH) == 0;
	else
		shown = old < size &&
			shows_growth(old, old_root, size, root, proof);
	return shown ? ST_OK : no_proof(what);
}
