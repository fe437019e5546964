/* The list of requests, and how one is found. */
#include <string.h>

#include "engine/rights/case.h"
#include "engine/web/pages.h"
#include "engine/web/site.h"

#define ROWS 50

/* Names of enums, as the list page offers them. */
static enum status put_choices(struct exchange *x, const struct list_filter *f)
{
	const char *names[REQUEST_STATE__MAX + REQUEST_TYPE__MAX];
	json_t *list = NULL;
	enum status st;
	int i;

	for (i = 0; i < REQUEST_TYPE__MAX; i++)
		names[i] = request_type_name((enum request_type)i);
	names[i] = NULL;
	st = page_choices("type", names, f->type, &list);
	if (st == ST_OK)
		st = json_put(x->data, "types", list);
	for (i = REQUEST_RECEIVED; i < REQUEST_STATE__MAX; i++)
		names[i - 1] = request_state_name((enum request_state)i);
	names[i - 1] = NULL;
	if (st == ST_OK)
		st = page_choices("state", names, f->state, &list);
	if (st == ST_OK)
		st = json_put(x->data, "states", list);
	for (i = 0; i < CLOCK_STANDING__MAX; i++)
		names[i] = clock_standing_name((enum clock_standing)i);
	names[i] = NULL;
	if (st == ST_OK)
		st = page_choices("standing", names, f->standing, &list);
	return st == ST_OK ? json_put(x->data, "standings", list) : st;
}

static const char *or_nothing(const char *text) { return text ? text : ""; }

/* What the links to other pages carry along. */
static enum status put_filter(struct exchange *x, const struct list_filter *f)
{
	json_t *o = NULL;
	enum status st;

	st = json_make(&o, "{s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "type",
	    or_nothing(f->type), "state", or_nothing(f->state), "standing",
	    or_nothing(f->standing), "which",
	    f->which == LIST_ALL ? "all" : "open", "sort",
	    f->sort == LIST_BY_RECEIPT ? "received" : "due", "all",
	    f->which == LIST_ALL, "by_receipt", f->sort == LIST_BY_RECEIPT);
	return st == ST_OK ? json_put(x->data, "filter", o) : st;
}

static int is(const char *text, const char *word)
{
	return text && strcmp(text, word) == 0;
}

static enum status read_filter(
    const struct exchange *x, struct list_filter *f, int64_t *page)
{
	const char *which = exchange_asked(x, "which");
	const char *sort = exchange_asked(x, "sort");
	enum status st = page_number(x, "page", 1, 1000000, page);

	if (which && !is(which, "all") && !is(which, "open"))
		return fail(ST_USAGE, "`which` is open or all");
	if (sort && !is(sort, "due") && !is(sort, "received"))
		return fail(ST_USAGE, "`sort` is due or received");
	f->type = exchange_asked(x, "type");
	f->state = exchange_asked(x, "state");
	f->standing = exchange_asked(x, "standing");
	f->which = is(which, "all") ? LIST_ALL : LIST_OPEN;
	/* Who asks for closed ones means them. */
	if (is(f->standing, "closed") || is(f->standing, "late"))
		f->which = LIST_ALL;
	f->sort = is(sort, "received") ? LIST_BY_RECEIPT : LIST_BY_DUE;
	f->offset = (*page - 1) * ROWS;
	f->limit = ROWS;
	return st;
}

enum status page_requests(struct exchange *x)
{
	struct list_filter f = { .which = LIST_OPEN };
	json_t *paging = NULL;
	int64_t page = 1;
	enum status st = read_filter(x, &f, &page);

	if (st == ST_OK)
		st = board_list(x->site->board, x->in, &f, x->now, &x->data);
	if (st == ST_OK)
		st = page_paging(
		    page, ROWS, json_int(x->data, "total"), &paging);
	if (st == ST_OK)
		st = json_put(x->data, "paging", paging);
	if (st == ST_OK)
		st = put_filter(x, &f);
	return st == ST_OK ? put_choices(x, &f) : st;
}

/* ---- one of them ---- */

static enum status go_to(struct exchange *x, const char *id)
{
	char *path = str_format("/requests/%s", id);
	enum status st;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = exchange_go(x, path);
	free(path);
	return st;
}

/*
 * A case code, or an identity of the person: sent as a form, so that it is in
 * no address, no history and no log of a proxy.  Looking for a person is a look
 * at personal data; who it was about is not in the entry.
 */
enum status do_find(struct exchange *x)
{
	const char *text = exchange_field(x, "text");
	const json_t *found;
	json_t *one = NULL;
	enum status st;

	if (text == NULL)
		return fail(ST_USAGE,
		    "`text`: give a case code, or an identity of the person");
	st = rights_show(x->in, text, x->now, &one);
	if (st == ST_OK) {
		st = go_to(x, json_text(one, "id"));
		json_decref(one);
		return st;
	}
	if (st != ST_USAGE)
		return st;
	status_clear();
	st = rights_cases_of(x->in, text, &x->data);
	found = json_object_get(x->data, "requests");
	if (st == ST_OK)
		st = page_log(x, "requests_searched",
		    json_pack("{s:s, s:I}", "object", "request", "requests",
			(json_int_t)json_array_size(found)));
	if (st == ST_OK && json_array_size(found) == 1)
		st = go_to(x, json_text(json_array_get(found, 0), "id"));
	return st;
}
