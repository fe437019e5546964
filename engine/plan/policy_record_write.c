/* The record of processing activities as a page. */
#include "engine/plan/policy_record.h"

#include <string.h>

#include "engine/plan/words.h"

/* What stays the same while one activity is written. */
struct page {
	const json_t *activity;
	const char *language;
	struct document *d;
};

static void row(const struct page *p, enum word label)
{
	document_row(p->d, word_in(label, p->language));
}

static void people(const struct page *p, enum word label, const char *key)
{
	const json_t *r;
	size_t i;

	row(p, label);
	json_array_foreach(json_object_get(p->activity, key), i, r)
	{
		const char *region = json_text(r, "region");

		document_valuef(p->d, "%s (%s%s%s)", json_text(r, "title"),
		    word_of_key(json_text(r, "role"), p->language),
		    *region ? ", " : "", region);
	}
}

/* The title of a controller or recipient of the activity. */
static const char *title_of(const json_t *activity, const char *name)
{
	static const char *const keys[] = { "controllers", "recipients" };
	const json_t *r;
	size_t i, k;

	for (k = 0; k < 2; k++) {
		json_array_foreach(json_object_get(activity, keys[k]), i, r)
		{
			if (strcmp(json_text(r, "recipient"), name) == 0)
				return json_text(r, "title");
		}
	}
	return name;
}

static void transfers(const struct page *p)
{
	const json_t *list = json_object_get(p->activity, "transfers"), *t;
	size_t i;

	row(p, WORD_TRANSFERS);
	/* Of an unknown controller nobody knows. */
	if (json_array_size(list) == 0 &&
	    json_array_size(json_object_get(p->activity, "controllers")))
		document_value(p->d, word_in(WORD_NONE, p->language));
	json_array_foreach(list, i, t)
	{
		const char *basis = json_text(t, "basis");

		document_valuef(p->d, "%s -> %s%s%s",
		    title_of(p->activity, json_text(t, "from")),
		    title_of(p->activity, json_text(t, "to")),
		    *basis ? ": " : "", basis);
	}
}

static void categories(const struct page *p)
{
	const json_t *c, *name;
	struct buf b = BUF_INIT;
	size_t i, k;

	row(p, WORD_DATA_CATEGORIES);
	json_array_foreach(
	    json_object_get(p->activity, "data_categories"), i, c)
	{
		buf_clear(&b);
		json_array_foreach(json_object_get(c, "categories"), k, name)
		    buf_addf(
			&b, "%s%s", k ? ", " : "", json_string_value(name));
		document_valuef(
		    p->d, "%s: %s", json_text(c, "collection"), buf_text(&b));
	}
	p->d->out.failed |= b.failed;
	buf_release(&b);
}

static void limits(const struct page *p)
{
	const json_t *t;
	size_t i;

	row(p, WORD_TIME_LIMITS);
	json_array_foreach(json_object_get(p->activity, "time_limits"), i, t)
	{
		const char *own = json_text(t, "purpose_rule");

		document_valuef(p->d, "%s: %s%s%s%s", json_text(t, "title"),
		    own, *own ? " (" : "", json_text(t, "rule"),
		    *own ? ")" : "");
	}
}

static void missing(const struct page *p, const json_t *o)
{
	const json_t *item;
	size_t i;

	row(p, WORD_MISSING);
	json_array_foreach(json_object_get(o, "missing"), i, item)
	    document_value(p->d, json_string_value(item));
}

static void activity(const struct page *p)
{
	document_heading(p->d, 2, json_text(p->activity, "title"));
	row(p, WORD_PURPOSE);
	document_value(p->d, json_text(p->activity, "purpose"));
	people(p, WORD_CONTROLLER, "controllers");
	row(p, WORD_LEGAL_BASIS);
	document_value(p->d,
	    word_of_key(json_text(p->activity, "legal_basis"), p->language));
	row(p, WORD_REFERENCE);
	document_value(p->d, json_text(p->activity, "reference"));
	row(p, WORD_DATA_SUBJECTS);
	document_value(p->d, json_text(p->activity, "data_subjects"));
	categories(p);
	people(p, WORD_RECIPIENTS, "recipients");
	transfers(p);
	limits(p);
	missing(p, p->activity);
}

static void measures(const struct page *p, const json_t *policy)
{
	const json_t *item;
	size_t i;

	document_heading(p->d, 2, word_in(WORD_SECURITY_MEASURES, p->language));
	row(p, WORD_SECURITY_MEASURES);
	json_array_foreach(json_object_get(policy, "security_measures"), i,
	    item) document_value(p->d, json_string_value(item));
	missing(p, policy);
}

void policy_record_write(
    const json_t *o, const char *language, struct document *d)
{
	struct page p = { NULL, language, d };
	const json_t *policy, *one;
	struct buf b = BUF_INIT;
	size_t i, k;

	json_array_foreach(json_object_get(o, "policies"), i, policy)
	{
		buf_clear(&b);
		buf_addf(&b, "%s: %s (%s, %s %lld)",
		    word_in(WORD_RECORD, language), json_text(policy, "title"),
		    json_text(policy, "policy"),
		    word_in(WORD_REVISION, language),
		    json_int(policy, "revision"));
		document_heading(d, 1, buf_text(&b));
		json_array_foreach(
		    json_object_get(policy, "activities"), k, one)
		{
			p.activity = one;
			activity(&p);
		}
		measures(&p, policy);
	}
	d->out.failed |= b.failed;
	buf_release(&b);
}
