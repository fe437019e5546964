/* The terms that ingest computes, as part of a policy's page. */
#include "engine/plan/policy_show_term.h"

#include "engine/plan/policy_words.h"
#include "engine/plan/words.h"

/* ---- as JSON ---- */

static enum status part_json(const struct policy_term_value *v,
    enum policy_term_part part, const char *language, json_t *list)
{
	struct buf words = BUF_INIT;
	json_t *one = NULL;
	enum status st;

	if (!v->given)
		return ST_OK;
	if (v->field)
		buf_adds(&words, v->field);
	else
		word_period(&words, v->period, language);
	if ((st = buf_status(&words)) == ST_OK)
		st = json_make(&one, "{s:s, s:s?, s:s}", "part",
		    policy_term_part_name(part), "field", v->field, "words",
		    buf_text(&words));
	buf_release(&words);
	if (st == ST_OK)
		st = json_push(list, one);
	return st == ST_OK
		   ? policy_put_period(one, "period", !v->field, v->period)
		   : st;
}

static enum status longest_json(
    const struct policy_term *t, const char *language, json_t *o)
{
	struct buf words = BUF_INIT;
	enum status st;

	st = policy_put_period(o, "longest", t->has_longest, t->longest);
	if (st != ST_OK || !t->has_longest)
		return st;
	word_period(&words, t->longest, language);
	if ((st = buf_status(&words)) == ST_OK)
		st =
		    json_put(o, "longest_words", json_string(buf_text(&words)));
	buf_release(&words);
	return st;
}

static enum status term_json(
    const struct policy_starting_point *s, const char *language, json_t *list)
{
	json_t *o = NULL, *parts;
	enum status st;

	st = json_make(&o, "{s:s, s:s, s:s, s:[]}", "starting_point", s->name,
	    "title", policy_title(&s->title, language, s->name), "field",
	    s->field, "parts");
	if (st == ST_OK)
		st = json_push(list, o);
	parts = json_object_get(o, "parts");
	for (int i = 0; st == ST_OK && i < POLICY_TERM__MAX; i++)
		st = part_json(&s->term->parts[i], (enum policy_term_part)i,
		    language, parts);
	return st == ST_OK ? longest_json(s->term, language, o) : st;
}

enum status policy_terms_json(
    const struct policy *p, const char *language, json_t **out)
{
	json_t *list = json_array();
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (size_t i = 0; st == ST_OK && i < p->starting_point_count; i++)
		if (p->starting_points[i].term)
			st = term_json(&p->starting_points[i], language, list);
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

/* ---- for people ---- */

static void write_term(
    const json_t *o, const char *language, struct document *d)
{
	const json_t *part;
	size_t i;

	document_heading(d, 2, json_text(o, "title"));
	document_row(d, word_in(WORD_TERM_END, language));
	document_value(d, json_text(o, "field"));
	json_array_foreach(json_object_get(o, "parts"), i, part)
	{
		document_row(d, word_of_key(json_text(part, "part"), language));
		document_value(d, json_text(part, "words"));
	}
	document_row(d, word_in(WORD_TERM_LONGEST, language));
	document_value(d, json_text(o, "longest_words"));
}

void policy_terms_write(
    const json_t *list, const char *language, struct document *d)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o) write_term(o, language, d);
}
