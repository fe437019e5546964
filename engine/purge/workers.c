/*
 * Workers take what is next under one mutex, and do it without.  Who finds
 * nothing waits: a group that begins may bring parts.
 */
#include "engine/purge/workers.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"

/* Of a group that failed while it began or ended, instead of a part. */
#define AT_BEGIN 0
#define AT_END   SIZE_MAX

struct group {
	size_t parts; /* to be begun are next .. parts */
	size_t next;
	size_t busy; /* workers in it */
	int ending;
	enum status failure; /* ST_OK: none */
	size_t failed_at;    /* AT_BEGIN, 1 + the part, AT_END */
	char *sentence;      /* NULL: out of memory */
};

struct crew {
	const struct work *work;
	pthread_mutex_t mutex;
	pthread_cond_t news; /* there is something to take, or nothing more */
	struct group *groups;
	size_t begun; /* groups */
	size_t open;  /* groups that are not done */
};

struct worker {
	struct crew *crew;
	size_t number;
	pthread_t thread;
};

/* What a worker is to do. */
enum stage { STAGE_BEGIN, STAGE_PART, STAGE_END };
struct task {
	enum stage stage;
	size_t group;
	size_t part;
};

/* ---- under the mutex ---- */

static int take_part(struct crew *c, struct task *t)
{
	size_t i;

	for (i = 0; i < c->begun; i++) {
		struct group *g = &c->groups[i];

		if (g->next < g->parts) {
			*t = (struct task){ STAGE_PART, i, g->next++ };
			g->busy++;
			return 1;
		}
	}
	return 0;
}

static int take(struct crew *c, struct task *t)
{
	if (c->begun < c->work->groups) {
		*t = (struct task){ STAGE_BEGIN, c->begun++, 0 };
		c->groups[t->group].busy++;
		return 1;
	}
	return take_part(c, t);
}

static size_t place_of(const struct task *t)
{
	switch (t->stage) {
	case STAGE_BEGIN: return AT_BEGIN;
	case STAGE_PART: return 1 + t->part;
	case STAGE_END: break;
	}
	return AT_END;
}

/* Of several the first part's counts, and nothing new begins. */
static void note_failure(
    struct group *g, const struct task *t, enum status st, char *sentence)
{
	g->parts = g->next;
	if (g->failure != ST_OK && g->failed_at < place_of(t)) {
		free(sentence);
		return;
	}
	free(g->sentence);
	g->failure = st;
	g->failed_at = place_of(t);
	g->sentence = sentence;
}

/* The last worker in a group ends it; 1 where ${t} is now that. */
static int must_end(struct crew *c, struct task *t)
{
	struct group *g = &c->groups[t->group];

	if (g->busy > 0 || g->next < g->parts)
		return 0;
	if (g->failure == ST_OK && c->work->end && !g->ending) {
		g->ending = 1;
		g->busy++;
		t->stage = STAGE_END;
		return 1;
	}
	c->open--;
	return 0;
}

/* ---- workers ---- */

static enum status act(
    const struct work *w, size_t worker, const struct task *t, size_t *parts)
{
	switch (t->stage) {
	case STAGE_BEGIN:
		return w->begin ? w->begin(w->ctx, worker, t->group, parts)
				: ST_OK;
	case STAGE_PART: return w->part(w->ctx, worker, t->group, t->part);
	case STAGE_END: break;
	}
	return w->end(w->ctx, worker, t->group);
}

/* Do ${t}, and end its group where nothing else is left of it. */
static void do_task(struct crew *c, size_t worker, struct task t)
{
	struct group *g = &c->groups[t.group];
	size_t parts;
	char *sentence;
	enum status st;

	do {
		parts = 0;
		(void)pthread_mutex_unlock(&c->mutex);
		st = act(c->work, worker, &t, &parts);
		sentence = st == ST_OK ? NULL : strdup(status_text());
		(void)pthread_mutex_lock(&c->mutex);
		g->busy--;
		if (st != ST_OK)
			note_failure(g, &t, st, sentence);
		else if (t.stage == STAGE_BEGIN && c->work->part)
			g->parts = parts;
	} while (must_end(c, &t));
	(void)pthread_cond_broadcast(&c->news);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct crew *c = w->crew;
	struct task t;

	(void)pthread_mutex_lock(&c->mutex);
	while (c->open > 0) {
		if (take(c, &t))
			do_task(c, w->number, t);
		else
			(void)pthread_cond_wait(&c->news, &c->mutex);
	}
	(void)pthread_mutex_unlock(&c->mutex);
	return NULL;
}

/* ---- all ---- */

/* The first failure in the order of the groups. */
static enum status judge(const struct crew *c)
{
	struct buf said = BUF_INIT;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; i < c->work->groups; i++) {
		const struct group *g = &c->groups[i];

		if (g->failure == ST_OK)
			continue;
		buf_addf(&said, "%s%s", st == ST_OK ? "" : "; and ",
		    g->sentence ? g->sentence : status_name(g->failure));
		if (st == ST_OK)
			st = g->failure;
	}
	if (st != ST_OK && buf_status(&said) == ST_OK)
		status_say("%s", buf_text(&said));
	buf_release(&said);
	return st;
}

static enum status crew_init(struct crew *c, const struct work *w)
{
	memset(c, 0, sizeof(*c));
	c->work = w;
	c->open = w->groups;
	c->groups = calloc(w->groups + 1, sizeof(*c->groups));
	if (c->groups == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (pthread_mutex_init(&c->mutex, NULL) == 0) {
		if (pthread_cond_init(&c->news, NULL) == 0)
			return ST_OK;
		(void)pthread_mutex_destroy(&c->mutex);
	}
	free(c->groups);
	return fail(ST_NOMEM, "out of memory");
}

static void crew_release(struct crew *c)
{
	size_t i;

	for (i = 0; i < c->work->groups; i++)
		free(c->groups[i].sentence);
	free(c->groups);
	(void)pthread_cond_destroy(&c->news);
	(void)pthread_mutex_destroy(&c->mutex);
}

enum status workers_do(const struct work *w, size_t jobs)
{
	struct worker *workers;
	struct crew c;
	enum status st;
	size_t i, n;

	if ((workers = calloc(jobs, sizeof(*workers))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = crew_init(&c, w)) != ST_OK) {
		free(workers);
		return st;
	}
	for (n = 0; n < jobs; n++) {
		workers[n] = (struct worker){ .crew = &c, .number = n };
		if (n > 0 && pthread_create(&workers[n].thread, NULL, work,
				 &workers[n]) != 0)
			break;
	}
	(void)work(&workers[0]);
	for (i = 1; i < n; i++)
		(void)pthread_join(workers[i].thread, NULL);
	st = judge(&c);
	crew_release(&c);
	free(workers);
	return st;
}
