/* engine/audit/merkle.c against RFC 6962's definitions, written down naively */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/merkle.h"
#include "engine/crypto/crypto.h"
#include "tests/suites.h"

#define MOST 300

static uint8_t leaves[MOST][MERKLE_HASH];

/* MTH of RFC 6962 2.1, word for word. */
static void mth(size_t begin, size_t end, uint8_t out[MERKLE_HASH])
{
	uint8_t left[MERKLE_HASH], right[MERKLE_HASH];
	size_t k = 1;

	if (end == begin) {
		merkle_empty(out);
	} else if (end - begin == 1) {
		memcpy(out, leaves[begin], MERKLE_HASH);
	} else {
		while (2 * k < end - begin)
			k *= 2;
		mth(begin, begin + k, left);
		mth(begin + k, end, right);
		merkle_node(left, right, out);
	}
}

static void setup(void)
{
	char text[32];
	size_t i;
	int n;

	ck_assert_int_eq(crypto_init(), ST_OK);
	for (i = 0; i < MOST; i++) {
		n = snprintf(
		    text, sizeof(text), "{\"seq\":%zu,\"event\":\"purge\"}", i);
		merkle_leaf(text, (size_t)n, leaves[i]);
	}
}

/* ${ctx} is the size of the list: nothing behind it may be asked for. */
static enum status node(
    void *ctx, unsigned int level, uint64_t index, uint8_t out[MERKLE_HASH])
{
	size_t *size = ctx, begin = (size_t)index << level;

	MUST(begin + ((size_t)1 << level) <= *size, "a subtree not there");
	mth(begin, begin + ((size_t)1 << level), out);
	return ST_OK;
}

static const char *hex(const uint8_t hash[MERKLE_HASH])
{
	static char text[2 * MERKLE_HASH + 1];
	size_t i;

	for (i = 0; i < MERKLE_HASH; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", (unsigned int)hash[i]);
	return text;
}

static const struct {
	size_t size;
	const char *root;
} roots[] = {
	{ 0,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ 1,
	    "4e9f3d7cb2fe92fd1e503a0c6dc7e8bd585dc1b2715ebfb112a821b7a1b27193" },
	{ 2,
	    "f73e49b686cbbfd23d00bcd09012b471a3ea8bd34c52c049955ff61339cf3925" },
	{ 3,
	    "6d68e9ff66255e9d67a61205de86460603e265e0a9ae4725704032f03fe837a8" },
	{ 5,
	    "50a0f22010481bcf15c1979b6865a5c65d0865948698235faeae8a5296d4ce5e" },
};

START_TEST(roots_are_those_that_others_computed)
{
	size_t size = roots[_i].size;
	struct merkle_source src = { node, &size };
	uint8_t root[MERKLE_HASH];

	ck_assert_int_eq(merkle_root(&src, size, root), ST_OK);
	ck_assert_str_eq(hex(root), roots[_i].root);
}
END_TEST

START_TEST(proofs_are_those_that_others_computed)
{
	size_t size = 5;
	struct merkle_source src = { node, &size };
	struct merkle_proof p;

	ck_assert_int_eq(merkle_prove_entry(&src, 2, 5, &p), ST_OK);
	ck_assert_uint_eq(p.count, 3);
	ck_assert_str_eq(hex(p.hash[0]),
	    "f7c84b256e0328c4db5c04dc824c15588698da44c25ea9101b0422425d147d5e");
	ck_assert_str_eq(hex(p.hash[1]), roots[2].root);
	ck_assert_str_eq(hex(p.hash[2]),
	    "3c0939a11bc7f3225919c2aaec85a27fde897590a9634be4e763af28e7c9e5ce");
	ck_assert_int_eq(merkle_prove_growth(&src, 3, 5, &p), ST_OK);
	ck_assert_uint_eq(p.count, 4);
	ck_assert_str_eq(hex(p.hash[0]),
	    "dfb12b7778a1699b2c1bbbf8eb44fdaae7ef698b8138e606a64f7ef646d8ece1");
	ck_assert_str_eq(hex(p.hash[1]),
	    "f7c84b256e0328c4db5c04dc824c15588698da44c25ea9101b0422425d147d5e");
	ck_assert_str_eq(hex(p.hash[2]), roots[2].root);
	ck_assert_str_eq(hex(p.hash[3]),
	    "3c0939a11bc7f3225919c2aaec85a27fde897590a9634be4e763af28e7c9e5ce");
}
END_TEST

/* Every hash of ${p} matters, none can be missing, and none be added. */
#define SPOIL(p, check)                                        \
	do {                                                   \
		size_t h_;                                     \
		for (h_ = 0; h_ < (p)->count; h_++) {          \
			(p)->hash[h_][h_ % MERKLE_HASH] ^= 1;  \
			MUST((check) == ST_INTEGRITY, "bit");  \
			(p)->hash[h_][h_ % MERKLE_HASH] ^= 1;  \
		}                                              \
		memset((p)->hash[(p)->count], 7, MERKLE_HASH); \
		(p)->count++;                                  \
		MUST((check) == ST_INTEGRITY, "one more");     \
		(p)->count--;                                  \
		if ((p)->count > 0) {                          \
			(p)->count--;                          \
			MUST((check) == ST_INTEGRITY, "less"); \
			(p)->count++;                          \
		}                                              \
	} while (0)

/* One test for each remainder, so that they run on their own. */
START_TEST(every_entry_of_every_list_is_proved)
{
	size_t size, i;
	struct merkle_source src = { node, &size };
	uint8_t root[MERKLE_HASH], got[MERKLE_HASH];
	struct merkle_proof p;

	for (size = (size_t)_i + 1; size <= MOST; size += 10) {
		mth(0, size, root);
		MUST(merkle_root(&src, size, got) == ST_OK, "root");
		MUST(memcmp(root, got, MERKLE_HASH) == 0, "root %zu", size);
		for (i = 0; i < size; i++) {
			MUST(merkle_prove_entry(&src, i, size, &p) == ST_OK,
			    "%zu of %zu", i, size);
			MUST(merkle_check_entry(leaves[i], i, size, root, &p) ==
				 ST_OK,
			    "%zu of %zu", i, size);
			MUST(size == 1 ||
				 merkle_check_entry(leaves[(i + 1) % size], i,
				     size, root, &p) == ST_INTEGRITY,
			    "another leaf");
			MUST(merkle_check_entry(leaves[i], i + 1, size, root,
				 &p) == ST_INTEGRITY,
			    "another index");
			SPOIL(&p,
			    merkle_check_entry(leaves[i], i, size, root, &p));
		}
		MUST(merkle_prove_entry(&src, size, size, &p) == ST_INVALID,
		    "behind the end");
	}
}
END_TEST

START_TEST(every_growth_is_proved)
{
	size_t size, old;
	struct merkle_source src = { node, &size };
	uint8_t root[MERKLE_HASH], before[MERKLE_HASH];
	struct merkle_proof p;

	for (size = (size_t)_i + 1; size <= MOST; size += 10) {
		mth(0, size, root);
		for (old = 0; old <= size; old++) {
			mth(0, old, before);
			MUST(merkle_prove_growth(&src, old, size, &p) == ST_OK,
			    "%zu to %zu", old, size);
			MUST(merkle_check_growth(old, before, size, root, &p) ==
				 ST_OK,
			    "%zu to %zu", old, size);
			SPOIL(&p,
			    merkle_check_growth(old, before, size, root, &p));
			before[9] ^= 4;
			MUST(merkle_check_growth(old, before, size, root, &p) ==
				 ST_INTEGRITY,
			    "another list before");
		}
		MUST(
		    merkle_prove_growth(&src, size + 1, size, &p) == ST_INVALID,
		    "shrinking");
		mth(0, size, before);
		p.count = 0;
		MUST(merkle_check_growth(size + 1, before, size, root, &p) ==
			 ST_INTEGRITY,
		    "shrinking");
	}
}
END_TEST

Suite *merkle_suite(void)
{
	Suite *s = suite_create("merkle");
	TCase *t = tcase_create("trees");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, roots_are_those_that_others_computed, 0,
	    sizeof(roots) / sizeof(*roots));
	tcase_add_test(t, proofs_are_those_that_others_computed);
	tcase_add_loop_test(t, every_entry_of_every_list_is_proved, 0, 10);
	tcase_add_loop_test(t, every_growth_is_proved, 0, 10);
	suite_add_tcase(s, t);
	return s;
}
