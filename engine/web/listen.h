#ifndef WEB_LISTEN_H
#define WEB_LISTEN_H

#include "engine/model/config.h"

/*
 * Open the socket that `web: {listen}` names and listen on it.  Port 0 is any
 * free one.  ${url} gets where it listens, as a browser is told.  ST_USAGE:
 * another address than this machine's own, without TLS.  ST_BUSY: the port is
 * taken.
 */
#define LISTEN_URL 128
enum status listen_open(
    const struct config *c, int *fd, char url[LISTEN_URL]) MUST_CHECK;

#endif /* !WEB_LISTEN_H */
