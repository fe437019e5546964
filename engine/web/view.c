/* Pages made of JSON. */
#include "engine/web/view.h"

#include <string.h>

#include "engine/base/mustache.h"
#include "engine/web/files.h"
#include "engine/web/route.h"
#include "engine/web/site.h"

/* What a page is made with. */
struct view {
	const char *template;
	struct dress dress;
};

static const char *partial(void *ctx, const char *name)
{
	const struct view *v = ctx;

	return files_page(strcmp(name, "content") == 0 ? v->template : name);
}

static enum status derived(
    void *ctx, const json_t *of, const char *name, size_t len, json_t **out)
{
	const struct view *v = ctx;

	return words_dress(&v->dress, of, name, len, out);
}

/* What of the top of each page leads where. */
static const struct {
	const char *path;
	const char *word;
} places[] = {
	{ "/", "nav_desk" },
	{ "/requests", "nav_requests" },
	{ "/plans", "nav_plans" },
	{ "/holds", "nav_holds" },
	{ "/rules", "nav_rules" },
	{ "/audit", "nav_audit" },
	{ "/looks", "nav_looks" },
	{ "/verification", "nav_verification" },
	{ "/statement", "nav_statement" },
	{ "/certificates", "nav_certificates" },
};

/* "/requests/Q-1" stands under "/requests". */
static int is_here(const char *path, const char *place)
{
	size_t len = strlen(place);

	if (strcmp(path, place) == 0)
		return 1;
	return len > 1 && strncmp(path, place, len) == 0 && path[len] == '/';
}

static enum status add_nav(const struct exchange *x, json_t *nav)
{
	const struct route *r;
	unsigned int methods;
	enum status st = ST_OK;
	json_t *one = NULL;
	char id[64];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		r = route_find(WEB_GET, places[i].path, id, &methods);
		if (r == NULL || !(r->roles & x->session.roles))
			continue;
		st = json_make(&one, "{s:s, s:s, s:b}", "path", places[i].path,
		    "title",
		    words_text(x->site->words, x->language, places[i].word),
		    "here", is_here(x->path, places[i].path));
		if (st == ST_OK)
			st = json_push(nav, one);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status add_languages(const struct exchange *x, json_t *list)
{
	enum status st = ST_OK;
	json_t *one = NULL;

	for (size_t i = 0; st == ST_OK && words_languages[i]; i++) {
		st = json_make(&one, "{s:s, s:s, s:b}", "code",
		    words_languages[i], "name",
		    words_text(x->site->words, words_languages[i], "language"),
		    "here", strcmp(words_languages[i], x->language) == 0);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

static enum status root_json(struct exchange *x, const char *name, json_t **out)
{
	const json_t *words = words_of(x->site->words, x->language);
	const char *back = route_back(x->path);
	const char *home = route_is_door(x->path) ? "/door" : "/";
	json_t *o = NULL;
	enum status st;

	st = json_make(&o, "{s:s, s:s, s:s, s:s, s:s, s:O, s:O, s:[], s:[]}",
	    "lang", x->language, "path", strcmp(back, "/") == 0 ? home : back,
	    "home", home, "title",
	    json_text(json_object_get(words, "titles"), name), "installation",
	    x->in->config.installation, "w", json_object_get(words, "w"),
	    "page", x->data, "nav", "languages");
	if (st == ST_OK && x->door.request)
		st = json_put(o, "csrf", json_string(x->door.csrf));
	if (st == ST_OK && x->signed_in) {
		st = json_put(o, "user", json_string(x->session.user));
		if (st == ST_OK)
			st = json_put(o, "csrf", json_string(x->session.csrf));
		if (st == ST_OK)
			st = add_nav(x, json_object_get(o, "nav"));
	}
	if (st == ST_OK)
		st = add_languages(x, json_object_get(o, "languages"));
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

enum status view_page(struct exchange *x, const char *name)
{
	struct view v = { name, { x->site->words, x->language, x->in->zone } };
	const struct mustache m = { MUSTACHE_HTML, MUSTACHE_EMPTY, partial, &v,
		x->site->templates, derived };
	json_t *root = NULL;
	enum status st = root_json(x, name, &root);

	if (st == ST_OK)
		st = mustache_render(&m, files_page("layout"), root, &x->body);
	json_decref(root);
	x->type = "text/html; charset=utf-8";
	return st;
}
