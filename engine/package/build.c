/* A package is built, and waits to be downloaded. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/crypto/token.h"
#include "engine/model/diag.h"
#include "engine/package/content.h"
#include "engine/package/exports.h"
#include "engine/package/facts.h"
#include "engine/rights/copies.h"

struct build {
	struct installation *in;
	const struct rights_actor *by;
	const struct package_order *order;
	const char *id;
	struct exports exports;
	struct collection_set set;
	struct content content;
	json_t *facts;
	struct sealed *file;
	char name[EXPORTS_NAME];
	char token[TOKEN_TEXT];
	int named; /* there is a key, at least */
};

/* ---- may it be? ---- */

static enum status check_order(const struct package_order *o)
{
	static const char *const languages[] = { "en", "ja", "de", NULL };
	const char *near;

	for (size_t i = 0; languages[i]; i++)
		if (strcmp(languages[i], o->language) == 0)
			return ST_OK;
	near = diag_nearest(o->language, languages);
	return fail(ST_USAGE, "--language `%.20s`%s%s%s: there are en, ja, de",
	    o->language, near ? ": did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

static enum status check_type(const struct request *r)
{
	if (r->type == REQUEST_ACCESS || r->type == REQUEST_PORTABILITY)
		return ST_OK;
	return fail(ST_DENIED,
	    "%s asks for %s: a package answers access and portability", r->id,
	    request_type_name(r->type));
}

/* Asked before anything is collected; it is asked again at the end. */
static enum status may_be(struct build *b, char **identity, char **value)
{
	struct step s = { 0 };
	enum status st = step_begin(&s, b->in, b->by, b->id);

	if (st == ST_OK)
		st = check_type(&s.r);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_PACKAGE, NULL, NULL);
	if (st == ST_OK) {
		b->set.what = s.r.type == REQUEST_PORTABILITY ? COLLECT_PORTABLE
							      : COLLECT_ALL;
		b->set.request = s.r.number;
		*identity = strdup(s.r.identity);
		*value = strdup(s.r.value);
		if (*identity == NULL || *value == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	if (b->in->control)
		db_rollback(b->in->control);
	request_release(&s.r);
	return st;
}

/* ---- the bytes ---- */

static enum status collect(struct build *b, const struct reach_subject *who)
{
	json_t *request = NULL;
	struct schedule schedule;
	enum status st;

	if ((st = schedule_init(&schedule, b->in, NULL, &b->in->diag)) != ST_OK)
		return st;
	b->set.schedule = &schedule;
	st = rights_show(b->in, b->id, b->by->now, &request);
	if (st == ST_OK)
		st = collect_person(&b->set, who);
	if (st == ST_OK)
		st =
		    facts_make(&b->set, request, b->order->language, &b->facts);
	if (st == ST_OK)
		st = content_make(&b->set, b->facts, &b->content);
	json_decref(request);
	schedule_release(&schedule);
	return st;
}

static enum status write_archive(struct build *b)
{
	char *folder = str_format("lethe-%s", b->id);
	char *path = NULL;
	const struct secret_key *key = NULL;
	enum status st = folder ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = exports_new(&b->exports, b->name);
	if (st == ST_OK) {
		b->named = 1;
		st = exports_key(b->in, b->name, &key);
	}
	if (st == ST_OK)
		st = sealed_new_with(b->exports.folder, key, &b->file);
	if (st == ST_OK)
		st = content_zip(
		    &b->content, folder, b->order->passphrase, b->file);
	if (st == ST_OK && (path = exports_path(b->in, b->name)) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = sealed_keep(b->file, path);
	free(path);
	free(folder);
	return st;
}

/* ---- the row ---- */

static int64_t expiry(const struct installation *in, int64_t now)
{
	struct period p = in->config.requests.export_retention;

	return now + p.seconds +
	       (p.days + p.months * INT64_C(30)) * CIVIL_DAY_SECONDS;
}

static enum status add_row(struct build *b, const struct step *s)
{
	struct token_hash hash;

	token_hash(b->token, &hash);
	return db_exec(b->in->control,
	    "INSERT INTO package (request, name, size, manifest, selector,"
	    " token, built_at, expires_at, most)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	    ARGS(INT(s->r.number), TEXT(b->name), INT(sealed_size(b->file)),
		TEXT(b->content.manifest), BLOB(hash.selector, TOKEN_HALF),
		BLOB(hash.proof, TOKEN_HALF), INT(b->by->now),
		INT(expiry(b->in, b->by->now)),
		INT(b->in->config.requests.export_downloads)));
}

/* An erasure that began while it was built has revoked all copies but this. */
static enum status not_overtaken(const struct build *b)
{
	int begun = 0;
	enum status st = copies_overtaken(b->in, b->by->now, &begun);

	if (st != ST_OK || !begun)
		return st;
	return fail(ST_BUSY, "an erasure began while the package was built: "
			     "build it again");
}

/* The event says which package: by the hash over all its files' hashes. */
static enum status note(struct build *b)
{
	struct step s = { 0 };
	enum status st = step_begin(&s, b->in, b->by, b->id);

	if (st == ST_OK)
		st = step_go(&s, REQUEST_PACKAGE, b->content.manifest, NULL);
	if (st == ST_OK)
		st = not_overtaken(b);
	if (st == ST_OK)
		st = add_row(b, &s);
	return step_end(&s, st, NULL);
}

static enum status answer(const struct build *b, json_t **out)
{
	char until[ZONE_TEXT];

	zone_format(b->in->zone, expiry(b->in, b->by->now), until);
	return json_make(out,
	    "{s:s, s:s, s:s, s:s, s:i, s:I, s:I, s:I, s:s, s:b}", "id", b->id,
	    "package", b->name, "token", b->token, "expires_at", until,
	    "downloads", b->in->config.requests.export_downloads, "records",
	    (json_int_t)b->set.records, "files", (json_int_t)b->content.count,
	    "bytes", (json_int_t)sealed_size(b->file), "manifest",
	    b->content.manifest, "encrypted", b->order->passphrase != NULL);
}

/* ---- all of it ---- */

static enum status build(struct build *b, char **identity, char **value)
{
	struct reach_subject who;
	enum status st;

	if ((st = may_be(b, identity, value)) != ST_OK)
		return st;
	who = (struct reach_subject){ *identity, *value };
	st = exports_open(&b->exports, b->in, EXPORTS_TO_BUILD);
	b->set.folder = b->exports.folder;
	if (st == ST_OK)
		st = collect(b, &who);
	if (st == ST_OK)
		st = write_archive(b);
	if (st == ST_OK)
		st = token_new(b->token);
	return st == ST_OK ? note(b) : st;
}

/* There is a row where only the log could not be told of it any more. */
static enum status take_back(struct build *b)
{
	enum status st = exports_destroy(b->in, b->name);

	if (st != ST_OK)
		return st;
	return db_exec(b->in->control,
	    "UPDATE package SET revoked_at = $1 WHERE name = $2",
	    ARGS(INT(b->by->now), TEXT(b->name)));
}

/* What failed leaves nothing, and its own sentence is the one that is told. */
static void undo(struct build *b)
{
	char *why = strdup(status_text());

	if (b->named && take_back(b) != ST_OK)
		status_clear();
	if (why)
		status_say("%s", why);
	free(why);
}

enum status package_build(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct package_order *order, json_t **out)
{
	struct build b = { .in = in,
		.by = by,
		.order = order,
		.id = id,
		.exports = { .lock = -1 } };
	char *identity = NULL, *value = NULL, as_of[ZONE_TEXT];
	enum status st;

	if ((st = check_order(order)) != ST_OK)
		return st;
	zone_format(in->zone, by->now, as_of);
	b.set.in = in;
	b.set.as_of = as_of;
	b.set.now = by->now;
	b.set.language = order->language;
	st = build(&b, &identity, &value);
	if (st == ST_OK)
		st = answer(&b, out);
	else
		undo(&b);
	sealed_free(b.file);
	content_release(&b.set, &b.content);
	collection_set_release(&b.set);
	json_decref(b.facts);
	exports_close(&b.exports);
	explicit_bzero(b.token, sizeof(b.token));
	free(identity);
	free(value);
	return st;
}
