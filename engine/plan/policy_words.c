/* Parts of a policy in words, shared by all that shows policies. */
#include "engine/plan/policy_words.h"

#include <string.h>

#include "engine/plan/words.h"

const char *policy_title(
    const struct text *title, const char *language, const char *name)
{
	const char *words = text_in(title, language);

	return *words ? words : name;
}

void policy_end_words(struct buf *b, const struct policy *p,
    size_t starting_point, struct period period, const char *language)
{
	const struct policy_starting_point *s =
	    &p->starting_points[starting_point];

	buf_adds(b, policy_title(&s->title, language, s->name));
	if (s->from == CALENDAR_FROM_END_OF_YEAR)
		buf_addf(b, " (%s)", word_in(WORD_END_OF_YEAR, language));
	buf_adds(b, " + ");
	word_period(b, period, language);
}

void policy_rule_words(struct buf *b, const struct policy *p,
    const struct policy_cluster *c, const char *language)
{
	if (c->starting_point != SIZE_MAX) {
		policy_end_words(b, p, c->starting_point,
		    c->regular_deletion_period, language);
		return;
	}
	if (c->unlimited) {
		buf_addf(b, "%s: %s", word_in(WORD_UNLIMITED, language),
		    c->unlimited);
		return;
	}
	buf_addf(b, "%s: ", word_in(WORD_LAST_OF, language));
	for (size_t i = 0; i < c->purpose_count; i++) {
		if (i)
			buf_adds(b, "; ");
		policy_end_words(b, p, c->purposes[i].starting_point,
		    c->purposes[i].period, language);
	}
}

void policy_method_words(
    struct buf *b, const struct policy_de_identify *x, const char *language)
{
	static const char *const parts[] = { "day", "month", "year" };

	switch (x->method) {
	case POLICY_METHOD_NULL:
		buf_adds(b, word_in(WORD_NULL, language));
		break;
	case POLICY_METHOD_CONSTANT:
		buf_addf(b, "%s \"%s\"", word_in(WORD_CONSTANT, language),
		    x->constant);
		break;
	case POLICY_METHOD_TRUNCATE:
		buf_addf(b, "%s %lld", word_in(WORD_TRUNCATE, language),
		    (long long)x->amount);
		break;
	case POLICY_METHOD_ROUND:
		buf_addf(b, "%s %lld", word_in(WORD_ROUND, language),
		    (long long)x->amount);
		break;
	case POLICY_METHOD_DATE:
		buf_addf(b, "%s %s", word_in(WORD_DATE, language),
		    word_of_key(parts[x->part], language));
		break;
	case POLICY_METHOD_KEYED_HASH:
		buf_adds(b, word_in(WORD_KEYED_HASH, language));
		break;
	case POLICY_METHOD__MAX: break;
	}
}

const struct policy_recipient *policy_recipient_of(
    const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->recipient_count; i++)
		if (strcmp(p->recipients[i].name, name) == 0)
			return &p->recipients[i];
	return NULL;
}

enum status policy_recipient_json(
    const struct policy_recipient *r, const char *language, json_t **out)
{
	if (r == NULL)
		return fail(ST_INVALID,
		    "a purpose names a recipient that the policy lacks");
	return json_make(out, "{s:s, s:s, s:s, s:s?}", "recipient", r->name,
	    "title", policy_title(&r->title, language, r->name), "role",
	    r->role, "region", r->region);
}

enum status policy_recipients_json(const struct policy *p,
    const struct policy_purpose *u, const char *language, json_t **out)
{
	json_t *list = json_array(), *one = NULL;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (size_t i = 0; st == ST_OK && i < u->recipient_count; i++) {
		st = policy_recipient_json(
		    policy_recipient_of(p, u->recipients[i]), language, &one);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

const char *policy_origin_words(const struct policy *p,
    const struct policy_cluster *c, const char *language)
{
	const struct policy_recipient *r;

	if (c->origin == NULL)
		return "";
	r = policy_recipient_of(p, c->origin);
	return r ? policy_title(&r->title, language, r->name)
		 : word_of_key(c->origin, language);
}

enum status policy_put_period(
    json_t *o, const char *key, int given, struct period period)
{
	char text[PERIOD_TEXT];

	if (!given)
		return json_put(o, key, json_null());
	period_format(period, text);
	return json_put(o, key, json_string(text));
}
