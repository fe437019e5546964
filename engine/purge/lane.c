/* What one worker of a run has for itself. */
#include "engine/purge/lane.h"

#include <stdlib.h>
#include <string.h>

static enum status lane_init(struct lane *l, const struct schedule *s)
{
	enum status st;

	st = installation_again(s->installation, &l->own_in);
	if (st == ST_OK)
		st = schedule_again(s, &l->own_in, &l->own_schedule);
	l->in = &l->own_in;
	l->schedule = &l->own_schedule;
	return st;
}

static enum status new_watches(struct lane *l, const struct holds_watch *seen)
{
	enum status st = ST_OK;
	size_t i;

	l->watches = calloc(l->in->store_count + 1, sizeof(*l->watches));
	if (l->watches == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; seen && st == ST_OK && i < l->in->store_count; i++)
		st = holds_watch_copy(&l->watches[i], seen);
	return st;
}

enum status lanes_new(const struct schedule *s, const struct holds_watch *seen,
    size_t count, struct lane **out)
{
	struct lane *lanes = calloc(count, sizeof(*lanes));
	enum status st;
	size_t i;

	if (lanes == NULL)
		return fail(ST_NOMEM, "out of memory");
	lanes[0].in = s->installation;
	lanes[0].schedule = s;
	/* A number that tells versions apart is one connection's own. */
	st = new_watches(&lanes[0], seen);
	for (i = 1; st == ST_OK && i < count; i++) {
		st = lane_init(&lanes[i], s);
		if (st == ST_OK)
			st = new_watches(&lanes[i], NULL);
	}
	if (st != ST_OK)
		lanes_free(lanes, count);
	else
		*out = lanes;
	return st;
}

void lanes_free(struct lane *lanes, size_t count)
{
	struct lane *l;
	size_t i, k;

	for (i = 0; lanes && i < count; i++) {
		l = &lanes[i];
		for (k = 0; l->watches && k < l->in->store_count; k++)
			holds_watch_release(&l->watches[k]);
		free(l->watches);
		if (i == 0)
			continue;
		schedule_release(&l->own_schedule);
		installation_release(&l->own_in);
	}
	free(lanes);
}

enum status lane_store(
    struct lane *l, size_t at, struct installation_store **out)
{
	*out = &l->in->stores[at];
	return installation_open_store(l->in, *out);
}

struct plan_item lane_item(const struct lane *l, const struct plan_item *item)
{
	const struct schedule *first = l->schedule->of;
	struct plan_item own = *item;

	if (first)
		own.rule = &l->schedule->rules[item->rule - first->rules];
	return own;
}
