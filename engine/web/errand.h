#ifndef WEB_ERRAND_H
#define WEB_ERRAND_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * What auditors ask for and no page can wait for: a thread does it, one thing
 * at a time, and pages say how far it is.
 *
 * Verification reads the whole log, then compares the stores with their seals,
 * as `lethe audit verify` does; the log gets `log_verified`
 * {"object","outcome", "entries","root","files","problem"}.  A statement judges
 * every record as of an instant; the log gets `statement_made`
 * {"object","as_of","due","overdue", "undecided","unmapped"}.
 */
struct errands;
enum errand { ERRAND_VERIFY, ERRAND_STATEMENT, ERRAND__MAX };

/* ${first} is unlocked and outlives it. */
enum status errands_new(
    const struct installation *first, struct errands **out) MUST_CHECK;
/* Ends what is under way: a verification at once, a statement when it is
 * made. */
void errands_free(struct errands *e);

struct errand_order {
	enum errand what;
	const char *actor; /* "user:ada" */
	const char *role;  /* as the log has it */
	int64_t at;        /* Unix seconds: now */
	int64_t as_of;     /* of a statement */
};
/* ST_CONFLICT: one is under way. */
enum status errands_begin(
    struct errands *e, const struct errand_order *order) MUST_CHECK;

/*
 * {"work","last"} of ${what}, for the caller.  "work": null, or {"actor","at",
 * "stage","done","of"}: "log" (entries), "stores" (not counted: "of" is 0).
 * "last", the last one of this process, is null or
 *
 *	{"actor","at","outcome","problem","message","entries","root","files"}
 *	{"actor","at","outcome","message","as_of","due","overdue","undecided",
 *	"unmapped","collections","unreachable"}
 *
 * "outcome" is "sound", "not_sound" (of a verification), "made" (a statement)
 * or "unfinished"; but for actor, at, outcome, message and as_of, an unfinished
 * one has none of them.
 */
enum status errands_read(
    struct errands *e, enum errand what, json_t **out) MUST_CHECK;

#endif /* !WEB_ERRAND_H */
