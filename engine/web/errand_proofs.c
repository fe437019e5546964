/* Errands of auditors: verification, a statement, a forecast. */
#include "engine/audit/verify.h"
#include "engine/base/base64.h"
#include "engine/base/civil.h"
#include "engine/installation/seals.h"
#include "engine/plan/forecast.h"
#include "engine/purge/overview.h"
#include "engine/web/errand_job.h"
#include "engine/web/pulse.h"

static enum status put_down(struct errand_job *j, struct installation *in,
    const char *action, json_t *details)
{
	enum status st = json_put(details, "role", json_string(j->order.role));

	if (st == ST_OK)
		st = audit_append(
		    in->audit, j->order.at, j->order.actor, action, details);
	json_decref(details);
	return st;
}

/* ---- verification ---- */

static enum status entries_read(void *ctx, uint64_t entries, uint64_t size)
{
	struct errand_job *j = ctx;

	errand_done(j, entries, size);
	return errand_must_stop(j) ? fail(ST_BUSY, "the server was stopped")
				   : ST_OK;
}

static const char *problem_word(const struct verify_report *r, enum status st)
{
	if (r->problem == VERIFY_SOUND && st != ST_OK)
		return "store";
	return verify_word(r->problem);
}

static enum status put_found(json_t *o, const struct verify_report *r,
    const char *problem, const json_t *stores)
{
	struct buf root = BUF_INIT;
	json_t *more = NULL;
	enum status st;

	base64_add(&root, r->checkpoint.root, sizeof(r->checkpoint.root));
	if ((st = buf_status(&root)) == ST_OK)
		st = json_make(&more, "{s:I, s:s, s:I, s:s?}", "entries",
		    (json_int_t)r->checkpoint.size, "root", buf_text(&root),
		    "files", (json_int_t)json_array_size(stores), "problem",
		    problem);
	if (st == ST_OK && json_object_update(o, more) != 0)
		st = fail(ST_NOMEM, "out of memory");
	json_decref(more);
	buf_release(&root);
	return st;
}

/* A log that is not what was signed takes no entry: then the answer is all
 * there is of it. */
static enum status log_found(
    struct errand_job *j, struct installation *in, const json_t *found)
{
	const char *outcome = json_text(found, "outcome");
	json_t *details = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:s, s:O, s:O, s:O, s:O}", "object",
	    "audit log", "outcome", outcome, "entries",
	    json_object_get(found, "entries"), "root",
	    json_object_get(found, "root"), "files",
	    json_object_get(found, "files"), "problem",
	    json_object_get(found, "problem"));
	if (st == ST_OK)
		st = put_down(j, in, "log_verified", details);
	if (st != ST_OK && json_is_string(json_object_get(found, "problem"))) {
		status_clear();
		return ST_OK;
	}
	return st;
}

enum status errand_verify(
    struct errand_job *j, struct installation *in, json_t **out)
{
	const struct verify_watch watch = { entries_read, j };
	struct verify_report r = { .problem = VERIFY_SOUND };
	json_t *stores = NULL;
	enum status st, found;

	errand_stage(j, "log");
	if ((st = installation_open_audit(in)) != ST_OK)
		return st;
	found = verify_log(in->audit, audit_key(in->audit), NULL, &watch, &r);
	if (found == ST_OK) {
		errand_stage(j, "stores");
		found = seals_check(in, NULL, SEALS_LIST, &stores);
	}
	if (found != ST_OK && r.problem == VERIFY_SOUND && stores == NULL)
		return found;
	st = errand_answer(j, found == ST_OK ? "sound" : "not_sound",
	    found == ST_OK ? NULL : status_text(), out);
	if (st == ST_OK)
		st = put_found(*out, &r, problem_word(&r, found), stores);
	json_decref(stores);
	return st == ST_OK ? log_found(j, in, *out) : st;
}

/* ---- a statement ---- */

static enum status log_statement(
    struct errand_job *j, struct installation *in, const json_t *o)
{
	json_t *details = NULL;
	enum status st = installation_open_audit(in);

	if (st == ST_OK)
		st = json_make(&details, "{s:s, s:O, s:O, s:O, s:O, s:O}",
		    "object", "stores", "as_of", json_object_get(o, "as_of"),
		    "due", json_object_get(o, "due"), "overdue",
		    json_object_get(o, "overdue"), "undecided",
		    json_object_get(o, "undecided"), "unmapped",
		    json_object_get(o, "unmapped"));
	return st == ST_OK ? put_down(j, in, "statement_made", details) : st;
}

enum status errand_state(
    struct errand_job *j, struct installation *in, json_t **out)
{
	static const char *const names[] = { "due", "overdue", "undecided",
		"unmapped", "collections", "unreachable" };
	json_t *all = NULL, *figures = NULL;
	enum status st;

	errand_stage(j, "stores");
	st = overview_json(in, j->order.as_of, &all);
	if (st == ST_OK)
		st = pulse_figures(all, &figures);
	if (st == ST_OK)
		st = errand_answer(j, "made", NULL, out);
	for (size_t i = 0; st == ST_OK && i < sizeof(names) / sizeof(names[0]);
	     i++)
		st = json_put(*out, names[i],
		    json_incref(json_object_get(figures, names[i])));
	json_decref(figures);
	json_decref(all);
	return st == ST_OK ? log_statement(j, in, *out) : st;
}

/* ---- a forecast ---- */

/* Of a rule that the stores cannot be judged by the sentence says where. */
enum status errand_forecast(
    struct errand_job *j, struct installation *in, json_t **out)
{
	struct schedule s = { .rules = NULL };
	json_t *o = NULL;
	enum status st = schedule_init(&s, in, NULL, &in->diag);

	if (st == ST_OK)
		st = forecast_json(&s, j->order.at, ERRAND_DAYS, NULL, &o);
	if (st == ST_OK)
		st = errand_answer(j, "made", NULL, out);
	if (st == ST_OK)
		st = json_put(*out, "forecast", json_incref(o));
	json_decref(o);
	schedule_release(&s);
	return st;
}
