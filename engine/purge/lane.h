#ifndef PURGE_LANE_H
#define PURGE_LANE_H

#include "engine/holds/holds.h"
#include "engine/plan/plan.h"

/*
 * What one worker of a run has for itself.
 *
 * A connection, a keyring, an open log belong to one thread at a time, so each
 * worker works with an installation of its own (installation_again()) and the
 * run's rules over its stores (schedule_again()): to the others' connections
 * its own are what those of another process would be.  Lane 0 is the run
 * itself, in the caller's thread; a run with one job has no other.
 *
 * All lanes read, and while they work nobody writes: the files as they were
 * loaded, the rules, the run's id, instant and options.  What they write for
 * all is behind one mutex (run_work.c).
 *
 * What the threads share besides takes care of itself: the sentence of a
 * failure and the pool of random bytes are each thread's own, libgcrypt's
 * locked memory, SQLite, and the keys and files that the VFS knows have locks;
 * a cipher belongs to the object that it was made for.
 */
struct lane {
	struct installation *in;
	const struct schedule *schedule;
	/* what a store's suspensions were compared with, one for each store */
	struct holds_watch *watches;
	struct installation own_in; /* these two not of lane 0 */
	struct schedule own_schedule;
};

/* ${count} of them, the first over ${s} itself, whose suspensions were brought
 * to what ${seen} says.  Stores are not opened yet. */
enum status lanes_new(const struct schedule *s, const struct holds_watch *seen,
    size_t count, struct lane **out) MUST_CHECK;
void lanes_free(struct lane *lanes, size_t count);

/* The store ${at} of the lane, opened. */
enum status lane_store(
    struct lane *l, size_t at, struct installation_store **out) MUST_CHECK;

/* ${item}, of the run's plan, over the lane's stores. */
struct plan_item lane_item(const struct lane *l, const struct plan_item *item);

#endif /* !PURGE_LANE_H */
