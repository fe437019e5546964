/* engine/store/keyring*.c: the keyring */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/crypto/crypto.h"
#include "engine/store/keyring_internal.h"
#include "tests/suites.h"

static char ring[200], file[200];
static struct keyring_unlock by_key = { KEYRING_KEY_FILE, file };

static void set_up(void)
{
	const char *folder = test_folder();

	(void)snprintf(ring, sizeof(ring), "%s/keyring", folder);
	(void)snprintf(file, sizeof(file), "%s/lethe.key", folder);
	ck_assert_int_eq(keyring_new_key_file(file), ST_OK);
}

static void sentence_has(const char *part)
{
	ck_assert_msg(strstr(status_text(), part) != NULL, "%s", status_text());
}

static struct keyring *make(void)
{
	struct keyring *k = NULL;

	ck_assert_msg(
	    keyring_create(ring, &by_key, &k) == ST_OK, "%s", status_text());
	return k;
}

static struct keyring *open_ring(void)
{
	struct keyring *k = NULL;

	ck_assert_msg(
	    keyring_open(ring, &by_key, &k) == ST_OK, "%s", status_text());
	return k;
}

static enum status try_open(const struct keyring_unlock *u)
{
	struct keyring *k = NULL;
	enum status st = keyring_open(ring, u, &k);

	keyring_free(k);
	return st;
}

static void put(const char *path, const char *text, mode_t mode)
{
	(void)unlink(path);
	ck_assert_int_eq(file_create(path, text, strlen(text), mode), ST_OK);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static char *text_of(const char *path)
{
	struct buf b = BUF_INIT;

	ck_assert_int_eq(file_read(path, 1 << 20, &b), ST_OK);
	return buf_take(&b);
}

START_TEST(keys_come_back_as_they_were_made)
{
	struct keyring *k = make();
	struct keyring_key a, b, c;

	ck_assert_int_eq(keyring_find(k, "store/crm", &a), ST_NOTFOUND);
	sentence_has("holds no key for store/crm");
	ck_assert_int_eq(keyring_add(k, "store/crm", AEAD_AES256_OCB), ST_OK);
	ck_assert_int_eq(keyring_add(k, "audit", AEAD_AES256_GCM), ST_OK);
	ck_assert_int_eq(keyring_add(k, "audit", AEAD_AES256_OCB), ST_CONFLICT);
	ck_assert_int_eq(keyring_find(k, "store/crm", &a), ST_OK);
	ck_assert_int_eq(keyring_find(k, "audit", &b), ST_OK);
	ck_assert(!secret_equal(
	    secret_bytes(a.secret), secret_bytes(b.secret), SECRET_LEN));
	ck_assert_mem_ne(a.id, b.id, 16);
	ck_assert_int_eq(b.algorithm, AEAD_AES256_GCM);
	{
		struct keyring *again = open_ring();

		ck_assert_int_eq(keyring_find(again, "store/crm", &c), ST_OK);
		ck_assert(secret_equal(secret_bytes(a.secret),
		    secret_bytes(c.secret), SECRET_LEN));
		ck_assert_mem_eq(a.id, c.id, 16);
		ck_assert_int_eq(c.algorithm, AEAD_AES256_OCB);
		keyring_free(again);
	}
	keyring_free(k);
	keyring_free(NULL);
}
END_TEST

START_TEST(neither_key_nor_keyring_is_overwritten)
{
	char *key = text_of(file), *same;
	struct keyring *k = make();

	ck_assert_uint_eq(strlen(key), 65);
	ck_assert_int_eq(keyring_new_key_file(file), ST_CONFLICT);
	sentence_has("never overwritten");
	same = text_of(file);
	ck_assert_str_eq(key, same);
	keyring_free(k);
	ck_assert_int_eq(keyring_create(ring, &by_key, &k), ST_CONFLICT);
	sentence_has("a keyring exists already");
	free(key);
	free(same);
}
END_TEST

START_TEST(files_are_for_their_owner_only)
{
	struct keyring *k;
	struct stat sb;

	(void)umask(0);
	k = make();
	ck_assert_int_eq(stat(ring, &sb), 0);
	ck_assert_int_eq(sb.st_mode & 0777, 0600);
	ck_assert_int_eq(keyring_add(k, "a", AEAD_AES256_OCB), ST_OK);
	ck_assert_int_eq(stat(ring, &sb), 0);
	ck_assert_int_eq(sb.st_mode & 0777, 0600);
	ck_assert_int_eq(stat(file, &sb), 0);
	ck_assert_int_eq(sb.st_mode & 0777, 0600);
	keyring_free(k);
}
END_TEST

START_TEST(a_key_that_others_can_read_is_refused)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0601, 0610 };
	char want[300];
	size_t i;

	keyring_free(make());
	for (i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		ck_assert_int_eq(chmod(file, modes[i]), 0);
		ck_assert_int_eq(try_open(&by_key), ST_DENIED);
		(void)snprintf(want, sizeof(want), "chmod 600 %s", file);
		sentence_has(want);
	}
	ck_assert_int_eq(chmod(file, 0400), 0);
	ck_assert_int_eq(try_open(&by_key), ST_OK);
	if (geteuid() == 0) { /* nobody else can give files away */
		ck_assert_int_eq(chown(file, 65534, 65534), 0);
		ck_assert_int_eq(try_open(&by_key), ST_DENIED);
		sentence_has("type chown 0 ");
	}
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(try_open(&by_key), ST_NOTFOUND);
	sentence_has("restore it");
	ck_assert_int_eq(mkdir(file, 0700), 0);
	ck_assert_int_eq(try_open(&by_key), ST_DENIED);
	sentence_has("not a file");
}
END_TEST

START_TEST(a_key_file_is_read_strictly)
{
	static const struct {
		const char *text;
		enum status st;
	} cases[] = {
		{ "", ST_INVALID },
		{ "\n", ST_INVALID },
		{ "0123456789abcdef0123456789abcdef"
		  "0123456789abcdef0123456789abcde\n",
		    ST_INVALID },
		{ "0123456789abcdef0123456789abcdef"
		  "0123456789abcdef0123456789abcdeg\n",
		    ST_INVALID },
		{ "0123456789abcdef0123456789abcdef"
		  "0123456789abcdef0123456789abcdef\n\n",
		    ST_INVALID },
		{ " 123456789abcdef0123456789abcdef"
		  "0123456789abcdef0123456789abcdef\n",
		    ST_INVALID },
		{ "0123456789ABCDEF0123456789abcdef"
		  "0123456789abcdef0123456789abcdef\n",
		    ST_INVALID },
		/* Well written, but another's. */
		{ "0123456789abcdef0123456789abcdef"
		  "0123456789abcdef0123456789abcdef\n",
		    ST_INTEGRITY },
		{ "0123456789abcdef0123456789abcdef"
		  "0123456789abcdef0123456789abcdef",
		    ST_INTEGRITY },
	};
	char *big = calloc(1, 5000);
	size_t i;

	keyring_free(make());
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put(file, cases[i].text, 0600);
		ck_assert_int_eq(try_open(&by_key), cases[i].st);
		/* What stands in it stays out of the sentence. */
		ck_assert_ptr_null(strstr(status_text(), "0123456789"));
	}
	sentence_has("does not open");
	memset(big, 'a', 4999);
	put(file, big, 0600);
	ck_assert_int_eq(try_open(&by_key), ST_LIMIT);
	free(big);
}
END_TEST

START_TEST(a_passphrase_opens_what_it_locked)
{
	struct keyring_unlock by_words = { KEYRING_PASSPHRASE_FILE, file };
	struct keyring *k = NULL;
	char *text;

	put(file, "", 0600);
	ck_assert_int_eq(keyring_create(ring, &by_words, &k), ST_INVALID);
	put(file, "\n", 0600);
	ck_assert_int_eq(keyring_create(ring, &by_words, &k), ST_INVALID);
	sentence_has("write a passphrase");
	ck_assert_int_eq(file_exists(ring), 0);
	put(file, "correct horse \n", 0600);
	ck_assert_int_eq(keyring_create(ring, &by_words, &k), ST_OK);
	ck_assert_int_eq(keyring_add(k, "a", AEAD_AES256_OCB), ST_OK);
	keyring_free(k);
	text = text_of(ring);
	ck_assert_ptr_nonnull(strstr(text, "\nkdf argon2id 3 65536 "));
	free(text);
	/* One newline is an editor's; two are not. */
	put(file, "correct horse ", 0600);
	ck_assert_int_eq(try_open(&by_words), ST_OK);
	put(file, "correct horse \n\n", 0600);
	ck_assert_int_eq(try_open(&by_words), ST_INTEGRITY);
	sentence_has("does not open");
	ck_assert_ptr_null(strstr(status_text(), "horse"));
	ck_assert_int_eq(try_open(&by_key), ST_INVALID);
	sentence_has("is locked by a passphrase");
}
END_TEST

/* Replace the first ${from} of the keyring's text by ${to}. */
static void edit(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	struct buf b = BUF_INIT;

	ck_assert_ptr_nonnull(at);
	buf_add(&b, text, (size_t)(at - text));
	buf_adds(&b, to);
	buf_adds(&b, at + strlen(from));
	put(ring, buf_text(&b), 0600);
	buf_release(&b);
}

START_TEST(a_changed_keyring_is_noticed)
{
	struct keyring *k = make();
	char *text, *line[2], *end;
	struct buf b = BUF_INIT;
	size_t i, n;

	ck_assert_int_eq(keyring_add(k, "a", AEAD_AES256_OCB), ST_OK);
	ck_assert_int_eq(keyring_add(k, "b", AEAD_AES256_OCB), ST_OK);
	text = text_of(ring);
	n = strlen(text);
	/* Any byte. */
	for (i = 0; i < n; i++) {
		text[i] ^= 1;
		put(ring, text, 0600);
		ck_assert_msg(try_open(&by_key) != ST_OK, "byte %zu", i);
		text[i] ^= 1;
	}
	/* Cut at any place. */
	for (i = 0; i < n; i += 7) {
		char was = text[i];

		text[i] = '\0';
		put(ring, text, 0600);
		ck_assert_int_eq(try_open(&by_key), ST_INTEGRITY);
		text[i] = was;
	}
	/* Renamed, another cipher, swapped, removed, added. */
	edit(text, "key a ", "key c ");
	ck_assert_int_eq(try_open(&by_key), ST_INTEGRITY);
	sentence_has("was changed since it was written");
	edit(text, "AES-256-OCB", "AES-256-GCM");
	ck_assert_int_eq(try_open(&by_key), ST_INTEGRITY);
	line[0] = strstr(text, "key a ");
	line[1] = strstr(text, "key b ");
	end = strstr(text, "mac ");
	buf_add(&b, text, (size_t)(line[0] - text));
	buf_add(&b, line[1], (size_t)(end - line[1]));
	n = b.len;
	buf_adds(&b, end);
	put(ring, buf_text(&b), 0600);
	ck_assert_int_eq(try_open(&by_key), ST_INTEGRITY);
	b.len = n;
	buf_add(&b, line[0], (size_t)(line[1] - line[0]));
	buf_adds(&b, end);
	put(ring, buf_text(&b), 0600);
	ck_assert_int_eq(try_open(&by_key), ST_INTEGRITY);
	put(ring, text, 0600);
	ck_assert_int_eq(try_open(&by_key), ST_OK);
	/* Nor does a change build on what is not authentic. */
	edit(text, "key a ", "key c ");
	ck_assert_int_eq(keyring_add(k, "d", AEAD_AES256_OCB), ST_INTEGRITY);
	buf_release(&b);
	free(text);
	keyring_free(k);
}
END_TEST

START_TEST(hostile_costs_are_refused_before_they_are_paid)
{
	static const char *const costs[] = { "4294967295 65536 4",
		"3 4294967295 4", "3 65536 4294967295", "17 65536 4",
		"3 1048577 4", "3 65536 17", "0 65536 4", "03 65536 4",
		"3 65536 4 ", "3 65536", "-3 65536 4", "99999999999 65536 4" };
	struct keyring_unlock by_words = { KEYRING_PASSPHRASE_FILE, file };
	char want[100];
	char *text;
	size_t i;

	keyring_free(make());
	text = text_of(ring);
	for (i = 0; i < sizeof(costs) / sizeof(*costs); i++) {
		(void)snprintf(
		    want, sizeof(want), "kdf argon2id %s\n", costs[i]);
		edit(text, "kdf none\n", want);
		ck_assert_int_eq(try_open(&by_words), ST_INTEGRITY);
		sentence_has("line 2 is damaged");
	}
	free(text);
}
END_TEST

START_TEST(no_keyring_is_said_to_be_missing)
{
	ck_assert_int_eq(try_open(&by_key), ST_NOTFOUND);
	sentence_has("there is no keyring: type lethe init");
}
END_TEST

START_TEST(two_that_add_at_once_lose_nothing)
{
	struct keyring *k = make(), *other = open_ring();
	struct keyring_key before, key;
	char name[20];
	int i, status;
	pid_t pid;

	ck_assert_int_eq(keyring_add(k, "mine", AEAD_AES256_OCB), ST_OK);
	ck_assert_int_eq(keyring_find(k, "mine", &before), ST_OK);
	/* The other has not heard of it, and keeps it all the same. */
	ck_assert_int_eq(
	    keyring_add(other, "mine", AEAD_AES256_OCB), ST_CONFLICT);
	ck_assert_int_eq(keyring_add(other, "its", AEAD_AES256_OCB), ST_OK);
	ck_assert_int_eq(keyring_find(k, "its", &key), ST_NOTFOUND);
	ck_assert_int_eq(keyring_refresh(k), ST_OK);
	ck_assert_int_eq(keyring_find(k, "its", &key), ST_OK);
	keyring_free(other);

	if ((pid = fork()) == 0) {
		for (i = 0; i < 25; i++) {
			(void)snprintf(name, sizeof(name), "child%d", i);
			if (keyring_add(k, name, AEAD_AES256_OCB) != ST_OK)
				_exit(1);
		}
		_exit(0);
	}
	for (i = 0; i < 25; i++) {
		(void)snprintf(name, sizeof(name), "parent%d", i);
		ck_assert_int_eq(keyring_add(k, name, AEAD_AES256_OCB), ST_OK);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	/* What was given out is where it was. */
	ck_assert_int_eq(keyring_find(k, "mine", &key), ST_OK);
	ck_assert_ptr_eq(key.secret, before.secret);
	keyring_free(k);
	k = open_ring();
	for (i = 0; i < 25; i++) {
		(void)snprintf(name, sizeof(name), "parent%d", i);
		ck_assert_int_eq(keyring_find(k, name, &key), ST_OK);
		(void)snprintf(name, sizeof(name), "child%d", i);
		ck_assert_int_eq(keyring_find(k, name, &key), ST_OK);
	}
	keyring_free(k);
}
END_TEST

START_TEST(a_destroyed_key_is_gone_from_the_disk)
{
	struct keyring *k = make();
	struct keyring_key key;
	char *text, bytes[4096];
	ssize_t i, n;
	int fd;

	ck_assert_int_eq(keyring_add(k, "a", AEAD_AES256_OCB), ST_OK);
	ck_assert_int_eq(keyring_add(k, "b", AEAD_AES256_OCB), ST_OK);
	fd = open(ring, O_RDONLY); /* the file as it is now, by whatever name */
	ck_assert_int_eq(keyring_destroy(k, "a"), ST_OK);
	ck_assert_int_eq(keyring_find(k, "a", &key), ST_NOTFOUND);
	ck_assert_int_eq(keyring_destroy(k, "a"), ST_NOTFOUND);
	ck_assert_int_eq(keyring_find(k, "b", &key), ST_OK);
	text = text_of(ring);
	ck_assert_ptr_null(strstr(text, "key a "));
	ck_assert_ptr_nonnull(strstr(text, "key b "));
	n = read(fd, bytes, sizeof(bytes));
	ck_assert_int_gt(n, 200);
	for (i = 0; i < n; i++)
		ck_assert_int_eq(bytes[i], 0);
	(void)close(fd);
	keyring_free(k);
	ck_assert_int_eq(try_open(&by_key), ST_OK);
	free(text);
}
END_TEST

START_TEST(a_key_that_was_not_written_is_not_used)
{
	struct keyring *k = make();
	struct keyring_key key;
	char away[300];

	ck_assert_int_eq(keyring_add(k, "a", AEAD_AES256_OCB), ST_OK);
	/* A folder stands where the new file would be written first. */
	(void)snprintf(away, sizeof(away), "%s.%ld.new", ring, (long)getpid());
	ck_assert_int_eq(mkdir(away, 0700), 0);
	ck_assert_int_ne(keyring_add(k, "b", AEAD_AES256_OCB), ST_OK);
	ck_assert_int_eq(keyring_find(k, "b", &key), ST_NOTFOUND);
	ck_assert_int_eq(rmdir(away), 0);
	ck_assert_int_eq(keyring_add(k, "b", AEAD_AES256_OCB), ST_OK);
	keyring_free(k);
	ck_assert_int_eq(try_open(&by_key), ST_OK);
}
END_TEST

static enum status scenario(void)
{
	struct keyring *k = NULL;
	enum status st;

	(void)unlink(ring);
	if ((st = keyring_create(ring, &by_key, &k)) == ST_OK)
		st = keyring_add(k, "a", AEAD_AES256_OCB);
	if (st == ST_OK)
		st = keyring_add(k, "b", AEAD_AES256_OCB);
	if (st == ST_OK)
		st = keyring_destroy(k, "a");
	keyring_free(k);
	k = NULL;
	if (st == ST_OK)
		st = keyring_open(ring, &by_key, &k);
	keyring_free(k);
	return st;
}

START_TEST(running_out_of_memory_is_survived)
{
	enum status st;
	int blown = 1;
	long n;

	for (n = 0; blown; n++) {
		test_alloc_fuse(n);
		st = scenario();
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		ck_assert_msg(!blown || st == ST_NOMEM, "%ld: %s: %s", n,
		    status_name(st), status_text());
	}
	ck_assert_msg(st == ST_OK, "%s", status_text());
	ck_assert_int_gt(n, 30);
}
END_TEST

Suite *keyring_suite(void)
{
	Suite *s = suite_create("keyring");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, keys_come_back_as_they_were_made);
	tcase_add_test(t, neither_key_nor_keyring_is_overwritten);
	tcase_add_test(t, files_are_for_their_owner_only);
	tcase_add_test(t, a_key_that_others_can_read_is_refused);
	tcase_add_test(t, a_key_file_is_read_strictly);
	tcase_add_test(t, a_passphrase_opens_what_it_locked);
	tcase_add_test(t, a_changed_keyring_is_noticed);
	tcase_add_test(t, hostile_costs_are_refused_before_they_are_paid);
	tcase_add_test(t, no_keyring_is_said_to_be_missing);
	tcase_add_test(t, two_that_add_at_once_lose_nothing);
	tcase_add_test(t, a_destroyed_key_is_gone_from_the_disk);
	tcase_add_test(t, a_key_that_was_not_written_is_not_used);
	tcase_add_test(t, running_out_of_memory_is_survived);
	suite_add_tcase(s, t);
	return s;
}
