/* The audit log, with filters. */
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/web/pages.h"

#define ROWS 50

struct reading {
	json_t *entries;
	int64_t last; /* on this page */
	enum page_more older;
};

/* The newest first.  Beyond the page one more is read: are there older
 * ones? */
static enum status each(void *ctx, const char *body)
{
	struct reading *r = ctx;
	json_t *o;

	if (json_array_size(r->entries) == ROWS) {
		r->older = PAGE_MORE;
		return ST_OK;
	}
	if ((o = json_loads(body, 0, NULL)) == NULL)
		return fail(ST_INTEGRITY,
		    "an audit entry is not JSON: `lethe audit verify` says "
		    "more");
	r->last = json_int(o, "seq");
	return json_push(r->entries, o);
}

/* A day of the installation's zone; ${after}: the one behind it. */
static enum status day(
    const struct exchange *x, const char *name, int after, int64_t *out)
{
	const char *text = exchange_asked(x, name);
	int32_t number = 0;

	if (text == NULL)
		return ST_OK;
	if (civil_parse(text, strlen(text), &number) != ST_OK)
		return fail(
		    ST_USAGE, "`%s` is not a day such as 2026-03-01", name);
	*out = zone_midnight(x->in->zone, number + after);
	return ST_OK;
}

static enum status read_filter(const struct exchange *x, struct audit_filter *f)
{
	enum status st = page_number(x, "before", 0, INT64_MAX, &f->before);

	f->order = AUDIT_NEWEST_FIRST;
	f->action = exchange_asked(x, "action");
	f->run = exchange_asked(x, "run");
	f->actor = exchange_asked(x, "actor");
	f->request = exchange_asked(x, "request");
	f->subject = exchange_asked(x, "subject");
	f->limit = ROWS + 1;
	if (st == ST_OK)
		st = day(x, "since", 0, &f->since);
	return st == ST_OK ? day(x, "until", 1, &f->until) : st;
}

static const char *or_nothing(const char *text) { return text ? text : ""; }

/* As members of the row, for people: what entries have besides. */
static enum status add_summary(json_t *entries)
{
	static const char *const known[] = { "seq", "at", "actor", "role",
		"action", "object", NULL };
	enum status st = ST_OK;
	struct buf b = BUF_INIT;
	json_t *one, *v;
	const char *key;
	size_t i, k;

	json_array_foreach(entries, i, one)
	{
		buf_clear(&b);
		json_object_foreach(one, key, v)
		{
			for (k = 0; known[k] && strcmp(known[k], key); k++)
				;
			if (known[k] || json_is_null(v))
				continue;
			buf_addf(&b, "%s%s: ", b.len ? ", " : "", key);
			if (json_is_string(v))
				buf_adds(&b, json_string_value(v));
			else if (json_is_integer(v))
				buf_addf(&b, "%lld",
				    (long long)json_integer_value(v));
			else
				buf_adds(&b, json_is_true(v) ? "true" : "...");
		}
		st = json_put(one, "details", json_string(buf_text(&b)));
		if (st != ST_OK)
			break;
	}
	buf_release(&b);
	return st;
}

enum status page_audit(struct exchange *x)
{
	struct reading r = { NULL, 0, PAGE_LAST };
	struct audit_filter f = { 0 };
	enum status st = read_filter(x, &f);
	const char *since = or_nothing(exchange_asked(x, "since"));
	const char *until = or_nothing(exchange_asked(x, "until"));

	if (st == ST_OK)
		st = installation_open_audit(x->in);
	if (st == ST_OK)
		st = json_made(json_array(), &r.entries);
	if (st == ST_OK)
		st = audit_list(x->in->audit, &f, each, &r);
	if (st == ST_OK && !x->wants_json)
		st = add_summary(r.entries);
	if (st == ST_OK)
		st = json_make(&x->data,
		    "{s:O, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s}, s:o}",
		    "entries", r.entries, "filter", "action",
		    or_nothing(f.action), "run", or_nothing(f.run), "actor",
		    or_nothing(f.actor), "request", or_nothing(f.request),
		    "subject", or_nothing(f.subject), "since", since, "until",
		    until, "older", page_older(r.older, r.last));
	json_decref(r.entries);
	return st;
}
