#ifndef PURGE_WORKERS_H
#define PURGE_WORKERS_H

#include <stddef.h>

#include "engine/base/status.h"

/*
 * Work done side by side by some threads, of which the caller's is one.
 *
 * The work comes in groups that do not depend on each other (stores).  Each
 * group begins, says of how many parts it consists (segments), and ends once
 * all its parts are done; any of the three may be NULL.  Groups begin in their
 * order, each as soon as a worker is free, and parts in theirs; beginning goes
 * before parts, so that no group waits for the length of another.
 *
 * A worker has a number, 0 (the caller's thread) and up: what it must not share
 * with others the caller keeps by that number.  No worker does two things at a
 * time.  What a group's begin() wrote its parts see, and what those wrote its
 * end(), whichever workers do them.
 *
 * A failure ends its group: parts that have not begun are left out, and end()
 * too.  The other groups are done as if nothing had happened.  What is reported
 * does not depend on who was faster: the status is that of the first group that
 * failed, in their order, and of its first part; the sentence has those of the
 * others behind it.
 */
struct work {
	size_t groups;
	enum status (*begin)(
	    void *ctx, size_t worker, size_t group, size_t *parts);
	enum status (*part)(
	    void *ctx, size_t worker, size_t group, size_t part);
	enum status (*end)(void *ctx, size_t worker, size_t group);
	void *ctx;
};

/* By at most ${jobs} workers, 1 at least, or by fewer where the system gives no
 * more threads.  All of them have ended when it returns. */
enum status workers_do(const struct work *w, size_t jobs) MUST_CHECK;

#endif /* !PURGE_WORKERS_H */
