/* Who receives a person's data, in a letter. */
#include <string.h>

#include "engine/rights/letter_parts.h"
#include "engine/rights/notification_who.h"

static enum status join(const struct installation *in, const json_t *clusters,
    const char *language, const char *between, struct buf *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach(clusters, i, one)
	{
		if (i)
			buf_adds(out, between);
		buf_adds(
		    out, letter_cluster(in, language, json_string_value(one)));
	}
	return buf_status(out);
}

static enum status add_one(const struct installation *in,
    const struct policy_recipient *who, const json_t *clusters,
    const json_t *words, const char *language, json_t *list)
{
	struct buf b = BUF_INIT;
	json_t *one = NULL;
	enum status st =
	    join(in, clusters, language, json_text(words, "and"), &b);

	if (st == ST_OK)
		st = json_make(&one, "{s:s, s:s?, s:s?, s:s}", "name",
		    text_in(&who->title, language), "role",
		    letter_word(words, "recipient_roles", who->role), "region",
		    who->region, "clusters", buf_text(&b));
	if (st == ST_OK)
		st = json_push(list, one);
	buf_release(&b);
	return st;
}

static enum status add(const struct installation *in,
    const struct policy_recipient *who, const json_t *reach,
    const json_t *words, const char *language, json_t *list)
{
	json_t *clusters = NULL;
	enum status st = json_made(json_array(), &clusters);

	if (st == ST_OK)
		st = notification_received(in, who->name,
		    json_object_get(reach, "clusters"), clusters);
	if (st == ST_OK && json_array_size(clusters) > 0)
		st = add_one(in, who, clusters, words, language, list);
	json_decref(clusters);
	return st;
}

/* One whom two policies name is told of once. */
static int is_first(
    const struct installation *in, size_t policy, const char *name)
{
	for (size_t i = 0; i < policy; i++)
		for (size_t k = 0; k < in->policies[i].recipient_count; k++)
			if (strcmp(in->policies[i].recipients[k].name, name) ==
			    0)
				return 0;
	return 1;
}

static enum status add_all(const struct installation *in, const json_t *reach,
    const json_t *words, const char *language, json_t *list)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < in->policy_count; i++) {
		const struct policy *p = &in->policies[i];

		for (size_t k = 0; st == ST_OK && k < p->recipient_count; k++)
			if (is_first(in, i, p->recipients[k].name))
				st = add(in, &p->recipients[k], reach, words,
				    language, list);
	}
	return st;
}

enum status letter_recipients(struct installation *in, const struct request *r,
    const json_t *words, const char *language, json_t **out)
{
	const struct reach_subject who = { r->identity, r->value };
	json_t *reach = NULL, *list = NULL;
	enum status st;

	if (r->type != REQUEST_RECIPIENT_INFORMATION)
		return json_made(json_null(), out);
	st = json_made(json_array(), &list);
	if (st == ST_OK)
		st = notification_reach(in, &who, &reach);
	if (st == ST_OK)
		st = add_all(in, reach, words, language, list);
	if (st == ST_OK)
		st = json_make(out, "{s:O, s:b}", "list", list, "any",
		    json_array_size(list) > 0);
	json_decref(reach);
	json_decref(list);
	return st;
}
