/* Proposals of rectification as they stand in the control database. */
#include "engine/rights/rectify_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/crypto/hash.h"
#include "engine/crypto/pseudonym.h"
#include "engine/rights/rows.h"

static enum status parse(const char *text, json_t **out)
{
	*out = json_loads(text, JSON_DECODE_ANY, NULL);
	if (*out == NULL)
		return fail(ST_INTEGRITY, "a proposed value is not JSON");
	return ST_OK;
}

static enum status one_json(struct stmt *s, json_t **out)
{
	const char *state = db_int(s, 9)    ? "withdrawn"
			    : db_int(s, 10) ? "done"
					    : "proposed";
	json_t *key = NULL, *old = NULL, *new = NULL;
	enum status st = parse(db_text(s, 4), &key);

	if (st == ST_OK)
		st = parse(db_text(s, 6), &old);
	if (st == ST_OK)
		st = parse(db_text(s, 7), &new);
	if (st == ST_OK)
		st = json_make(out,
		    "{s:I, s:s, s:s, s:s, s:O, s:s, s:O, s:O, s:s, s:s}",
		    "change", (json_int_t)db_int(s, 0), "kind", db_text(s, 1),
		    "store", db_text(s, 2), "collection", db_text(s, 3), "key",
		    key, "field", db_text(s, 5), "old", old, "new", new,
		    "evidence", db_text(s, 8), "state", state);
	json_decref(key);
	json_decref(old);
	json_decref(new);
	return st;
}

enum status change_list(struct installation *in, int64_t request,
    enum change_which which, json_t **out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT number, kind, store, collection, record_key, field,"
	    " old_value, new_value, evidence, withdrawn_at IS NOT NULL,"
	    " done_at IS NOT NULL FROM request_change"
	    " WHERE request = $1 AND ($2 OR (withdrawn_at IS NULL"
	    " AND done_at IS NULL)) ORDER BY number",
	    ARGS(INT(request), INT(which == CHANGE_ALL)), &s);
	return st == ST_OK ? rows_json(s, one_json, out) : st;
}

static enum status key_text(const struct rights_change *c, char **out)
{
	json_t *key = NULL;
	enum status st = json_made(json_array(), &key);

	for (size_t i = 0; st == ST_OK && i < c->key_count; i++)
		st = json_push(key, json_string(c->key[i]));
	if (st == ST_OK)
		st = json_canonical(key, out);
	json_decref(key);
	return st;
}

/* One field has one proposal: the later one takes the place of the earlier. */
enum status change_add(struct step *s, const struct rights_change *c,
    const char *old, const char *new)
{
	char *key = NULL;
	enum status st = key_text(c, &key);

	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "UPDATE request_change SET withdrawn_at = $6"
		    " WHERE request = $1 AND store = $2 AND collection = $3"
		    " AND record_key = $4 AND field = $5 AND done_at IS NULL"
		    " AND withdrawn_at IS NULL",
		    ARGS(INT(s->r.number), TEXT(c->store), TEXT(c->collection),
			TEXT(key), TEXT(c->field), INT(s->by->now)));
	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "INSERT INTO request_change (request, number, kind, store,"
		    " collection, record_key, field, old_value, new_value,"
		    " evidence) SELECT $1, 1 + coalesce((SELECT max(number)"
		    "  FROM request_change WHERE request = $1), 0),"
		    " $2, $3, $4, $5, $6, $7, $8, $9",
		    ARGS(INT(s->r.number), TEXT(c->kind), TEXT(c->store),
			TEXT(c->collection), TEXT(key), TEXT(c->field),
			TEXT(old), TEXT(new), TEXT(c->evidence)));
	free(key);
	return st;
}

enum status change_withdraw(struct step *s, int64_t number)
{
	int64_t n = 0;
	enum status st;

	st = db_exec_(s->in->control,
	    "UPDATE request_change SET withdrawn_at = $3 WHERE request = $1"
	    " AND number = $2 AND withdrawn_at IS NULL AND done_at IS NULL",
	    ARGS(INT(s->r.number), INT(number), INT(s->by->now)), &n);
	if (st == ST_OK && n == 0)
		return fail(ST_USAGE,
		    "no change %lld is proposed: `lethe request changes %s` "
		    "lists them",
		    (long long)number, s->r.id);
	return st;
}

/* ---- the hash ---- */

/* Keyed, since it is in the log and over values that can be guessed. */
static enum status hash_of(
    struct installation *in, const char *text, char out[SHA256_TEXT])
{
	static const char place[] = "control/request_change";
	uint8_t hash[PSEUDONYM_LEN];
	struct secret_key *own = NULL;
	struct keyring_key key = { 0 };
	struct pseudonyms *p = NULL;
	enum status st = keyring_find(in->keys, "evidence", &key);

	if (st == ST_OK)
		st = secret_derive(
		    key.secret, "record", place, strlen(place), &own);
	if (st == ST_OK)
		st = pseudonyms_new(own, &p);
	if (st == ST_OK)
		st = pseudonym_of(p, text, strlen(text), hash);
	if (st == ST_OK)
		sha256_hex(hash, sizeof(hash), out);
	pseudonyms_free(p);
	secret_free(own);
	return st;
}

static enum status write_hash(struct step *s, const char *hash)
{
	int64_t n = 0;
	enum status st;

	st = db_exec_(s->in->control,
	    "INSERT INTO request_rectification (request, hash) VALUES ($1, $2)"
	    " ON CONFLICT (request) DO UPDATE SET hash = $2,"
	    " decided_hash = NULL, approved_hash = NULL, begun_at = NULL,"
	    " done_at = NULL WHERE begun_at IS NULL OR done_at IS NOT NULL",
	    ARGS(INT(s->r.number), TEXT(hash)), &n);
	if (st == ST_OK && n == 0)
		return fail(ST_DENIED,
		    "what was approved is being carried out: `lethe request "
		    "correct %s` ends that first",
		    s->r.id);
	return st;
}

enum status change_rehash(struct step *s)
{
	char hash[SHA256_TEXT] = "";
	json_t *open = NULL;
	char *text = NULL;
	enum status st;

	st = change_list(s->in, s->r.number, CHANGE_OPEN, &open);
	if (st == ST_OK)
		st = json_canonical(open, &text);
	if (st == ST_OK && json_array_size(open) > 0)
		st = hash_of(s->in, text, hash);
	if (st == ST_OK)
		st = write_hash(s, hash);
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
	json_decref(open);
	return st;
}

/* ---- as a whole ---- */

enum status rectification_read(
    struct installation *in, int64_t request, struct rectification *out)
{
	struct stmt *s = NULL;
	enum status st;

	*out = (struct rectification){ .hash = "" };
	st = db_query(in->control,
	    "SELECT hash, coalesce(decided_hash = hash, 0),"
	    " coalesce(approved_hash = hash, 0),"
	    " begun_at IS NOT NULL AND done_at IS NULL, done_at IS NOT NULL"
	    " FROM request_rectification WHERE request = $1",
	    ARGS(INT(request)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		(void)snprintf(
		    out->hash, sizeof(out->hash), "%s", db_text(s, 0));
		out->decided = (int)db_int(s, 1);
		out->approved = (int)db_int(s, 2);
		out->begun = (int)db_int(s, 3);
		out->done = (int)db_int(s, 4);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status rectification_begin(struct installation *in,
    const struct request *r, const char *hash, int64_t now)
{
	int64_t n = 0;
	enum status st;

	st = db_exec_(in->control,
	    "UPDATE request_rectification SET"
	    " begun_at = coalesce(begun_at, $3) WHERE request = $1"
	    " AND hash = $2 AND approved_hash = $2 AND done_at IS NULL",
	    ARGS(INT(r->number), TEXT(hash), INT(now)), &n);
	if (st == ST_OK && n == 0)
		return fail(ST_CONFLICT,
		    "somebody has carried %s out or proposed something else "
		    "meanwhile: `lethe request changes %s` says how it stands",
		    r->id, r->id);
	return st;
}

enum status rectification_end(struct step *s)
{
	enum status st;

	st = db_exec(s->in->control,
	    "UPDATE request_change SET done_at = $2 WHERE request = $1"
	    " AND withdrawn_at IS NULL AND done_at IS NULL",
	    ARGS(INT(s->r.number), INT(s->by->now)));
	if (st == ST_OK)
		st = db_exec(s->in->control,
		    "UPDATE request_rectification SET done_at = $2"
		    " WHERE request = $1",
		    ARGS(INT(s->r.number), INT(s->by->now)));
	return st;
}
