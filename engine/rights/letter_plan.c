/* A letter says of an erasure what its plan says. */
#include <string.h>

#include "engine/base/civil.h"
#include "engine/rights/erasure_book.h"
#include "engine/rights/item.h"
#include "engine/rights/letter_parts.h"

struct telling {
	const struct installation *in;
	const json_t *words;
	const char *language;
};

const char *letter_cluster(
    const struct installation *in, const char *language, const char *cluster)
{
	const struct policy_cluster *c;
	const char *title;
	size_t i, k;

	for (i = 0; i < in->policy_count; i++) {
		for (k = 0; k < in->policies[i].cluster_count; k++) {
			c = &in->policies[i].clusters[k];
			title = text_in(&c->title, language);
			if (strcmp(c->name, cluster) == 0 && *title)
				return title;
		}
	}
	return cluster;
}

static enum status no_word(const char *list, const char *code)
{
	return fail(ST_INVALID, "words: `%s` has no `%s`", list, code);
}

/* The same in the same way is one line, with the sum. */
static enum status add_line(json_t *list, json_t *line, long long records)
{
	json_t *other, *sum;
	size_t i;

	json_array_foreach(list, i, other)
	{
		sum = json_incref(json_object_get(other, "records"));
		(void)json_object_del(other, "records");
		if (json_equal(other, line)) {
			json_decref(line);
			records += json_integer_value(sum);
			json_decref(sum);
			return json_put(
			    other, "records", json_integer(records));
		}
		if (json_object_set_new(other, "records", sum) != 0) {
			json_decref(line);
			return fail(ST_NOMEM, "out of memory");
		}
	}
	if (json_object_set_new(line, "records", json_integer(records)) != 0) {
		json_decref(line);
		return fail(ST_NOMEM, "out of memory");
	}
	return json_push(list, line);
}

static enum status add_erased(
    const struct telling *t, const json_t *item, json_t *list)
{
	const char *label = json_string_value(json_object_get(item, "label"));
	const char *how = label ? label : json_text(item, "action");
	const char *word = letter_word(t->words, "erased", how);
	json_t *line = NULL;
	enum status st;

	if (word == NULL)
		return no_word("erased", how);
	st = json_make(&line, "{s:s, s:s}", "what",
	    letter_cluster(t->in, t->language, json_text(item, "cluster")),
	    "how", word);
	return st == ST_OK ? add_line(list, line, json_int(item, "records"))
			   : st;
}

/* The plan's date is the day from which it may go, in the policy's zone. */
static enum status put_until(
    const struct telling *t, const json_t *item, json_t *line)
{
	const char *until = json_string_value(json_object_get(item, "until"));
	int32_t day = 0;
	enum status st;

	if (until == NULL)
		return json_put(line, "until", json_null());
	st = civil_parse(until, strcspn(until, "T"), &day);
	return st == ST_OK ? letter_put_day(t->words, "until", day, line) : st;
}

static enum status add_kept(
    const struct telling *t, const json_t *item, json_t *list)
{
	const char *why = json_text(item, "why");
	const char *word = letter_word(t->words, "kept", why);
	json_t *line = NULL;
	enum status st;

	if (word == NULL)
		word = letter_word(t->words, "reasons", why);
	if (word == NULL)
		return no_word("kept", why);
	st = json_make(&line, "{s:s, s:s, s:s?}", "what",
	    letter_cluster(t->in, t->language, json_text(item, "cluster")),
	    "why", word, "law",
	    json_string_value(json_object_get(item, "law")));
	if (st == ST_OK && (st = put_until(t, item, line)) != ST_OK)
		json_decref(line);
	return st == ST_OK ? add_line(list, line, json_int(item, "records"))
			   : st;
}

static enum status add_all(const struct telling *t, const json_t *items,
    enum status (*add)(const struct telling *, const json_t *, json_t *),
    json_t *list)
{
	const json_t *item;
	enum status st = ST_OK;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if ((st = add(t, item, list)) != ST_OK)
			break;
	}
	return st;
}

static enum status tell(
    const struct telling *t, const json_t *plan, json_t **out)
{
	json_t *o = NULL;
	enum status st;

	st = json_make(&o, "{s:[], s:[], s:b}", "erased", "kept", "keeps",
	    json_array_size(json_object_get(plan, "kept")) > 0);
	if (st == ST_OK)
		st = add_all(t, json_object_get(plan, "items"), add_erased,
		    json_object_get(o, "erased"));
	if (st == ST_OK)
		st = add_all(t, json_object_get(plan, "kept"), add_kept,
		    json_object_get(o, "kept"));
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

enum status letter_plan(struct installation *in, const struct request *r,
    const json_t *words, const char *language, json_t **out)
{
	const struct telling t = { in, words, language };
	struct erasure e = { .targets = BUF_INIT, .kept = BUF_INIT };
	enum status st = ST_NOTFOUND;

	if (r->type == REQUEST_ERASURE)
		st = erasure_read(in, r->number, &e);
	if (st == ST_NOTFOUND)
		return json_made(json_null(), out);
	if (st == ST_OK)
		st = tell(&t, e.body, out);
	erasure_release(&e);
	return st;
}

/* ---- item by item ---- */

enum status letter_put_items(struct installation *in, const struct request *r,
    const json_t *words, json_t *o)
{
	json_t *counts = NULL, *list = NULL, *one = NULL;
	const json_t *x;
	enum status st = item_counts(in, r->number, &counts);
	size_t i;

	if (st == ST_OK)
		st = json_make(&list, "[]");
	json_array_foreach(counts, i, x)
	{
		if (st == ST_OK)
			st = json_make(&one, "{s:I, s:b, s:s?}", "records",
			    json_int(x, "records"), "redacted",
			    strcmp(json_text(x, "decision"), "redact") == 0,
			    "reason",
			    letter_word(
				words, "reasons", json_text(x, "reason")));
		if (st == ST_OK)
			st = json_push(list, one);
	}
	if (st == ST_OK)
		st = json_put(o, "withheld",
		    json_array_size(list) ? json_pack("{s:O}", "list", list)
					  : json_null());
	json_decref(list);
	json_decref(counts);
	return st;
}
