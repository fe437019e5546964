/* Errors as answers. */
#include "engine/web/problem.h"

#include <stdio.h>
#include <string.h>

#include "engine/web/route.h"
#include "engine/web/site.h"
#include "engine/web/view.h"

static unsigned int status_of(enum status st)
{
	switch (st) {
	case ST_USAGE:
	case ST_INVALID:
	case ST_LIMIT: return 400;
	case ST_NOTFOUND: return 404;
	case ST_DENIED:
	case ST_CONFLICT: return 409;
	case ST_BUSY:
	case ST_UNREACHABLE: return 503;
	case ST_OK:
	case ST_NOMEM:
	case ST_IO:
	case ST_FULL:
	case ST_DB:
	case ST_CRYPTO:
	case ST_INTEGRITY:
	case ST__MAX: break;
	}
	return 500;
}

/* "404" -> {"title", "help"} in the reader's language. */
static const json_t *words_for(const struct exchange *x)
{
	const json_t *all =
	    json_object_get(words_of(x->site->words, x->language), "errors");
	const json_t *one;
	char code[16];

	(void)snprintf(code, sizeof(code), "%u", x->status);
	one = json_object_get(all, code);
	return one ? one : json_object_get(all, "500");
}

static enum status problem_json(struct exchange *x)
{
	const json_t *words = words_for(x);
	const char *detail = x->status == 500 ? "" : status_text();

	return json_make(&x->data, "{s:s, s:s, s:i, s:s, s:s}", "type",
	    "about:blank", "title", json_text(words, "title"), "status",
	    (int)x->status, "detail", detail, "help", json_text(words, "help"));
}

static enum status to_sign_in(struct exchange *x)
{
	const char *back = route_back(x->path);

	x->status = 303;
	x->type = "text/html; charset=utf-8";
	if (route_is_door(x->path))
		x->location = strdup("/door/enter");
	else
		x->location = strcmp(back, "/") == 0
				  ? strdup("/sign-in")
				  : str_format("/sign-in?back=%s", back);
	return x->location ? ST_OK : fail(ST_NOMEM, "out of memory");
}

static enum status write_problem(struct exchange *x)
{
	char *text;
	enum status st;

	json_decref(x->data);
	x->data = NULL;
	buf_clear(&x->body);
	if ((st = problem_json(x)) != ST_OK)
		return st;
	if (!x->wants_json)
		return view_page(x, "problem");
	if ((text = json_dumps(x->data, JSON_COMPACT)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	buf_adds(&x->body, text);
	free(text);
	x->type = "application/problem+json";
	return buf_status(&x->body);
}

void problem_answer(struct exchange *x, enum status why)
{
	enum status st;

	if (x->status < 400)
		x->status = status_of(why);
	if (x->status == 500)
		(void)fprintf(stderr, "lethe: %s: %s\n", x->path,
		    *status_text() ? status_text() : status_name(why));
	free(x->location);
	x->location = NULL;
	if (x->status == 401 && x->method == WEB_GET && !x->wants_json)
		st = to_sign_in(x);
	else
		st = write_problem(x);
	if (st == ST_OK)
		return;
	x->status = 500;
	x->type = "text/plain; charset=utf-8";
	buf_clear(&x->body);
}
