/* One-time codes. */
#include "engine/rights/code.h"

#include <stdio.h>
#include <string.h>

#include "engine/crypto/hash.h"
#include "engine/crypto/random.h"
#include "engine/crypto/secret.h"

#define SALT 16

/* Eight digits, each of the 10^8 as likely as any other. */
static enum status draw(char out[CODE_TEXT])
{
	const uint32_t most = UINT32_MAX / 100000000u * 100000000u;
	uint32_t n = most;
	enum status st = ST_OK;

	while (st == ST_OK && n >= most)
		st = random_bytes(&n, sizeof(n));
	if (st == ST_OK)
		(void)snprintf(out, CODE_TEXT, "%08u", n % 100000000u);
	return st;
}

enum status code_make(struct installation *in, int64_t request,
    int64_t expires_at, int attempts, char out[CODE_TEXT])
{
	uint8_t salt[SALT], hash[SHA256_LEN];
	enum status st = draw(out);

	if (st == ST_OK)
		st = random_bytes(salt, sizeof(salt));
	if (st == ST_OK)
		st = hmac_sha256(salt, SALT, out, CODE_TEXT - 1, hash);
	if (st != ST_OK)
		return st;
	return db_exec(in->control,
	    "INSERT INTO request_code (request, salt, hash, expires_at,"
	    " attempts) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (request)"
	    " DO UPDATE SET salt = excluded.salt, hash = excluded.hash,"
	    " expires_at = excluded.expires_at, attempts = excluded.attempts",
	    ARGS(INT(request), BLOB(salt, SALT), BLOB(hash, SHA256_LEN),
		INT(expires_at), INT(attempts)));
}

/* What is kept; zeros and no attempts where nothing is. */
struct kept {
	uint8_t salt[SALT];
	uint8_t hash[SHA256_LEN];
	int64_t expires_at;
	int64_t attempts;
};

static enum status read_kept(
    struct installation *in, int64_t request, struct kept *k)
{
	struct stmt *s = NULL;
	struct val salt, hash;
	enum status st;

	*k = (struct kept){ .attempts = 0 };
	st = db_query(in->control,
	    "SELECT salt, hash, expires_at, attempts FROM request_code"
	    " WHERE request = $1",
	    ARGS(INT(request)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		salt = db_val(s, 0);
		hash = db_val(s, 1);
		if (salt.n == SALT && hash.n == SHA256_LEN) {
			memcpy(k->salt, salt.p, SALT);
			memcpy(k->hash, hash.p, SHA256_LEN);
			k->expires_at = db_int(s, 2);
			k->attempts = db_int(s, 3);
		}
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status code_try(struct installation *in, int64_t request, const char *text,
    int64_t now, enum code_answer *out)
{
	uint8_t hash[SHA256_LEN];
	struct kept k;
	int equal, usable;
	enum status st;

	if ((st = read_kept(in, request, &k)) != ST_OK)
		return st;
	st = hmac_sha256(k.salt, SALT, text, strlen(text), hash);
	if (st != ST_OK)
		return st;
	equal = secret_equal(hash, k.hash, SHA256_LEN);
	usable = (k.attempts > 0) & (now < k.expires_at);
	*out = CODE_WRONG;
	if (equal & usable) {
		*out = CODE_RIGHT;
		return db_exec(in->control,
		    "DELETE FROM request_code WHERE request = $1",
		    ARGS(INT(request)));
	}
	if (usable && k.attempts == 1)
		*out = CODE_SPENT;
	return db_exec(in->control,
	    "UPDATE request_code SET attempts = attempts - 1"
	    " WHERE request = $1 AND attempts > 0",
	    ARGS(INT(request)));
}
