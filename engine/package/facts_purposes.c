/* Purposes, recipients, transfers and rights: what of the record of processing
 * is about this person's data. */
#include <string.h>

#include "engine/package/facts_internal.h"
#include "engine/package/words.h"
#include "engine/plan/policy_record.h"
#include "engine/plan/words.h"
#include "engine/rights/item.h"
#include "engine/rights/letter_parts.h"

/* Is one of the activity's clusters among those that are there? */
static int concerns(
    const struct facts *f, const char *policy, const json_t *activity)
{
	const json_t *limit, *cluster;
	size_t i, k;

	json_array_foreach(json_object_get(activity, "time_limits"), i, limit)
	{
		json_array_foreach(
		    json_object_get(f->o, "clusters"), k, cluster)
		{
			if (strcmp(json_text(cluster, "policy"), policy) == 0 &&
			    strcmp(json_text(cluster, "cluster"),
				json_text(limit, "cluster")) == 0)
				return 1;
		}
	}
	return 0;
}

static int is_listed(const json_t *list, const char *key, const json_t *one)
{
	const json_t *x;
	size_t i;

	json_array_foreach(list, i, x)
	{
		if (strcmp(json_text(x, key), json_text(one, key)) == 0)
			return 1;
	}
	return 0;
}

/* ---- recipients ---- */

static enum status add_recipients(
    struct facts *f, const json_t *activity, const char *member)
{
	json_t *list = json_object_get(f->o, "recipients"), *copy = NULL;
	const json_t *one;
	enum status st = ST_OK;
	size_t i;

	json_array_foreach(json_object_get(activity, member), i, one)
	{
		if (st != ST_OK || is_listed(list, "recipient", one))
			continue;
		st = json_make(&copy, "{s:s, s:s, s:s, s:s}", "recipient",
		    json_text(one, "recipient"), "title",
		    json_text(one, "title"), "role",
		    word_of_key(json_text(one, "role"), f->language), "region",
		    json_text(one, "region"));
		if (st == ST_OK)
			st = json_push(list, copy);
	}
	return st;
}

/* ---- transfers ---- */

static const char *title_of(const struct facts *f, const char *recipient)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(f->o, "recipients"), i, one)
	{
		if (strcmp(json_text(one, "recipient"), recipient) == 0)
			return json_text(one, "title");
	}
	return recipient;
}

static int is_transfer(const struct facts *f, const char *from, const char *to)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(f->o, "transfers"), i, one)
	{
		if (strcmp(json_text(one, "from"), from) == 0 &&
		    strcmp(json_text(one, "to"), to) == 0)
			return 1;
	}
	return 0;
}

static enum status add_transfers(struct facts *f, const json_t *activity)
{
	const json_t *one;
	enum status st = ST_OK;
	json_t *copy = NULL;
	size_t i;

	json_array_foreach(json_object_get(activity, "transfers"), i, one)
	{
		const char *from = title_of(f, json_text(one, "from"));
		const char *to = title_of(f, json_text(one, "to"));

		if (st != ST_OK || is_transfer(f, from, to))
			continue;
		st = json_make(&copy, "{s:s, s:s, s:s}", "from", from, "to", to,
		    "basis", json_text(one, "basis"));
		if (st == ST_OK)
			st =
			    json_push(json_object_get(f->o, "transfers"), copy);
	}
	return st;
}

/* ---- purposes ---- */

static enum status add_purpose(struct facts *f, const json_t *activity)
{
	json_t *one = NULL;
	enum status st;

	st = json_make(&one, "{s:s, s:s, s:s, s:s}", "purpose",
	    json_text(activity, "purpose"), "title",
	    json_text(activity, "title"), "legal_basis",
	    json_text(activity, "legal_basis"), "reference",
	    json_text(activity, "reference"));
	if (st == ST_OK)
		st = json_push(json_object_get(f->o, "purposes"), one);
	if (st == ST_OK)
		st = add_recipients(f, activity, "controllers");
	if (st == ST_OK)
		st = add_recipients(f, activity, "recipients");
	return st == ST_OK ? add_transfers(f, activity) : st;
}

enum status facts_add_purposes(struct facts *f)
{
	const json_t *policy, *activity;
	json_t *record = NULL;
	enum status st;
	size_t i, k;

	st = policy_record_json(f->set->in, f->language, &record);
	json_array_foreach(json_object_get(record, "policies"), i, policy)
	{
		json_array_foreach(
		    json_object_get(policy, "activities"), k, activity)
		{
			if (st == ST_OK &&
			    concerns(f, json_text(policy, "policy"), activity))
				st = add_purpose(f, activity);
		}
	}
	json_decref(record);
	return st;
}

/* ---- rights ---- */

/* The titles of the purposes on one of two legal bases. */
static void on_basis(const struct facts *f, const char *basis,
    const char *or_basis, struct buf *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(f->o, "purposes"), i, one)
	{
		const char *b = json_text(one, "legal_basis");

		if (strcmp(b, basis) != 0 && strcmp(b, or_basis) != 0)
			continue;
		buf_addf(
		    out, "%s%s", out->len ? ", " : "", json_text(one, "title"));
	}
}

static enum status add_right(
    struct facts *f, const char *right, const char *text)
{
	json_t *one = NULL;
	enum status st =
	    json_make(&one, "{s:s, s:s}", "right", right, "text", text);

	return st == ST_OK ? json_push(json_object_get(f->o, "rights"), one)
			   : st;
}

/* A right that some purposes give; none of them, and it is not there. */
static enum status add_right_on(struct facts *f, const char *right,
    enum package_word word, const char *basis, const char *or_basis)
{
	struct buf titles = BUF_INIT, text = BUF_INIT;
	enum status st;

	on_basis(f, basis, or_basis, &titles);
	buf_addf(&text, "%s: %s", package_word(word, f->language),
	    buf_text(&titles));
	st = buf_status(&titles);
	if (st == ST_OK)
		st = buf_status(&text);
	if (st == ST_OK && titles.len > 0)
		st = add_right(f, right, buf_text(&text));
	buf_release(&titles);
	buf_release(&text);
	return st;
}

enum status facts_add_rights(struct facts *f)
{
	enum status st;

	st = add_right(f, "rectification",
	    package_word(PACKAGE_RIGHT_RECTIFICATION, f->language));
	if (st == ST_OK)
		st = add_right(f, "erasure",
		    package_word(PACKAGE_RIGHT_ERASURE, f->language));
	if (st == ST_OK)
		st = add_right_on(f, "erasure", PACKAGE_RIGHT_ERASURE_KEPT,
		    "legal_obligation", "");
	if (st == ST_OK)
		st = add_right(f, "restriction",
		    package_word(PACKAGE_RIGHT_RESTRICTION, f->language));
	if (st == ST_OK)
		st = add_right_on(f, "objection", PACKAGE_RIGHT_OBJECTION,
		    "legitimate_interests", "public_task");
	if (st == ST_OK)
		st = add_right_on(f, "consent_withdrawal",
		    PACKAGE_RIGHT_WITHDRAWAL, "consent", "");
	/* Japanese law knows no portability. */
	if (st == ST_OK && strcmp(json_text(f->request, "law"), "appi") != 0)
		st = add_right_on(f, "portability", PACKAGE_RIGHT_PORTABILITY,
		    "contract", "consent");
	return st;
}

/* One line of what is not there. */
static enum status add_withheld(struct facts *f, const json_t *words,
    const char *what, const char *reason, const char *authority, json_t *count)
{
	const char *say = letter_word(words, "reasons", reason);
	json_t *one = NULL;
	enum status st = json_make(&one, "{s:s, s:s, s:s, s:s, s:o}", "what",
	    what, "reason", reason, "words", say ? say : reason, "authority",
	    authority, "records", count);

	return st == ST_OK ? json_push(json_object_get(f->o, "withheld"), one)
			   : st;
}

/* Records that others have too, as was decided: how many, and why. */
enum status facts_add_withheld(struct facts *f, const json_t *request)
{
	json_t *words = NULL, *counts = NULL;
	const json_t *x;
	enum status st = letter_words(f->set->in, f->language, &words);
	size_t i;

	if (st == ST_OK && *json_text(request, "reason"))
		st = add_withheld(f, words, "refused",
		    json_text(request, "reason"),
		    json_text(request, "authority"), json_null());
	if (st == ST_OK)
		st = item_counts(f->set->in, f->set->request, &counts);
	json_array_foreach(counts, i, x)
	{
		if (st == ST_OK)
			st = add_withheld(f, words, json_text(x, "decision"),
			    json_text(x, "reason"), "",
			    json_integer(json_int(x, "records")));
	}
	json_decref(counts);
	json_decref(words);
	return st;
}
