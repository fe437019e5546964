#ifndef ACCOUNTS_THROTTLE_H
#define ACCOUNTS_THROTTLE_H

#include "engine/accounts/accounts.h"

/*
 * Who fails waits: an address for one name, and, more patiently, an address for
 * all names.  A device that is known counts for itself, so that whoever owns it
 * gets in while others wait; nothing is ever counted against a name alone, and
 * nobody could lock its owner out.  While it waits, nothing is counted, so that
 * each wait ends.  A name that nobody has is treated alike.
 */
#define THROTTLE_MOST   900   /* seconds: the longest wait */
#define THROTTLE_FORGET 86400 /* without a failure for so long, all is well */

struct throttle {
	struct {
		uint8_t id[SHA256_LEN];
		uint8_t who[SHA256_LEN];
		int of_name; /* else of an address alone */
		int free;    /* failures that cost nothing */
	} counts[2];
	size_t count;
};
/* What counts for ${t}; ${device} is the number of its known device, or 0. */
enum status throttle_of(struct installation *in, const struct accounts_try *t,
    int64_t device, struct throttle *out) MUST_CHECK;

/* The wait behind ${failures} of which ${free} cost nothing. */
int64_t throttle_delay(int64_t failures, int free);
/* What is left of it: never more than all of it, whatever the clock does. */
int64_t throttle_left(int64_t failures, int free, int64_t last_at, int64_t now);

/* Inside a write transaction: ${*wait} seconds, or (0) a failure is counted
 * from now on, until throttle_undo(). */
enum status throttle_count(struct installation *in, const struct throttle *t,
    int64_t now, int64_t *wait, int *locked) MUST_CHECK;
/* It was none: that name's are forgotten, that address' one less. */
enum status throttle_undo(
    struct installation *in, const struct throttle *t) MUST_CHECK;

/* The hash of a user's name, as in `account_throttle`. */
enum status throttle_who(struct installation *in, const char *name,
    uint8_t out[SHA256_LEN]) MUST_CHECK;
/* HMAC under the installation's salt of ${kind} and ${len} bytes. */
enum status throttle_hash(struct installation *in, char kind, const void *data,
    size_t len, uint8_t out[SHA256_LEN]) MUST_CHECK;

#endif /* !ACCOUNTS_THROTTLE_H */
