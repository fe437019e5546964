/* Installations for threads. */
#include "engine/web/crew.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct crew {
	pthread_mutex_t lock;
	const struct installation *first;
	struct installation *all;
	struct installation **idle; /* the last one was used last */
	size_t count;
	size_t idle_count;
};

enum status crew_new(
    const struct installation *first, size_t count, struct crew **out)
{
	struct crew *c = calloc(1, sizeof(*c));
	enum status st = ST_OK;

	if (c == NULL)
		return fail(ST_NOMEM, "out of memory");
	(void)pthread_mutex_init(&c->lock, NULL);
	c->first = first;
	c->all = calloc(count, sizeof(*c->all));
	c->idle = calloc(count, sizeof(*c->idle));
	if (c->all == NULL || c->idle == NULL)
		st = fail(ST_NOMEM, "out of memory");
	while (st == ST_OK && c->count < count) {
		st = installation_again(first, &c->all[c->count]);
		c->idle[c->idle_count++] = &c->all[c->count++];
	}
	if (st == ST_OK)
		*out = c;
	else
		crew_free(c);
	return st;
}

void crew_free(struct crew *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->count; i++)
		installation_release(&c->all[i]);
	(void)pthread_mutex_destroy(&c->lock);
	free(c->all);
	free(c->idle);
	free(c);
}

struct installation *crew_take(struct crew *c)
{
	struct installation *in;

	(void)pthread_mutex_lock(&c->lock);
	assert(c->idle_count > 0);
	in = c->idle[--c->idle_count];
	(void)pthread_mutex_unlock(&c->lock);
	return in;
}

void crew_give(struct crew *c, struct installation *in, enum crew_state state)
{
	struct installation fresh;

	if (state == CREW_SPENT) {
		/* Where there is no memory for another, this one goes on. */
		if (installation_again(c->first, &fresh) == ST_OK) {
			installation_release(in);
			*in = fresh;
		} else {
			installation_release(&fresh);
			status_clear();
		}
	}
	(void)pthread_mutex_lock(&c->lock);
	c->idle[c->idle_count++] = in;
	(void)pthread_mutex_unlock(&c->lock);
}
