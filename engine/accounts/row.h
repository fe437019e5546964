#ifndef ACCOUNTS_ROW_H
#define ACCOUNTS_ROW_H

#include "engine/accounts/accounts.h"

/* What every verb is made of: a row of `account`, and events for the log. */
struct account_row {
	struct account who;
	char *password; /* as kept; owned */
	uint8_t totp[20];
	int has_totp;
	int64_t totp_step;
	int disabled;
};
void row_release(struct account_row *a);

/* ST_NOTFOUND, without a sentence: nobody is called so, or not any more. */
enum status row_read(struct installation *in, const char *name,
    struct account_row *out) MUST_CHECK;

/*
 * One transaction of ${by} on the user ${name}:
 *
 *	st = row_begin(in, name, &a);
 *	if (st == ST_OK)
 *		st = ... ; row_note() ...
 *	return row_end(in, st);
 */
enum status row_begin(struct installation *in, const char *name,
    struct account_row *a) MUST_CHECK;
/* An entry for the log; ${more} (may be NULL) is taken. */
enum status row_note(struct installation *in, const char *actor, int64_t at,
    const char *action, const char *user, json_t *more) MUST_CHECK;
/* Commit where ${st} is ST_OK, else undo; tell the log. */
enum status row_end(struct installation *in, enum status st) MUST_CHECK;

/* End all sessions of ${account}, and forget its devices. */
enum status row_end_sessions(
    struct installation *in, int64_t account) MUST_CHECK;

#endif /* !ACCOUNTS_ROW_H */
