/* What pages share. */
#include "engine/web/pages.h"

#include <string.h>

#include "engine/base/number.h"
#include "engine/web/files.h"
#include "engine/web/site.h"

struct rights_actor page_actor(const struct exchange *x)
{
	struct rights_actor by = { x->session.user, 0, x->now };

	if (x->session.roles & WEB_INTAKE)
		by.roles |= REQUEST_BY_INTAKE;
	if (x->session.roles & WEB_OFFICER)
		by.roles |= REQUEST_BY_OFFICER;
	if (x->session.roles & WEB_APPROVER)
		by.roles |= REQUEST_BY_APPROVER;
	return by;
}

const char *page_role(const struct exchange *x)
{
	unsigned int r = x->session.roles;

	if (r & WEB_OFFICER)
		return "officer";
	if (r & WEB_APPROVER)
		return "approver";
	if (r & WEB_INTAKE)
		return "intake";
	return r & WEB_AUDITOR ? "auditor" : "admin";
}

enum status page_log(struct exchange *x, const char *action, json_t *details)
{
	enum status st = installation_open_audit(x->in);

	if (details == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = json_put(details, "role", json_string(page_role(x)));
	if (st == ST_OK)
		st = audit_append(
		    x->in->audit, x->now, x->session.user, action, details);
	json_decref(details);
	return st;
}

json_t *page_older(enum page_more more, int64_t seq)
{
	return more == PAGE_MORE ? json_pack("{s:I}", "before", (json_int_t)seq)
				 : json_null();
}

enum status page_choices(const char *member, const char *const *words,
    const char *selected, json_t **out)
{
	json_t *list = NULL, *one = NULL;
	enum status st = json_made(json_array(), &list);

	for (size_t i = 0; st == ST_OK && words[i]; i++) {
		st = json_make(&one, "{s:s, s:b}", member, words[i], "selected",
		    selected && strcmp(selected, words[i]) == 0);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

static int is_listed(const json_t *list, const char *identity)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(json_text(one, "identity"), identity) == 0)
			return 1;
	}
	return 0;
}

static enum status add_identities(const struct collection *c, json_t *list)
{
	enum status st = ST_OK;
	json_t *one = NULL;

	for (size_t f = 0; st == ST_OK && f < c->field_count; f++) {
		if (c->fields[f].identity == NULL ||
		    is_listed(list, c->fields[f].identity))
			continue;
		st =
		    json_make(&one, "{s:s}", "identity", c->fields[f].identity);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

enum status page_identities(struct exchange *x)
{
	const struct installation *in = x->in;
	json_t *list = NULL;
	enum status st = json_made(json_array(), &list);

	for (size_t i = 0; st == ST_OK && i < in->dataset_count; i++)
		for (size_t k = 0;
		     st == ST_OK && k < in->datasets[i].collection_count; k++)
			st = add_identities(
			    &in->datasets[i].collections[k], list);
	if (st == ST_OK)
		return json_put(x->data, "identities", list);
	json_decref(list);
	return st;
}

static json_t *page_link(int64_t number, int64_t last)
{
	return number >= 1 && number <= last
		   ? json_pack("{s:I}", "number", (json_int_t)number)
		   : json_null();
}

enum status page_paging(
    int64_t number, int64_t size, int64_t total, json_t **out)
{
	int64_t last = total ? (total + size - 1) / size : 1;
	int64_t from = (number - 1) * size + 1;
	int64_t to = number * size < total ? number * size : total;

	return json_make(out, "{s:I, s:I, s:I, s:I, s:o, s:o}", "number",
	    (json_int_t)number, "from", (json_int_t)(from > to ? to : from),
	    "to", (json_int_t)to, "total", (json_int_t)total, "previous",
	    page_link(number - 1, last), "next", page_link(number + 1, last));
}

enum status page_number(const struct exchange *x, const char *name,
    int64_t least, int64_t most, int64_t *out)
{
	const char *text = exchange_asked(x, name);

	*out = least;
	if (text == NULL)
		return ST_OK;
	if (number_int(text, strlen(text), out) == ST_OK && *out >= least &&
	    *out <= most)
		return ST_OK;
	return fail(ST_USAGE, "`%s` is not a number from %lld to %lld", name,
	    (long long)least, (long long)most);
}

enum status asset_style(struct exchange *x)
{
	buf_adds(&x->body, files_text("style.css"));
	x->type = "text/css; charset=utf-8";
	x->is_asset = 1;
	return buf_status(&x->body);
}
