/* A run's report, for machines; people read it made into text. */
#include "engine/purge/report.h"

#include "engine/base/buf.h"
#include "engine/base/file.h"

/* null: a run does not count what it would have to read for it. */
static json_t *counted(int64_t n)
{
	return n == PLAN_UNCOUNTED ? json_null() : json_integer(n);
}

static enum status item_json(
    const struct purge_outcome *o, size_t i, json_t **out)
{
	const struct plan_item *p = &o->plan->items[i];
	const struct purge_result *r = &o->results[i];
	char cutoff[ZONE_TEXT];

	plan_cutoff_text(p, cutoff);
	return json_make(out,
	    "{s:s, s:s, s:s, s:s, s:s?, s:s, s:I, s:I, s:I, s:I, s:I, s:I, "
	    "s:I, s:I, s:o, s:o, s:I}",
	    "cluster", p->rule->terms.cluster->name, "store",
	    p->rule->store->config->name, "collection",
	    p->rule->collection->name, "action",
	    policy_action_name(p->rule->terms.cluster->action), "label",
	    rule_label(p->rule), "cutoff", cutoff, "due", (json_int_t)p->due,
	    "overdue", (json_int_t)r->overdue, "deleted",
	    (json_int_t)r->done.deleted, "de_identified",
	    (json_int_t)r->done.de_identified, "minimised",
	    (json_int_t)r->done.minimised, "held", (json_int_t)p->held,
	    "restricted", (json_int_t)p->restricted, "undecided",
	    (json_int_t)p->undecided, "active", counted(p->active), "retain",
	    counted(p->retain), "waiting",
	    (json_int_t)(o->dry_run ? 0 : r->left));
}

static enum status put_selected(const struct selection_counts *n, json_t *item)
{
	json_t *more = NULL;
	enum status st;

	st = json_make(&more, "{s:I, s:{s:I, s:I, s:I}, s:I}", "planned",
	    (json_int_t)n->planned, "skipped", "gone", (json_int_t)n->gone,
	    "held", (json_int_t)n->held, "changed", (json_int_t)n->changed,
	    "unplanned", (json_int_t)n->unplanned);
	if (st == ST_OK && json_object_update(item, more) != 0)
		st = fail(ST_NOMEM, "out of memory");
	json_decref(more);
	return st;
}

static enum status plan_and_stop(const struct purge_outcome *o, json_t *report)
{
	json_t *plan = NULL;
	enum status st = ST_OK;

	if (o->kept)
		st = json_make(&plan, "{s:s, s:s}", "id", o->kept->id, "hash",
		    o->kept->hash);
	if (st == ST_OK)
		st = json_put(report, "plan", plan ? plan : json_null());
	if (st == ST_OK)
		st = json_put(report, "stopped",
		    o->stopped ? json_deep_copy(o->stopped) : json_null());
	return st;
}

static enum status unmapped_json(const struct schedule *s, json_t *list)
{
	enum status st = ST_OK;
	json_t *one = NULL;
	size_t i;

	for (i = 0; st == ST_OK && i < s->unmapped_count; i++) {
		const struct unmapped *u = &s->unmapped[i];

		st = json_make(&one, "{s:s, s:s, s:s?}", "store", u->store,
		    "table", u->table, "column", u->column);
		if (st == ST_OK)
			st = json_push(list, one);
	}
	return st;
}

/* null: a dry run does neither, nor one that was stopped before. */
static json_t *done(const struct purge_outcome *o, int yes)
{
	return o->begun ? json_boolean(yes) : json_null();
}

enum status report_json(const struct purge_outcome *o, json_t **out)
{
	json_t *clusters = json_array(), *unmapped = json_array(), *one = NULL;
	char as_of[INSTANT_TEXT];
	int64_t overdue = 0, deleted = 0;
	enum status st = ST_OK;
	size_t i;

	if (clusters == NULL || unmapped == NULL)
		st = fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < o->plan->count; i++) {
		overdue += o->results[i].overdue;
		deleted += o->results[i].done.deleted;
		st = item_json(o, i, &one);
		if (st == ST_OK && o->by_file)
			st = put_selected(&o->results[i].selected, one);
		if (st == ST_OK)
			st = json_push(clusters, one);
	}
	if (st == ST_OK)
		st = unmapped_json(o->plan->schedule, unmapped);
	civil_format_instant(o->plan->as_of, as_of);
	if (st == ST_OK)
		st = json_make(out,
		    "{s:s, s:s, s:b, s:s, s:O, s:O, s:o, s:o, s:I, s:I, s:I, "
		    "s:I, s:I, s:O, s:O, s:f}",
		    "run", o->run, "as_of", as_of, "dry_run", o->dry_run,
		    "rule_set", o->plan->schedule->installation->rule_set,
		    "clusters", clusters, "unmapped", unmapped, "verified",
		    done(o, o->verified), "scrubbed", done(o, o->scrubbed),
		    "deleted", (json_int_t)deleted, "segments_dropped",
		    (json_int_t)o->segments, "partitions_dropped",
		    (json_int_t)o->partitions, "overdue", (json_int_t)overdue,
		    "undecided", (json_int_t)plan_undecided(o->plan),
		    "suspensions", o->suspensions, "unreachable",
		    o->unreachable, "seconds", o->seconds);
	if (st == ST_OK)
		st = json_put(*out, "log_pruned",
		    o->log_pruned ? json_incref(o->log_pruned) : json_null());
	if (st == ST_OK)
		st = json_put(json_object_get(*out, "suspensions"), "behind",
		    json_integer(o->suspensions_behind));
	if (st == ST_OK)
		st = plan_and_stop(o, *out);
	json_decref(clusters);
	json_decref(unmapped);
	return st;
}

/* ---- metrics ---- */

static void gauge(struct buf *b, const char *name, const char *help, double v)
{
	buf_addf(b, "# HELP %s %s\n# TYPE %s gauge\n%s %.17g\n", name, help,
	    name, name, v);
}

static void suspension_gauges(struct buf *b, const json_t *o)
{
	gauge(b, "lethe_holds", "Holds that are active.",
	    (double)json_int(o, "holds"));
	gauge(b, "lethe_restrictions",
	    "Restrictions of processing that are active.",
	    (double)json_int(o, "restrictions"));
	gauge(b, "lethe_hold_reviews_overdue",
	    "Holds and restrictions whose review date has passed.",
	    (double)json_int(o, "reviews_overdue"));
}

static void deleted_metric(struct buf *b, const json_t *report)
{
	const json_t *item;
	size_t i;

	buf_adds(b, "# HELP lethe_deleted_records Deleted by the last run.\n"
		    "# TYPE lethe_deleted_records gauge\n");
	json_array_foreach(json_object_get(report, "clusters"), i, item)
	    buf_addf(b,
		"lethe_deleted_records{store=\"%s\",collection=\"%s\","
		"cluster=\"%s\"} %lld\n",
		json_text(item, "store"), json_text(item, "collection"),
		json_text(item, "cluster"), json_int(item, "deleted"));
}

enum status report_metrics(
    const json_t *report, const char *path, int64_t last_success)
{
	struct buf b = BUF_INIT;
	enum status st;

	gauge(&b, "lethe_overdue_records",
	    "Records that should have gone and are still there.",
	    (double)json_int(report, "overdue"));
	gauge(&b, "lethe_undecided_records",
	    "Records whose starting point cannot be read.",
	    (double)json_int(report, "undecided"));
	gauge(&b, "lethe_unmapped_places",
	    "Tables and columns that no dataset describes.",
	    (double)json_array_size(json_object_get(report, "unmapped")));
	gauge(&b, "lethe_unreachable_places",
	    "Stores, collections and partitions that did not answer.",
	    (double)json_array_size(json_object_get(report, "unreachable")));
	gauge(&b, "lethe_unscrubbed",
	    "1 while deleted records may still be read from a file.",
	    json_is_false(json_object_get(report, "scrubbed")) ? 1 : 0);
	gauge(&b, "lethe_purge_stopped",
	    "1 where a brake or `lethe stop` stopped the last run.",
	    json_is_object(json_object_get(report, "stopped")) ? 1 : 0);
	suspension_gauges(&b, json_object_get(report, "suspensions"));
	gauge(&b, "lethe_purge_last_success_seconds",
	    "When the last run ended (Unix time).", (double)last_success);
	deleted_metric(&b, report);
	st = buf_status(&b);
	if (st == ST_OK)
		st = file_replace(path, b.data, b.len, 0600);
	buf_release(&b);
	return st;
}
