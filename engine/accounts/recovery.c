/* Recovery codes. */
#include "engine/accounts/recovery.h"

#include <string.h>

#include "engine/accounts/totp.h"
#include "engine/crypto/random.h"
#include "engine/crypto/token.h"

#define BYTES 10
#define CHARS 16

static void hash_code(const char *code, struct token_hash *out)
{
	char plain[CHARS + 2] = { 0 };
	size_t n = 0;

	for (; *code && n < sizeof(plain) - 1; code++)
		if (*code != ' ' && *code != '-')
			plain[n++] = *code >= 'a' && *code <= 'z'
					 ? (char)(*code - 'a' + 'A')
					 : *code;
	token_hash(plain, out);
	explicit_bzero(plain, sizeof(plain));
}

static enum status make_one(
    struct installation *in, int64_t account, json_t *list)
{
	struct buf plain = BUF_INIT, shown = BUF_INIT;
	struct token_hash hash;
	uint8_t bytes[BYTES];
	enum status st = random_bytes(bytes, sizeof(bytes));

	if (st != ST_OK)
		return st;
	totp_base32(&plain, bytes, sizeof(bytes));
	for (size_t i = 0; i < plain.len; i++) {
		if (i && i % 4 == 0)
			buf_addc(&shown, '-');
		buf_addc(&shown, plain.data[i]);
	}
	if ((st = buf_status(&plain)) == ST_OK &&
	    (st = buf_status(&shown)) == ST_OK) {
		hash_code(buf_text(&plain), &hash);
		st = db_exec(in->control,
		    "INSERT INTO account_recovery (account, selector, proof)"
		    " VALUES ($1, $2, $3)",
		    ARGS(INT(account), BLOB(hash.selector, TOKEN_HALF),
			BLOB(hash.proof, TOKEN_HALF)));
	}
	if (st == ST_OK)
		st = json_push(list, json_string(buf_text(&shown)));
	buf_release(&plain);
	buf_release(&shown);
	return st;
}

enum status recovery_make(
    struct installation *in, int64_t account, json_t **out)
{
	json_t *list = json_array();
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = db_exec(in->control,
		    "DELETE FROM account_recovery WHERE account = $1",
		    ARGS(INT(account)));
	for (int i = 0; st == ST_OK && i < RECOVERY_CODES; i++)
		st = make_one(in, account, list);
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

enum status recovery_find(
    struct installation *in, int64_t account, const char *code, int64_t *found)
{
	struct token_hash hash;
	struct stmt *s = NULL;
	struct val proof;
	enum status st;

	*found = 0;
	hash_code(code, &hash);
	st = db_query(in->control,
	    "SELECT number, proof FROM account_recovery"
	    " WHERE account = $1 AND selector = $2",
	    ARGS(INT(account), BLOB(hash.selector, TOKEN_HALF)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		proof = db_val(s, 1);
		if (token_proves(&hash, proof.p, proof.n))
			*found = db_int(s, 0);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status recovery_spend(struct installation *in, int64_t found)
{
	return db_exec(in->control,
	    "DELETE FROM account_recovery WHERE number = $1", ARGS(INT(found)));
}
