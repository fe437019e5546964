/* Until when a record is kept, and why, as its person is told. */
#include "engine/package/kept.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/zone.h"
#include "engine/package/words.h"
#include "engine/plan/explain.h"
#include "engine/plan/policy_words.h"
#include "engine/plan/words.h"

/* What the law is: the reference where a purpose has one, else its basis. */
static enum status add_law(const struct rule *r, json_t *list)
{
	const struct policy_cluster *c = r->terms.cluster;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < c->purpose_count; i++) {
		const struct policy_purpose *p =
		    &r->policy->purposes[c->purposes[i].purpose];

		st = json_push(list,
		    json_string(p->reference ? p->reference : p->legal_basis));
	}
	return st;
}

/* In the person's language, and without what only we know by its name: holds,
 * fields. */
static enum status add_why(
    const struct collection_set *set, const json_t *x, json_t *list)
{
	static const struct {
		const char *verdict;
		enum package_word word;
	} words[] = {
		{ "ACTIVE", PACKAGE_KEPT_ACTIVE },
		{ "HELD", PACKAGE_KEPT_HELD },
		{ "RESTRICTED", PACKAGE_KEPT_RESTRICTED },
		{ "DUE", PACKAGE_KEPT_DUE },
		{ "OVERDUE", PACKAGE_KEPT_DUE },
		{ "RETAIN", PACKAGE_WHY_RETAIN },
		{ "UNDECIDED", PACKAGE_WHY_UNDECIDED },
	};
	const char *verdict = json_text(x, "verdict");
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < sizeof(words) / sizeof(*words);
	     i++)
		if (strcmp(verdict, words[i].verdict) == 0)
			st = json_push(list,
			    json_string(
				package_word(words[i].word, set->language)));
	if (st == ST_OK && json_is_string(json_object_get(x, "label")))
		st = json_push(list, json_string(package_word(
					 PACKAGE_WHY_REDUCED, set->language)));
	return st;
}

/* One of what explain_record() gives. */
static enum status add(const struct collection_set *set, const struct rule *r,
    const json_t *x, json_t *list)
{
	const json_t *start = json_object_get(x, "starting_point");
	json_t *one = NULL;
	enum status st;

	st = json_make(&one,
	    "{s:s, s:s, s:s, s:[], s:s?, s:O, s:O, s:O, s:O, s:[]}", "cluster",
	    json_text(x, "cluster"), "verdict", json_text(x, "verdict"), "rule",
	    json_text(x, "rule"), "law", "starting_point",
	    json_string_value(json_object_get(start, "name")), "last_day",
	    json_object_get(x, "last_day"), "deletable_from",
	    json_object_get(x, "deletable_from"), "deletion_due",
	    json_object_get(x, "deletion_due"), "label",
	    json_object_get(x, "label"), "reasons");
	if (st == ST_OK)
		st = json_push(list, one);
	if (st == ST_OK)
		st = add_why(set, x, json_object_get(one, "reasons"));
	return st == ST_OK ? add_law(r, json_object_get(one, "law")) : st;
}

/* ${e} NULL: no rule. */
static enum status make_list(const struct collection_set *set,
    const struct rule *r, const struct explainer *e, json_t **out)
{
	json_t *list = NULL, *x = NULL;
	const json_t *part;
	enum status st = json_make(&list, "[]");
	size_t i;

	if (st == ST_OK && e)
		st = explainer_json(e, &x);
	if (st == ST_OK && x)
		st = add(set, r, x, list);
	json_array_foreach(json_object_get(x, "parts"), i, part)
	{
		if (st == ST_OK)
			st = add(set, rule_part(r, i + 1), part, list);
	}
	json_decref(x);
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

/* ---- made once ---- */

/* So many different answers of a collection are remembered. */
#define KNOWN_MOST 4096

/* Remember [list, text] under ${print}. */
static enum status make(const struct collection_set *set, struct collected *c,
    const struct buf *print, const json_t **out)
{
	json_t *list = NULL, *pair = NULL;
	char *text = NULL;
	enum status st = make_list(set, c->rule, c->explainer, &list);

	if (st == ST_OK && (text = json_dumps(list, JSON_COMPACT)) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = json_make(&pair, "[O, s]", list, text);
	if (st == ST_OK && c->known == NULL)
		st = json_make(&c->known, "{}");
	if (st == ST_OK && json_object_size(c->known) >= KNOWN_MOST)
		json_object_clear(c->known);
	if (st == ST_OK && json_object_setn_nocheck(
			       c->known, print->data, print->len, pair) != 0)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		*out = pair;
	json_decref(pair);
	json_decref(list);
	free(text);
	return st;
}

static enum status look(const struct collection_set *set, struct collected *c,
    const struct val *key, const struct buf **print)
{
	static char nothing[1];
	static const struct buf same = { .data = nothing };
	enum status st = ST_OK;

	*print = &same;
	if (c->rule == NULL)
		return ST_OK;
	if (c->explainer == NULL)
		st = explainer_new(set->in, c->rule, set->now, &c->explainer);
	return st == ST_OK ? explainer_look(c->explainer, key, print) : st;
}

enum status kept_find(const struct collection_set *set, struct collected *c,
    const struct val *key, struct kept *out)
{
	const struct buf *print = NULL;
	const json_t *pair = NULL, *text;
	enum status st = look(set, c, key, &print);

	if (st == ST_OK)
		pair = json_object_getn(c->known, print->data, print->len);
	if (st == ST_OK && pair == NULL)
		st = make(set, c, print, &pair);
	if (st != ST_OK)
		return st;
	text = json_array_get(pair, 1);
	*out = (struct kept){ json_array_get(pair, 0), json_string_value(text),
		json_string_length(text) };
	return ST_OK;
}

void kept_end(struct collected *c)
{
	explainer_free(c->explainer);
	json_decref(c->known);
	c->explainer = NULL;
	c->known = NULL;
}

enum status kept_translate(const struct collection_set *set, json_t *list)
{
	enum status st = ST_OK;
	json_t *x;
	size_t i;

	json_array_foreach(list, i, x)
	{
		if (st == ST_OK)
			st = json_put(x, "reasons", json_array());
		if (st == ST_OK)
			st = add_why(set, x, json_object_get(x, "reasons"));
	}
	return st;
}

/* ---- to read ---- */

/* A day that is over says nothing of what something else keeps. */
static int is_ahead(
    const struct collection_set *set, const struct rule *r, const char *day)
{
	char now[ZONE_TEXT];

	zone_format(r->terms.calendar.zone, set->now, now);
	return *day && strncmp(day, now, strlen(day)) >= 0;
}

static const char *words_of(
    const struct collection_set *set, const struct rule *r, const json_t *x)
{
	static const struct {
		const char *verdict;
		enum package_word word;
	} words[] = {
		{ "ACTIVE", PACKAGE_KEPT_ACTIVE },
		{ "HELD", PACKAGE_KEPT_HELD },
		{ "RESTRICTED", PACKAGE_KEPT_RESTRICTED },
		{ "DUE", PACKAGE_KEPT_DUE },
		{ "OVERDUE", PACKAGE_KEPT_DUE },
	};
	const char *day = json_text(x, "last_day");

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(json_text(x, "verdict"), words[i].verdict) == 0)
			return package_word(words[i].word, set->language);
	if (strcmp(json_text(x, "verdict"), "RETAIN") == 0 &&
	    !json_is_string(json_object_get(x, "label")) &&
	    is_ahead(set, r, day))
		return day;
	return package_word(PACKAGE_KEPT_OPEN, set->language);
}

void kept_words(const struct collection_set *set, const struct collected *c,
    const json_t *kept, struct buf *out)
{
	const json_t *x;
	size_t i;

	json_array_foreach(kept, i, x)
	{
		const struct rule *r = rule_part(c->rule, i);

		if (i > 0)
			buf_adds(out, "; ");
		if (json_array_size(kept) > 1)
			buf_addf(out, "%s: ",
			    policy_title(&r->terms.cluster->title,
				set->language, r->terms.cluster->name));
		buf_adds(out, words_of(set, r, x));
	}
}
