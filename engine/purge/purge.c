/* One purge run, from its lock to its report. */
#include "engine/purge/purge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "engine/audit/log.h"
#include "engine/crypto/random.h"
#include "engine/holds/holds.h"
#include "engine/installation/seals.h"
#include "engine/installation/units.h"
#include "engine/purge/batch.h"
#include "engine/purge/drop.h"
#include "engine/purge/run.h"

/* ---- preparation ---- */

/* Two runs at once would be correct and confusing: the second is told. */
static enum status lock(struct run *r)
{
	char *path = installation_path(r->in, "purge.lock");
	enum status st = ST_OK;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	r->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (r->lock < 0)
		st = fail(ST_IO, "open %s: %s", path, strerror(errno));
	else if (flock(r->lock, LOCK_EX | LOCK_NB) != 0)
		st = fail(errno == EWOULDBLOCK ? ST_BUSY : ST_IO,
		    "another purge is running: wait until it has ended");
	free(path);
	return st;
}

static enum status name_run(struct run *r)
{
	uint8_t tail[3];
	struct tm tm;
	time_t now = (time_t)when_now();
	enum status st;

	if ((st = random_bytes(tail, sizeof(tail))) != ST_OK)
		return st;
	(void)gmtime_r(&now, &tm);
	(void)snprintf(r->id, sizeof(r->id),
	    "%04d%02d%02dT%02d%02d%02dZ-%02x%02x%02x",
	    (tm.tm_year + 1900) % 10000, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, tail[0], tail[1], tail[2]);
	return ST_OK;
}

/* What must stay is suspended before anything is planned; a dry run, which
 * writes nothing, says how far the stores are behind. */
static enum status suspend(struct run *r)
{
	if (r->options->mode == PURGE_DRY_RUN)
		return holds_behind(r->in, &r->outcome.suspensions_behind);
	return holds_refresh(r->in, &r->holds);
}

/* What it is to be about, and that nobody else is at it. */
static enum status claim(struct run *r)
{
	const struct purge_options *o = r->options;
	enum status st;

	if ((st = installation_unlock(r->in)) != ST_OK)
		return st;
	if (o->mode == PURGE_EXECUTE && (st = lock(r)) != ST_OK)
		return st;
	if (o->execute_file && (st = run_read_file(r)) != ST_OK)
		return st;
	return o->mode == PURGE_EXECUTE ? run_check_seals(r) : ST_OK;
}

static enum status prepare(struct run *r)
{
	const struct purge_options *o = r->options;
	enum status st;

	r->as_of = o->as_of;
	r->store = o->store;
	r->cluster = o->cluster;
	if ((st = claim(r)) != ST_OK)
		return st;
	if (o->mode == PURGE_EXECUTE && r->as_of > when_now())
		return fail(ST_USAGE,
		    "a purge cannot run as of a time to come: use --dry-run to "
		    "look ahead");
	if ((st = name_run(r)) != ST_OK)
		return st;
	if ((st = audit_actor(&r->actor)) != ST_OK)
		return st;
	if ((st = suspend(r)) != ST_OK)
		return st;
	st = schedule_init(&r->schedule, r->in, r->store, &r->in->diag);
	if (st == ST_OK)
		st = plan_init(&r->plan, &r->schedule, r->as_of, r->cluster,
		    o->mode == PURGE_DRY_RUN && o->plan_file == NULL
			? PLAN_ALL
			: PLAN_DUE);
	if (st == ST_OK && (o->plan_file || o->execute_file))
		st = run_select(r);
	if (st != ST_OK)
		return st;
	r->outcome.run = r->id;
	r->outcome.dry_run = o->mode == PURGE_DRY_RUN;
	r->outcome.plan = &r->plan;
	r->outcome.by_file = r->file != NULL;
	r->outcome.results =
	    calloc(r->plan.count + 1, sizeof(*r->outcome.results));
	if (r->outcome.results == NULL)
		return fail(ST_NOMEM, "out of memory");
	return ST_OK;
}

/* ---- execution ---- */

static void progress(void *ctx, const struct plan_item *item, int64_t deleted)
{
	struct run *r = ctx;

	r->options->progress(r->options->progress_ctx,
	    item->rule->terms.cluster->name, r->progressed + deleted,
	    plan_due(&r->plan));
}

static void add_counts(struct purge_counts *sum, const struct purge_counts *n)
{
	sum->deleted += n->deleted;
	sum->de_identified += n->de_identified;
	sum->minimised += n->minimised;
}

static enum status execute_item(
    struct run *r, struct purge_context *c, size_t i)
{
	struct purge_filter filter = { selection_may_go, NULL };
	struct purge_counts done = { 0, 0, 0 };
	enum status st;

	/* What refers to a parent may only go in this run: ask it anyway. */
	if (r->plan.items[i].due == 0 && !r->plan.items[i].rule->referenced)
		return ST_OK;
	if (r->file) {
		if (r->selections[i].count == 0)
			return ST_OK;
		filter.ctx = &r->selections[i];
		c->filter = &filter;
	}
	st = holds_keep_fresh(r->in, &r->holds);
	if (st == ST_OK)
		st = purge_item(c, &r->plan.items[i], r->as_of, &done);
	c->filter = NULL;
	add_counts(&r->outcome.results[i].done, &done);
	r->progressed += done.deleted + done.de_identified + done.minimised;
	return st;
}

static enum status execute(struct run *r)
{
	struct purge_context c = {
		.schedule = &r->schedule,
		.run = r->id,
		.rule_set = r->in->rule_set,
		.batch = r->in->config.purge.batch,
		.may_go_on = run_may_go_on,
		.may_go_on_ctx = r,
		.progress = r->options->progress ? progress : NULL,
		.progress_ctx = r,
	};
	struct keyring_key key;
	enum status st;
	size_t i;

	if ((st = keyring_find(r->in->keys, "evidence", &key)) != ST_OK)
		return st;
	c.evidence_key = key.secret;
	/* A plan file names records: each of them goes by itself. */
	if (r->file == NULL &&
	    (st = holds_keep_fresh(r->in, &r->holds)) == ST_OK)
		st = drop_segments(r);
	for (i = 0; st == ST_OK && i < r->plan.count; i++)
		st = execute_item(r, &c, i);
	return st == ST_DENIED && r->stopped ? ST_OK : st;
}

static int remembers(const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->clock_count; i++) {
		if (r->clocks[i].path.count)
			return 1;
	}
	return 0;
}

/* What no record needs any more of what others left behind; also of what went
 * in a run that was killed before it came here. */
static enum status forget(struct run *r)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->schedule.count; i++) {
		const struct rule *rule = &r->schedule.rules[i];

		if (!remembers(rule))
			continue;
		st = db_begin(rule->store->db, DB_WRITE);
		if (st == ST_OK)
			st = rule_forget(&r->schedule, rule);
		if (st == ST_OK)
			st = db_commit(rule->store->db);
		if (st != ST_OK)
			db_rollback(rule->store->db);
	}
	return st;
}

/* A reader that holds an older state keeps deleted pages alive: that is a
 * state of its own, reported and left to the next run. */
static enum status scrub_store(struct run *r, struct installation_store *s)
{
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(s); u++) {
		if ((st = units_use(s, u)) == ST_OK)
			st = db_scrub(s->db);
		if (st == ST_BUSY) {
			r->outcome.scrubbed = 0;
			st = ST_OK;
		}
	}
	units_rest(s);
	return st;
}

static enum status scrub(struct run *r)
{
	enum status st = ST_OK;
	size_t i;

	r->outcome.scrubbed = 1;
	for (i = 0; st == ST_OK && i < r->in->store_count; i++) {
		if (run_takes(r, &r->in->stores[i]))
			st = scrub_store(r, &r->in->stores[i]);
	}
	return st;
}

/* What could be done to a record of this rule now, and was not. */
static enum status count_undone(
    const struct rule *r, int64_t as_of, int64_t *records)
{
	int64_t goes = 0, reduces = 0;
	enum status st;

	st = rule_count(r, RULE_GOES, as_of, DB_BY_INDEX, &goes);
	if (st == ST_OK)
		st = rule_count(r, RULE_REDUCES, as_of, DB_BY_INDEX, &reduces);
	*records = goes + reduces;
	return st;
}

/* Ask every due condition again.  What is left waits for records that refer to
 * it; if it was planned and could be done, it has come in meanwhile, and the
 * run is not verified. */
static enum status verify(struct run *r)
{
	struct plan after;
	enum status st;
	int64_t undone;
	size_t i;

	st = plan_init(&after, &r->schedule, r->as_of, r->cluster, PLAN_DUE);
	if (st != ST_OK)
		return st;
	r->outcome.verified = 1;
	for (i = 0; st == ST_OK && i < after.count; i++) {
		struct purge_result *result = &r->outcome.results[i];
		const struct plan_item *item = &after.items[i];

		result->left = item->due - result->selected.unplanned;
		result->overdue = item->overdue;
		undone = 0;
		if (result->left > 0)
			st = count_undone(item->rule, r->as_of, &undone);
		if (undone > result->selected.unplanned)
			r->outcome.verified = 0;
	}
	plan_release(&after);
	return st;
}

static double seconds_since(const struct timespec *from)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) +
	       (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

static enum status work(struct run *r)
{
	enum status st;

	if ((st = execute(r)) != ST_OK)
		return st;
	if (r->stopped == NULL && (st = forget(r)) != ST_OK)
		return st;
	if ((st = scrub(r)) != ST_OK)
		return st;
	if (r->file && (st = run_account(r)) != ST_OK)
		return st;
	return verify(r);
}

/* What did go is shipped also where the run fails in the middle; the first
 * failure is the one to report. */
static enum status carry_out(struct run *r)
{
	enum status st, then;
	char *why;

	if ((st = run_open(r)) != ST_OK)
		return st;
	if ((st = run_brakes(r)) != ST_OK)
		return st;
	if ((st = run_begin(r)) != ST_OK || r->stopped)
		return st;
	r->outcome.begun = 1;
	st = work(r);
	if (st == ST_OK) {
		st = run_ship(r);
		return st == ST_OK ? seals_set(r->in, r->store, r->id) : st;
	}
	why = strdup(status_text());
	then = run_ship(r);
	if (then == ST_OK)
		then = run_fail(r, st);
	if (why && then != ST_OK)
		status_say("%s; and then: %s", why, status_text());
	else if (why)
		status_say("%s", why);
	free(why);
	return st;
}

static enum status run_all(struct run *r, json_t **report)
{
	const struct purge_options *o = r->options;
	enum status st;
	size_t i;

	if ((st = prepare(r)) != ST_OK)
		return st;
	st = o->mode == PURGE_EXECUTE ? carry_out(r)
	     : o->plan_file           ? run_write_file(r)
				      : ST_OK;
	if (st != ST_OK)
		return st;
	for (i = 0; !r->outcome.begun && i < r->plan.count; i++)
		r->outcome.results[i].overdue = r->plan.items[i].overdue;
	r->outcome.seconds = seconds_since(&r->started);
	st = holds_summary(r->in, when_now(), &r->outcome.suspensions);
	if (st != ST_OK)
		return st;
	r->outcome.kept = r->kept.body ? &r->kept : NULL;
	r->outcome.stopped = r->stopped;
	if ((st = report_json(&r->outcome, report)) != ST_OK)
		return st;
	return o->mode == PURGE_EXECUTE ? run_finish(r, *report) : ST_OK;
}

static void run_release(struct run *r)
{
	size_t i;

	holds_watch_release(&r->holds);
	json_decref(r->outcome.suspensions);
	for (i = 0; r->selections && i < r->plan.count; i++)
		selection_release(&r->selections[i]);
	free(r->selections);
	free(r->outcome.results);
	stored_plan_release(&r->kept);
	json_decref(r->file);
	json_decref(r->stopped);
	plan_release(&r->plan);
	schedule_release(&r->schedule);
	free(r->actor);
	if (r->lock >= 0)
		(void)close(r->lock);
}

/* The sentence of a run that was stopped: why, and what lifts it. */
static enum status stopped(const json_t *why)
{
	const json_t *lift = json_object_get(why, "lift");
	const char *first = json_string_value(json_array_get(lift, 0));
	const char *then = json_string_value(json_array_get(lift, 1));

	return fail(ST_DENIED, "stopped: %s: `%s`%s%s%s",
	    json_text(why, "reason"), first ? first : "",
	    then ? ", and if it is right `" : "", then ? then : "",
	    then ? "`" : "");
}

enum status purge_run(
    struct installation *in, const struct purge_options *o, json_t **report)
{
	struct run r = { .in = in, .options = o, .lock = -1 };
	json_t *made = NULL;
	enum status st;

	(void)clock_gettime(CLOCK_MONOTONIC, &r.started);
	st = run_all(&r, &made);
	if (st == ST_OK)
		*report = made;
	else
		json_decref(made);
	if (st == ST_OK && r.stopped)
		st = stopped(r.stopped);
	run_release(&r);
	return st;
}

int purge_needs_attention(const json_t *report)
{
	return json_int(report, "overdue") || json_int(report, "undecided") ||
	       json_array_size(json_object_get(report, "unmapped")) ||
	       json_is_false(json_object_get(report, "verified")) ||
	       json_is_false(json_object_get(report, "scrubbed"));
}
