#ifndef SEND_SMTP_H
#define SEND_SMTP_H

#include <stddef.h>

#include "engine/base/status.h"

/*
 * One message by SMTP.  `smtps://HOST[:PORT]` is TLS from the beginning,
 * `smtp://HOST[:PORT]` must become it (STARTTLS) before anything is said,
 * except on this machine itself (127.0.0.1, [::1], localhost).  Certificates
 * are verified, always.
 */
struct smtp {
	const char *url;
	const char *user;     /* or NULL */
	const char *password; /* with ${user}; never in a sentence or log */
	const char *ca_file;  /* PEM; NULL: the system's */
	const char *from;     /* an address, as the next */
	const char *to;
	long seconds; /* for all of it */
};

/* ${data}: RFC 5322, lines end in CR LF.  ST_UNREACHABLE: not now, or not
 * there; ST_DENIED: the server refuses it.  Neither sentence has an address. */
enum status smtp_send(
    const struct smtp *s, const char *data, size_t len) MUST_CHECK;

#endif /* !SEND_SMTP_H */
