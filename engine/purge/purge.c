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
#include "engine/purge/pruning.h"
#include "engine/purge/run.h"
#include "engine/subjects/subjects.h"

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

enum status purge_is_at_work(struct installation *in, int *yes)
{
	char *path = installation_path(in, "purge.lock");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	int why = errno;
	enum status st = ST_OK;

	*yes = 0;
	if (path == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else if (fd < 0 && why != ENOENT)
		st = fail(ST_IO, "open %s: %s", path, strerror(why));
	else if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0)
		*yes = 1;
	if (fd >= 0)
		(void)close(fd);
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
	enum status st;

	if (r->options->mode == PURGE_DRY_RUN)
		return holds_behind(r->in, &r->outcome.suspensions_behind);
	st = holds_refresh(r->in, &r->holds);
	/* Each item asks again before anything of it goes. */
	return st == ST_UNREACHABLE ? ST_OK : st;
}

/* One for each file is the most that there is to do for. */
static enum status make_lanes(struct run *r)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t jobs = processors > 0 ? (size_t)processors : 1, tasks = 0, i;

	if (r->options->jobs > 0)
		jobs = (size_t)r->options->jobs;
	else if (r->in->config.purge.jobs > 0)
		jobs = (size_t)r->in->config.purge.jobs;
	if (jobs > CONFIG_JOBS)
		jobs = CONFIG_JOBS;
	for (i = 0; i < r->in->store_count; i++) {
		if (run_takes(r, &r->in->stores[i]))
			tasks += units_count(&r->in->stores[i]);
	}
	r->jobs = jobs < tasks ? jobs : tasks > 0 ? tasks : 1;
	return lanes_new(&r->schedule, &r->holds, r->jobs, &r->lanes);
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
	return ST_OK;
}

/* Before anything is read of the stores.  What waits for writers is asked of
 * each when its turn comes, so that no other waits with it. */
static enum status check_seals(struct run *r)
{
	enum status st;

	if (r->options->mode != PURGE_EXECUTE)
		return ST_OK;
	st = run_check_seals(r, r->in, "control", SEALS_LIST);
	return st == ST_OK ? run_check_seals(r, r->in, r->store, SEALS_MARKS)
			   : st;
}

static enum status prepare(struct run *r)
{
	const struct purge_options *o = r->options;
	enum status st;

	if ((st = run_reach_new(r)) != ST_OK)
		return st;
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
	if ((st = check_seals(r)) != ST_OK)
		return st;
	if ((st = suspend(r)) != ST_OK)
		return st;
	st = schedule_init_reachable(
	    &r->schedule, r->in, r->store, &r->in->diag);
	if (st == ST_OK)
		st = make_lanes(r);
	if (st == ST_OK)
		st = plan_list(&r->plan, &r->schedule, r->as_of, r->cluster);
	if (st == ST_OK)
		st = run_count(
		    r, o->mode == PURGE_DRY_RUN && o->plan_file == NULL
			   ? PLAN_ALL
			   : PLAN_DUE);
	if (st == ST_OK && (o->plan_file || o->execute_file))
		st = run_select(r);
	if (st == ST_OK)
		st = run_join(r);
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

static double seconds_since(const struct timespec *from)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) +
	       (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

/* People of whom this run took the last record.  Whether it did, only all
 * stores know: a run of one store leaves it to the next of all.  Their salts
 * leave the control database as records leave a store. */
static enum status forget_subjects(struct run *r)
{
	int64_t gone = 0;
	enum status st;

	if (r->store || r->stopped)
		return ST_OK;
	st = subjects_forget(r->in, r->id, r->actor, &gone);
	if (st != ST_OK || gone == 0)
		return st;
	if ((st = db_scrub(r->in->control)) != ST_BUSY)
		return st;
	r->outcome.scrubbed = 0;
	return ST_OK;
}

/* The log's own entries are due like anything else, in a run that is about all
 * that is. */
static enum status prune_log(struct run *r)
{
	enum pruning_mode mode = r->options->mode == PURGE_DRY_RUN
				     ? PRUNING_LOOK
				     : PRUNING_CARRY_OUT;
	enum status st;

	if (r->store || r->cluster || r->file || r->stopped)
		return ST_OK;
	st = pruning_run(r->in, r->as_of, mode, &r->outcome.log_pruned);
	if (st == ST_OK &&
	    json_is_false(json_object_get(r->outcome.log_pruned, "scrubbed")))
		r->outcome.scrubbed = 0;
	return st;
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
	st = run_work(r);
	if (st == ST_OK)
		st = forget_subjects(r);
	if (st == ST_OK) {
		st = run_ship(r);
		if (st == ST_OK)
			st = prune_log(r);
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
				      : prune_log(r);
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
	json_decref(r->outcome.log_pruned);
	run_reach_free(r);
	for (i = 0; r->selections && i < r->plan.count; i++)
		selection_release(&r->selections[i]);
	free(r->selections);
	free(r->outcome.results);
	stored_plan_release(&r->kept);
	json_decref(r->file);
	json_decref(r->stopped);
	lanes_free(r->lanes, r->jobs);
	for (i = 0; r->units && i < r->in->store_count; i++)
		free(r->units[i].names);
	free(r->units);
	plan_release(&r->plan);
	schedule_release(&r->schedule);
	free(r->actor);
	if (r->lock >= 0)
		(void)close(r->lock);
	(void)pthread_mutex_destroy(&r->mutex);
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

	if (pthread_mutex_init(&r.mutex, NULL) != 0)
		return fail(ST_NOMEM, "out of memory");
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
	return json_array_size(json_object_get(report, "unreachable")) ||
	       json_int(report, "overdue") || json_int(report, "undecided") ||
	       json_array_size(json_object_get(report, "unmapped")) ||
	       json_is_false(json_object_get(report, "verified")) ||
	       json_is_false(json_object_get(report, "scrubbed"));
}
