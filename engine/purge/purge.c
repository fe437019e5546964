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
#include "engine/base/file.h"
#include "engine/crypto/random.h"
#include "engine/purge/batch.h"
#include "engine/purge/report.h"

#define RUN_TEXT 80

struct run {
	struct installation *in;
	const struct purge_options *options;
	int lock; /* descriptor; -1: none */
	char id[RUN_TEXT];
	char *actor;
	struct schedule schedule;
	struct plan plan;
	struct purge_outcome outcome;
	struct timespec started;
	int64_t progressed; /* by the items before the one at hand */
};

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

static enum status prepare(struct run *r)
{
	const struct purge_options *o = r->options;
	enum status st;

	if (o->mode == PURGE_EXECUTE && o->as_of > when_now())
		return fail(ST_USAGE,
		    "a purge cannot run as of a time to come: use --dry-run to "
		    "look ahead");
	if ((st = installation_unlock(r->in)) != ST_OK)
		return st;
	if (o->mode == PURGE_EXECUTE && (st = lock(r)) != ST_OK)
		return st;
	if ((st = name_run(r)) != ST_OK)
		return st;
	if ((st = audit_actor(&r->actor)) != ST_OK)
		return st;
	st = schedule_init(&r->schedule, r->in, o->store, &r->in->diag);
	if (st == ST_OK)
		st = plan_init(&r->plan, &r->schedule, o->as_of, o->cluster,
		    o->mode == PURGE_DRY_RUN ? PLAN_ALL : PLAN_DUE);
	if (st != ST_OK)
		return st;
	r->outcome.run = r->id;
	r->outcome.dry_run = o->mode == PURGE_DRY_RUN;
	r->outcome.plan = &r->plan;
	r->outcome.results =
	    calloc(r->plan.count + 1, sizeof(*r->outcome.results));
	if (r->outcome.results == NULL)
		return fail(ST_NOMEM, "out of memory");
	return ST_OK;
}

/* ---- evidence and bookkeeping ---- */

/* Is ${store} part of this run? */
static int takes_part(const struct run *r, const struct installation_store *s)
{
	size_t i;

	for (i = 0; i < r->schedule.count; i++) {
		if (r->schedule.rules[i].store == s)
			return 1;
	}
	return 0;
}

static enum status ship_store(struct run *r, struct installation_store *s)
{
	struct keyring_key key;
	char name[300], source[33];
	enum status st;
	size_t i;

	(void)snprintf(name, sizeof(name), "store/%s", s->config->name);
	if ((st = keyring_find(r->in->keys, name, &key)) != ST_OK)
		return st;
	for (i = 0; i < sizeof(key.id); i++)
		(void)snprintf(source + 2 * i, 3, "%02x", key.id[i]);
	return audit_ship(r->in->audit, s->db, source, r->actor, NULL);
}

/* Also what a run that was killed left behind. */
static enum status ship(struct run *r)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->in->store_count; i++) {
		if (takes_part(r, &r->in->stores[i]))
			st = ship_store(r, &r->in->stores[i]);
	}
	return st;
}

static enum status begin(struct run *r)
{
	char as_of[INSTANT_TEXT];
	json_t *details = NULL;
	enum status st;

	if ((st = installation_open_control(r->in)) != ST_OK)
		return st;
	if ((st = installation_open_audit(r->in)) != ST_OK)
		return st;
	if ((st = audit_writable(r->in->audit)) != ST_OK)
		return st;
	if ((st = ship(r)) != ST_OK)
		return st;
	civil_format_instant(r->plan.as_of, as_of);
	st = json_make(&details, "{s:s, s:s, s:s, s:I}", "run", r->id, "as_of",
	    as_of, "rule_set", r->in->rule_set, "due",
	    (json_int_t)plan_due(&r->plan));
	if (st == ST_OK)
		st = audit_append(r->in->audit, when_now(), r->actor,
		    "purge_started", details);
	json_decref(details);
	if (st == ST_OK)
		st = db_exec(r->in->control,
		    "INSERT INTO run (id, started_at, as_of, rule_set)"
		    " VALUES ($1, $2, $3, $4)",
		    ARGS(TEXT(r->id), INT(when_now()), INT(r->plan.as_of),
			TEXT(r->in->rule_set)));
	return st;
}

/* ---- execution ---- */

static void progress(void *ctx, const struct plan_item *item, int64_t deleted)
{
	struct run *r = ctx;

	r->options->progress(r->options->progress_ctx,
	    item->rule->terms.cluster->name, r->progressed + deleted,
	    plan_due(&r->plan));
}

static enum status execute(struct run *r)
{
	struct purge_context c = {
		.schedule = &r->schedule,
		.run = r->id,
		.rule_set = r->in->rule_set,
		.batch = r->in->config.purge.batch,
		.progress = r->options->progress ? progress : NULL,
		.progress_ctx = r,
	};
	struct keyring_key key;
	enum status st;
	size_t i;

	if ((st = keyring_find(r->in->keys, "evidence", &key)) != ST_OK)
		return st;
	c.evidence_key = key.secret;
	for (i = 0; st == ST_OK && i < r->plan.count; i++) {
		struct purge_counts *done = &r->outcome.results[i].done;

		if (r->plan.items[i].due == 0)
			continue;
		st = purge_item(&c, &r->plan.items[i], r->plan.as_of, done);
		r->progressed +=
		    done->deleted + done->de_identified + done->minimised;
	}
	return st;
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

/* What no record needs any more of what others left behind: none has become
 * fewer where nothing went. */
static enum status forget(struct run *r)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && r->progressed > 0 && i < r->schedule.count;
	     i++) {
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
static enum status scrub(struct run *r)
{
	enum status st = ST_OK;
	size_t i;

	r->outcome.scrubbed = 1;
	for (i = 0; st == ST_OK && i < r->in->store_count; i++) {
		if (!takes_part(r, &r->in->stores[i]))
			continue;
		st = db_scrub(r->in->stores[i].db);
		if (st == ST_BUSY) {
			r->outcome.scrubbed = 0;
			st = ST_OK;
		}
	}
	return st;
}

/* Ask every due condition again.  What is left and nobody refers to has come
 * in meanwhile: then the run is not verified. */
static enum status verify(struct run *r)
{
	struct plan after;
	enum status st;
	size_t i;

	st = plan_init(
	    &after, &r->schedule, r->plan.as_of, r->options->cluster, PLAN_DUE);
	if (st != ST_OK)
		return st;
	r->outcome.verified = 1;
	for (i = 0; i < after.count; i++) {
		r->outcome.results[i].left = after.items[i].due;
		r->outcome.results[i].overdue = after.items[i].overdue;
		if (after.items[i].due)
			r->outcome.verified = 0;
	}
	plan_release(&after);
	return ST_OK;
}

static double seconds_since(const struct timespec *from)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) +
	       (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

static enum status finish(struct run *r, const json_t *report)
{
	char *text = NULL, *metrics = installation_path(r->in, "metrics.prom");
	char now[INSTANT_TEXT + 1], *stamp;
	json_t *details = NULL;
	enum status st;

	stamp = installation_path(r->in, "last-success");
	if (metrics == NULL || stamp == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else
		st = json_make(&details, "{s:s, s:O, s:O, s:O, s:O}", "run",
		    r->id, "deleted", json_object_get(report, "deleted"),
		    "verified", json_object_get(report, "verified"), "scrubbed",
		    json_object_get(report, "scrubbed"), "overdue",
		    json_object_get(report, "overdue"));
	if (st == ST_OK)
		st = audit_append(r->in->audit, when_now(), r->actor,
		    "purge_finished", details);
	if (st == ST_OK)
		st = json_canonical(report, &text);
	if (st == ST_OK)
		st = db_exec(r->in->control,
		    "UPDATE run SET finished_at = $2, exit_code = $3,"
		    " records = $4, report = $5 WHERE id = $1",
		    ARGS(TEXT(r->id), INT(when_now()),
			INT(purge_needs_attention(report) ? 4 : 0),
			INT(json_int(report, "deleted")), TEXT(text)));
	if (st == ST_OK)
		st = report_metrics(report, metrics, when_now());
	civil_format_instant(when_now(), now);
	memcpy(now + INSTANT_TEXT - 1, "\n", 2);
	if (st == ST_OK)
		st = file_replace(stamp, now, strlen(now), 0600);
	json_decref(details);
	free(metrics);
	free(stamp);
	free(text);
	return st;
}

static enum status work(struct run *r)
{
	enum status st;

	if ((st = execute(r)) != ST_OK)
		return st;
	if ((st = forget(r)) != ST_OK)
		return st;
	if ((st = scrub(r)) != ST_OK)
		return st;
	return verify(r);
}

/* The run failed with ${why}: say so in the log and close its row. */
static enum status record_failure(struct run *r, enum status why)
{
	json_t *details = NULL;
	enum status st;

	st = json_make(
	    &details, "{s:s, s:s}", "run", r->id, "failure", status_name(why));
	if (st == ST_OK)
		st = audit_append(r->in->audit, when_now(), r->actor,
		    "purge_failed", details);
	json_decref(details);
	if (st == ST_OK)
		st = db_exec(r->in->control,
		    "UPDATE run SET finished_at = $2, exit_code = 1"
		    " WHERE id = $1",
		    ARGS(TEXT(r->id), INT(when_now())));
	return st;
}

/* What did go is shipped also where the run fails in the middle; the first
 * failure is the one to report. */
static enum status carry_out(struct run *r)
{
	enum status st, then;
	char *why;

	if ((st = begin(r)) != ST_OK)
		return st;
	st = work(r);
	if (st == ST_OK)
		return ship(r);
	why = strdup(status_text());
	then = ship(r);
	if (then == ST_OK)
		then = record_failure(r, st);
	if (why && then != ST_OK)
		status_say("%s; and then: %s", why, status_text());
	else if (why)
		status_say("%s", why);
	free(why);
	return st;
}

enum status purge_run(
    struct installation *in, const struct purge_options *o, json_t **report)
{
	struct run r = { .in = in, .options = o, .lock = -1 };
	json_t *made = NULL;
	enum status st;
	size_t i;

	(void)clock_gettime(CLOCK_MONOTONIC, &r.started);
	st = prepare(&r);
	if (st == ST_OK && o->mode == PURGE_EXECUTE)
		st = carry_out(&r);
	for (i = 0; st == ST_OK && r.outcome.dry_run && i < r.plan.count; i++)
		r.outcome.results[i].overdue = r.plan.items[i].overdue;
	r.outcome.seconds = seconds_since(&r.started);
	if (st == ST_OK)
		st = report_json(&r.outcome, &made);
	if (st == ST_OK && o->mode == PURGE_EXECUTE)
		st = finish(&r, made);
	if (st == ST_OK)
		*report = made;
	else
		json_decref(made);
	free(r.outcome.results);
	plan_release(&r.plan);
	schedule_release(&r.schedule);
	free(r.actor);
	if (r.lock >= 0)
		(void)close(r.lock);
	return st;
}

int purge_needs_attention(const json_t *report)
{
	return json_int(report, "overdue") || json_int(report, "undecided") ||
	       json_array_size(json_object_get(report, "unmapped")) ||
	       json_is_false(json_object_get(report, "verified")) ||
	       json_is_false(json_object_get(report, "scrubbed"));
}
