#ifndef SEND_WEBHOOK_H
#define SEND_WEBHOOK_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"

/*
 * One signed POST of JSON by https, as standardwebhooks.com has it: headers
 * `webhook-id` (the same in every attempt), `webhook-timestamp` (Unix seconds
 * of this attempt) and `webhook-signature`, a list of "v1,BASE64" of
 * HMAC-SHA-256 over "ID.TIMESTAMP.BODY", one for each secret.
 *
 * The receiver takes it if one of the signatures is its own of those bytes,
 * compared in constant time; if the timestamp is at most five minutes away
 * from its clock; and does it once for each id, answering 2xx to a repetition.
 * An answer of {"acknowledged": true} says that it is carried out there, too.
 *
 * Certificates are verified, redirections are not followed, proxies of the
 * environment are not asked.  The address that is connected to has to be public
 * (address_rule.h) unless ${private}.
 */
#define WEBHOOK_SECRETS 2  /* while one takes the other's place */
#define WEBHOOK_LEAST   24 /* bytes of a secret */
#define WEBHOOK_MOST    64
#define WEBHOOK_ANSWER  (1 << 16) /* bytes that are read of an answer */

struct webhook_secrets {
	size_t count;
	size_t len[WEBHOOK_SECRETS];
	uint8_t bytes[WEBHOOK_SECRETS][WEBHOOK_MOST];
};
/* From a file's text: a line for each, "whsec_" and Base64; the first is the
 * newer.  ST_INVALID where it is not so; the sentence has nothing of it.  The
 * caller wipes ${out}. */
enum status webhook_secrets_read(
    const char *text, struct webhook_secrets *out) MUST_CHECK;

struct webhook {
	const char *url; /* https://... */
	const char *id;  /* letters, digits, dashes, underscores */
	int64_t at;      /* of this attempt */
	const char *body;
	const struct webhook_secrets *secrets;
	const char *ca_file; /* PEM; NULL: the system's */
	int private;         /* it may be in a network of our own */
	long seconds;        /* for all of it */
};

/* The header's value, appended to ${out}. */
enum status webhook_sign(const struct webhook *w, struct buf *out) MUST_CHECK;

/* ${*acknowledged}: as the answer says.  ST_UNREACHABLE: not now, not there or
 * no 2xx; ST_DENIED: an address that is not public.  No sentence has a word of
 * the answer or the body. */
enum status webhook_send(const struct webhook *w, int *acknowledged) MUST_CHECK;

#endif /* !SEND_WEBHOOK_H */
