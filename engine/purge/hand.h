#ifndef PURGE_HAND_H
#define PURGE_HAND_H

#include "engine/purge/batch.h"
#include "engine/purge/run.h"

/*
 * What a worker of a run has in hand: a store, over the connections of its
 * lane; and all that workers write for the run as a whole, one at a time.
 */
struct hand {
	struct run *run;
	struct lane *lane;
	struct installation_store *store;
	size_t at; /* of the store in the installation */
};

/* Take the store ${at}, opened. */
enum status hand_take(
    struct run *r, size_t worker, size_t at, struct hand *out) MUST_CHECK;

/* Is the plan's item ${i} one of that store? */
int hand_has(const struct hand *h, size_t i);
/* That item, its rule over the lane's store. */
struct plan_item hand_item(const struct hand *h, size_t i);

/* The emergency stop, for purge_context: ST_DENIED once it is set. */
enum status hand_may_go_on(void *hand) MUST_CHECK;
/* 1 where that has stopped the run. */
int hand_is_stopped(const struct hand *h);

/* ${n} records more, for purge_context; and the same with the item's count. */
void hand_progress(void *hand, const struct plan_item *item, int64_t n);
void hand_done(const struct hand *h, size_t item, const struct purge_counts *n);
void hand_dropped(const struct hand *h, int64_t segments);
void hand_partition_dropped(const struct hand *h);

void hand_not_scrubbed(const struct hand *h);
void hand_not_verified(const struct hand *h);

#endif /* !PURGE_HAND_H */
