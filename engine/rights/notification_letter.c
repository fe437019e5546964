/* What a recipient is told by mail. */
#include <string.h>

#include "engine/base/zone.h"
#include "engine/rights/letter.h"
#include "engine/rights/letter_parts.h"
#include "engine/rights/notification_who.h"

/* As the language calls them. */
static enum status put_clusters(const struct installation *in,
    const json_t *body, const char *language, json_t *o)
{
	json_t *list = NULL;
	const json_t *one;
	enum status st = json_made(json_array(), &list);
	size_t i;

	json_array_foreach(json_object_get(body, "clusters"), i, one)
	{
		if (st == ST_OK)
			st = json_push(
			    list, json_string(letter_cluster(
				      in, language, json_string_value(one))));
	}
	if (st != ST_OK) {
		json_decref(list);
		return st;
	}
	return json_put(o, "clusters", list);
}

static enum status put_changes(const json_t *body, json_t *o)
{
	json_t *list = json_deep_copy(json_object_get(body, "changes"));
	enum status st = letter_as_text(list);

	if (st != ST_OK) {
		json_decref(list);
		return st;
	}
	return json_put(o, "changes", list ? list : json_array());
}

enum status notification_letter(struct installation *in, const json_t *body,
    const char *language, int64_t at, struct letter *out)
{
	const json_t *subject = json_object_get(body, "subject");
	json_t *words = NULL, *o = NULL;
	enum status st = letter_words(in, language, &words);

	if (st == ST_OK)
		st = json_make(&o, "{s:s?, s:O, s:s}", "happened",
		    letter_word(
			words, "recipient_kinds", json_text(body, "kind")),
		    "subject", subject, "controller",
		    letter_signer(in, language));
	if (st == ST_OK)
		st = letter_put_day(words, "today", zone_day(in->zone, at), o);
	if (st == ST_OK)
		st = put_clusters(in, body, language, o);
	if (st == ST_OK)
		st = put_changes(body, o);
	if (st == ST_OK)
		st = letter_render(in, "recipient", language, o, out);
	json_decref(words);
	json_decref(o);
	return st;
}
