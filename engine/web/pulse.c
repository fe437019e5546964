/* The stores, counted from time to time. */
#include "engine/web/pulse.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "engine/base/civil.h"
#include "engine/base/when.h"
#include "engine/purge/overview.h"

struct pulse {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int stop;
	int due;
	json_t *figures;
	const struct installation *first;
};

/* ---- what of it a page needs ---- */

static enum status add_collections(const json_t *all, json_t *out)
{
	const json_t *store, *c;
	enum status st = ST_OK;
	json_t *one = NULL;
	size_t i, k;

	json_array_foreach(json_object_get(all, "stores"), i, store)
	{
		json_array_foreach(json_object_get(store, "collections"), k, c)
		{
			if (!json_int(c, "overdue") &&
			    !json_int(c, "undecided"))
				continue;
			st = json_make(&one, "{s:s, s:s, s:s, s:I, s:I}",
			    "store", json_text(store, "store"), "collection",
			    json_text(c, "collection"), "cluster",
			    json_text(c, "cluster"), "overdue",
			    (json_int_t)json_int(c, "overdue"), "undecided",
			    (json_int_t)json_int(c, "undecided"));
			if (st == ST_OK)
				st = json_push(out, one);
			if (st != ST_OK)
				return st;
		}
	}
	return ST_OK;
}

/* A brake that stopped it (3) has a plan that waits; 4 is in the counts. */
static int has_failed(const json_t *run)
{
	const json_t *code = json_object_get(run, "exit_code");

	return !json_is_integer(code) || (json_integer_value(code) != 0 &&
					     json_integer_value(code) != 3 &&
					     json_integer_value(code) != 4);
}

/* Those after which none went well. */
static enum status add_runs(const json_t *all, json_t *out)
{
	enum status st = ST_OK;
	json_t *run;
	size_t i;

	json_array_foreach(json_object_get(all, "runs"), i, run)
	{
		if (!has_failed(run))
			return ST_OK;
		if ((st = json_push(out, json_incref(run))) != ST_OK)
			return st;
	}
	return ST_OK;
}

enum status pulse_figures(const json_t *all, json_t **out)
{
	json_t *o = NULL, *run;
	enum status st;

	run = json_array_get(json_object_get(all, "runs"), 0);
	st = json_make(&o,
	    "{s:s, s:I, s:I, s:I, s:I, s:O, s:O, s:[], s:[], s:O?}", "as_of",
	    json_text(all, "as_of"), "due", (json_int_t)json_int(all, "due"),
	    "overdue", (json_int_t)json_int(all, "overdue"), "undecided",
	    (json_int_t)json_int(all, "undecided"), "unmapped",
	    (json_int_t)json_int(all, "unmapped"), "suspensions",
	    json_object_get(all, "suspensions"), "unreachable",
	    json_object_get(all, "unreachable"), "collections", "failed_runs",
	    "last_run", run);
	if (st == ST_OK)
		st = add_collections(all, json_object_get(o, "collections"));
	if (st == ST_OK)
		st = add_runs(all, json_object_get(o, "failed_runs"));
	if (st == ST_OK)
		*out = o;
	else
		json_decref(o);
	return st;
}

/* ---- the thread ---- */

/* With connections of its own each time: segments come and go. */
static json_t *count(const struct installation *first)
{
	struct installation in;
	int64_t now = when_now();
	json_t *all = NULL, *o = NULL;
	char at[INSTANT_TEXT];
	enum status st = installation_again(first, &in);

	if (st == ST_OK)
		st = overview_json(&in, now, &all);
	if (st == ST_OK)
		st = pulse_figures(all, &o);
	json_decref(all);
	installation_release(&in);
	if (st == ST_OK)
		return o;
	civil_format_instant(now, at);
	o = json_pack("{s:s, s:s}", "as_of", at, "problem", status_text());
	status_clear();
	return o;
}

static void *run(void *ctx)
{
	struct pulse *p = ctx;
	struct timespec until;
	json_t *fresh, *old;

	(void)pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		p->due = 0;
		(void)pthread_mutex_unlock(&p->lock);
		fresh = count(p->first);
		(void)pthread_mutex_lock(&p->lock);
		old = p->figures;
		p->figures = fresh ? fresh : old;
		if (fresh)
			json_decref(old);
		(void)clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += PULSE_SECONDS;
		while (!p->stop && !p->due &&
		       pthread_cond_timedwait(&p->wake, &p->lock, &until) == 0)
			;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

enum status pulse_start(const struct installation *first, struct pulse **out)
{
	struct pulse *p = calloc(1, sizeof(*p));
	pthread_condattr_t clock;

	if (p == NULL)
		return fail(ST_NOMEM, "out of memory");
	p->first = first;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&clock);
	(void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->wake, &clock);
	(void)pthread_condattr_destroy(&clock);
	if (pthread_create(&p->thread, NULL, run, p) != 0) {
		(void)pthread_mutex_destroy(&p->lock);
		(void)pthread_cond_destroy(&p->wake);
		free(p);
		return fail(ST_IO, "the system gives no more threads");
	}
	*out = p;
	return ST_OK;
}

static void tell(struct pulse *p, int *what)
{
	(void)pthread_mutex_lock(&p->lock);
	*what = 1;
	(void)pthread_cond_signal(&p->wake);
	(void)pthread_mutex_unlock(&p->lock);
}

void pulse_wake(struct pulse *p) { tell(p, &p->due); }

void pulse_stop(struct pulse *p)
{
	if (p == NULL)
		return;
	tell(p, &p->stop);
	(void)pthread_join(p->thread, NULL);
	json_decref(p->figures);
	(void)pthread_mutex_destroy(&p->lock);
	(void)pthread_cond_destroy(&p->wake);
	free(p);
}

enum status pulse_read(struct pulse *p, json_t **out)
{
	enum status st;

	(void)pthread_mutex_lock(&p->lock);
	st = json_made(
	    p->figures ? json_deep_copy(p->figures) : json_null(), out);
	(void)pthread_mutex_unlock(&p->lock);
	return st;
}
