#ifndef ACCOUNTS_PASSWORD_H
#define ACCOUNTS_PASSWORD_H

#include "engine/base/buf.h"
#include "engine/model/config.h"

/*
 * People's passwords: Argon2id over the composed form (NFC), with its costs and
 * a salt beside the hash: "$argon2id$v=19$m=65536,t=3,p=4$SALT$HASH".
 */
#define PASSWORD_MOST 1024 /* bytes */

/*
 * Is it good enough?  By its length, and because it has neither the user's name
 * nor the installation's in it, nor is one that everybody takes (common.h); no
 * rule says which kinds of characters (NIST SP 800-63B).  ST_USAGE says what is
 * wrong.
 */
enum status password_check(
    const struct config *c, const char *user, const char *password) MUST_CHECK;

/* Append what is kept of it. */
enum status password_hash(
    const struct config *c, const char *password, struct buf *out) MUST_CHECK;

/*
 * ${*right}: is it the one?  Where ${kept} is NULL nothing is kept, and it is
 * none; the work is the same.  ${*weak}: what is kept costs less than
 * lethe.yml's.
 */
enum status password_verify(const struct config *c, const char *kept,
    const char *password, int *right, int *weak) MUST_CHECK;

/*
 * Argon2id takes memory: `accounts: {parallel: 2}` go at a time in a process,
 * a few more wait, and others get ST_BUSY.  How many there have been, and the
 * most at once, for whoever watches.
 */
struct password_count {
	long long computed;
	int at_once;
	int most_at_once;
};
struct password_count password_counts(void);

#endif /* !ACCOUNTS_PASSWORD_H */
