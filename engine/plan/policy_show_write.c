/* Policies as a page. */
#include "engine/plan/policy_show.h"

#include <string.h>

#include "engine/plan/policy_show_term.h"
#include "engine/plan/words.h"

/* Does one of the first ${count} purposes disclose to the recipient, too? */
static int is_named(const json_t *purposes, size_t count, const char *name)
{
	const json_t *r;
	size_t i, k;

	for (i = 0; i < count; i++) {
		json_array_foreach(
		    json_object_get(json_array_get(purposes, i), "recipients"),
		    k, r)
		{
			if (strcmp(json_text(r, "recipient"), name) == 0)
				return 1;
		}
	}
	return 0;
}

/* Those of all purposes, each once. */
static void write_recipients(
    const json_t *cluster, const char *language, struct document *d)
{
	const json_t *purposes = json_object_get(cluster, "purposes");
	const json_t *purpose, *r;
	size_t i, k;

	document_row(d, word_in(WORD_RECIPIENTS, language));
	json_array_foreach(purposes, i, purpose)
	{
		json_array_foreach(json_object_get(purpose, "recipients"), k, r)
		{
			const char *region = json_text(r, "region");

			if (is_named(purposes, i, json_text(r, "recipient")))
				continue;
			document_valuef(d, "%s (%s%s%s)", json_text(r, "title"),
			    word_of_key(json_text(r, "role"), language),
			    *region ? ", " : "", region);
		}
	}
}

static void write_purposes(
    const json_t *cluster, const char *language, struct document *d)
{
	const json_t *purpose;
	size_t i;

	document_row(d, word_in(WORD_PURPOSE, language));
	json_array_foreach(json_object_get(cluster, "purposes"), i, purpose)
	{
		const char *reference = json_text(purpose, "reference");
		const char *rule = json_text(purpose, "rule");

		document_valuef(d, "%s (%s%s%s)%s%s",
		    json_text(purpose, "title"),
		    word_of_key(json_text(purpose, "legal_basis"), language),
		    *reference ? "; " : "", reference, *rule ? ": " : "", rule);
	}
}

static void write_action(
    const json_t *cluster, const char *language, struct document *d)
{
	const json_t *methods = json_object_get(cluster, "de_identify"), *x;
	size_t i;

	document_row(d, word_in(WORD_ACTION, language));
	if (json_array_size(methods))
		document_valuef(d, "%s (%s)",
		    word_in(WORD_DE_IDENTIFY, language),
		    word_of_key(json_text(cluster, "label"), language));
	else
		document_value(d, word_in(WORD_DELETE, language));
	json_array_foreach(methods, i, x) document_valuef(
	    d, "%s: %s", json_text(x, "field"), json_text(x, "words"));
}

static void write_cluster(
    const json_t *c, const char *language, struct document *d)
{
	const json_t *item;
	size_t i;

	document_heading(d, 2, json_text(c, "title"));
	document_row(d, word_in(WORD_CLUSTER, language));
	document_value(d, json_text(c, "cluster"));
	document_row(d, word_in(WORD_DELETION_RULE, language));
	document_value(d, json_text(c, "rule"));
	document_row(d, word_in(WORD_RETENTION_PERIOD, language));
	document_value(d, json_text(c, "retention_words"));
	document_row(d, word_in(WORD_OWN_RULE, language));
	if (json_is_true(json_object_get(c, "own_rule"))) {
		item = json_object_get(c, "own_rule_reason");
		document_value(d, json_string_length(item)
				      ? json_string_value(item)
				      : word_in(WORD_YES, language));
	}
	document_row(d, word_in(WORD_SOURCE, language));
	document_value(d, json_text(c, "source"));
	write_action(c, language, d);
	document_row(d, word_in(WORD_ERASURE, language));
	document_value(d, json_text(json_object_get(c, "erasure"), "words"));
	document_row(d, word_in(WORD_COVERS, language));
	json_array_foreach(json_object_get(c, "covers"), i, item)
	    document_value(d, json_string_value(item));
	document_row(d, word_in(WORD_ORIGIN, language));
	document_value(d, json_text(c, "origin_title"));
	write_purposes(c, language, d);
	write_recipients(c, language, d);
}

void policy_show_write(
    const json_t *o, const char *language, struct document *d)
{
	const json_t *p, *c;
	struct buf b = BUF_INIT;
	size_t i, k;

	json_array_foreach(json_object_get(o, "policies"), i, p)
	{
		buf_clear(&b);
		buf_addf(&b, "%s (%s, %s %lld)", json_text(p, "title"),
		    json_text(p, "policy"), word_in(WORD_REVISION, language),
		    json_int(p, "revision"));
		document_heading(d, 1, buf_text(&b));
		buf_clear(&b);
		buf_addf(&b, "%s, %s", json_text(p, "calendar"),
		    json_text(p, "time_zone"));
		document_line(
		    d, word_in(WORD_CALENDAR, language), buf_text(&b));
		json_array_foreach(json_object_get(p, "clusters"), k, c)
		    write_cluster(c, language, d);
		policy_terms_write(json_object_get(p, "terms"), language, d);
	}
	d->out.failed |= b.failed;
	buf_release(&b);
}
