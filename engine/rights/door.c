/* The customers' door: from a request to its case code, and back in. */
#include "engine/rights/door.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/crypto/random.h"
#include "engine/rights/open.h"

#define GROUP 5 /* four characters and a dash */

struct rights_actor door_actor(int64_t now)
{
	return (struct rights_actor){ "portal", REQUEST_BY_SUBJECT, now };
}

/* ---- case codes ---- */

/* Crockford's: no letter that is taken for a digit. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static enum status draw(char out[DOOR_CODE])
{
	uint8_t bytes[DOOR_CODE - 1];
	enum status st = random_bytes(bytes, sizeof(bytes));

	for (size_t i = 0; st == ST_OK && i < DOOR_CODE - 1; i++)
		out[i] =
		    i % GROUP == GROUP - 1 ? '-' : alphabet[bytes[i] & 31U];
	out[DOOR_CODE - 1] = '\0';
	explicit_bzero(bytes, sizeof(bytes));
	return st;
}

/* One character as it was drawn; 0 for what is in no case code. */
static char plain(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c && strchr(alphabet, c) ? c : '\0';
}

/* As it was drawn, however it is typed.  0: that is none. */
static int canonical(const char *typed, char out[DOOR_CODE])
{
	size_t len = 0;

	for (; *typed; typed++) {
		if (*typed == '-' || *typed == ' ')
			continue;
		if (len == DOOR_CODE - 1 || plain(*typed) == '\0')
			return 0;
		out[len++] = plain(*typed);
		if (len % GROUP == GROUP - 1 && len < DOOR_CODE - 1)
			out[len++] = '-';
	}
	out[len] = '\0';
	return len == DOOR_CODE - 1;
}

/* ---- sessions ---- */

static enum status make_csrf(struct door_session *s)
{
	static const char label[] = "csrf";
	uint8_t sum[SHA256_LEN];
	enum status st = hmac_sha256(
	    s->token, TOKEN_TEXT - 1, label, sizeof(label) - 1, sum);

	for (size_t i = 0; st == ST_OK && i < sizeof(sum); i++)
		(void)snprintf(s->csrf + 2 * i, 3, "%02x", sum[i]);
	return st;
}

/* Inside a write transaction; those that have ended go. */
static enum status begin(
    struct installation *in, int64_t now, struct door_session *s)
{
	struct token_hash hash;
	enum status st = token_new(s->token);

	if (st != ST_OK)
		return st;
	token_hash(s->token, &hash);
	st = db_exec(in->control,
	    "DELETE FROM door_session WHERE ends_at <= $1", ARGS(INT(now)));
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO door_session (request, selector, proof,"
		    " ends_at) VALUES ($1, $2, $3, $4)",
		    ARGS(INT(s->request), BLOB(hash.selector, TOKEN_HALF),
			BLOB(hash.proof, TOKEN_HALF), INT(now + DOOR_SECONDS)));
	return st == ST_OK ? make_csrf(s) : st;
}

enum status door_session(struct installation *in, const char *token,
    int64_t now, struct door_session *out)
{
	struct token_hash hash;
	struct stmt *s = NULL;
	struct val proof;
	enum status st = installation_open_control(in);

	if (st != ST_OK)
		return st;
	if (strlen(token) != TOKEN_TEXT - 1)
		return fail(ST_NOTFOUND, "the session has ended");
	token_hash(token, &hash);
	st = db_query(in->control,
	    "SELECT r.number, r.id, s.proof, d.proven_at IS NOT NULL"
	    " FROM door_session AS s"
	    " JOIN request AS r ON r.number = s.request"
	    " JOIN request_door AS d ON d.request = s.request"
	    " WHERE s.selector = $1 AND s.ends_at > $2",
	    ARGS(BLOB(hash.selector, TOKEN_HALF), INT(now)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		proof = db_val(s, 2);
		if (token_proves(&hash, proof.p, proof.n)) {
			out->request = db_int(s, 0);
			out->proven = db_int(s, 3) != 0;
			(void)snprintf(
			    out->id, sizeof(out->id), "%s", db_text(s, 1));
			memcpy(out->token, token, TOKEN_TEXT);
		} else {
			st = ST_NOTFOUND;
		}
	}
	db_done(s);
	if (st == ST_NOTFOUND)
		return fail(ST_NOTFOUND, "the session has ended");
	return st == ST_OK ? make_csrf(out) : st;
}

enum status door_leave(struct installation *in, const struct door_session *s)
{
	struct token_hash hash;

	token_hash(s->token, &hash);
	return db_exec(in->control,
	    "DELETE FROM door_session WHERE selector = $1 AND proof = $2",
	    ARGS(
		BLOB(hash.selector, TOKEN_HALF), BLOB(hash.proof, TOKEN_HALF)));
}

/* ---- in ---- */

static enum status note_code(
    struct installation *in, int64_t request, const char *code)
{
	struct token_hash hash;

	token_hash(code, &hash);
	return db_exec(in->control,
	    "INSERT INTO request_door (request, selector, proof)"
	    " VALUES ($1, $2, $3)",
	    ARGS(INT(request), BLOB(hash.selector, TOKEN_HALF),
		BLOB(hash.proof, TOKEN_HALF)));
}

static enum status check_lengths(const struct rights_order *o)
{
	if (o->value && strlen(o->value) > DOOR_VALUE)
		return fail(
		    ST_USAGE, "`value` is longer than %d bytes", DOOR_VALUE);
	if (o->words && strlen(o->words) > DOOR_WORDS)
		return fail(ST_USAGE,
		    "`words` are longer than %d bytes: say it in fewer",
		    DOOR_WORDS);
	return ST_OK;
}

enum status door_file(struct installation *in, const struct rights_order *o,
    int64_t now, char code[DOOR_CODE], struct door_session *out)
{
	const struct rights_actor by = door_actor(now);
	struct step s = { 0 };
	enum status st = check_lengths(o);

	if (st == ST_OK)
		st = open_begin(&s, in, &by, o);
	if (st == ST_OK)
		st = draw(code);
	if (st == ST_OK)
		st = note_code(in, s.r.number, code);
	if (st == ST_OK) {
		out->request = s.r.number;
		memcpy(out->id, s.r.id, sizeof(out->id));
		st = begin(in, now, out);
	}
	return s.in ? step_end(&s, st, NULL) : st;
}

/* ST_NOTFOUND: it is nobody's. */
static enum status find(
    struct installation *in, const char *code, struct door_session *out)
{
	struct token_hash hash;
	struct stmt *s = NULL;
	struct val proof;
	enum status st;

	token_hash(code, &hash);
	st = db_query(in->control,
	    "SELECT r.number, r.id, d.proof, d.proven_at IS NOT NULL"
	    " FROM request_door AS d"
	    " JOIN request AS r ON r.number = d.request WHERE d.selector = $1",
	    ARGS(BLOB(hash.selector, TOKEN_HALF)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		proof = db_val(s, 2);
		if (!token_proves(&hash, proof.p, proof.n))
			st = ST_NOTFOUND;
		out->request = db_int(s, 0);
		out->proven = db_int(s, 3) != 0;
		(void)snprintf(out->id, sizeof(out->id), "%s", db_text(s, 1));
	}
	db_done(s);
	return st;
}

enum status door_enter(struct installation *in, const char *code, int64_t now,
    struct door_session *out)
{
	char plain_code[DOOR_CODE];
	enum status st = installation_open_control(in);

	if (st != ST_OK)
		return st;
	if (!canonical(code, plain_code))
		st = ST_NOTFOUND;
	if (st == ST_OK && (st = db_begin(in->control, DB_WRITE)) == ST_OK)
		st = find(in, plain_code, out);
	if (st == ST_OK)
		st = begin(in, now, out);
	if (st == ST_OK)
		st = db_commit(in->control);
	else
		db_rollback(in->control);
	explicit_bzero(plain_code, sizeof(plain_code));
	if (st == ST_NOTFOUND)
		return fail(ST_DENIED,
		    "this is no case code: it has five groups of four "
		    "characters and was shown when the request was filed");
	return st;
}
