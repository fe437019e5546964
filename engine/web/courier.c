/* What leaves by itself: one-time codes, and letters. */
#include "engine/web/courier.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/base/when.h"
#include "engine/rights/door.h"
#include "engine/rights/message.h"
#include "engine/rights/outbox.h"

struct courier {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int stop;
	int due;
	const struct installation *first;
};

/* With connections of its own each time, as pulse.c. */
static void work(const struct installation *first, int due)
{
	struct installation in;
	int64_t now = when_now(), count = 0;
	json_t *sent = NULL;
	enum status st = installation_again(first, &in);

	if (st == ST_OK)
		st = door_send(&in, now, &count);
	if (st == ST_OK && (count || due))
		st = outbox_send(&in, now, &sent);
	json_decref(sent);
	installation_release(&in);
	if (st != ST_OK)
		(void)fprintf(stderr, "lethe: codes and letters: %s\n",
		    *status_text() ? status_text() : status_name(st));
	status_clear();
}

static void *run(void *ctx)
{
	struct courier *c = ctx;
	struct timespec until;
	int due;

	(void)pthread_mutex_lock(&c->lock);
	while (!c->stop) {
		due = c->due;
		c->due = 0;
		(void)pthread_mutex_unlock(&c->lock);
		work(c->first, due);
		(void)pthread_mutex_lock(&c->lock);
		(void)clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += COURIER_SECONDS;
		while (!c->stop && !c->due &&
		       pthread_cond_timedwait(&c->wake, &c->lock, &until) == 0)
			;
	}
	(void)pthread_mutex_unlock(&c->lock);
	return NULL;
}

enum status courier_start(
    const struct installation *first, struct courier **out)
{
	struct courier *c;
	pthread_condattr_t clock;
	const char *sender;
	enum status st = message_sender(first, &sender);

	if (st != ST_OK)
		return st;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	c->first = first;
	(void)pthread_mutex_init(&c->lock, NULL);
	(void)pthread_condattr_init(&clock);
	(void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&c->wake, &clock);
	(void)pthread_condattr_destroy(&clock);
	if (pthread_create(&c->thread, NULL, run, c) != 0) {
		(void)pthread_mutex_destroy(&c->lock);
		(void)pthread_cond_destroy(&c->wake);
		free(c);
		return fail(ST_IO, "the system gives no more threads");
	}
	*out = c;
	return ST_OK;
}

static void tell(struct courier *c, int *what)
{
	(void)pthread_mutex_lock(&c->lock);
	*what = 1;
	(void)pthread_cond_signal(&c->wake);
	(void)pthread_mutex_unlock(&c->lock);
}

void courier_wake(struct courier *c) { tell(c, &c->due); }

void courier_stop(struct courier *c)
{
	if (c == NULL)
		return;
	tell(c, &c->stop);
	(void)pthread_join(c->thread, NULL);
	(void)pthread_mutex_destroy(&c->lock);
	(void)pthread_cond_destroy(&c->wake);
	free(c);
}
