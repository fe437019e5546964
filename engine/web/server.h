#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "engine/web/auth.h"

/*
 * The server: libmicrohttpd's threads, each with its connections in epoll, and
 * everything that a client may not do.  A thread answers one exchange at a
 * time; what takes long is done elsewhere (pulse.h).
 */
#define SERVER_THREADS     4
#define SERVER_CONNECTIONS 512
#define SERVER_PER_ADDRESS 128        /* not behind a proxy */
#define SERVER_HEADERS     (16 << 10) /* request line and headers */
#define SERVER_BODY        (64 << 10)
#define SERVER_PIECE       (64 << 10) /* of a file on its way out */
#define SERVER_SILENCE     15         /* seconds */
#define SERVER_END         10         /* seconds for what is at work */

/*
 * Serve ${in}, which is unlocked, until SIGTERM or SIGINT; then no connection
 * is taken any more, and what is at work ends.  ${ready} is called with the
 * address once it listens.  ${auth} NULL, or not ready: ST_NOTFOUND, with what
 * to do.
 */
enum status server_run(struct installation *in, const struct web_auth *auth,
    void (*ready)(void *ctx, const char *url), void *ctx) MUST_CHECK;

#endif /* !WEB_SERVER_H */
