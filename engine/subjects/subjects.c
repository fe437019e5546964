/* Salts, and what is made of them. */
#include "engine/subjects/subjects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/random.h"
#include "engine/crypto/secret.h"
#include "engine/plan/identity.h"
#include "engine/subjects/seal.h"

/* ---- identities ---- */

/* "customer_id\0C1", in canonical form. */
static enum status name_of(const struct reach_subject *who, struct buf *out)
{
	enum status st;

	buf_adds(out, who->identity);
	buf_addc(out, '\0');
	st = identity_canonical(
	    who->identity, who->value, strlen(who->value), out);
	return st == ST_OK ? buf_status(out) : st;
}

static void wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->size);
	buf_release(b);
}

/* ---- rows ---- */

static enum status find(
    struct installation *in, const uint8_t lookup[SHA256_LEN], int64_t *id)
{
	enum status st;

	*id = 0;
	st = db_one_int(in->control, "SELECT id FROM subject WHERE lookup = $1",
	    ARGS(BLOB(lookup, SHA256_LEN)), 0, id);
	return st == ST_OK && *id == 0 ? ST_NOTFOUND : st;
}

/* Two processes may come at once: the salt of the first is everybody's. */
static enum status add(struct installation *in, const struct buf *name,
    const uint8_t lookup[SHA256_LEN])
{
	uint8_t salt[SECRET_LEN];
	struct buf sealed = BUF_INIT;
	enum status st;

	st = random_bytes(salt, sizeof(salt));
	if (st == ST_OK)
		st = seal_close(in->keys, lookup, name, &sealed);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO subject (identity, lookup, salt, sealed)"
		    " VALUES ($1, $2, $3, $4) ON CONFLICT (lookup) DO NOTHING",
		    ARGS(TEXT(buf_text(name)), BLOB(lookup, SHA256_LEN),
			BLOB(salt, sizeof(salt)),
			BLOB(sealed.data, sealed.len)));
	explicit_bzero(salt, sizeof(salt));
	buf_release(&sealed);
	return st;
}

static enum status look(struct installation *in,
    const struct reach_subject *who, enum subjects_need need, int64_t *id)
{
	uint8_t lookup[SHA256_LEN];
	struct buf name = BUF_INIT;
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	st = name_of(who, &name);
	if (st == ST_OK)
		st = seal_lookup(in->keys, &name, lookup);
	if (st == ST_OK)
		st = find(in, lookup, id);
	if (st == ST_NOTFOUND && need == SUBJECTS_SALT &&
	    (st = add(in, &name, lookup)) == ST_OK)
		st = find(in, lookup, id);
	wipe(&name);
	return st;
}

enum status subjects_need(
    struct installation *in, const struct reach_subject *who, int64_t *id)
{
	return look(in, who, SUBJECTS_SALT, id);
}

enum status subjects_find(
    struct installation *in, const struct reach_subject *who, int64_t *id)
{
	return look(in, who, SUBJECTS_AS_THEY_ARE, id);
}

/* ---- pseudonyms ---- */

/* The name, and the salt into ${salt}. */
static enum status read_row(struct installation *in, int64_t id,
    uint8_t salt[SECRET_LEN], struct buf *name)
{
	struct stmt *s = NULL;
	enum status st;
	struct val v;

	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	st = db_query(in->control,
	    "SELECT lookup, sealed, salt FROM subject WHERE id = $1",
	    ARGS(INT(id)), &s);
	if (st == ST_OK)
		st = db_row(s);
	if (st == ST_OK) {
		v = db_val(s, 2);
		memcpy(salt, v.p, SECRET_LEN); /* the table checks its length */
		st = seal_open(in->keys, db_val(s, 0), db_val(s, 1), name);
	}
	db_done(s);
	return st;
}

enum status subjects_pseudonym(
    struct installation *in, int64_t id, char out[SUBJECT_TEXT])
{
	uint8_t salt[SECRET_LEN] = { 0 }, mac[SHA256_LEN];
	struct buf name = BUF_INIT, text = BUF_INIT;
	enum status st = read_row(in, id, salt, &name);
	size_t i;

	buf_adds(&text, "lethe subject pseudonym");
	buf_addc(&text, '\0');
	buf_add(&text, name.data, name.len);
	if (st == ST_OK)
		st = buf_status(&text);
	if (st == ST_OK)
		st = hmac_sha256(salt, sizeof(salt), text.data, text.len, mac);
	for (i = 0; st == ST_OK && i < (SUBJECT_TEXT - 1) / 2; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", (unsigned int)mac[i]);
	explicit_bzero(salt, sizeof(salt));
	wipe(&name);
	wipe(&text);
	return st;
}

enum status subjects_value(struct installation *in, int64_t id, char **out)
{
	uint8_t salt[SECRET_LEN] = { 0 };
	struct buf name = BUF_INIT;
	enum status st = read_row(in, id, salt, &name);

	if (st == ST_OK) {
		*out = strdup(buf_text(&name) + strlen(buf_text(&name)) + 1);
		if (*out == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	explicit_bzero(salt, sizeof(salt));
	wipe(&name);
	return st;
}

enum status subjects_mention(struct installation *in,
    const struct reach_subject *who, enum subjects_need need,
    char out[SUBJECT_TEXT])
{
	int64_t id = 0;
	enum status st = look(in, who, need, &id);

	*out = '\0';
	if (st == ST_OK)
		st = subjects_pseudonym(in, id, out);
	return st == ST_NOTFOUND ? ST_OK : st;
}
