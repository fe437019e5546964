/* engine/crypto against the published vectors of what it implements. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/crypto/aead.h"
#include "engine/crypto/argon2.h"
#include "engine/crypto/crypto.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/pseudonym.h"
#include "engine/crypto/random.h"
#include "engine/crypto/secret.h"
#include "engine/crypto/tweak.h"
#include "tests/suites.h"

static size_t unhex(const char *hex, uint8_t *out)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		unsigned int byte;

		ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}
	return n;
}

static void check_hex(const uint8_t *got, const char *want)
{
	uint8_t bytes[256];
	size_t n = unhex(want, bytes);

	ck_assert_mem_eq(got, bytes, n);
}

static struct secret_key *key_of(const char *hex)
{
	struct secret_key *key;
	uint8_t bytes[SECRET_LEN];

	ck_assert_uint_eq(unhex(hex, bytes), SECRET_LEN);
	ck_assert_int_eq(secret_new(bytes, &key), ST_OK);
	return key;
}

#define COUNTING \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void setup(void) { ck_assert_int_eq(crypto_init(), ST_OK); }

static void *init_thread(void *arg)
{
	(void)arg;
	return crypto_init() == ST_OK ? arg : NULL;
}

START_TEST(setting_up_twice_and_from_threads_is_fine)
{
	pthread_t t[4];
	void *result;
	int mark;

	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(
		    pthread_create(&t[i], NULL, init_thread, &mark), 0);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_join(t[i], &result), 0);
		ck_assert_ptr_eq(result, &mark);
	}
}
END_TEST

START_TEST(sha256_is_that_of_fips_180)
{
	uint8_t out[SHA256_LEN];
	struct sha256 *h;

	sha256("abc", 3, out);
	check_hex(out, "ba7816bf8f01cfea414140de5dae2223"
		       "b00361a396177a9cb410ff61f20015ad");
	ck_assert_int_eq(sha256_new(&h), ST_OK);
	for (int round = 0; round < 2; round++) {
		sha256_add(h, "a", 1);
		sha256_add(h, "bc", 2);
		sha256_end(h, out);
		check_hex(out, "ba7816bf8f01cfea414140de5dae2223");
	}
	sha256_free(h);
	sha256_free(NULL);
}
END_TEST

START_TEST(hmac_is_that_of_rfc_4231)
{
	uint8_t out[SHA256_LEN];

	ck_assert_int_eq(
	    hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, out),
	    ST_OK);
	check_hex(out, "5bdcc146bf60754e6a042426089575c7"
		       "5a003f089d2739839dec58b964ec3843");
}
END_TEST

START_TEST(hkdf_expands_as_in_rfc_5869)
{
	uint8_t prk[32], info[10], out[SHA256_LEN];

	(void)unhex("077709362c2e32df0ddc3f0dc47bba63"
		    "90b6c73bb50f9c3122ec844ad7c2b3e5",
	    prk);
	(void)unhex("f0f1f2f3f4f5f6f7f8f9", info);
	ck_assert_int_eq(hkdf_expand(prk, info, 10, out), ST_OK);
	check_hex(out, "3cb25f25faacd57a90434f64d0362f2a"
		       "2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
	(void)unhex("19ef24a32c717b167f33a91d6f648bdf"
		    "96596776afdb6377ac434c1c293ccb04",
	    prk);
	ck_assert_int_eq(hkdf_expand(prk, NULL, 0, out), ST_OK);
	check_hex(out, "8da4e775a563c18f715f802a063c5a31"
		       "b8a11f5c5ee1879ec3454e5f3c738d2d");
}
END_TEST

START_TEST(a_derived_key_depends_on_label_and_info)
{
	struct secret_key *root = key_of(COUNTING), *a, *b, *c;
	uint8_t want[SHA256_LEN], long_info[256] = { 0 };

	ck_assert_int_eq(secret_derive(root, "page", "x", 1, &a), ST_OK);
	ck_assert_int_eq(secret_derive(root, "page", "y", 1, &b), ST_OK);
	ck_assert_int_eq(secret_derive(root, "pag", "ex", 2, &c), ST_OK);
	ck_assert_int_eq(
	    hkdf_expand(secret_bytes(root), "page\0x", 6, want), ST_OK);
	ck_assert(secret_equal(secret_bytes(a), want, SECRET_LEN));
	ck_assert(!secret_equal(secret_bytes(a), secret_bytes(b), SECRET_LEN));
	ck_assert(!secret_equal(secret_bytes(a), secret_bytes(c), SECRET_LEN));
	secret_free(a);
	ck_assert_int_eq(
	    secret_derive(root, "page", long_info, 252, &a), ST_LIMIT);
	secret_free(b);
	secret_free(c);
	secret_free(root);
	secret_free(NULL);
}
END_TEST

START_TEST(keys_are_wrapped_as_in_rfc_3394)
{
	struct secret_key *kek = key_of(COUNTING), *other, *back = NULL;
	struct secret_key *key = key_of("00112233445566778899aabbccddeeff"
					"000102030405060708090a0b0c0d0e0f");
	uint8_t wrapped[SECRET_WRAPPED];

	ck_assert_int_eq(secret_wrap(kek, key, wrapped), ST_OK);
	check_hex(wrapped, "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326"
			   "cbc7f0e71a99f43bfb988b9b7a02dd21");
	ck_assert_int_eq(secret_unwrap(kek, wrapped, &back), ST_OK);
	ck_assert(secret_equal(secret_bytes(back), secret_bytes(key), 32));
	secret_free(back);
	back = NULL;
	ck_assert_int_eq(secret_random(&other), ST_OK);
	ck_assert_int_eq(secret_unwrap(other, wrapped, &back), ST_INTEGRITY);
	for (size_t i = 0; i < sizeof(wrapped); i++) {
		wrapped[i] ^= 1;
		ck_assert_int_eq(
		    secret_unwrap(kek, wrapped, &back), ST_INTEGRITY);
		wrapped[i] ^= 1;
	}
	ck_assert_ptr_null(back);
	secret_free(kek);
	secret_free(key);
	secret_free(other);
}
END_TEST

START_TEST(argon2id_is_that_of_rfc_9106)
{
	const struct argon2_cost cost = { 3, 32, 4 };
	uint8_t password[32], salt[16], pepper[8], data[12], out[32];
	const struct argon2_input in = { password, 32, salt, 16, pepper, 8,
		data, 12 };

	memset(password, 1, sizeof(password));
	memset(salt, 2, sizeof(salt));
	memset(pepper, 3, sizeof(pepper));
	memset(data, 4, sizeof(data));
	ck_assert_int_eq(argon2id(&in, &cost, out, sizeof(out)), ST_OK);
	check_hex(out, "0d640df58d78766c08c037a34a8b53c9"
		       "d01ef0452d75b65eb52520e96b01e659");
}
END_TEST

START_TEST(a_passphrase_gives_the_reference_key)
{
	/* test.c of the reference implementation, version 0x13 */
	const struct argon2_cost cost = { 2, 65536, 1 };
	const struct argon2_cost bad[] = { { 0, 65536, 1 }, { 1, 7, 1 },
		{ 1, 65536, 0 }, { 1, UINT32_MAX, 1 } };
	struct secret_key *key = NULL;

	ck_assert_int_eq(
	    secret_from_passphrase("password", 8, "somesalt", 8, &cost, &key),
	    ST_OK);
	check_hex(secret_bytes(key), "09316115d5cf24ed5a15a31a3ba326e5"
				     "cf32edc24702987c02b6566f61913cf7");
	secret_free(key);
	key = NULL;
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(secret_from_passphrase("password", 8,
				     "somesalt", 8, &bad[i], &key),
		    ST_INVALID);
	ck_assert_int_eq(
	    secret_from_passphrase("password", 8, "short", 5, &cost, &key),
	    ST_INVALID);
	ck_assert_ptr_null(key);
}
END_TEST

START_TEST(comparing_secrets_sees_every_byte)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	ck_assert(secret_equal(a, b, 32));
	for (size_t i = 0; i < 32; i++) {
		b[i] = 0x80;
		ck_assert(!secret_equal(a, b, 32));
		b[i] = 0;
	}
}
END_TEST

/*
 * OCB has no published vector for AES-256 with a 120-bit nonce.  These three
 * were made with OpenSSL 3; those below are the standards' own.
 */
static const struct {
	enum aead_algorithm alg;
	const char *sealed;
} ciphers[] = {
	{ AEAD_AES256_OCB,
	    "2ea9436e297f098d6aa8e410b67213a295aaf50de16f91da3bcfeae126a027ce"
	    "09eeb7e9c2333e7481462162673b1ffe3f064e8005f36f34" },
	{ AEAD_AES256_GCM,
	    "e6197e2e41ce04b86a6c8dd80b77ced160bd4b0386a2547b84173c9d63b66b1e"
	    "f25765dc8b07751a0b41b20333076bf4a967336e4afdd006" },
	{ AEAD_CHACHA20_POLY1305,
	    "0caa7a5c49e3c4aaa806f91ff0f7f3f48d4fc1ac577f76b4acc1c1aa6d7fdd13"
	    "4ca134a98aecd9ad0578d1f34447bf18267f68285bf2681f" },
};

static void counting(uint8_t *out, size_t n, int from)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(from + (int)i);
}

START_TEST(another_implementation_seals_alike)
{
	uint8_t nonce[AEAD_NONCE], aad[8], text[40], out[56], *tag = out + 40;
	struct secret_key *key = key_of(COUNTING);
	struct aead *a;

	counting(nonce, sizeof(nonce), 0xa0);
	counting(aad, sizeof(aad), 0);
	counting(text, sizeof(text), 0);
	ck_assert_int_eq(aead_new(ciphers[_i].alg, key, &a), ST_OK);
	for (int round = 0; round < 2; round++) { /* the context is reused */
		ck_assert_int_eq(
		    aead_seal(a, nonce, aad, 8, text, out, 40, tag), ST_OK);
		check_hex(out, ciphers[_i].sealed);
	}
	memcpy(out, text, 40); /* in place */
	ck_assert_int_eq(aead_seal(a, nonce, aad, 8, out, out, 40, tag), ST_OK);
	check_hex(out, ciphers[_i].sealed);
	ck_assert_int_eq(aead_open(a, nonce, aad, 8, out, out, 40, tag), ST_OK);
	ck_assert_mem_eq(out, text, 40);
	aead_free(a);
	secret_free(key);
}
END_TEST

/* Open with one bit of ${what} turned; nothing may come out. */
static void check_refused(struct aead *a, uint8_t *what, size_t n,
    const uint8_t *nonce, const uint8_t *aad, const uint8_t *sealed,
    const uint8_t *tag)
{
	uint8_t out[40], zero[40] = { 0 };

	for (size_t i = 0; i < n; i++) {
		what[i] ^= 0x10;
		memset(out, 0xee, sizeof(out));
		ck_assert_int_eq(
		    aead_open(a, nonce, aad, 8, sealed, out, 40, tag),
		    ST_INTEGRITY);
		ck_assert_mem_eq(out, zero, sizeof(out));
		what[i] ^= 0x10;
	}
}

START_TEST(one_bit_anywhere_is_refused)
{
	uint8_t nonce[AEAD_NONCE], aad[8], text[40], sealed[40], tag[AEAD_TAG];
	struct secret_key *key = key_of(COUNTING);
	struct aead *a;

	counting(nonce, sizeof(nonce), 1);
	counting(aad, sizeof(aad), 2);
	counting(text, sizeof(text), 3);
	ck_assert_int_eq(aead_new(ciphers[_i].alg, key, &a), ST_OK);
	ck_assert_int_eq(
	    aead_seal(a, nonce, aad, 8, text, sealed, 40, tag), ST_OK);
	check_refused(a, sealed, 40, nonce, aad, sealed, tag);
	check_refused(a, tag, AEAD_TAG, nonce, aad, sealed, tag);
	check_refused(a, aad, 8, nonce, aad, sealed, tag);
	check_refused(a, nonce, 12, nonce, aad, sealed, tag);
	if (ciphers[_i].alg == AEAD_AES256_OCB)
		check_refused(a, nonce, 15, nonce, aad, sealed, tag);
	ck_assert_int_eq(
	    aead_open(a, nonce, aad, 8, sealed, sealed, 40, tag), ST_OK);
	aead_free(a);
	secret_free(key);
}
END_TEST

START_TEST(gcm_is_that_of_its_authors)
{
	/* McGrew and Viega, test case 16 */
	struct secret_key *key = key_of("feffe9928665731c6d6a8f9467308308"
					"feffe9928665731c6d6a8f9467308308");
	uint8_t nonce[AEAD_NONCE] = { 0 }, aad[20], text[60], tag[AEAD_TAG];
	struct aead *a;

	(void)unhex("cafebabefacedbaddecaf888", nonce);
	(void)unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2", aad);
	(void)unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
		    "8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
		    "ba637b39",
	    text);
	ck_assert_int_eq(aead_new(AEAD_AES256_GCM, key, &a), ST_OK);
	ck_assert_int_eq(
	    aead_seal(a, nonce, aad, 20, text, text, 60, tag), ST_OK);
	check_hex(text, "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c975"
			"98a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f6"
			"1e6393ba7a0abcc9f662");
	check_hex(tag, "76fc6ece0f4e1768cddf8853bb2d551b");
	aead_free(a);
	secret_free(key);
}
END_TEST

START_TEST(chacha20_poly1305_is_that_of_rfc_8439)
{
	const char *words = "Ladies and Gentlemen of the class of '99: If I "
			    "could offer you only one tip for the future, "
			    "sunscreen would be it.";
	struct secret_key *key = key_of("808182838485868788898a8b8c8d8e8f"
					"909192939495969798999a9b9c9d9e9f");
	uint8_t nonce[AEAD_NONCE] = { 0 }, aad[12], out[114], tag[AEAD_TAG];
	struct aead *a;

	(void)unhex("070000004041424344454647", nonce);
	(void)unhex("50515253c0c1c2c3c4c5c6c7", aad);
	ck_assert_int_eq(aead_new(AEAD_CHACHA20_POLY1305, key, &a), ST_OK);
	ck_assert_int_eq(
	    aead_seal(a, nonce, aad, 12, words, out, 114, tag), ST_OK);
	check_hex(out, "d31a8d34648e60db7b86afbc53ef7ec2");
	check_hex(tag, "1ae10b594f09e26a7e902ecbd0600691");
	aead_free(a);
	secret_free(key);
}
END_TEST

START_TEST(an_unknown_cipher_is_refused)
{
	struct secret_key *key = key_of(COUNTING);
	struct aead *a = NULL;

	ck_assert_int_eq(aead_new((enum aead_algorithm)0, key, &a), ST_INVALID);
	ck_assert_int_eq(aead_new(AEAD__MAX, key, &a), ST_INVALID);
	ck_assert_ptr_null(a);
	ck_assert_ptr_null(aead_name(AEAD__MAX));
	aead_free(NULL);
	secret_free(key);
}
END_TEST

START_TEST(a_block_is_masked_as_in_ieee_1619)
{
	/* vector 10, first block */
	struct secret_key *k1 = key_of("27182818284590452353602874713526"
				       "62497757247093699959574966967627");
	struct secret_key *k2 = key_of("31415926535897932384626433832795"
				       "02884197169399375105820974944592");
	uint8_t block[TWEAK_BLOCK], plain[TWEAK_BLOCK];
	struct tweak *t;

	counting(plain, sizeof(plain), 0);
	memcpy(block, plain, sizeof(block));
	ck_assert_int_eq(tweak_new(k1, k2, &t), ST_OK);
	ck_assert_int_eq(tweak_mask(t, 0xff, block), ST_OK);
	check_hex(block, "1c3b3a102f770386e4836c99e370cf9b");
	ck_assert_int_eq(tweak_unmask(t, 0xfe, block), ST_OK);
	ck_assert_mem_ne(block, plain, sizeof(block));
	ck_assert_int_eq(tweak_mask(t, 0xfe, block), ST_OK);
	ck_assert_int_eq(tweak_unmask(t, 0xff, block), ST_OK);
	ck_assert_mem_eq(block, plain, sizeof(block));
	tweak_free(t);
	tweak_free(NULL);
	secret_free(k1);
	secret_free(k2);
}
END_TEST

/* NIST SP 800-38B, appendix D.3: AES-256 */
static const struct {
	size_t len;
	const char *mac;
} macs[] = {
	{ 0, "028962f61b7bf89efc6b551f4667d983" },
	{ 16, "28a7023f452e8f82bd4bf28d8c37c35c" },
	{ 40, "aaf3d8f1de5640c232f5b169b9c911e6" },
	{ 64, "e1992190549f6ed5696a2c056c315410" },
};

START_TEST(a_pseudonym_is_the_cmac_of_nist)
{
	struct secret_key *key = key_of("603deb1015ca71be2b73aef0857d7781"
					"1f352c073b6108d72d9810a30914dff4");
	uint8_t msg[64], out[PSEUDONYM_LEN];
	struct pseudonyms *p;

	(void)unhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac"
		    "45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17"
		    "ad2b417be66c3710",
	    msg);
	ck_assert_int_eq(pseudonyms_new(key, &p), ST_OK);
	for (int round = 0; round < 2; round++) {
		ck_assert_int_eq(
		    pseudonym_of(p, msg, macs[_i].len, out), ST_OK);
		check_hex(out, macs[_i].mac);
	}
	pseudonyms_free(p);
	pseudonyms_free(NULL);
	secret_free(key);
}
END_TEST

START_TEST(nonces_do_not_repeat)
{
	static uint8_t seen[2000][15];
	uint8_t big[1000], zero[1000] = { 0 };

	for (size_t i = 0; i < 2000; i++) {
		ck_assert_int_eq(random_nonce(seen[i], 15), ST_OK);
		for (size_t j = 0; j < i; j++)
			ck_assert_mem_ne(seen[i], seen[j], 15);
	}
	ck_assert_int_eq(random_nonce(big, sizeof(big)), ST_OK);
	ck_assert_mem_ne(big, zero, sizeof(big));
}
END_TEST

/* What a child of this process draws. */
static void child_draws(uint8_t out[60])
{
	int fd[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_ge(pid = fork(), 0);
	if (pid == 0) {
		uint8_t got[60];

		for (size_t i = 0; i < 60; i += 15)
			if (random_nonce(got + i, 15) != ST_OK)
				_exit(1);
		_exit(write(fd[1], got, 60) == 60 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(read(fd[0], out, 60), 60);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

START_TEST(a_fork_never_repeats_nonces)
{
	uint8_t drawn[3][60];

	/* Take one, so that the pool holds bytes that a child would inherit. */
	ck_assert_int_eq(random_nonce(drawn[0], 15), ST_OK);
	child_draws(drawn[0]);
	child_draws(drawn[1]);
	for (size_t i = 0; i < 60; i += 15)
		ck_assert_int_eq(random_nonce(drawn[2] + i, 15), ST_OK);
	for (size_t i = 0; i < 180; i += 15)
		for (size_t j = 0; j < i; j += 15)
			ck_assert_mem_ne(
			    &drawn[0][0] + i, &drawn[0][0] + j, 15);
}
END_TEST

START_TEST(running_out_of_memory_is_reported)
{
	struct secret_key *key = key_of(COUNTING);
	struct sha256 *h = NULL;
	struct tweak *t = NULL;
	struct aead *a = NULL;

	test_alloc_fuse(0);
	ck_assert_int_eq(aead_new(AEAD_AES256_OCB, key, &a), ST_NOMEM);
	test_alloc_fuse(0);
	ck_assert_int_eq(tweak_new(key, key, &t), ST_NOMEM);
	test_alloc_fuse(0);
	ck_assert_int_eq(sha256_new(&h), ST_NOMEM);
	test_alloc_fuse(-1);
	ck_assert(a == NULL && t == NULL && h == NULL);
	secret_free(key);
}
END_TEST

Suite *crypto_suite(void)
{
	Suite *s = suite_create("crypto");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, setting_up_twice_and_from_threads_is_fine);
	tcase_add_test(t, sha256_is_that_of_fips_180);
	tcase_add_test(t, hmac_is_that_of_rfc_4231);
	tcase_add_test(t, hkdf_expands_as_in_rfc_5869);
	tcase_add_test(t, a_derived_key_depends_on_label_and_info);
	tcase_add_test(t, keys_are_wrapped_as_in_rfc_3394);
	tcase_add_test(t, argon2id_is_that_of_rfc_9106);
	tcase_add_test(t, a_passphrase_gives_the_reference_key);
	tcase_add_test(t, comparing_secrets_sees_every_byte);
	tcase_add_loop_test(t, another_implementation_seals_alike, 0, 3);
	tcase_add_loop_test(t, one_bit_anywhere_is_refused, 0, 3);
	tcase_add_test(t, gcm_is_that_of_its_authors);
	tcase_add_test(t, chacha20_poly1305_is_that_of_rfc_8439);
	tcase_add_test(t, an_unknown_cipher_is_refused);
	tcase_add_test(t, a_block_is_masked_as_in_ieee_1619);
	tcase_add_loop_test(t, a_pseudonym_is_the_cmac_of_nist, 0, 4);
	tcase_add_test(t, nonces_do_not_repeat);
	tcase_add_test(t, a_fork_never_repeats_nonces);
	tcase_add_test(t, running_out_of_memory_is_reported);
	suite_add_tcase(s, t);
	return s;
}
