#ifndef RIGHTS_RECTIFY_BOOK_H
#define RIGHTS_RECTIFY_BOOK_H

#include "engine/rights/rectify.h"

/* What is proposed, as it stands in the control database. */

enum change_which { CHANGE_ALL, CHANGE_OPEN };
/* The list of rights_changes(); CHANGE_OPEN: those that are neither withdrawn
 * nor done. */
enum status change_list(struct installation *in, int64_t request,
    enum change_which which, json_t **out) MUST_CHECK;

/* Add one with its values as JSON text; inside a write transaction. */
enum status change_add(struct step *s, const struct rights_change *change,
    const char *old, const char *new) MUST_CHECK;
/* ST_USAGE: no such number is open. */
enum status change_withdraw(struct step *s, int64_t number) MUST_CHECK;

/* Hash what is open anew: nothing is decided of it.  ST_DENIED: it is being
 * carried out.  Inside a write transaction. */
enum status change_rehash(struct step *s) MUST_CHECK;

/* How it stands; all 0 where nothing was ever proposed. */
struct rectification {
	char hash[65]; /* "": none */
	int decided;
	int approved;
	int begun; /* and not done */
	int done;
};
enum status rectification_read(struct installation *in, int64_t request,
    struct rectification *out) MUST_CHECK;

/* At work from ${now}.  ST_CONFLICT: something else was proposed meanwhile. */
enum status rectification_begin(struct installation *in,
    const struct request *r, const char *hash, int64_t now) MUST_CHECK;
/* Done; inside a write transaction. */
enum status rectification_end(struct step *s) MUST_CHECK;

#endif /* !RIGHTS_RECTIFY_BOOK_H */
