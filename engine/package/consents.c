/* What the person agreed to and has set: a section of its own. */
#include <string.h>

#include "engine/base/when.h"
#include "engine/consent/consent.h"
#include "engine/consent/disclosure.h"
#include "engine/consent/preference.h"
#include "engine/package/facts_internal.h"
#include "engine/package/html.h"
#include "engine/package/pages.h"
#include "engine/package/words.h"

/* ---- facts ---- */

/* As they stood when the data was copied. */
enum status facts_add_consents(struct facts *f, const json_t *request)
{
	const json_t *subject = json_object_get(request, "subject");
	const struct reach_subject who = { json_text(subject, "identity"),
		json_text(subject, "value") };
	struct installation *in = f->set->in;
	json_t *consents = NULL, *preferences = NULL, *disclosures = NULL;
	struct when at;
	enum status st;

	st = when_parse(f->set->as_of, strlen(f->set->as_of), &at);
	if (st == ST_OK)
		st = consent_show(in, &who, at.seconds, &consents);
	if (st == ST_OK)
		st = preference_show(in, &who, &preferences);
	if (st == ST_OK)
		st = json_put(f->o, "consents",
		    json_incref(json_object_get(consents, "consents")));
	if (st == ST_OK)
		st = json_put(f->o, "preferences",
		    json_incref(json_object_get(preferences, "preferences")));
	if (st == ST_OK)
		st = disclosure_list(
		    in, &who, DISCLOSURE_FOR_PERSON, at.seconds, &disclosures);
	if (st == ST_OK)
		st = json_put(f->o, "disclosures",
		    json_incref(json_object_get(disclosures, "disclosures")));
	json_decref(consents);
	json_decref(preferences);
	json_decref(disclosures);
	return st;
}

/* ---- pages ---- */

static enum package_word state_word(const char *state)
{
	static const struct {
		const char *state;
		enum package_word word;
	} words[] = {
		{ "given", PACKAGE_CONSENT_GIVEN },
		{ "refused", PACKAGE_CONSENT_REFUSED },
		{ "withdrawn", PACKAGE_CONSENT_WITHDRAWN },
		{ "expired", PACKAGE_CONSENT_EXPIRED },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].state, state) == 0)
			return words[i].word;
	return PACKAGE_CONSENT_NONE;
}

/* Words of a kept notice, in the language of the page where it has them. */
static const char *words_in(json_t *words, const char *language)
{
	const json_t *w = json_object_get(words, language);

	if (w == NULL)
		w = json_object_get(words, "en");
	if (w == NULL)
		w = json_object_iter_value(json_object_iter(words));
	return json_is_string(w) ? json_string_value(w) : "";
}

static void consents(const json_t *list, const char *language, struct buf *out)
{
	const char *titles[] = { package_word(PACKAGE_CONSENTS, language),
		package_word(PACKAGE_CONSENT_TEXT, language),
		package_word(PACKAGE_CONSENT_STATE, language),
		package_word(PACKAGE_CONSENT_SINCE, language) };
	const json_t *c;
	size_t i;

	html_table(out, titles[0], titles, 4);
	json_array_foreach(list, i, c)
	{
		buf_adds(out, "<tr>");
		html_cell(out, words_in(json_object_get(c, "title"), language));
		html_cell(out, words_in(json_object_get(c, "text"), language));
		html_cell(out,
		    package_word(state_word(json_text(c, "state")), language));
		html_cell(out, json_text(c, "since"));
		buf_adds(out, "</tr>\n");
	}
	html_table_end(out);
}

static void preferences(
    const json_t *list, const char *language, struct buf *out)
{
	const char *titles[] = { package_word(PACKAGE_PREFERENCES, language),
		package_word(PACKAGE_SETTING, language) };
	const json_t *p;
	size_t i;

	html_table(out, titles[0], titles, 2);
	json_array_foreach(list, i, p)
	{
		buf_adds(out, "<tr>");
		html_cell(out, json_text(p, "title"));
		html_cell(out, json_text(p, "setting"));
		buf_adds(out, "</tr>\n");
	}
	html_table_end(out);
}

void pages_consents(const json_t *facts, struct buf *out)
{
	const char *language = json_text(facts, "language");
	const json_t *agreed = json_object_get(facts, "consents");
	const json_t *set = json_object_get(facts, "preferences");

	if (json_array_size(agreed) + json_array_size(set) == 0)
		return;
	html_section(out, "consents", package_word(PACKAGE_CONSENTS, language));
	if (json_array_size(agreed))
		consents(agreed, language, out);
	if (json_array_size(set))
		preferences(set, language, out);
	html_section_end(out);
}

void pages_disclosures(const json_t *facts, struct buf *out)
{
	const char *language = json_text(facts, "language");
	const char *titles[] = {
		package_word(PACKAGE_DISCLOSED_AT, language),
		package_word(PACKAGE_RECIPIENT, language),
		package_word(PACKAGE_WHAT, language),
		package_word(PACKAGE_BASIS, language),
	};
	const json_t *list = json_object_get(facts, "disclosures"), *d;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	html_section(
	    out, "disclosures", package_word(PACKAGE_DISCLOSURES, language));
	html_table(out, package_word(PACKAGE_DISCLOSURES, language), titles, 4);
	buf_adds(out, "<tbody>\n");
	json_array_foreach(list, i, d)
	{
		buf_adds(out, "<tr>");
		html_cell(out, json_text(d, "at"));
		html_cell(out, json_text(d, "name"));
		html_cell(out, json_text(d, "items"));
		html_cell(out, json_text(d, "basis"));
		buf_adds(out, "</tr>\n");
	}
	buf_adds(out, "</tbody></table>\n");
	html_section_end(out);
}
