/* Until when a record is kept, and why, as its person is told. */
#include "engine/package/kept.h"

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

enum status kept_json(const struct collection_set *set,
    const struct collected *c, const struct val *key, json_t **out)
{
	json_t *list = NULL, *x = NULL;
	const json_t *part;
	enum status st = json_make(&list, "[]");
	size_t i;

	if (st == ST_OK && c->rule)
		st = explain_record(set->in, c->rule, key, set->now, &x);
	if (st == ST_OK && x)
		st = add(set, c->rule, x, list);
	json_array_foreach(json_object_get(x, "parts"), i, part)
	{
		if (st == ST_OK)
			st = add(set, rule_part(c->rule, i + 1), part, list);
	}
	json_decref(x);
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
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
