/* A run's brakes, and its plan where that stands in a file. */
#include "engine/purge/run.h"

#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/purge/brakes.h"
#include "engine/purge/clock.h"
#include "engine/purge/plan_file.h"
#include "engine/purge/plan_json.h"
#include "engine/purge/stop.h"
#include "engine/purge/trial.h"

/* ---- plan files ---- */

static const char *or_all(const json_t *o, const char *key)
{
	const char *name = json_text(o, key);

	return *name ? name : NULL;
}

static enum status check_file(struct run *r)
{
	const char *path = r->options->execute_file;
	enum status st;

	if (strcmp(json_text(r->file, "installation"),
		r->in->config.installation) != 0)
		return fail(ST_DENIED,
		    "%s is a plan of the installation `%s`: carry it out there",
		    path, json_text(r->file, "installation"));
	st = plans_find(r->in, json_text(r->file, "hash"), &r->kept);
	if (st == ST_NOTFOUND)
		return fail(ST_DENIED,
		    "%s is no plan that was made here: make one with `lethe "
		    "purge --plan FILE`",
		    path);
	if (st != ST_OK)
		return st;
	if (r->kept.used_by)
		return fail(ST_DENIED,
		    "%s was carried out already, by run %s: make a new plan "
		    "with `lethe purge --plan FILE`",
		    path, r->kept.used_by);
	if (strcmp(json_text(r->file, "rule_set"), r->in->rule_set) != 0)
		return fail(ST_DENIED,
		    "policies or datasets have changed since %s was made: make "
		    "a new plan with `lethe purge --plan FILE`",
		    path);
	return ST_OK;
}

enum status run_read_file(struct run *r)
{
	const char *as_of;
	struct when w;
	enum status st;

	st = plan_file_read(r->options->execute_file, &r->file);
	if (st == ST_OK)
		st = check_file(r);
	if (st != ST_OK)
		return st;
	as_of = json_text(r->file, "as_of");
	if ((st = when_parse(as_of, strlen(as_of), &w)) != ST_OK)
		return st;
	r->as_of = w.seconds;
	r->store = or_all(r->file, "store");
	r->cluster = or_all(r->file, "cluster");
	return ST_OK;
}

static enum status select_item(
    struct run *r, size_t i, const struct secret_key *key)
{
	const struct plan_item *p = &r->plan.items[i];
	struct selection *s = &r->selections[i];
	enum status st;

	if ((st = selection_init(s, p, key)) != ST_OK)
		return st;
	if (r->file == NULL)
		return selection_collect(s, r->as_of);
	st = selection_read(
	    s, json_text(plan_json_item(r->file, p->rule), "due_records"));
	if (st == ST_INVALID)
		st = fail(ST_INVALID, "%s: the records of `%s` cannot be read",
		    r->options->execute_file, p->rule->terms.cluster->name);
	return st;
}

enum status run_select(struct run *r)
{
	struct keyring_key key;
	enum status st;
	size_t i;

	r->selections = calloc(r->plan.count + 1, sizeof(*r->selections));
	if (r->selections == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = keyring_find(r->in->keys, "evidence", &key);
	for (i = 0; st == ST_OK && i < r->plan.count; i++)
		st = select_item(r, i, key.secret);
	return st;
}

/* ---- the plan as it is kept ---- */

/* With what stops it: an approval is for that, too; and with the run, so that
 * no two plans have one hash. */
static enum status body_json(struct run *r, json_t *stops, json_t **out)
{
	enum status st = plan_json(&r->plan, r->store, r->cluster, out);

	if (st == ST_OK)
		st = json_put(*out, "stopped_by", json_incref(stops));
	if (st == ST_OK)
		st = json_put(*out, "run", json_string(r->id));
	return st;
}

static enum status keep(struct run *r, json_t *stops)
{
	char id[PLAN_ID_TEXT];
	json_t *body = NULL;
	enum status st;

	stored_plan_release(&r->kept);
	st = body_json(r, stops, &body);
	if (st == ST_OK)
		st = plans_keep(r->in, body, NULL, r->actor, id);
	if (st == ST_OK)
		st = plans_find(r->in, id, &r->kept);
	json_decref(body);
	return st;
}

enum status run_write_file(struct run *r)
{
	json_t *stops = NULL, *body = NULL;
	char id[PLAN_ID_TEXT], hash[SHA256_TEXT];
	enum status st;

	if ((st = installation_open_control(r->in)) != ST_OK)
		return st;
	if ((st = installation_open_audit(r->in)) != ST_OK)
		return st;
	st = brakes_check(r->in, &r->plan, NULL, when_now(), &stops);
	if (st == ST_OK)
		st = body_json(r, stops, &body);
	/* A file that is not kept is refused; a row without a file is not
	 * missed by anybody. */
	if (st == ST_OK)
		st = plan_file_write(
		    r->options->plan_file, body, r->selections, hash);
	if (st == ST_OK)
		st = plans_keep(r->in, body, hash, r->actor, id);
	if (st == ST_OK)
		st = plans_find(r->in, id, &r->kept);
	json_decref(stops);
	json_decref(body);
	return st;
}

/* ---- brakes ---- */

enum status run_stop_by(struct run *r, const json_t *stop)
{
	const char *reason = json_text(stop, "reason");
	char *text;
	enum status st;

	if (r->stopped)
		return ST_OK;
	text = str_format("%s stopped all purges at %s%s%s",
	    json_text(stop, "actor"), json_text(stop, "at"),
	    *reason ? ": " : "", reason);
	if (text == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = json_make(&r->stopped, "{s:s, s:n, s:[s]}", "reason", text, "plan",
	    "lift", "lethe resume");
	free(text);
	return st;
}

static enum status ask_stop(struct run *r)
{
	json_t *stop = NULL;
	enum status st = stop_read(r->in, &stop);

	if (st == ST_OK && stop)
		st = run_stop_by(r, stop);
	json_decref(stop);
	return st;
}

static enum status wait_for_approval(struct run *r, const json_t *stops)
{
	const char *id = r->kept.id;
	struct buf why = BUF_INIT;
	char *show = str_format("lethe plan show %s", id);
	char *approve = str_format("lethe plan approve %s", id);
	enum status st;

	brakes_sentence(stops, &why);
	if (r->kept.approvals > 0)
		buf_addf(&why, "; plan %s has %lld of %lld approvals", id,
		    (long long)r->kept.approvals,
		    (long long)plans_needed(r->in));
	st = buf_status(&why);
	if (st == ST_OK && (show == NULL || approve == NULL))
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = json_make(&r->stopped, "{s:s, s:s, s:[s, s]}", "reason",
		    buf_text(&why), "plan", id, "lift", show, approve);
	buf_release(&why);
	free(show);
	free(approve);
	return st;
}

/* The plan that would lift ${stops}: that of the file, the one that is kept
 * already, or this run's own. */
static enum status find_plan(struct run *r, json_t *stops)
{
	enum status st = ST_OK;
	int lifts = 0;

	if (r->file == NULL) {
		st = plans_open(r->in, r->store ? r->store : "",
		    r->cluster ? r->cluster : "", &r->kept);
		if (st == ST_NOTFOUND)
			st = ST_OK;
	}
	if (st == ST_OK && r->kept.body)
		st = brakes_lifts(&r->kept, &r->plan, stops, &lifts);
	if (st == ST_OK && !lifts && json_array_size(stops) > 0)
		st = keep(r, stops);
	/* One that waits for what no longer stops anything. */
	if (st == ST_OK && json_array_size(stops) == 0 && r->file == NULL &&
	    r->kept.approvals < plans_needed(r->in))
		stored_plan_release(&r->kept);
	return st;
}

static enum status approve(struct run *r)
{
	int64_t already = 0;
	enum status st;

	if (r->kept.approvals >= plans_needed(r->in))
		return ST_OK;
	st = plans_approved_by(r->in, &r->kept, r->actor, &already);
	if (st == ST_OK && !already)
		st = plans_approve(r->in, &r->schedule, &r->kept, r->actor);
	return st;
}

static enum status pass(struct run *r, json_t *stops)
{
	int clock = brakes_have_clock(stops);
	enum status st;

	if ((st = find_plan(r, stops)) != ST_OK)
		return st;
	if (json_array_size(stops) > 0) {
		if (r->options->approve && (st = approve(r)) != ST_OK)
			return st;
		if (r->kept.approvals < plans_needed(r->in))
			st = wait_for_approval(r, stops);
	}
	if (st == ST_OK && !(clock && r->stopped))
		st = clock_keep(r->in->control, when_now(),
		    clock ? CLOCK_VOUCHED : CLOCK_LATEST);
	return st;
}

enum status run_brakes(struct run *r)
{
	int64_t *most = NULL;
	json_t *stops = NULL;
	enum status st;
	size_t i;

	st = ask_stop(r);
	if (st == ST_OK && r->stopped)
		return ST_OK;
	/* Nobody is to approve what the store would refuse half-way. */
	if (st == ST_OK)
		st = trial_plan(&r->plan, &r->in->diag);
	if (st == ST_OK && r->selections) {
		most = calloc(r->plan.count + 1, sizeof(*most));
		if (most == NULL)
			return fail(ST_NOMEM, "out of memory");
		for (i = 0; i < r->plan.count; i++)
			most[i] = (int64_t)r->selections[i].count;
	}
	if (st == ST_OK)
		st = brakes_check(r->in, &r->plan, most, when_now(), &stops);
	if (st == ST_OK)
		st = pass(r, stops);
	json_decref(stops);
	free(most);
	return st;
}
