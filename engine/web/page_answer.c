/* What goes to the person, and the end of the case. */
#include <string.h>

#include "engine/package/package.h"
#include "engine/rights/carry_out.h"
#include "engine/rights/letter.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

/* ---- letters ---- */

/* The letter that a case such as ${o} calls for. */
static enum letter_kind apt(const json_t *o)
{
	const char *outcome = json_text(o, "outcome");

	if (strcmp(outcome, "refuse") == 0)
		return LETTER_REFUSAL;
	if (strcmp(outcome, "no_match") == 0)
		return LETTER_NO_DATA;
	if (strcmp(outcome, "fulfil_partly") == 0)
		return LETTER_PARTIAL_ANSWER;
	return strcmp(outcome, "fulfil") == 0 ? LETTER_ANSWER : LETTER_RECEIPT;
}

static enum status put_kinds(struct exchange *x, enum letter_kind kind)
{
	const char *names[LETTER_KIND__MAX + 1] = { NULL };
	json_t *list = NULL;
	enum status st;

	for (size_t i = 0; i < LETTER_KIND__MAX; i++)
		names[i] = letter_kind_name((enum letter_kind)i);
	st = page_choices("kind", names, letter_kind_name(kind), &list);
	return st == ST_OK ? json_put(x->data, "kinds", list) : st;
}

static enum status put_languages(struct exchange *x, const char *language)
{
	json_t *list = NULL, *one = NULL;
	enum status st = json_made(json_array(), &list);

	for (size_t i = 0; st == ST_OK && letter_languages[i]; i++) {
		st = json_make(&one, "{s:s, s:s, s:b}", "code",
		    letter_languages[i], "name",
		    words_text(x->site->words, letter_languages[i], "language"),
		    "selected", strcmp(letter_languages[i], language) == 0);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st == ST_OK ? json_put(x->data, "languages", list) : st;
}

/* The letter as it would go; nothing is kept.  What it needs and the case does
 * not have yet is said instead of it. */
static enum status preview(struct exchange *x, const char *name)
{
	const struct rights_actor by = page_actor(x);
	struct letter_order o = { .language = exchange_asked(x, "language"),
		.what = LETTER_PREVIEW };
	json_t *request = NULL;
	enum status st = rights_show(x->in, x->id, x->now, &request);

	if (st == ST_USAGE)
		x->status = 404;
	o.kind = apt(request);
	if (st == ST_OK && name)
		st = letter_kind_parse(name, &o.kind);
	if (st == ST_OK)
		st = page_log(x, "request_shown",
		    json_pack("{s:s, s:s}", "object", "request", "id", x->id));
	if (st == ST_OK)
		st = rights_letter(x->in, &by, x->id, &o, &x->data);
	if (st == ST_INVALID || st == ST_DENIED) {
		st = json_make(&x->data, "{s:s, s:n, s:s}", "id", x->id, "body",
		    "missing", status_text());
		status_clear();
	}
	json_decref(request);
	if (st == ST_OK)
		st = put_kinds(x, o.kind);
	return st == ST_OK
		   ? put_languages(x, *json_text(x->data, "language")
					  ? json_text(x->data, "language")
					  : x->language)
		   : st;
}

enum status page_letter(struct exchange *x)
{
	return preview(x, exchange_asked(x, "kind"));
}

static enum status kept(struct exchange *x, enum status st)
{
	if (st == ST_OK && x->site->courier)
		courier_wake(x->site->courier);
	return page_case_done(x, st);
}

enum status do_letter(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);
	const char *kind = exchange_field(x, "kind");
	const char *what = exchange_field(x, "what");
	struct letter_order o = { .language = exchange_field(x, "language"),
		.text = exchange_field(x, "text"),
		.what = LETTER_KEEP };
	enum status st = letter_kind_parse(kind ? kind : "", &o.kind);

	if (st == ST_OK && what && strcmp(what, "send") == 0)
		o.what = LETTER_SEND;
	else if (st == ST_OK && (what == NULL || strcmp(what, "keep") != 0))
		st = fail(ST_USAGE, "`what` is keep or send");
	if (st == ST_OK)
		st = rights_letter(x->in, &by, x->id, &o, &x->data);
	return kept(x, st);
}

enum status do_send_code(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	return kept(x, rights_send_code(x->in, &by, x->id, &x->data));
}

/* ---- the copy of the data ---- */

/* Its token is shown on this page, and never again. */
enum status do_package(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);
	const char *language = exchange_field(x, "language");
	const struct package_order o = { language ? language : x->language,
		NULL };
	enum status st = package_build(x->in, &by, x->id, &o, &x->data);

	return st == ST_OK ? st : page_case_done(x, st);
}

/* ---- the end ---- */

/* A restriction or a correction; erasures have a page of their own, since they
 * may take their time. */
enum status do_carry_out(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	return page_case_done(
	    x, rights_carry_out(x->in, &by, x->id, RIGHTS_TELL_NOT, &x->data));
}

enum status do_fulfil(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	return page_case_done(x, rights_fulfil(x->in, &by, x->id,
				     exchange_field(x, "note"), &x->data));
}

enum status do_reopen(struct exchange *x)
{
	const struct rights_actor by = page_actor(x);

	return page_case_done(x, rights_reopen(x->in, &by, x->id,
				     exchange_field(x, "note"), &x->data));
}
