/*
 * A purge run, told by the log: how it began, its evidence, each of its rules
 * as it was applied, how it ended, and who approved its plan.
 */
#include <string.h>

#include "engine/audit/prune.h"
#include "engine/certificate/certificate.h"
#include "engine/certificate/evidence_sums.h"
#include "engine/purge/purge.h"

static int is(const json_t *entry, const char *action)
{
	return strcmp(json_text(entry, "action"), action) == 0;
}

/* ---- which entries ---- */

struct gathering {
	const char *run;
	char plan[128];  /* of the run; "" where it had none */
	long long first; /* entry of the run */
	json_t *entries;
	json_t *approvals;
};

static enum status take(void *ctx, const char *body)
{
	struct gathering *g = ctx;
	json_t *entry = json_loads(body, 0, NULL);

	if (entry == NULL || strcmp(json_text(entry, "run"), g->run) != 0) {
		json_decref(entry);
		return fail(ST_INTEGRITY,
		    "an entry of run %s was changed: `lethe audit verify` "
		    "says more",
		    g->run);
	}
	if (*json_text(entry, "plan"))
		(void)snprintf(
		    g->plan, sizeof(g->plan), "%s", json_text(entry, "plan"));
	return json_push(g->entries, entry);
}

/* Of the plan, before the run. */
static enum status take_approval(void *ctx, const char *body)
{
	struct gathering *g = ctx;
	json_t *entry = json_loads(body, 0, NULL);

	if (entry == NULL)
		return fail(ST_INTEGRITY,
		    "an audit entry is not JSON: `lethe audit verify` says "
		    "more");
	if (strcmp(json_text(entry, "plan"), g->plan) == 0 &&
	    json_int(entry, "seq") < g->first)
		return json_push(g->approvals, entry);
	json_decref(entry);
	return ST_OK;
}

/* For a run that has no beginning in the log: the register of runs tells
 * whether it had one. */
static enum status was_pruned(struct installation *in, const char *run)
{
	struct prune_state pruned;
	int64_t known = 0;
	enum status st;

	if ((st = prune_read(in->audit, &pruned)) != ST_OK ||
	    pruned.below == 0 || (st = installation_open_control(in)) != ST_OK)
		return st;
	st = db_one_int(in->control, "SELECT 1 FROM run WHERE id = $1",
	    ARGS(TEXT(run)), 0, &known);
	if (st != ST_OK || !known)
		return st;
	return fail(ST_USAGE,
	    "entries of run `%s` were pruned from the log at %s by the rule "
	    "%s: nothing can be certified of it any more",
	    run, pruned.at, pruned.rule);
}

/* The name of a run that the log knows, nearest to what was given. */
static enum status unknown(struct installation *in, const char *run)
{
	char names[256][48], shown[48];
	const char *list[257], *near;
	struct stmt *s = NULL;
	enum status st;
	size_t n = 0;

	st = db_query(audit_db(in->audit),
	    "SELECT run FROM entry WHERE run IS NOT NULL GROUP BY run"
	    " ORDER BY max(seq) DESC LIMIT 256",
	    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		(void)snprintf(names[n], sizeof(*names), "%s", db_text(s, 0));
		list[n] = names[n];
		n++;
	}
	db_done(s);
	if (st != ST_NOTFOUND)
		return st;
	list[n] = NULL;
	(void)snprintf(shown, sizeof(shown), "%s", run);
	near = diag_nearest(shown, list);
	if (near)
		return fail(ST_USAGE,
		    "the log has no run `%s`: did you mean `%s`?", shown, near);
	return fail(ST_USAGE,
	    "the log has no run `%s`%s%s: `lethe status` lists runs, and a dry "
	    "run leaves nothing to certify",
	    shown, n ? "; the last one is " : "", n ? names[0] : "");
}

static const json_t *find(const json_t *entries, const char *action)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(
	    entries, i, entry) if (is(entry, action)) return entry;
	return NULL;
}

static const struct {
	const char *action;
	const char *outcome;
} endings[] = {
	{ "purge_finished", "finished" },
	{ "purge_failed", "failed" },
	{ "purge_stopped", "stopped" },
	{ "purge_refused_by_stop", "refused" },
};

static const json_t *find_end(const json_t *entries, const char **outcome)
{
	const json_t *entry;
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		entry = find(entries, endings[i].action);
		if (entry) {
			*outcome = endings[i].outcome;
			return entry;
		}
	}
	*outcome = "interrupted";
	return NULL;
}

static enum status gather_all(struct installation *in, struct gathering *g)
{
	struct audit_filter by_run = { .run = g->run };
	struct audit_filter approvals = { .action = "plan_approved" };
	enum status st;

	st = audit_list(in->audit, &by_run, take, g);
	if (st == ST_OK && find(g->entries, "purge_started") == NULL)
		st = was_pruned(in, g->run);
	if (st == ST_OK && json_array_size(g->entries) == 0)
		st = unknown(in, g->run);
	g->first = json_int(json_array_get(g->entries, 0), "seq");
	if (st == ST_OK && *g->plan)
		st = audit_list(in->audit, &approvals, take_approval, g);
	if (st == ST_OK && json_array_extend(g->approvals, g->entries) != 0)
		st = fail(ST_NOMEM, "out of memory");
	return st;
}

static enum status gather(
    struct installation *in, const char *run, json_t **entries)
{
	struct gathering g = { run, "", 0, json_array(), json_array() };
	enum status st;

	if (g.entries && g.approvals)
		st = gather_all(in, &g);
	else
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		*entries = json_incref(g.approvals);
	json_decref(g.entries);
	json_decref(g.approvals);
	return st;
}

/* Where nothing is at work, a run that has no end in the log will have none:
 * so this comes before the log is read for good. */
static enum status settle(struct installation *in, const char *run)
{
	json_t *entries = NULL;
	const char *outcome;
	enum status st;
	int at_work = 0;

	if ((st = gather(in, run, &entries)) != ST_OK)
		return st;
	if (find_end(entries, &outcome) == NULL)
		st = purge_is_at_work(in, &at_work);
	json_decref(entries);
	if (at_work)
		return fail(ST_BUSY,
		    "run %s has no end yet and a purge is at work: repeat when "
		    "that has ended",
		    run);
	return st;
}

/* ---- what they say ---- */

static json_t *member(const json_t *o, const char *name)
{
	json_t *value = json_object_get(o, name);

	return value ? json_deep_copy(value) : json_null();
}

static enum status approvals_json(const json_t *entries, json_t *list)
{
	enum status st = ST_OK;
	json_t *entry, *one = NULL;
	size_t i;

	json_array_foreach(entries, i, entry)
	{
		if (!is(entry, "plan_approved"))
			continue;
		st = json_make(&one, "{s:s, s:s, s:I}", "actor",
		    json_text(entry, "actor"), "at", json_text(entry, "at"),
		    "entry", json_int(entry, "seq"));
		if (st == ST_OK)
			st = json_push(list, one);
		if (st != ST_OK)
			break;
	}
	return st;
}

static enum status plan_json(
    const json_t *entries, const json_t *first, json_t *o)
{
	json_t *approvals = json_array(), *plan = NULL;
	enum status st = approvals ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = approvals_json(entries, approvals);
	if (st == ST_OK && *json_text(first, "plan"))
		st = json_make(&plan, "{s:s, s:s, s:O}", "id",
		    json_text(first, "plan"), "hash", json_text(first, "hash"),
		    "approvals", approvals);
	json_decref(approvals);
	if (st != ST_OK)
		return st;
	return json_put(o, "plan", plan ? plan : json_null());
}

static enum status totals_json(const json_t *end, json_t *o)
{
	static const char *const names[] = { "due", "deleted", "de_identified",
		"minimised", "held", "restricted", "undecided", "unplanned",
		"waiting", "overdue", "unmapped", "unreachable" };
	json_t *totals = json_object();
	enum status st = totals ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = 0; st == ST_OK && i < sizeof(names) / sizeof(*names); i++)
		st = json_put(totals, names[i], member(end, names[i]));
	if (st == ST_OK)
		return json_put(o, "totals", totals);
	json_decref(totals);
	return st;
}

/* How it began: of a run that a brake stopped there is no such entry. */
static enum status begin_json(
    const json_t *entries, const json_t *start, const json_t *end, json_t **out)
{
	const json_t *first = start ? start : end;
	enum status st;

	st = json_make(out,
	    "{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o}}", "kind",
	    "purge_run", "run", json_text(first, "run"), "actor",
	    json_text(first, "actor"), "started_at", member(start, "at"),
	    "as_of", member(start, "as_of"), "rule_set",
	    member(start, "rule_set"), "files", member(start, "files"),
	    "stores", member(start, "stores"), "scope", "store",
	    member(start, "store"), "cluster", member(start, "cluster"));
	if (st == ST_OK && *json_text(start, "request"))
		st = json_put(*out, "request", member(start, "request"));
	return st == ST_OK ? plan_json(entries, first, *out) : st;
}

static enum status end_json(
    const json_t *end, const char *outcome, int64_t last, json_t *o)
{
	json_t *more = NULL;
	enum status st;

	st = json_make(&more, "{s:s, s:o, s:o, s:o, s:o, s:I}", "outcome",
	    outcome, "failure", member(end, "failure"), "ended_at",
	    member(end, "at"), "verified", member(end, "verified"), "scrubbed",
	    member(end, "scrubbed"), "entry", (json_int_t)last);
	if (st == ST_OK && json_object_update(o, more) != 0)
		st = fail(ST_NOMEM, "out of memory");
	json_decref(more);
	if (st == ST_OK && json_object_get(end, "asked_again"))
		st = json_put(o, "asked_again", member(end, "asked_again"));
	if (st == ST_OK && json_object_get(end, "found_again"))
		st = json_put(o, "found_again", member(end, "found_again"));
	return st == ST_OK ? totals_json(end, o) : st;
}

static enum status facts(const json_t *entries, json_t **out)
{
	const json_t *start = find(entries, "purge_started"), *end, *last;
	const char *outcome;
	json_t *o = NULL;
	enum status st;

	end = find_end(entries, &outcome);
	if (start == NULL && end == NULL)
		return fail(ST_INVALID, "these entries are of no purge run");
	last =
	    end ? end : json_array_get(entries, json_array_size(entries) - 1);
	st = begin_json(entries, start, end, &o);
	if (st == ST_OK)
		st = end_json(end, outcome, json_int(last, "seq"), o);
	if (st == ST_OK)
		st = evidence_sums(entries, o);
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

const struct certificate_kind certificate_of_run = {
	.name = "purge_run",
	.id = "run",
	.settle = settle,
	.gather = gather,
	.facts = facts,
};
