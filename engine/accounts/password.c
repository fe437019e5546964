/* Passwords: rules, hashes, and how many are computed at once. */
#include "engine/accounts/password.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/accounts/common.h"
#include "engine/base/base64.h"
#include "engine/base/normal.h"
#include "engine/base/utf8.h"
#include "engine/crypto/argon2.h"
#include "engine/crypto/random.h"
#include "engine/crypto/secret.h"

#define SALT    16
#define HASH    32
#define WAITING 16 /* for each that computes */

/* ---- one process's memory ---- */

/* What the machine has is the process's, whichever installation asks: the one
 * place that threads share. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t room;
	struct password_count count;
	int waiting;
} gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, { 0, 0, 0 },
	0 };

struct password_count password_counts(void)
{
	struct password_count c;

	(void)pthread_mutex_lock(&gate.lock);
	c = gate.count;
	(void)pthread_mutex_unlock(&gate.lock);
	return c;
}

static enum status enter(int most)
{
	enum status st = ST_OK;

	(void)pthread_mutex_lock(&gate.lock);
	if (gate.waiting >= WAITING * most) {
		st = fail(ST_BUSY,
		    "too many people sign in at once: try again in a moment");
	} else {
		gate.waiting++;
		while (gate.count.at_once >= most)
			(void)pthread_cond_wait(&gate.room, &gate.lock);
		gate.waiting--;
		gate.count.computed++;
		if (++gate.count.at_once > gate.count.most_at_once)
			gate.count.most_at_once = gate.count.at_once;
	}
	(void)pthread_mutex_unlock(&gate.lock);
	return st;
}

static void leave(void)
{
	(void)pthread_mutex_lock(&gate.lock);
	gate.count.at_once--;
	(void)pthread_cond_signal(&gate.room);
	(void)pthread_mutex_unlock(&gate.lock);
}

/* ---- the hash ---- */

struct kept {
	struct argon2_cost cost;
	uint8_t salt[SALT];
	uint8_t hash[HASH];
};

static struct argon2_cost wanted(const struct config *c)
{
	return (struct argon2_cost){ (uint32_t)c->accounts.argon2.passes,
		(uint32_t)c->accounts.argon2.kib,
		(uint32_t)c->accounts.argon2.lanes };
}

static void forget(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->size);
	buf_release(b);
}

static enum status compute(const struct config *c, const char *password,
    const struct kept *k, uint8_t out[HASH])
{
	struct buf nfc = BUF_INIT;
	struct argon2_input in = { .salt = k->salt, .salt_len = SALT };
	enum status st = ST_INVALID;

	/* What is too long or no text is nobody's password; the work is done
	 * all the same. */
	if (strlen(password) <= PASSWORD_MOST)
		st = normal_add(NORMAL_NFC, password, strlen(password), &nfc);
	if (st == ST_OK || st == ST_INVALID) {
		in.password = buf_text(&nfc);
		in.password_len = nfc.len;
		if ((st = enter(c->accounts.parallel)) == ST_OK) {
			st = argon2id(&in, &k->cost, out, HASH);
			leave();
		}
	}
	forget(&nfc);
	return st;
}

static enum status take_bytes(
    const char *text, size_t len, uint8_t *out, size_t want)
{
	struct buf b = BUF_INIT;
	enum status st = base64_decode(&b, text, len);

	if (st == ST_OK && b.len != want)
		st = ST_INVALID;
	if (st == ST_OK)
		memcpy(out, b.data, want);
	buf_release(&b);
	return st;
}

static enum status parse(const char *text, struct kept *k)
{
	const char *hash;
	int n = 0;
	enum status st = ST_INVALID;

	if (sscanf(text, "$argon2id$v=19$m=%9u,t=%9u,p=%9u$%n", &k->cost.kib,
		&k->cost.passes, &k->cost.lanes, &n) == 3 &&
	    n > 0 && (hash = strchr(text + n, '$')) != NULL) {
		st = take_bytes(
		    text + n, (size_t)(hash - text - n), k->salt, SALT);
		if (st == ST_OK)
			st = take_bytes(
			    hash + 1, strlen(hash + 1), k->hash, HASH);
	}
	if (st == ST_INVALID)
		return fail(ST_INTEGRITY, "what is kept of a password is none");
	return st;
}

enum status password_hash(
    const struct config *c, const char *password, struct buf *out)
{
	struct kept k = { .cost = wanted(c) };
	enum status st = random_bytes(k.salt, SALT);

	if (st == ST_OK)
		st = compute(c, password, &k, k.hash);
	if (st != ST_OK)
		return st;
	buf_addf(out, "$argon2id$v=19$m=%u,t=%u,p=%u$", k.cost.kib,
	    k.cost.passes, k.cost.lanes);
	base64_add(out, k.salt, SALT);
	buf_addc(out, '$');
	base64_add(out, k.hash, HASH);
	return buf_status(out);
}

enum status password_verify(const struct config *c, const char *kept,
    const char *password, int *right, int *weak)
{
	const struct argon2_cost want = wanted(c);
	struct kept k = { .cost = want };
	uint8_t hash[HASH];
	enum status st = kept ? parse(kept, &k) : ST_OK;

	if (st == ST_OK)
		st = compute(c, password, &k, hash);
	if (st != ST_OK)
		return st;
	*right = secret_equal(hash, k.hash, HASH) & (kept != NULL);
	*weak = k.cost.kib < want.kib || k.cost.passes < want.passes;
	explicit_bzero(hash, sizeof(hash));
	return ST_OK;
}

/* ---- rules ---- */

/* Names are ASCII, and so is what they are found in. */
static int has(const char *text, const char *name)
{
	return strlen(name) >= 3 && strcasestr(text, name) != NULL;
}

static enum status check_text(
    const struct config *c, const char *user, const struct buf *nfc)
{
	const char *text = buf_text(nfc);
	size_t least = (size_t)c->accounts.password_length;

	if (utf8_length(text, nfc->len) < least)
		return fail(ST_USAGE,
		    "the password is too short: take %zu characters or more, "
		    "such as four or five words",
		    least);
	if (has(text, user))
		return fail(ST_USAGE,
		    "the user's name is in the password: take another one");
	if (has(text, c->installation))
		return fail(ST_USAGE,
		    "the installation's name is in the password: take another "
		    "one");
	if (common_is(text, nfc->len))
		return fail(ST_USAGE,
		    "the password is among the first that anybody tries: take "
		    "another one, such as four or five words");
	return ST_OK;
}

enum status password_check(
    const struct config *c, const char *user, const char *password)
{
	struct buf nfc = BUF_INIT;
	enum status st;

	if (strlen(password) > PASSWORD_MOST)
		return fail(ST_USAGE,
		    "the password is too long: %d bytes at most",
		    PASSWORD_MOST);
	st = normal_add(NORMAL_NFC, password, strlen(password), &nfc);
	if (st == ST_INVALID)
		st = fail(
		    ST_USAGE, "the password is not text: give it in UTF-8");
	if (st == ST_OK)
		st = check_text(c, user, &nfc);
	forget(&nfc);
	return st;
}
