/* engine/crypto/ed25519.c: RFC 8032, and what libgcrypt alone lets through */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/crypto/crypto.h"
#include "engine/crypto/ed25519.h"
#include "tests/suites.h"

static size_t unhex(const char *hex, uint8_t *out)
{
	size_t i, n = strlen(hex) / 2;
	unsigned int byte;

	for (i = 0; i < n; i++) {
		MUST(sscanf(hex + 2 * i, "%2x", &byte) == 1, "hex");
		out[i] = (uint8_t)byte;
	}
	return n;
}

static void setup(void) { ck_assert_int_eq(crypto_init(), ST_OK); }

/* RFC 8032 section 7.1: tests 1 to 3 and SHA(abc). */
static const struct {
	const char *seed, *public, *message, *signature;
} vectors[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	    "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100"
	    "b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	    "72",
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c0"
	    "0" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	    "af82",
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40"
	    "a" },
	{ "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
	    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49"
	    "f",
	    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
	    "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a70"
	    "4" },
};

START_TEST(signatures_are_those_of_rfc_8032)
{
	uint8_t bytes[64], want[64], got[64], message[64];
	struct secret_key *seed;
	size_t n;

	unhex(vectors[_i].seed, bytes);
	n = unhex(vectors[_i].message, message);
	ck_assert_int_eq(secret_new(bytes, &seed), ST_OK);
	unhex(vectors[_i].public, bytes);
	unhex(vectors[_i].signature, want);
	ck_assert_int_eq(ed25519_public(seed, got), ST_OK);
	ck_assert_mem_eq(got, bytes, 32);
	ck_assert_int_eq(ed25519_sign(seed, message, n, got), ST_OK);
	ck_assert_mem_eq(got, want, 64);
	ck_assert_int_eq(ed25519_verify(bytes, message, n, got), ST_OK);
	secret_free(seed);
}
END_TEST

/* One public key, message and signature, to be spoilt. */
static uint8_t public[32], signature[64];
static const char text[] = "some text";

static void make(void)
{
	struct secret_key *seed;

	setup();
	ck_assert_int_eq(secret_random(&seed), ST_OK);
	ck_assert_int_eq(ed25519_public(seed, public), ST_OK);
	ck_assert_int_eq(
	    ed25519_sign(seed, text, sizeof(text), signature), ST_OK);
	secret_free(seed);
}

static enum status verify(void)
{
	return ed25519_verify(public, text, sizeof(text), signature);
}

START_TEST(a_signature_with_any_bit_changed_is_refused)
{
	int bit;

	ck_assert_int_eq(verify(), ST_OK);
	for (bit = 0; bit < 512; bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		MUST(verify() == ST_INTEGRITY, "bit %d", bit);
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_int_eq(
	    ed25519_verify(public, text, sizeof(text) - 1, signature),
	    ST_INTEGRITY);
	ck_assert_int_eq(
	    ed25519_verify(public, NULL, 0, signature), ST_INTEGRITY);
}
END_TEST

/* S + L fits the equation as S does: libgcrypt 1.10 takes it. */
START_TEST(a_signature_has_one_form)
{
	static const char order[] =
	    "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
	uint8_t l[32];
	unsigned int carry = 0;
	size_t i;

	unhex(order, l);
	for (i = 0; i < 32; i++) {
		carry += (unsigned int)signature[32 + i] + l[i];
		signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	ck_assert_uint_eq(carry, 0);
	ck_assert_int_eq(verify(), ST_INTEGRITY);
	memcpy(signature + 32, l, 32); /* S = L itself, and above all of them */
	ck_assert_int_eq(verify(), ST_INTEGRITY);
	memset(signature + 32, 0xff, 32);
	ck_assert_int_eq(verify(), ST_INTEGRITY);
	memset(signature + 32, 0, 32);
	ck_assert_int_eq(verify(), ST_INTEGRITY);
	memset(signature, 0, 64);
	ck_assert_int_eq(verify(), ST_INTEGRITY);
}
END_TEST

/* Each test is a process of its own: one that aborts is a failure here. */
START_TEST(a_key_of_small_y_is_refused_before_it_aborts)
{
	int sign;

	for (sign = 0; sign < 2; sign++) {
		memset(public, 0, sizeof(public));
		memset(public, 0x5a, (size_t)_i);
		public[31] = sign ? 0x80 : 0;
		ck_assert_int_eq(ed25519_check_public(public), ST_INVALID);
		ck_assert_int_eq(verify(), ST_INVALID);
	}
}
END_TEST

static const char *const refused[] = {
	/* y = 0, 1, p - 1; order 8, both; with the sign bit */
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	/* not reduced: p, p + 1, p + 3, 2^255 - 1 */
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

START_TEST(a_key_that_is_none_is_refused)
{
	unhex(refused[_i], public);
	ck_assert_int_eq(ed25519_check_public(public), ST_INVALID);
	ck_assert_int_eq(verify(), ST_INVALID);
}
END_TEST

/* Half of all numbers are no y of the curve. */
START_TEST(a_number_that_is_no_point_is_refused)
{
	int y, points = 0;

	for (y = 0; y < 64; y++) {
		memset(public, 0x11, sizeof(public));
		public[0] = (uint8_t)y;
		points += ed25519_check_public(public) == ST_OK;
	}
	ck_assert_int_gt(points, 16);
	ck_assert_int_lt(points, 48);
}
END_TEST

Suite *ed25519_suite(void)
{
	Suite *s = suite_create("ed25519");
	TCase *good = tcase_create("vectors"), *bad = tcase_create("refused");

	tcase_add_checked_fixture(good, setup, NULL);
	tcase_add_loop_test(good, signatures_are_those_of_rfc_8032, 0,
	    sizeof(vectors) / sizeof(*vectors));
	suite_add_tcase(s, good);
	tcase_add_checked_fixture(bad, make, NULL);
	tcase_add_test(bad, a_signature_with_any_bit_changed_is_refused);
	tcase_add_test(bad, a_signature_has_one_form);
	tcase_add_loop_test(
	    bad, a_key_of_small_y_is_refused_before_it_aborts, 0, 25);
	tcase_add_loop_test(bad, a_key_that_is_none_is_refused, 0,
	    sizeof(refused) / sizeof(*refused));
	tcase_add_test(bad, a_number_that_is_no_point_is_refused);
	suite_add_tcase(s, bad);
	return s;
}
