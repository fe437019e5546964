/* A certificate for people: sections of labels and values. */
#include "engine/certificate/text.h"

#include <string.h>

#include "engine/base/period.h"
#include "engine/certificate/words.h"
#include "engine/plan/document.h"
#include "engine/plan/words.h"

struct text {
	const json_t *body;
	const char *language;
	struct document d;
};

static const char *say(const struct text *t, enum phrase p)
{
	return phrase_in(p, t->language);
}

static void row(struct text *t, enum phrase label, const char *value)
{
	document_row(&t->d, say(t, label));
	document_value(&t->d, value);
}

static void heading(struct text *t, enum phrase p)
{
	document_heading(&t->d, 2, say(t, p));
}

static void sentence(struct text *t, enum phrase p)
{
	document_sentence(&t->d, say(t, p));
}

static int is(const json_t *o, const char *key, const char *text)
{
	return strcmp(json_text(o, key), text) == 0;
}

static int is_null(const json_t *o, const char *key)
{
	const json_t *value = json_object_get(o, key);

	return value == NULL || json_is_null(value);
}

/* ---- what it is about ---- */

static enum phrase outcome_of(const json_t *body)
{
	if (is(body, "outcome", "finished"))
		return json_is_true(json_object_get(body, "verified"))
			   ? PHRASE_FINISHED
			   : PHRASE_NOT_VERIFIED;
	if (is(body, "outcome", "stopped"))
		return is_null(body, "started_at") ? PHRASE_STOPPED_BEFORE
						   : PHRASE_STOPPED;
	if (is(body, "outcome", "refused"))
		return PHRASE_REFUSED;
	return is(body, "outcome", "failed") ? PHRASE_FAILED
					     : PHRASE_INTERRUPTED;
}

static void add_scope(struct text *t)
{
	const json_t *scope = json_object_get(t->body, "scope");

	document_row(&t->d, say(t, PHRASE_SCOPE));
	if (is_null(scope, "store") && is_null(scope, "cluster"))
		document_value(&t->d, say(t, PHRASE_SCOPE_ALL));
	if (!is_null(scope, "store"))
		document_valuef(&t->d, "%s: %s", say(t, PHRASE_STORE),
		    json_text(scope, "store"));
	if (!is_null(scope, "cluster"))
		document_valuef(&t->d, "%s: %s",
		    word_in(WORD_CLUSTER, t->language),
		    json_text(scope, "cluster"));
}

static void add_plan(struct text *t)
{
	const json_t *plan = json_object_get(t->body, "plan"), *one;
	size_t i;

	if (!json_is_object(plan))
		return;
	document_row(&t->d, say(t, PHRASE_PLAN));
	document_valuef(&t->d, "%s (SHA-256 %s)", json_text(plan, "id"),
	    json_text(plan, "hash"));
	document_row(&t->d, say(t, PHRASE_APPROVED_BY));
	json_array_foreach(json_object_get(plan, "approvals"), i, one)
	    document_valuef(&t->d, "%s, %s (%s %lld)", json_text(one, "actor"),
		json_text(one, "at"), say(t, PHRASE_ENTRY),
		json_int(one, "entry"));
}

static void add_head(struct text *t, const char *sha256)
{
	const json_t *b = t->body;

	document_heading(&t->d, 1, say(t, PHRASE_TITLE));
	row(t, PHRASE_LOG, json_text(b, "origin"));
	row(t, PHRASE_RUN, json_text(b, "run"));
	row(t, PHRASE_REQUEST, json_text(b, "request"));
	row(t, PHRASE_OUTCOME, say(t, outcome_of(b)));
	document_value(&t->d, json_text(b, "failure"));
	row(t, PHRASE_ACTOR, json_text(b, "actor"));
	row(t, PHRASE_STARTED, json_text(b, "started_at"));
	row(t, PHRASE_ENDED, json_text(b, "ended_at"));
	row(t, PHRASE_AS_OF, json_text(b, "as_of"));
	if (!is_null(b, "started_at"))
		add_scope(t);
	row(t, PHRASE_RULE_SET, json_text(b, "rule_set"));
	add_plan(t);
	row(t, PHRASE_MADE_FROM, sha256);
}

/* ---- counts ---- */

static const struct {
	const char *member;
	enum phrase label;
	enum phrase next;
	int always; /* also where it is 0 */
} counts[] = {
	{ "due", PHRASE_DUE, PHRASE__MAX, 1 },
	{ "deleted", PHRASE_DELETED, PHRASE__MAX, 1 },
	{ "de_identified", PHRASE_DE_IDENTIFIED, PHRASE__MAX, 0 },
	{ "minimised", PHRASE_MINIMISED, PHRASE__MAX, 0 },
	{ "held", PHRASE_HELD, PHRASE_NEXT_HELD, 0 },
	{ "restricted", PHRASE_RESTRICTED, PHRASE_NEXT_RESTRICTED, 0 },
	{ "undecided", PHRASE_UNDECIDED, PHRASE_NEXT_UNDECIDED, 0 },
	{ "unplanned", PHRASE_UNPLANNED, PHRASE_NEXT_UNPLANNED, 0 },
	{ "waiting", PHRASE_WAITING, PHRASE_NEXT_WAITING, 0 },
	{ "overdue", PHRASE_OVERDUE, PHRASE_NEXT_OVERDUE, 0 },
	{ "unmapped", PHRASE_UNMAPPED, PHRASE_NEXT_UNMAPPED, 0 },
	{ "unreachable", PHRASE_UNREACHABLE, PHRASE_NEXT_UNREACHABLE, 0 },
};
#define COUNTS (sizeof(counts) / sizeof(*counts))

/* Each in a row: of the whole.  A run that was interrupted told none. */
static void add_totals(struct text *t)
{
	const json_t *totals = json_object_get(t->body, "totals");
	const json_t *evidence = json_object_get(t->body, "evidence");
	size_t i;

	heading(t, PHRASE_RECORDS);
	if (is_null(totals, "deleted")) {
		document_row(&t->d, say(t, PHRASE_EVIDENCE));
		document_valuef(&t->d, "%lld", json_int(evidence, "records"));
		return;
	}
	for (i = 0; i < COUNTS; i++) {
		document_row(&t->d, say(t, counts[i].label));
		if (is_null(totals, counts[i].member))
			document_value(&t->d, say(t, PHRASE_NOT_COUNTED));
		else
			document_valuef(
			    &t->d, "%lld", json_int(totals, counts[i].member));
	}
}

/* Those of a rule, in one row, without what is 0. */
static void add_counts(struct text *t, const json_t *rule)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < COUNTS; i++) {
		if (is_null(rule, counts[i].member) ||
		    (!counts[i].always && !json_int(rule, counts[i].member)))
			continue;
		buf_addf(&b, "%s%s: %lld", b.len ? "; " : "",
		    say(t, counts[i].label), json_int(rule, counts[i].member));
	}
	if (b.failed)
		t->d.out.failed = 1;
	row(t, PHRASE_RECORDS, buf_text(&b));
	buf_release(&b);
}

/* ---- method, verification, what stayed ---- */

static void add_stores(struct text *t)
{
	int ours = 0, others = 0;
	const json_t *store;
	size_t i;

	json_array_foreach(json_object_get(t->body, "stores"), i, store)
	{
		document_row(&t->d, say(t, PHRASE_STORE));
		document_valuef(&t->d, "%s (%s%s%s)", json_text(store, "store"),
		    json_text(store, "driver"),
		    is_null(store, "cipher") ? "" : ", ",
		    json_text(store, "cipher"));
		if (is(store, "driver", "sqlite"))
			ours = 1;
		else
			others = 1;
	}
	if (ours)
		sentence(t, PHRASE_METHOD_SQLITE);
	if (others)
		sentence(t, PHRASE_METHOD_OTHER);
}

static int any_minimised(const json_t *rules)
{
	const json_t *rule;
	size_t i;

	json_array_foreach(
	    rules, i, rule) if (json_int(rule, "minimised")) return 1;
	return 0;
}

static void add_method(struct text *t)
{
	long long segments =
	    json_int(json_object_get(t->body, "evidence"), "segments");

	heading(t, PHRASE_METHOD);
	add_stores(t);
	if (segments) {
		document_row(&t->d, say(t, PHRASE_METHOD_SEGMENTS));
		document_valuef(&t->d, "%lld", segments);
	}
	if (any_minimised(json_object_get(t->body, "rules")))
		sentence(t, PHRASE_METHOD_MINIMISED);
	sentence(t, PHRASE_METHOD_COPIES);
}

/* A fact that is true, false, or was never looked at. */
static void judged(struct text *t, const json_t *fact, enum phrase yes,
    enum phrase no, enum phrase never)
{
	if (json_is_true(fact))
		sentence(t, yes);
	else
		sentence(t, json_is_false(fact) ? no : never);
}

/* Of an erasure on request. */
static void number(struct text *t, enum phrase label, const char *member)
{
	if (json_object_get(t->body, member) == NULL)
		return;
	document_row(&t->d, say(t, label));
	document_valuef(&t->d, "%lld", json_int(t->body, member));
}

static void add_verification(struct text *t)
{
	const json_t *b = t->body, *evidence = json_object_get(b, "evidence");

	heading(t, PHRASE_VERIFICATION);
	judged(t, json_object_get(b, "verified"), PHRASE_VERIFIED,
	    PHRASE_VERIFIED_NOT, PHRASE_VERIFIED_NEVER);
	number(t, PHRASE_ASKED_AGAIN, "asked_again");
	number(t, PHRASE_FOUND_AGAIN, "found_again");
	judged(t, json_object_get(b, "scrubbed"), PHRASE_SCRUBBED,
	    PHRASE_SCRUBBED_NOT, PHRASE_SCRUBBED_NEVER);
	judged(t, json_object_get(evidence, "agrees"), PHRASE_EVIDENCE_AGREES,
	    PHRASE_EVIDENCE_DIFFERS, PHRASE_EVIDENCE_ALONE);
}

static void add_stayed(struct text *t)
{
	const json_t *totals = json_object_get(t->body, "totals");
	int done = is(t->body, "outcome", "finished"), any = !done;
	size_t i;

	heading(t, PHRASE_STAYED);
	if (!done)
		sentence(t, PHRASE_NEXT_RUN);
	for (i = 0; i < COUNTS; i++) {
		long long n = json_int(totals, counts[i].member);

		if (counts[i].next == PHRASE__MAX || n == 0)
			continue;
		any = 1;
		document_row(&t->d, say(t, counts[i].next));
		document_valuef(&t->d, "%lld", n);
	}
	if (!any)
		sentence(t, PHRASE_STAYED_NOTHING);
}

/* ---- rules ---- */

/* "last_end (crm.contracts.ends) + 1 year" */
static void add_end(const struct text *t, const json_t *end, struct buf *b)
{
	struct period p;

	buf_addf(b, "%s (", json_text(end, "starting_point"));
	if (!is_null(end, "dataset"))
		buf_addf(b, "%s.%s.", json_text(end, "dataset"),
		    json_text(end, "collection"));
	buf_addf(b, "%s)", json_text(end, "field"));
	if (json_is_true(json_object_get(end, "end_of_calendar_year")))
		buf_addf(b, " (%s)", word_in(WORD_END_OF_YEAR, t->language));
	buf_adds(b, " + ");
	if (period_parse(json_text(end, "period"), &p) == ST_OK)
		word_period(b, p, t->language);
	else
		buf_adds(b, json_text(end, "period"));
	if (!is_null(end, "purpose"))
		buf_addf(b, " (%s: %s)", word_in(WORD_PURPOSE, t->language),
		    json_text(end, "purpose"));
}

static void add_rule_words(struct text *t, const json_t *rule)
{
	const json_t *ends = json_object_get(rule, "ends"), *end;
	struct buf b = BUF_INIT;
	size_t i;

	if (ends == NULL)
		buf_adds(&b, say(t, PHRASE_RULE_UNKNOWN));
	else if (json_array_size(ends) == 0)
		buf_adds(&b, word_in(WORD_UNLIMITED, t->language));
	else if (json_array_size(ends) > 1)
		buf_addf(&b, "%s: ", word_in(WORD_LAST_OF, t->language));
	json_array_foreach(ends, i, end)
	{
		buf_adds(&b, i ? "; " : "");
		add_end(t, end, &b);
	}
	if (b.failed)
		t->d.out.failed = 1;
	row(t, PHRASE_RULE, buf_text(&b));
	buf_release(&b);
}

static void add_action(struct text *t, const json_t *rule)
{
	document_row(&t->d, say(t, PHRASE_METHOD));
	if (is(rule, "method", "delete"))
		document_value(&t->d, word_in(WORD_DELETE, t->language));
	else if (is(rule, "label", "anonymised"))
		document_value(&t->d, say(t, PHRASE_METHOD_ANONYMISED));
	else if (is(rule, "label", "pseudonymised"))
		document_value(&t->d, say(t, PHRASE_METHOD_PSEUDONYMISED));
}

static void add_evidence(struct text *t, const json_t *rule)
{
	const json_t *e = json_object_get(rule, "evidence");

	document_row(&t->d, say(t, PHRASE_EVIDENCE));
	document_valuef(&t->d, "%s: %lld; %s: %lld", say(t, PHRASE_RECORDS),
	    json_int(e, "records"), say(t, PHRASE_ENTRIES),
	    json_int(e, "entries"));
	if (!is_null(e, "sha256"))
		document_valuef(&t->d, "SHA-256 %s", json_text(e, "sha256"));
	if (!is_null(rule, "entry"))
		document_valuef(&t->d, "%s %lld", say(t, PHRASE_ENTRY),
		    json_int(rule, "entry"));
}

static void add_rule(struct text *t, const json_t *rule)
{
	const char *retention = json_text(rule, "retention_period");
	struct buf b = BUF_INIT;
	struct period p;

	buf_addf(&b, "%s.%s: %s", json_text(rule, "store"),
	    json_text(rule, "collection"), json_text(rule, "cluster"));
	if (b.failed)
		t->d.out.failed = 1;
	document_heading(&t->d, 3, buf_text(&b));
	add_rule_words(t, rule);
	buf_clear(&b);
	if (*retention && period_parse(retention, &p) == ST_OK) {
		word_period(&b, p, t->language);
		document_row(
		    &t->d, word_in(WORD_RETENTION_PERIOD, t->language));
		document_value(&t->d, buf_text(&b));
	}
	row(t, PHRASE_CUTOFF, json_text(rule, "cutoff"));
	if (json_array_size(json_object_get(rule, "ends")) > 1)
		document_value(&t->d, say(t, PHRASE_NO_CUTOFF));
	if (!is_null(rule, "calendar")) {
		document_row(&t->d, word_in(WORD_CALENDAR, t->language));
		document_valuef(&t->d, "%s, %s (%s, %s %lld)",
		    json_text(rule, "calendar"), json_text(rule, "time_zone"),
		    json_text(rule, "policy"),
		    word_in(WORD_REVISION, t->language),
		    json_int(rule, "revision"));
	}
	add_action(t, rule);
	add_counts(t, rule);
	add_evidence(t, rule);
	buf_release(&b);
}

static void add_rules(struct text *t)
{
	const json_t *rules = json_object_get(t->body, "rules"), *rule;
	size_t i;

	if (json_array_size(rules) == 0)
		return;
	heading(t, PHRASE_RULES);
	json_array_foreach(rules, i, rule) add_rule(t, rule);
}

static void add_files(struct text *t)
{
	const json_t *files = json_object_get(t->body, "files"), *f;
	size_t i;

	if (json_array_size(files) == 0)
		return;
	heading(t, PHRASE_FILES);
	json_array_foreach(files, i, f)
	{
		document_row(&t->d, json_text(f, "kind"));
		document_valuef(&t->d, "%s %s", json_text(f, "sha256"),
		    json_text(f, "name"));
	}
}

enum status text_write(const json_t *body, const char *sha256,
    const char *language, struct buf *out)
{
	struct text t = { body, language, DOCUMENT_INIT(DOCUMENT_TEXT) };
	const json_t *log = json_object_get(body, "log");
	enum status st;

	add_head(&t, sha256);
	add_totals(&t);
	/* Of a run that did not begin there is nothing to say of that. */
	if (!is_null(body, "started_at")) {
		add_method(&t);
		add_verification(&t);
	}
	add_stayed(&t);
	add_rules(&t);
	add_files(&t);
	heading(&t, PHRASE_PROOF);
	if ((st = document_end(&t.d)) == ST_OK) {
		buf_addf(out, "%s\n%s\n%s", buf_text(&t.d.out),
		    json_text(log, "text"), json_text(log, "proof"));
		st = buf_status(out);
	}
	document_release(&t.d);
	return st;
}
