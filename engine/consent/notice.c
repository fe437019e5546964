/* Notices as they were used. */
#include "engine/consent/notice.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/when.h"
#include "engine/consent/consent.h"

/* ---- the body ---- */

static json_t *words_of(const struct text *t)
{
	json_t *o = json_object();

	for (size_t i = 0; o && i < t->count; i++)
		if (json_object_set_new(o, t->items[i].language,
			json_string(t->items[i].words)) != 0) {
			json_decref(o);
			return NULL;
		}
	return o;
}

static json_t *list_of(char *const *list, size_t count)
{
	json_t *a = json_array();

	for (size_t i = 0; a && i < count; i++)
		if (json_array_append_new(a, json_string(list[i])) != 0) {
			json_decref(a);
			return NULL;
		}
	return a;
}

enum status notice_body(const struct consent_notice *n, char **body)
{
	int any = n->valid.months || n->valid.days || n->valid.seconds;
	char valid[PERIOD_TEXT];
	json_t *o = NULL;
	enum status st;

	period_format(n->valid, valid);
	st = json_make(&o,
	    "{s:s, s:I, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:s?}", "id",
	    n->id, "version", (json_int_t)n->version, "title",
	    words_of(&n->title), "text", words_of(&n->text), "purposes",
	    list_of(n->purposes, n->purpose_count), "dpv",
	    list_of(n->dpv, n->dpv_count), "legal_basis", n->legal_basis,
	    "controller", words_of(&n->controller), "recipients",
	    list_of(n->recipients, n->recipient_count), "withdrawal",
	    words_of(&n->withdrawal), "valid", any ? valid : NULL);
	if (st == ST_OK)
		st = json_canonical(o, body);
	json_decref(o);
	return st;
}

const char *notice_words(
    const json_t *body, const char *member, const char *language)
{
	json_t *o = json_object_get(body, member);
	const json_t *w = json_object_get(o, language);

	if (w == NULL)
		w = json_object_get(o, "en");
	if (w == NULL)
		w = json_object_iter_value(json_object_iter(o));
	return json_is_string(w) ? json_string_value(w) : "";
}

/* ---- kept ---- */

static enum status changed(const struct consent_notice *n)
{
	return fail(ST_INVALID,
	    "%s:%d: the notice `%s` is not what it was when version %lld came "
	    "into use: give what changed a new version, and leave the old one "
	    "as it was",
	    n->at.file, n->at.line, n->id, (long long)n->version);
}

enum keeping { KEEP, COMPARE };

static enum status keep(
    struct installation *in, const struct consent_notice *n, enum keeping what)
{
	char hash[SHA256_TEXT], *body = NULL;
	struct stmt *s = NULL;
	enum status st = notice_body(n, &body);

	if (st != ST_OK)
		return st;
	sha256_hex(body, strlen(body), hash);
	st = db_query(in->control,
	    "SELECT sha256 FROM consent_notice WHERE id = $1 AND version = $2",
	    ARGS(TEXT(n->id), INT(n->version)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK &&
	    strcmp(db_text(s, 0), hash) != 0)
		st = changed(n);
	db_done(s);
	if (st == ST_NOTFOUND && what == COMPARE)
		st = ST_OK;
	if (st == ST_NOTFOUND)
		st = db_exec(in->control,
		    "INSERT INTO consent_notice (id, version, sha256, body,"
		    " kept_at) VALUES ($1, $2, $3, $4, $5)",
		    ARGS(TEXT(n->id), INT(n->version), TEXT(hash), TEXT(body),
			INT(when_now())));
	free(body);
	return st;
}

enum status notice_keep_all(struct installation *in)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < in->consents.notice_count; i++)
		st = keep(in, &in->consents.notices[i], KEEP);
	return st;
}

enum status consent_check(struct installation *in)
{
	enum status st = installation_open_control(in);

	for (size_t i = 0; st == ST_OK && i < in->consents.notice_count; i++)
		st = keep(in, &in->consents.notices[i], COMPARE);
	return st;
}

enum status notice_kept(struct installation *in, const char *id,
    int64_t version, json_t **body, char sha256[SHA256_TEXT])
{
	char hash[SHA256_TEXT];
	struct stmt *s = NULL;
	json_t *o = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT body, sha256 FROM consent_notice"
	    " WHERE id = $1 AND version = $2",
	    ARGS(TEXT(id), INT(version)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		sha256_hex(db_text(s, 0), strlen(db_text(s, 0)), hash);
		if (strcmp(hash, db_text(s, 1)) != 0)
			st = fail(ST_INTEGRITY,
			    "the notice `%s` that was kept is not what it was",
			    id);
		else if ((o = json_loads(db_text(s, 0), 0, NULL)) == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	db_done(s);
	if (st != ST_OK)
		return st;
	if (sha256)
		memcpy(sha256, hash, sizeof(hash));
	*body = o;
	return ST_OK;
}
