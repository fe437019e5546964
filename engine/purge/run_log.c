/* What a run leaves in the log, the control database and the data folder. */
#include "engine/purge/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/file.h"
#include "engine/installation/changes.h"
#include "engine/installation/seals.h"
#include "engine/installation/units.h"
#include "engine/plan/unreachable.h"
#include "engine/purge/drop.h"
#include "engine/purge/run_rules.h"

/* ---- evidence ---- */

int run_takes(const struct run *r, const struct installation_store *s)
{
	size_t i;

	for (i = 0; i < r->schedule.count; i++) {
		if (r->schedule.rules[i].store == s)
			return 1;
	}
	return 0;
}

enum status run_ship_unit(
    const struct run *r, struct installation *in, struct installation_store *s)
{
	char source[STORE_ID_TEXT];
	enum status st;

	if ((st = installation_open_audit(in)) != ST_OK ||
	    (st = installation_unit_id(in, s, source)) != ST_OK)
		return st;
	return audit_ship(
	    in->audit, s->db, source, s->config->name, r->actor, NULL);
}

/* A worker may have dropped segments that are still listed here. */
static enum status ship_store(struct run *r, struct installation_store *s)
{
	enum status st = installation_open_store(r->in, s);
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(s); u++) {
		if ((st = units_use(s, u)) == ST_OK)
			st = run_ship_unit(r, r->in, s);
	}
	units_rest(s);
	return st;
}

/* Also what a run that was killed left behind. */
enum status run_ship(struct run *r)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->in->store_count; i++) {
		if (!run_takes(r, &r->in->stores[i]))
			continue;
		st = ship_store(r, &r->in->stores[i]);
		st = unreachable_store(
		    r->outcome.unreachable, st, r->in->stores[i].config->name);
	}
	return st;
}

/* ---- seals ---- */

static enum status names_of(const json_t *files, json_t *out)
{
	enum status st = ST_OK;
	json_t *file;
	size_t i;

	json_array_foreach(files, i, file)
	{
		if (st == ST_OK &&
		    json_is_string(json_object_get(file, "problem")))
			st = json_push(
			    out, json_incref(json_object_get(file, "file")));
	}
	return st;
}

/* An auditor is to see it too.  What was refused stays the failure. */
static enum status log_refused(
    const struct run *r, struct installation *in, const json_t *files)
{
	json_t *names = json_array(), *details = NULL;
	char said[STATUS_TEXT];
	enum status st;

	memcpy(said, status_text(), sizeof(said));
	st = names_of(files, names);
	if (st == ST_OK)
		st = json_make(&details, "{s:s, s:s, s:O}", "object", r->id,
		    "run", r->id, "files", names);
	if (st == ST_OK)
		st = audit_append(in->audit, when_now(), r->actor,
		    "purge_refused_by_seal", details);
	if (st == ST_OK)
		status_say("%s", said);
	else
		status_prefix("%s; and then: ", said);
	json_decref(details);
	json_decref(names);
	return ST_INTEGRITY;
}

enum status run_check_seals(const struct run *r, struct installation *in,
    const char *name, enum seals_depth depth)
{
	json_t *files = NULL;
	enum status st;

	if ((st = installation_open_audit(in)) == ST_OK)
		st = audit_writable(in->audit);
	if (st != ST_OK)
		return st;
	st = seals_check(in, name, depth, &files);
	if (st == ST_INTEGRITY)
		st = log_refused(r, in, files);
	json_decref(files);
	return st;
}

/* ---- opening ---- */

enum status run_open(struct run *r)
{
	enum status st;

	if ((st = installation_open_control(r->in)) != ST_OK)
		return st;
	if ((st = installation_open_audit(r->in)) != ST_OK)
		return st;
	if ((st = audit_writable(r->in->audit)) != ST_OK)
		return st;
	if ((st = changes_log(r->in)) != ST_OK)
		return st;
	if ((st = drop_finish(r)) != ST_OK)
		return st;
	if ((st = run_settle(r)) != ST_OK)
		return st;
	return run_ship(r);
}

/* ---- beginning ---- */

/* null: it was stopped before it did anything. */
static json_t *done(const struct run *r, int yes)
{
	return r->outcome.begun ? json_boolean(yes) : json_null();
}

/* The reason of an emergency stop is free text and stays out of the log. */
static enum status log_stopped(struct run *r)
{
	const char *plan = r->kept.body ? r->kept.id : NULL;
	json_t *details = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:s, s:s?, s:s?, s:o, s:o}", "object",
	    r->id, "run", r->id, "plan", plan, "hash",
	    plan ? r->kept.hash : NULL, "verified",
	    done(r, r->outcome.verified), "scrubbed",
	    done(r, r->outcome.scrubbed));
	if (st == ST_OK)
		st = run_rules_end(r,
		    json_is_string(json_object_get(r->stopped, "plan")) ||
			    r->outcome.begun
			? "purge_stopped"
			: "purge_refused_by_stop",
		    details);
	json_decref(details);
	return st;
}

static enum status log_started(struct run *r)
{
	const char *plan = r->kept.body ? r->kept.id : NULL;
	char as_of[INSTANT_TEXT];
	json_t *details = NULL;
	enum status st;

	civil_format_instant(r->as_of, as_of);
	st = json_make(&details, "{s:s, s:s, s:s, s:s, s:I, s:s?, s:s?}",
	    "object", r->id, "run", r->id, "as_of", as_of, "rule_set",
	    r->in->rule_set, "due", (json_int_t)plan_due(&r->plan), "plan",
	    plan, "hash", plan ? r->kept.hash : NULL);
	if (st == ST_OK)
		st = run_rules_begin(r, details);
	if (st == ST_OK)
		st = audit_append(r->in->audit, when_now(), r->actor,
		    "purge_started", details);
	json_decref(details);
	return st;
}

enum status run_begin(struct run *r)
{
	enum status st = r->stopped ? ST_OK : log_started(r);

	if (st != ST_OK)
		return st;
	return db_exec(r->in->control,
	    "INSERT INTO run (id, started_at, as_of, rule_set)"
	    " VALUES ($1, $2, $3, $4)",
	    ARGS(TEXT(r->id), INT(when_now()), INT(r->as_of),
		TEXT(r->in->rule_set)));
}

/* ---- ending ---- */

static enum status log_finished(struct run *r, const json_t *report)
{
	json_t *details = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:s, s:O, s:O}", "object", r->id, "run",
	    r->id, "verified", json_object_get(report, "verified"), "scrubbed",
	    json_object_get(report, "scrubbed"));
	if (st == ST_OK)
		st = run_rules_end(r, "purge_finished", details);
	json_decref(details);
	return st;
}

/* The plan is used up in the transaction that says how the run ended. */
static enum status close_row(struct run *r, const json_t *report, int code)
{
	char *text = NULL;
	enum status st;

	if ((st = json_canonical(report, &text)) != ST_OK)
		return st;
	st = db_begin(r->in->control, DB_WRITE);
	if (st == ST_OK)
		st = db_exec(r->in->control,
		    "UPDATE run SET finished_at = $2, exit_code = $3,"
		    " records = $4, report = $5 WHERE id = $1",
		    ARGS(TEXT(r->id), INT(when_now()), INT(code),
			INT(json_int(report, "deleted")), TEXT(text)));
	if (st == ST_OK && r->kept.body && !r->stopped)
		st = plans_use(r->in, &r->kept, r->id);
	if (st == ST_OK)
		st = db_commit(r->in->control);
	db_rollback(r->in->control);
	free(text);
	return st;
}

static enum status write_metrics(struct run *r, const json_t *report)
{
	char *path = installation_path(r->in, "metrics.prom");
	int64_t last = 0;
	enum status st;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = db_one_int(r->in->control,
	    "SELECT finished_at FROM run WHERE started_at <= $1"
	    " AND exit_code IN (0, 4) ORDER BY started_at DESC LIMIT 1",
	    ARGS(INT(when_now())), 0, &last);
	if (st == ST_OK)
		st = report_metrics(report, path, last);
	free(path);
	return st;
}

static enum status write_stamp(struct run *r)
{
	char *path = installation_path(r->in, "last-success");
	char now[INSTANT_TEXT + 1];
	enum status st;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	civil_format_instant(when_now(), now);
	memcpy(now + INSTANT_TEXT - 1, "\n", 2);
	st = file_replace(path, now, strlen(now), 0600);
	free(path);
	return st;
}

enum status run_finish(struct run *r, const json_t *report)
{
	int code = r->stopped ? 3 : purge_needs_attention(report) ? 4 : 0;
	enum status st;

	st = r->stopped ? log_stopped(r) : log_finished(r, report);
	if (st == ST_OK)
		st = close_row(r, report, code);
	if (st == ST_OK)
		st = write_metrics(r, report);
	if (st == ST_OK && !r->stopped)
		st = write_stamp(r);
	return st;
}

enum status run_fail(struct run *r, enum status why)
{
	json_t *details = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:s, s:s}", "object", r->id, "run",
	    r->id, "failure", status_name(why));
	if (st == ST_OK)
		st = run_rules_end(r, "purge_failed", details);
	json_decref(details);
	if (st == ST_OK)
		st = db_exec(r->in->control,
		    "UPDATE run SET finished_at = $2, exit_code = 1"
		    " WHERE id = $1",
		    ARGS(TEXT(r->id), INT(when_now())));
	return st;
}
