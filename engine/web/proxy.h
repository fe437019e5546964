#ifndef WEB_PROXY_H
#define WEB_PROXY_H

#include "engine/model/config.h"

/*
 * Whom an exchange is with, where a proxy stands in between.  What a client
 * writes itself is never believed: only `web: {trusted_proxies}` may say whom
 * they speak for, and of a list the first address from the right that is not
 * a trusted proxy's is the client.
 */
#define PROXY_ADDRESS 64
struct proxy_said {
	const char *peer;  /* the address of whoever is connected */
	int tls;           /* the connection's own */
	const char *host;  /* header Host */
	const char *x_for; /* X-Forwarded-For, -Proto, -Host; or NULL */
	const char *x_proto;
	const char *x_host;
};
struct proxy_client {
	char address[PROXY_ADDRESS];
	int secure;       /* the browser speaks TLS */
	const char *host; /* that it asked for; of ${said} */
};
void proxy_read(const struct config *c, const struct proxy_said *said,
    struct proxy_client *out);

#endif /* !WEB_PROXY_H */
