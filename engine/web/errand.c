/* What takes longer than a page may. */
#include "engine/web/errand.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/civil.h"
#include "engine/web/errand_job.h"

enum lane { LANE_PROOFS, LANE_CASES, LANE__MAX };

struct errands {
	const struct installation *first;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	int stop;
	struct errand_job lanes[LANE__MAX];
	json_t *last; /* by key(): the oldest first */
};

/* So many requests are remembered; what their errands came to stands in the
 * control database, too, but for why one failed. */
#define REMEMBERED 256

static const struct {
	enum lane lane;
	const char *name;
	const char *stage; /* the first */
	enum status (*run)(
	    struct errand_job *j, struct installation *in, json_t **out);
} kinds[ERRAND__MAX] = {
	[ERRAND_VERIFY] = { LANE_PROOFS, "verify", "log", errand_verify },
	[ERRAND_STATEMENT] = { LANE_PROOFS, "statement", "stores",
	    errand_state },
	[ERRAND_FORECAST] = { LANE_PROOFS, "forecast", "stores",
	    errand_forecast },
	[ERRAND_PLAN] = { LANE_CASES, "plan", "plan", errand_plan },
	[ERRAND_EXECUTE] = { LANE_CASES, "execute", "erasure", errand_execute },
};

/* ---- how far ---- */

void errand_stage(struct errand_job *j, const char *name)
{
	(void)pthread_mutex_lock(&j->all->lock);
	j->stage = name;
	j->done = j->of = 0;
	(void)pthread_mutex_unlock(&j->all->lock);
}

void errand_done(struct errand_job *j, uint64_t done, uint64_t of)
{
	(void)pthread_mutex_lock(&j->all->lock);
	j->done = done;
	j->of = of;
	(void)pthread_mutex_unlock(&j->all->lock);
}

int errand_must_stop(struct errand_job *j)
{
	int stop;

	(void)pthread_mutex_lock(&j->all->lock);
	stop = j->all->stop;
	(void)pthread_mutex_unlock(&j->all->lock);
	return stop;
}

/* ---- what it comes to ---- */

enum status errand_answer(const struct errand_job *j, const char *outcome,
    const char *message, json_t **out)
{
	char at[INSTANT_TEXT], as_of[INSTANT_TEXT];
	enum status st;

	civil_format_instant(j->order.at, at);
	civil_format_instant(j->order.as_of, as_of);
	st = json_make(out, "{s:s, s:s, s:s, s:s?}", "actor", j->order.actor,
	    "at", at, "outcome", outcome, "message", message);
	if (st == ST_OK && j->order.what == ERRAND_STATEMENT)
		st = json_put(*out, "as_of", json_string(as_of));
	return st;
}

static const char *why_not(enum status st)
{
	if (st == ST_CONFLICT)
		return "changed";
	return st == ST_BUSY ? "busy" : "unfinished";
}

/* With connections of its own, as `pulse.c` does. */
static json_t *carry_out(struct errand_job *j)
{
	struct installation in;
	json_t *o = NULL;
	enum status st = installation_again(j->all->first, &in);

	if (st == ST_OK)
		st = kinds[j->order.what].run(j, &in, &o);
	installation_release(&in);
	if (st == ST_OK)
		return o;
	json_decref(o);
	o = NULL;
	if (errand_answer(j, why_not(st), status_text(), &o) != ST_OK)
		o = NULL;
	status_clear();
	return o;
}

/* ---- the threads ---- */

struct key {
	char text[96];
};
static struct key key(enum errand what, const char *request)
{
	struct key k;

	(void)snprintf(k.text, sizeof(k.text), "%s/%s", kinds[what].name,
	    request ? request : "");
	return k;
}

/* With the lock. */
static void remember(struct errand_job *j, json_t *o)
{
	const struct key k = key(j->order.what, j->order.request);
	json_t *last = j->all->last;

	(void)json_object_del(last, k.text);
	if (json_object_size(last) >= REMEMBERED)
		(void)json_object_del(
		    last, json_object_iter_key(json_object_iter(last)));
	if (o && json_object_set_new(last, k.text, o) != 0)
		(void)json_object_del(last, k.text);
}

static void *run(void *ctx)
{
	struct errand_job *j = ctx;
	json_t *o = carry_out(j);

	(void)pthread_mutex_lock(&j->all->lock);
	remember(j, o);
	j->busy = 0;
	(void)pthread_cond_broadcast(&j->all->ended);
	(void)pthread_mutex_unlock(&j->all->lock);
	return NULL;
}

enum status errands_new(const struct installation *first, struct errands **out)
{
	struct errands *e = calloc(1, sizeof(*e));

	if (e == NULL || (e->last = json_object()) == NULL) {
		free(e);
		return fail(ST_NOMEM, "out of memory");
	}
	e->first = first;
	for (size_t i = 0; i < LANE__MAX; i++)
		e->lanes[i].all = e;
	(void)pthread_mutex_init(&e->lock, NULL);
	(void)pthread_cond_init(&e->ended, NULL);
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
	for (size_t i = 0; i < LANE__MAX; i++)
		if (e->lanes[i].begun)
			(void)pthread_join(e->lanes[i].thread, NULL);
	json_decref(e->last);
	(void)pthread_cond_destroy(&e->ended);
	(void)pthread_mutex_destroy(&e->lock);
	free(e);
}

/* With the lock; what ran before has ended, so that joining it is instant. */
static enum status begin(struct errand_job *j, const struct errand_order *order)
{
	if (j->begun)
		(void)pthread_join(j->thread, NULL);
	j->begun = 0;
	j->order = *order;
	(void)snprintf(j->actor, sizeof(j->actor), "%s", order->actor);
	(void)snprintf(j->role, sizeof(j->role), "%s", order->role);
	(void)snprintf(j->request, sizeof(j->request), "%s",
	    order->request ? order->request : "");
	j->order.actor = j->actor;
	j->order.role = j->role;
	j->order.request = j->request;
	j->stage = kinds[order->what].stage;
	j->done = j->of = 0;
	if (pthread_create(&j->thread, NULL, run, j) != 0)
		return fail(ST_IO, "the system gives no more threads");
	j->begun = j->busy = 1;
	return ST_OK;
}

enum status errands_begin(struct errands *e, const struct errand_order *order)
{
	const enum lane lane = kinds[order->what].lane;
	enum status st;

	(void)pthread_mutex_lock(&e->lock);
	if (!e->lanes[lane].busy)
		st = begin(&e->lanes[lane], order);
	else
		st = fail(ST_CONFLICT,
		    lane == LANE_PROOFS
			? "a verification or a statement is under way: wait "
			  "for its end"
			: "another request is planned or carried out just now: "
			  "wait a moment and try again");
	(void)pthread_mutex_unlock(&e->lock);
	return st;
}

void errands_wait(struct errands *e, enum errand what, int milliseconds)
{
	const struct errand_job *j = &e->lanes[kinds[what].lane];
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += milliseconds / 1000;
	until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	(void)pthread_mutex_lock(&e->lock);
	while (
	    j->busy && pthread_cond_timedwait(&e->ended, &e->lock, &until) == 0)
		continue;
	(void)pthread_mutex_unlock(&e->lock);
}

/* ---- read ---- */

static enum status work_json(const struct errand_job *j, json_t **out)
{
	char at[INSTANT_TEXT];

	civil_format_instant(j->order.at, at);
	return json_make(out, "{s:s, s:s, s:s, s:I, s:I}", "actor", j->actor,
	    "at", at, "stage", j->stage, "done", (json_int_t)j->done, "of",
	    (json_int_t)j->of);
}

enum status errands_read(
    struct errands *e, enum errand what, const char *request, json_t **out)
{
	const struct errand_job *j = &e->lanes[kinds[what].lane];
	const struct key k = key(what, request);
	json_t *work = NULL, *last;
	enum status st = ST_OK;

	(void)pthread_mutex_lock(&e->lock);
	if (j->busy && j->order.what == what &&
	    strcmp(j->request, request ? request : "") == 0)
		st = work_json(j, &work);
	last = json_object_get(e->last, k.text);
	if (st == ST_OK)
		st = json_make(out, "{s:o, s:o}", "work",
		    work ? work : json_null(), "last",
		    last ? json_deep_copy(last) : json_null());
	(void)pthread_mutex_unlock(&e->lock);
	return st;
}
