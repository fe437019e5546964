/* Certificates of runs and erasures, and their evidence packs. */
#include <stdlib.h>
#include <string.h>

#include "engine/certificate/pack.h"
#include "engine/web/pages.h"

#define ROWS 50

/* ---- which there are ---- */

struct runs {
	json_t *list;
	int64_t last; /* entry of the last one on this page */
	enum page_more older;
};

/* The newest first, and one more than the page has. */
static enum status each(void *ctx, const char *body)
{
	struct runs *r = ctx;
	json_t *o, *one = NULL;
	enum status st;

	if (json_array_size(r->list) == ROWS) {
		r->older = PAGE_MORE;
		return ST_OK;
	}
	if ((o = json_loads(body, 0, NULL)) == NULL)
		return fail(ST_INTEGRITY,
		    "an audit entry is not JSON: `lethe audit verify` says "
		    "more");
	r->last = json_int(o, "seq");
	st = json_make(&one, "{s:s, s:s, s:s, s:s}", "run", json_text(o, "run"),
	    "at", json_text(o, "at"), "actor", json_text(o, "actor"), "request",
	    json_text(o, "request"));
	json_decref(o);
	return st == ST_OK ? json_push(r->list, one) : st;
}

enum status page_certificates(struct exchange *x)
{
	struct audit_filter f = { .order = AUDIT_NEWEST_FIRST,
		.action = "purge_started",
		.limit = ROWS + 1 };
	struct runs r = { NULL, 0, PAGE_LAST };
	enum status st = page_number(x, "before", 0, INT64_MAX, &f.before);

	if (st == ST_OK)
		st = installation_open_audit(x->in);
	if (st == ST_OK)
		st = json_made(json_array(), &r.list);
	if (st == ST_OK)
		st = audit_list(x->in->audit, &f, each, &r);
	if (st == ST_OK)
		st = json_make(&x->data, "{s:O, s:o}", "runs", r.list, "older",
		    page_older(r.older, r.last));
	json_decref(r.list);
	return st;
}

/* ---- one ---- */

/* Of a run, or of the request that a run carried out. */
static enum status issue(struct exchange *x, struct certificate *c)
{
	char run[80];
	const char *id = x->id;
	enum status st = ST_OK;

	x->spent = 1;
	if (strncmp(id, "Q-", 2) == 0) {
		st = certificate_run_of(x->in, id, run, sizeof(run));
		id = run;
	}
	if (st == ST_OK)
		st = certificate_issue(x->in, &certificate_of_run, id, c);
	return st == ST_USAGE ? ST_NOTFOUND : st;
}

/* That it was made is in the log before anybody has it. */
static enum status put_down(
    struct exchange *x, struct certificate *c, const char *action)
{
	certificate_leave(c);
	return page_log(x, action, json_pack("{s:s}", "object", x->id));
}

/* {"certificate","note","text"}: what was signed, and the text for people. */
enum status page_certificate(struct exchange *x)
{
	struct certificate c = { .entries = NULL };
	struct buf text = BUF_INIT;
	enum status st = issue(x, &c);

	if (st == ST_OK)
		st = certificate_words(x->in, &c, x->language, &text);
	if (st == ST_OK)
		st = put_down(x, &c, "certificate_issued");
	if (st == ST_OK)
		st = json_make(&x->data, "{s:s, s:O, s:s, s:s}", "id", x->id,
		    "certificate", c.body, "note", buf_text(&c.note), "text",
		    buf_text(&text));
	certificate_release(&c);
	buf_release(&text);
	return st;
}

/* The body is to be kept as a file. */
static enum status as_file(
    struct exchange *x, const char *type, const char *extension)
{
	x->file = str_format("lethe-%s.%s", x->id, extension);
	x->type = type;
	if (x->file == NULL)
		return fail(ST_NOMEM, "out of memory");
	return buf_status(&x->body);
}

/* What `lethe audit verify` reads. */
enum status page_certificate_file(struct exchange *x)
{
	json_t *o = NULL;
	char *text = NULL;
	enum status st = page_certificate(x);

	if (st == ST_OK)
		st = json_make(&o, "{s:O, s:O}", "certificate",
		    json_object_get(x->data, "certificate"), "note",
		    json_object_get(x->data, "note"));
	if (st == ST_OK && (text = json_dumps(o, JSON_INDENT(2))) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK) {
		buf_addf(&x->body, "%s\n", text);
		st = as_file(x, "application/json", "json");
	}
	free(text);
	json_decref(o);
	return st;
}

enum status do_pack(struct exchange *x)
{
	struct certificate c = { .entries = NULL };
	struct pack p = { NULL, 0 };
	char *folder = str_format("lethe-%s", x->id);
	enum status st = issue(x, &c);

	if (st == ST_OK && folder == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = pack_make(x->in, &c, &p);
	if (st == ST_OK)
		st = pack_zip(&p, folder, &x->body);
	if (st == ST_OK)
		st = put_down(x, &c, "pack_issued");
	if (st == ST_OK)
		st = as_file(x, "application/zip", "zip");
	pack_release(&p);
	certificate_release(&c);
	free(folder);
	return st;
}
