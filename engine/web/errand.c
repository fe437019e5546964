/* What takes longer than a page may. */
#include "engine/web/errand.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/audit/verify.h"
#include "engine/base/base64.h"
#include "engine/base/civil.h"
#include "engine/installation/seals.h"
#include "engine/purge/overview.h"
#include "engine/web/auth.h"
#include "engine/web/pulse.h"

struct errands {
	const struct installation *first;
	pthread_t thread;
	pthread_mutex_t lock;
	int begun; /* there is a thread to join */
	int busy;  /* it is at work */
	int stop;
	/* The order, with its texts. */
	struct errand_order order;
	char actor[WEB_USER];
	char role[16];
	/* How far it is. */
	const char *stage;
	uint64_t done;
	uint64_t of;
	json_t *last[ERRAND__MAX];
};

/* ---- how far ---- */

static void stage(struct errands *e, const char *name)
{
	(void)pthread_mutex_lock(&e->lock);
	e->stage = name;
	e->done = e->of = 0;
	(void)pthread_mutex_unlock(&e->lock);
}

static enum status entries_read(void *ctx, uint64_t entries, uint64_t size)
{
	struct errands *e = ctx;
	int stop;

	(void)pthread_mutex_lock(&e->lock);
	e->done = entries;
	e->of = size;
	stop = e->stop;
	(void)pthread_mutex_unlock(&e->lock);
	return stop ? fail(ST_BUSY, "the server was stopped") : ST_OK;
}

/* ---- what it comes to ---- */

static enum status answer(
    struct errands *e, const char *outcome, const char *message, json_t **out)
{
	char at[INSTANT_TEXT], as_of[INSTANT_TEXT];
	enum status st;

	civil_format_instant(e->order.at, at);
	civil_format_instant(e->order.as_of, as_of);
	st = json_make(out, "{s:s, s:s, s:s, s:s?}", "actor", e->actor, "at",
	    at, "outcome", outcome, "message", message);
	if (st == ST_OK && e->order.what == ERRAND_STATEMENT)
		st = json_put(*out, "as_of", json_string(as_of));
	return st;
}

static enum status put_down(struct errands *e, struct installation *in,
    const char *action, json_t *details)
{
	enum status st = json_put(details, "role", json_string(e->role));

	if (st == ST_OK)
		st = audit_append(
		    in->audit, e->order.at, e->actor, action, details);
	json_decref(details);
	return st;
}

/* ---- verification ---- */

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
    struct errands *e, struct installation *in, const json_t *found)
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
		st = put_down(e, in, "log_verified", details);
	if (st != ST_OK && json_is_string(json_object_get(found, "problem"))) {
		status_clear();
		return ST_OK;
	}
	return st;
}

static enum status verify(
    struct errands *e, struct installation *in, json_t **out)
{
	const struct verify_watch watch = { entries_read, e };
	struct verify_report r = { .problem = VERIFY_SOUND };
	json_t *stores = NULL;
	enum status st, found;

	stage(e, "log");
	if ((st = installation_open_audit(in)) != ST_OK)
		return st;
	found = verify_log(in->audit, audit_key(in->audit), NULL, &watch, &r);
	if (found == ST_OK) {
		stage(e, "stores");
		found = seals_check(in, NULL, SEALS_LIST, &stores);
	}
	if (found != ST_OK && r.problem == VERIFY_SOUND && stores == NULL)
		return found;
	st = answer(e, found == ST_OK ? "sound" : "not_sound",
	    found == ST_OK ? NULL : status_text(), out);
	if (st == ST_OK)
		st = put_found(*out, &r, problem_word(&r, found), stores);
	json_decref(stores);
	return st == ST_OK ? log_found(e, in, *out) : st;
}

/* ---- a statement ---- */

static enum status log_statement(
    struct errands *e, struct installation *in, const json_t *o)
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
	return st == ST_OK ? put_down(e, in, "statement_made", details) : st;
}

static enum status state(
    struct errands *e, struct installation *in, json_t **out)
{
	static const char *const names[] = { "due", "overdue", "undecided",
		"unmapped", "collections", "unreachable" };
	json_t *all = NULL, *figures = NULL;
	enum status st;

	stage(e, "stores");
	st = overview_json(in, e->order.as_of, &all);
	if (st == ST_OK)
		st = pulse_figures(all, &figures);
	if (st == ST_OK)
		st = answer(e, "made", NULL, out);
	for (size_t i = 0; st == ST_OK && i < sizeof(names) / sizeof(names[0]);
	     i++)
		st = json_put(*out, names[i],
		    json_incref(json_object_get(figures, names[i])));
	json_decref(figures);
	json_decref(all);
	return st == ST_OK ? log_statement(e, in, *out) : st;
}

/* ---- the thread ---- */

/* With connections of its own, as `pulse.c` does. */
static json_t *carry_out(struct errands *e)
{
	struct installation in;
	json_t *o = NULL;
	enum status st = installation_again(e->first, &in);

	if (st == ST_OK)
		st = e->order.what == ERRAND_VERIFY ? verify(e, &in, &o)
						    : state(e, &in, &o);
	installation_release(&in);
	if (st == ST_OK)
		return o;
	json_decref(o);
	o = NULL;
	if (answer(e, "unfinished", status_text(), &o) != ST_OK)
		o = NULL;
	status_clear();
	return o;
}

static void *run(void *ctx)
{
	struct errands *e = ctx;
	json_t *o = carry_out(e);
	json_t **last = &e->last[e->order.what];

	(void)pthread_mutex_lock(&e->lock);
	json_decref(*last);
	*last = o;
	e->busy = 0;
	(void)pthread_mutex_unlock(&e->lock);
	return NULL;
}

enum status errands_new(const struct installation *first, struct errands **out)
{
	struct errands *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return fail(ST_NOMEM, "out of memory");
	e->first = first;
	(void)pthread_mutex_init(&e->lock, NULL);
	*out = e;
	return ST_OK;
}

void errands_free(struct errands *e)
{
	if (e == NULL)
		return;
	(void)pthread_mutex_lock(&e->lock);
	e->stop = 1;
	(void)pthread_mutex_unlock(&e->lock);
	if (e->begun)
		(void)pthread_join(e->thread, NULL);
	for (size_t i = 0; i < ERRAND__MAX; i++)
		json_decref(e->last[i]);
	(void)pthread_mutex_destroy(&e->lock);
	free(e);
}

/* With the lock; what ran before has ended, so that joining it is instant. */
static enum status begin(struct errands *e, const struct errand_order *order)
{
	if (e->begun)
		(void)pthread_join(e->thread, NULL);
	e->begun = 0;
	e->order = *order;
	(void)snprintf(e->actor, sizeof(e->actor), "%s", order->actor);
	(void)snprintf(e->role, sizeof(e->role), "%s", order->role);
	e->stage = order->what == ERRAND_VERIFY ? "log" : "stores";
	e->done = e->of = 0;
	if (pthread_create(&e->thread, NULL, run, e) != 0)
		return fail(ST_IO, "the system gives no more threads");
	e->begun = e->busy = 1;
	return ST_OK;
}

enum status errands_begin(struct errands *e, const struct errand_order *order)
{
	enum status st;

	(void)pthread_mutex_lock(&e->lock);
	if (e->busy)
		st = fail(ST_CONFLICT,
		    "a verification or a statement is under way: wait for its "
		    "end");
	else
		st = begin(e, order);
	(void)pthread_mutex_unlock(&e->lock);
	return st;
}

static enum status work_json(const struct errands *e, json_t **out)
{
	char at[INSTANT_TEXT];

	civil_format_instant(e->order.at, at);
	return json_make(out, "{s:s, s:s, s:s, s:I, s:I}", "actor", e->actor,
	    "at", at, "stage", e->stage, "done", (json_int_t)e->done, "of",
	    (json_int_t)e->of);
}

enum status errands_read(struct errands *e, enum errand what, json_t **out)
{
	json_t *work = NULL;
	enum status st = ST_OK;

	(void)pthread_mutex_lock(&e->lock);
	if (e->busy && e->order.what == what)
		st = work_json(e, &work);
	if (st == ST_OK)
		st = json_make(out, "{s:o, s:o}", "work",
		    work ? work : json_null(), "last",
		    e->last[what] ? json_deep_copy(e->last[what])
				  : json_null());
	(void)pthread_mutex_unlock(&e->lock);
	return st;
}
