/* Who looked at whose data, and whose reading was unusual. */
#include <stdlib.h>
#include <string.h>

#include "engine/accounts/accounts.h"
#include "engine/web/pages.h"

#define ROWS 50

/* Everything that shows personal data to somebody, as the log has it. */
static const char *const actions[] = { "personal_data_viewed", "data_looked_at",
	"look_refused", "request_shown", "requests_searched",
	"subject_looked_up", "subject_entries_listed", "record_explained",
	"dumped" };
#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

/* Where entries have the case: as a member, or as what they are about. */
static const char *case_of(const json_t *entry)
{
	static const char *const members[] = { "request", "id", "object" };
	const char *text;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		text = json_string_value(json_object_get(entry, members[i]));
		if (text && strncmp(text, "Q-", 2) == 0)
			return text;
	}
	return NULL;
}

static enum status each(void *ctx, const char *body)
{
	json_t *list = ctx, *one = NULL;
	json_t *entry = json_loads(body, 0, NULL), *records;
	enum status st;

	if (entry == NULL)
		return fail(ST_INTEGRITY,
		    "an audit entry is not JSON: `lethe audit verify` says "
		    "more");
	records = json_object_get(entry, "records");
	st = json_make(&one, "{s:I, s:s, s:s, s:s, s:s, s:s?, s:s?, s:O?}",
	    "seq", (json_int_t)json_int(entry, "seq"), "at",
	    json_text(entry, "at"), "actor", json_text(entry, "actor"), "role",
	    json_text(entry, "role"), "action", json_text(entry, "action"),
	    "request", case_of(entry), "subject",
	    json_string_value(json_object_get(entry, "subject")), "records",
	    records);
	json_decref(entry);
	return st == ST_OK ? json_push(list, one) : st;
}

static int newest_first(const void *a, const void *b)
{
	long long x = json_int(*(json_t *const *)a, "seq");
	long long y = json_int(*(json_t *const *)b, "seq");

	return (x < y) - (x > y);
}

/* The newest of ${all}, of which there may be more than a page. */
static enum status first_page(json_t *all, json_t *page)
{
	size_t count = json_array_size(all);
	json_t **sorted = calloc(count + 1, sizeof(json_t *));
	enum status st = ST_OK;

	if (sorted == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < count; i++)
		sorted[i] = json_array_get(all, i);
	qsort(sorted, count, sizeof(json_t *), newest_first);
	for (size_t i = 0; st == ST_OK && i < count && i < ROWS; i++)
		st = json_push(page, json_incref(sorted[i]));
	free(sorted);
	return st;
}

/* Each kind by its own index, a page of it at most, whatever the log has. */
static enum status read_all(
    struct exchange *x, struct audit_filter *f, json_t **all)
{
	enum status st = json_made(json_array(), all);

	for (size_t i = 0; st == ST_OK && i < ACTIONS; i++) {
		f->action = actions[i];
		st = audit_list(x->in->audit, f, each, *all);
	}
	return st;
}

static enum status put_looks(
    struct exchange *x, const json_t *all, const json_t *looks)
{
	size_t shown = json_array_size(looks);
	const json_t *last = json_array_get(looks, shown ? shown - 1 : 0);
	enum status st =
	    json_put(x->data, "looks", json_incref((json_t *)(uintptr_t)looks));

	return st == ST_OK
		   ? json_put(x->data, "older",
			 page_older(json_array_size(all) > shown ? PAGE_MORE
								 : PAGE_LAST,
			     json_int(last, "seq")))
		   : st;
}

static const char *or_nothing(const char *text) { return text ? text : ""; }

static enum status put_filter(struct exchange *x, const struct audit_filter *f)
{
	return json_make(&x->data, "{s:{s:s, s:s, s:s}}", "filter", "actor",
	    or_nothing(f->actor), "request", or_nothing(f->request), "subject",
	    or_nothing(f->subject));
}

enum status page_looks(struct exchange *x)
{
	struct audit_filter f = { .order = AUDIT_NEWEST_FIRST,
		.actor = exchange_asked(x, "actor"),
		.request = exchange_asked(x, "request"),
		.subject = exchange_asked(x, "subject"),
		.limit = ROWS + 1 };
	json_t *all = NULL, *looks = NULL, *alerts = NULL;
	enum status st = page_number(x, "before", 0, INT64_MAX, &f.before);

	if (st == ST_OK)
		st = put_filter(x, &f);
	if (st == ST_OK)
		st = installation_open_audit(x->in);
	if (st == ST_OK)
		st = read_all(x, &f, &all);
	if (st == ST_OK)
		st = json_made(json_array(), &looks);
	if (st == ST_OK)
		st = first_page(all, looks);
	if (st == ST_OK)
		st = put_looks(x, all, looks);
	if (st == ST_OK)
		st = accounts_alerts(x->in, &alerts);
	if (st == ST_OK)
		st = json_put(x->data, "alerts",
		    json_incref(json_object_get(alerts, "alerts")));
	json_decref(alerts);
	json_decref(looks);
	json_decref(all);
	return st;
}
