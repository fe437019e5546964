/* Is the log what was signed?  Verified while the auditor looks on. */
#include <string.h>

#include "engine/audit/source.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

/* What the log speaks of now: {"origin","entries","key"}. */
static enum status put_log(struct exchange *x)
{
	const struct note_key *key = audit_key(x->in->audit);
	struct audit_source src = source_of_log(x->in->audit);
	struct buf note = BUF_INIT, text = BUF_INIT;
	struct checkpoint c = { .size = 0 };
	json_t *log = NULL;
	enum status st = src.checkpoint(src.ctx, &note);

	if (st == ST_OK)
		st = checkpoint_open(key, note.data, note.len, &c);
	note_key_add(key, &text);
	if (st == ST_OK)
		st = buf_status(&text);
	if (st == ST_OK)
		st = json_make(&log, "{s:s, s:I, s:s}", "origin", key->name,
		    "entries", (json_int_t)c.size, "key", buf_text(&text));
	buf_release(&note);
	buf_release(&text);
	return st == ST_OK ? json_put(x->data, "log", log) : st;
}

static enum status take(void *ctx, const char *body)
{
	json_t **last = ctx;

	*last = json_loads(body, 0, NULL);
	return *last ? ST_OK
		     : fail(ST_INTEGRITY,
			   "an audit entry is not JSON: `lethe audit verify` "
			   "says more");
}

/* Since the server was started nobody has asked: what does the log say? */
static enum status put_logged(struct exchange *x)
{
	const struct audit_filter newest = { .order = AUDIT_NEWEST_FIRST,
		.action = "log_verified",
		.limit = 1 };
	json_t *entry = NULL, *last = NULL;
	enum status st = audit_list(x->in->audit, &newest, take, &entry);

	if (st != ST_OK || entry == NULL)
		return st;
	st = json_make(&last, "{s:O, s:O, s:O, s:n, s:O, s:O, s:O, s:O}",
	    "actor", json_object_get(entry, "actor"), "at",
	    json_object_get(entry, "at"), "outcome",
	    json_object_get(entry, "outcome"), "message", "entries",
	    json_object_get(entry, "entries"), "root",
	    json_object_get(entry, "root"), "files",
	    json_object_get(entry, "files"), "problem",
	    json_object_get(entry, "problem"));
	json_decref(entry);
	return st == ST_OK ? json_put(x->data, "last", last) : st;
}

enum status page_verification(struct exchange *x)
{
	enum status st;

	st = errands_read(x->site->errands, ERRAND_VERIFY, NULL, &x->data);
	if (st == ST_OK)
		st = installation_open_audit(x->in);
	if (st == ST_OK)
		st = put_log(x);
	if (st == ST_OK && json_is_null(json_object_get(x->data, "last")))
		st = put_logged(x);
	return st;
}

enum status do_verification(struct exchange *x)
{
	const struct errand_order order = { .what = ERRAND_VERIFY,
		.actor = x->session.user,
		.role = page_role(x),
		.at = x->now };
	enum status st = errands_begin(x->site->errands, &order);

	if (st == ST_OK)
		st = exchange_go(x, "/verification");
	return st == ST_OK ? page_verification(x) : st;
}
