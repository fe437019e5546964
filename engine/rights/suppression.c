/* The list of those who objected to direct marketing. */
#include "engine/rights/suppression.h"

#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/crypto/pseudonym.h"
#include "engine/plan/identity.h"
#include "engine/rights/address.h"

/* Apart from what else the key hashes. */
#define DOMAIN "suppression"

/* ---- hashes ---- */

struct names {
	struct pseudonyms *hasher;
	json_t *kinds;     /* of each */
	struct buf hashes; /* PSEUDONYM_LEN each */
};

static enum status names_init(struct installation *in, struct names *n)
{
	struct keyring_key key;
	enum status st = installation_unlock(in);

	*n = (struct names){ .hashes = BUF_INIT };
	if (st == ST_OK)
		st = keyring_find(in->keys, "evidence", &key);
	if (st == ST_OK)
		st = pseudonyms_new(key.secret, &n->hasher);
	return st == ST_OK ? json_made(json_array(), &n->kinds) : st;
}

static void names_release(struct names *n)
{
	pseudonyms_free(n->hasher);
	json_decref(n->kinds);
	buf_release(&n->hashes);
}

static enum status names_add(
    struct names *n, const char *kind, const char *value)
{
	struct buf text = BUF_INIT;
	uint8_t hash[PSEUDONYM_LEN];
	enum status st;

	buf_add(&text, DOMAIN, sizeof(DOMAIN));
	buf_add(&text, kind, strlen(kind) + 1);
	st = identity_canonical(kind, value, strlen(value), &text);
	if (st == ST_OK)
		st = buf_status(&text);
	if (st == ST_OK)
		st = pseudonym_of(n->hasher, text.data, text.len, hash);
	if (text.data)
		explicit_bzero(text.data, text.size);
	buf_release(&text);
	if (st != ST_OK)
		return st;
	buf_add(&n->hashes, hash, sizeof(hash));
	if ((st = buf_status(&n->hashes)) != ST_OK)
		return st;
	return json_push(n->kinds, json_string(kind));
}

/* ---- on the list ---- */

static int is_address(const char *identity)
{
	return identity && (strcmp(identity, "email") == 0 ||
			       strcmp(identity, "phone_number") == 0);
}

static enum status look(void *ctx, const struct reach_record *r)
{
	const struct collection *c = r->collection;
	enum status st = ST_OK;
	char *text;

	for (size_t i = 0; st == ST_OK && !r->shared && i < c->field_count;
	     i++) {
		if (!is_address(c->fields[i].identity))
			continue;
		text = NULL;
		st = address_read(r, c->fields[i].name, &text);
		if (st == ST_OK && text && *text)
			st = names_add(ctx, c->fields[i].identity, text);
		free(text);
	}
	return st;
}

static enum status keep(struct step *s, const struct names *n)
{
	const char *hashes = n->hashes.data;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < json_array_size(n->kinds); i++)
		st = db_exec(s->in->control,
		    "INSERT INTO suppression (hash, identity, since)"
		    " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		    ARGS(BLOB(hashes + i * PSEUDONYM_LEN, PSEUDONYM_LEN),
			TEXT(json_string_value(json_array_get(n->kinds, i))),
			INT(s->by->now)));
	return st;
}

enum status rights_suppress(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out)
{
	struct request r = { 0 };
	struct step s = { 0 };
	struct names n = { .hashes = BUF_INIT };
	enum status st = book_read(in, id, &r);

	if (st == ST_OK && r.type != REQUEST_OBJECTION_DIRECT_MARKETING)
		st = fail(
		    ST_USAGE, "%s is no objection to direct marketing", id);
	if (st == ST_OK)
		st = names_init(in, &n);
	if (st == ST_OK)
		st = names_add(&n, r.identity, r.value);
	if (st == ST_OK) {
		const struct reach_subject who = { r.identity, r.value };

		st = reach_walk(in, &who, look, &n);
	}
	if (st == ST_OK) {
		st = step_begin(&s, in, by, id);
		if (st == ST_OK)
			st = step_go(&s, REQUEST_SUPPRESS, NULL, NULL);
		if (st == ST_OK)
			st = keep(&s, &n);
		st = step_end(&s, st, out);
	}
	names_release(&n);
	request_release(&r);
	return st;
}

/* ---- asked ---- */

static enum status note(struct installation *in, const struct rights_actor *by,
    const char *action, const char *identity)
{
	json_t *details = NULL;
	enum status st = installation_open_audit(in);

	if (st == ST_OK)
		st = json_make(&details, "{s:s, s:s*}", "object", "suppression",
		    "identity", identity);
	if (st == ST_OK)
		st =
		    audit_append(in->audit, by->now, by->name, action, details);
	json_decref(details);
	return st;
}

enum status suppression_check(struct installation *in,
    const struct rights_actor *by, const char *identity, const char *value,
    json_t **out)
{
	struct names n = { .hashes = BUF_INIT };
	char since[INSTANT_TEXT];
	int64_t at = 0;
	enum status st = names_init(in, &n);

	if (st == ST_OK)
		st = names_add(&n, identity, value);
	if (st == ST_OK)
		st = installation_open_control(in);
	if (st == ST_OK)
		st = db_one_int(in->control,
		    "SELECT since FROM suppression WHERE hash = $1",
		    ARGS(BLOB(n.hashes.data, n.hashes.len)), 0, &at);
	if (st == ST_OK)
		st = note(in, by, "suppression_checked", identity);
	civil_format_instant(at, since);
	if (st == ST_OK)
		st = json_make(out, "{s:s, s:b, s:s?}", "identity", identity,
		    "suppressed", at != 0, "since", at ? since : NULL);
	names_release(&n);
	return st;
}

static enum status row_json(struct stmt *s, json_t **out)
{
	char since[INSTANT_TEXT];

	civil_format_instant(db_int(s, 2), since);
	return json_make(out, "{s:s, s:s, s:s}", "identity", db_text(s, 0),
	    "hash", db_text(s, 1), "since", since);
}

enum status suppression_list(
    struct installation *in, const struct rights_actor *by, json_t **out)
{
	json_t *list = NULL, *one = NULL;
	struct stmt *s = NULL;
	enum status st = installation_open_control(in);

	if (st == ST_OK)
		st = note(in, by, "suppression_listed", NULL);
	if (st == ST_OK)
		st = json_made(json_array(), &list);
	if (st == ST_OK)
		st = db_query(in->control,
		    "SELECT identity, lower(hex(hash)), since FROM suppression"
		    " ORDER BY since, hash",
		    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		st = row_json(s, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	db_done(s);
	if (st == ST_NOTFOUND)
		st = json_make(out, "{s:O}", "suppressed", list);
	json_decref(list);
	return st;
}

/* ---- in a step ---- */

/* Nothing is weighed: only who asks can be doubted, or that somebody does. */
static int may_refuse(const char *reason)
{
	static const char *const reasons[] = { "not_identifiable",
		"manifestly_unfounded", "excessive_repetitive",
		"excessive_abusive", NULL };

	for (size_t i = 0; reason && reasons[i]; i++)
		if (strcmp(reasons[i], reason) == 0)
			return 1;
	return 0;
}

enum status suppression_decide(struct step *s)
{
	int64_t done = 0;
	enum status st;

	if (s->r.type != REQUEST_OBJECTION_DIRECT_MARKETING)
		return ST_OK;
	if (s->r.reason && !may_refuse(s->r.reason))
		return fail(ST_DENIED,
		    "an objection to direct marketing is absolute (GDPR Art. "
		    "21(3)): `lethe request suppress %s`",
		    s->r.id);
	if (s->r.outcome != REQUEST_TO_FULFIL)
		return ST_OK;
	st = db_one_int(s->in->control,
	    "SELECT EXISTS (SELECT 1 FROM request_event WHERE request = $1"
	    " AND action = $2)",
	    ARGS(
		INT(s->r.number), TEXT(request_action_entry(REQUEST_SUPPRESS))),
	    0, &done);
	if (st == ST_OK && !done)
		return fail(ST_DENIED,
		    "the person is not on the suppression list: `lethe request "
		    "suppress %s`",
		    s->r.id);
	return st;
}
