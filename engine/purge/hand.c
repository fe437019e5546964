/* A worker's store, and what all workers of a run write. */
#include "engine/purge/hand.h"

#include "engine/purge/stop.h"

enum status hand_take(struct run *r, size_t worker, size_t at, struct hand *out)
{
	struct hand h = { r, &r->lanes[worker], NULL, at };
	enum status st = lane_store(h.lane, at, &h.store);

	if (st == ST_OK)
		*out = h;
	return st;
}

int hand_has(const struct hand *h, size_t i)
{
	return h->run->plan.items[i].rule->store == &h->run->in->stores[h->at];
}

struct plan_item hand_item(const struct hand *h, size_t i)
{
	return lane_item(h->lane, &h->run->plan.items[i]);
}

/* ---- one at a time ---- */

static void enter(struct run *r) { (void)pthread_mutex_lock(&r->mutex); }
static void leave(struct run *r) { (void)pthread_mutex_unlock(&r->mutex); }

enum status hand_may_go_on(void *hand)
{
	struct hand *h = hand;
	json_t *stop = NULL;
	enum status st = stop_read(h->lane->in, &stop);

	if (st == ST_OK && stop) {
		enter(h->run);
		st = run_stop_by(h->run, stop);
		leave(h->run);
		if (st == ST_OK)
			st = ST_DENIED;
	}
	json_decref(stop);
	return st;
}

int hand_is_stopped(const struct hand *h)
{
	int yes;

	enter(h->run);
	yes = h->run->stopped != NULL;
	leave(h->run);
	return yes;
}

void hand_progress(void *hand, const struct plan_item *item, int64_t n)
{
	struct run *r = ((struct hand *)hand)->run;
	const struct purge_options *o = r->options;

	enter(r);
	r->progressed += n;
	if (o->progress)
		o->progress(o->progress_ctx, item->rule->terms.cluster->name,
		    r->progressed, plan_due(&r->plan));
	leave(r);
}

void hand_done(const struct hand *h, size_t item, const struct purge_counts *n)
{
	struct purge_counts *sum = &h->run->outcome.results[item].done;

	enter(h->run);
	sum->deleted += n->deleted;
	sum->de_identified += n->de_identified;
	sum->minimised += n->minimised;
	leave(h->run);
}

void hand_dropped(const struct hand *h, int64_t segments)
{
	enter(h->run);
	h->run->outcome.segments += segments;
	leave(h->run);
}

void hand_partition_dropped(const struct hand *h)
{
	enter(h->run);
	h->run->outcome.partitions++;
	leave(h->run);
}

void hand_not_scrubbed(const struct hand *h)
{
	enter(h->run);
	h->run->outcome.scrubbed = 0;
	leave(h->run);
}

void hand_not_verified(const struct hand *h)
{
	enter(h->run);
	h->run->outcome.verified = 0;
	leave(h->run);
}
