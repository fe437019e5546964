#ifndef WEB_LINKS_H
#define WEB_LINKS_H

#include <stddef.h>

#include "engine/base/status.h"

/*
 * Connections by the clock: a client that sends or reads a byte now and then
 * must not keep a place for ever.  libmicrohttpd ends connections that are
 * silent; here those that are slow are found.
 */
struct links;
struct link;

/* From the connection, or the end of the exchange before, to the whole of the
 * next request; and from there to the end of its answer. */
#define LINKS_SECONDS 30

enum status links_new(struct links **out) MUST_CHECK;
void links_free(struct links *l);

/* A connection begins, on the socket ${fd}; NULL where there is no memory. */
struct link *links_add(struct links *l, int fd, int tls);
void links_remove(struct links *l, struct link *one);

/* A request begins to come in; all of it is there; its answer has gone. */
void links_begin(struct links *l, struct link *one);
void links_work(struct links *l, struct link *one);
void links_end(struct links *l, struct link *one);

/* End those that are over their time: with the answer 408 where a request was
 * half there and the connection is in plain text. */
void links_sweep(struct links *l);

/* Exchanges that have begun and not ended. */
size_t links_busy(struct links *l);

#endif /* !WEB_LINKS_H */
