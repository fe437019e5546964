/* Waiting after failures. */
#include "engine/accounts/throttle.h"

#include <arpa/inet.h>
#include <string.h>

#include "engine/crypto/random.h"

#define FREE_PAIR    5
#define FREE_DEVICE  10
#define FREE_ADDRESS 30

/* ---- hashes ---- */

static enum status read_salt(struct installation *in, uint8_t out[SHA256_LEN])
{
	struct stmt *s = NULL;
	struct val v;
	enum status st =
	    db_query(in->control, "SELECT salt FROM account_salt", NOARGS, &s);

	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		v = db_val(s, 0);
		if (v.n == SHA256_LEN)
			memcpy(out, v.p, SHA256_LEN);
		else
			st = fail(ST_INTEGRITY, "the salt of accounts is none");
	}
	db_done(s);
	return st;
}

static enum status get_salt(struct installation *in, uint8_t out[SHA256_LEN])
{
	enum status st = read_salt(in, out);

	if (st != ST_NOTFOUND)
		return st;
	/* Of two that make it at once, the first one's stays. */
	if ((st = random_bytes(out, SHA256_LEN)) == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO account_salt (one, salt) VALUES (1, $1)"
		    " ON CONFLICT (one) DO NOTHING",
		    ARGS(BLOB(out, SHA256_LEN)));
	return st == ST_OK ? read_salt(in, out) : st;
}

enum status throttle_hash(struct installation *in, char kind, const void *data,
    size_t len, uint8_t out[SHA256_LEN])
{
	uint8_t salt[SHA256_LEN], sum[SHA256_LEN + 1];
	enum status st = get_salt(in, salt);

	if (st != ST_OK)
		return st;
	sum[0] = (uint8_t)kind;
	sha256(data, len, sum + 1);
	return hmac_sha256(salt, sizeof(salt), sum, sizeof(sum), out);
}

enum status throttle_who(
    struct installation *in, const char *name, uint8_t out[SHA256_LEN])
{
	return throttle_hash(in, 'n', name, strlen(name), out);
}

enum status accounts_address(
    struct installation *in, const char *text, uint8_t out[ACCOUNTS_ADDRESS])
{
	static const uint8_t mapped[12] = { [10] = 255, [11] = 255 };
	uint8_t bytes[16];
	enum status st = installation_open_control(in);

	if (st != ST_OK)
		return st;
	if (inet_pton(AF_INET, text, bytes) == 1)
		return throttle_hash(in, 'a', bytes, 4, out);
	if (inet_pton(AF_INET6, text, bytes) != 1)
		return fail(ST_INVALID, "not an IP address");
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0)
		return throttle_hash(in, 'a', bytes + 12, 4, out);
	return throttle_hash(in, 'a', bytes, 8, out);
}

enum status throttle_of(struct installation *in, const struct accounts_try *t,
    int64_t device, struct throttle *out)
{
	uint8_t both[SHA256_LEN + ACCOUNTS_ADDRESS];
	enum status st = throttle_who(in, t->name, out->counts[0].who);

	if (st != ST_OK)
		return st;
	memcpy(both, out->counts[0].who, SHA256_LEN);
	memcpy(both + SHA256_LEN, t->address, ACCOUNTS_ADDRESS);
	out->count = device ? 1 : 2;
	out->counts[0].of_name = 1;
	out->counts[0].free = device ? FREE_DEVICE : FREE_PAIR;
	if (device)
		return throttle_hash(
		    in, 'd', &device, sizeof(device), out->counts[0].id);
	out->counts[1].of_name = 0;
	out->counts[1].free = FREE_ADDRESS;
	memcpy(out->counts[1].id, t->address, ACCOUNTS_ADDRESS);
	return throttle_hash(in, 'p', both, sizeof(both), out->counts[0].id);
}

/* ---- time ---- */

int64_t throttle_delay(int64_t failures, int free)
{
	int64_t over = failures - free;

	if (over < 0)
		return 0;
	return over >= 10 ? THROTTLE_MOST : INT64_C(1) << over;
}

int64_t throttle_left(int64_t failures, int free, int64_t last_at, int64_t now)
{
	int64_t delay = throttle_delay(failures, free);
	int64_t left;

	/* A clock that was set back says nothing of how long it was. */
	if (now < last_at)
		return delay;
	if (now - last_at >= THROTTLE_FORGET)
		return 0;
	left = last_at + delay - now;
	return left > 0 ? left : 0;
}

/* ---- rows ---- */

static enum status look(struct installation *in, const struct throttle *t,
    size_t i, int64_t now, int64_t *wait)
{
	struct stmt *s = NULL;
	int64_t last_at = 0, left = 0;
	enum status st;

	st = db_query(in->control,
	    "SELECT failures, last_at FROM account_throttle WHERE id = $1",
	    ARGS(BLOB(t->counts[i].id, SHA256_LEN)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		last_at = db_int(s, 1);
		left = throttle_left(
		    db_int(s, 0), t->counts[i].free, last_at, now);
	}
	db_done(s);
	if (left > *wait)
		*wait = left;
	/* So that the wait goes on from the clock as it is now. */
	if (st == ST_OK && last_at > now)
		st = db_exec(in->control,
		    "UPDATE account_throttle SET last_at = $2 WHERE id = $1",
		    ARGS(BLOB(t->counts[i].id, SHA256_LEN), INT(now)));
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status add(struct installation *in, const struct throttle *t,
    size_t i, int64_t now, int *locked)
{
	int64_t failures = 0;
	enum status st;

	st = db_one_int(in->control,
	    "INSERT INTO account_throttle (id, who, failures, last_at)"
	    " VALUES ($1, $2, 1, $3) ON CONFLICT (id) DO UPDATE SET"
	    " failures = CASE WHEN last_at <= $4 THEN 1"
	    " ELSE failures + 1 END, last_at = $3 RETURNING failures",
	    ARGS(BLOB(t->counts[i].id, SHA256_LEN),
		t->counts[i].of_name ? BLOB(t->counts[i].who, SHA256_LEN) : NIL,
		INT(now), INT(now - THROTTLE_FORGET)),
	    0, &failures);
	if (failures == t->counts[i].free)
		*locked = 1;
	return st;
}

enum status throttle_count(struct installation *in, const struct throttle *t,
    int64_t now, int64_t *wait, int *locked)
{
	enum status st = ST_OK;

	*wait = 0;
	*locked = 0;
	for (size_t i = 0; st == ST_OK && i < t->count; i++)
		st = look(in, t, i, now, wait);
	for (size_t i = 0; st == ST_OK && *wait == 0 && i < t->count; i++)
		st = add(in, t, i, now, locked);
	return st;
}

enum status throttle_undo(struct installation *in, const struct throttle *t)
{
	enum status st =
	    db_exec(in->control, "DELETE FROM account_throttle WHERE id = $1",
		ARGS(BLOB(t->counts[0].id, SHA256_LEN)));

	if (st == ST_OK && t->count > 1)
		st = db_exec(in->control,
		    "UPDATE account_throttle SET failures = failures - 1"
		    " WHERE id = $1 AND failures > 0",
		    ARGS(BLOB(t->counts[1].id, SHA256_LEN)));
	return st;
}
