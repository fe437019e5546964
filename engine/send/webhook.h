#ifndef SEND_WEBHOOK_H
#define SEND_WEBHOOK_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/status.h"

/*
 * One message to another system by HTTPS, signed as the Standard Webhooks
 * specification 1.0 says, so that its receivers' libraries check it:
 *
 *	webhook-id: ID                   the same in every attempt
 *	webhook-timestamp: SECONDS       of this attempt, since 1970 UTC
 *	webhook-signature: v1,BASE64 ... HMAC-SHA-256 over "ID.SECONDS.BODY",
 *	                                 one for each secret
 *
 * Who receives it compares a signature, refuses a timestamp that is more than
 * five minutes away, and does once what comes twice with one ID.
 *
 * TLS 1.2 or later with a verified certificate; no redirect and no proxy is
 * followed; where ${inner} is 0 the address that is really connected to must
 * be public (send/public.h), whatever the name said before.
 */
struct webhook {
	const char *url;     /* https://... */
	const char *ca_file; /* PEM; NULL: the system's */
	int inner;           /* private networks are allowed, too */
	const char *secrets; /* a line each: whsec_BASE64, 24 to 64 bytes; the
			      * newest first, the old one while it is changed */
	const char *id;
	int64_t at;
	long seconds; /* for all of it */
};

enum webhook_answer {
	WEBHOOK_ACCEPTED, /* 202, or another of 2xx: taken in, not done yet */
	WEBHOOK_DONE,     /* 200, 204 */
};

/* ${body}: JSON.  ST_UNREACHABLE: not now, or not there; ST_DENIED: refused, or
 * its address is not public; ST_INVALID: ${secrets}.  No sentence has anything
 * of the body, the answer or a secret. */
enum status webhook_send(const struct webhook *w, const char *body, size_t len,
    enum webhook_answer *answer) MUST_CHECK;

/* The header webhook-signature, for ${secrets}; appended to ${out}. */
enum status webhook_sign(const struct webhook *w, const char *body, size_t len,
    struct buf *out) MUST_CHECK;

#endif /* !SEND_WEBHOOK_H */
