#ifndef WEB_ERRAND_H
#define WEB_ERRAND_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/web/auth.h"

/*
 * What no page can wait for: threads do it, and pages say how far it is.  There
 * are two, one for what auditors ask for and one for what officers do with a
 * request, so that neither waits for the other; each does one thing at a time.
 *
 * Verification reads the whole log, then compares the stores with their seals,
 * as `lethe audit verify` does; the log gets `log_verified`
 * {"object","outcome", "entries","root","files","problem"}.  A statement judges
 * every record as of an instant; the log gets `statement_made`
 * {"object","as_of","due","overdue", "undecided","unmapped"}.  A forecast
 * counts what falls due on each of the next ERRAND_DAYS days
 * (engine/plan/forecast.h).
 *
 * A plan and an execution are those of engine/rights/erasure.h, and what they
 * come to stands in the control database, whoever ends the server when.
 */
#define ERRAND_DAYS 91 /* thirteen weeks */
struct errands;
enum errand {
	ERRAND_VERIFY,
	ERRAND_STATEMENT,
	ERRAND_FORECAST,
	ERRAND_PLAN,
	ERRAND_EXECUTE,
	ERRAND__MAX
};

/* ${first} is unlocked and outlives it. */
enum status errands_new(
    const struct installation *first, struct errands **out) MUST_CHECK;
/* Ends what is under way: a verification at once, the others when they are
 * done. */
void errands_free(struct errands *e);

struct errand_order {
	enum errand what;
	const char *actor;   /* "user:ada" */
	const char *role;    /* as the log has it */
	int64_t at;          /* Unix seconds: now */
	int64_t as_of;       /* of a statement */
	const char *request; /* that a plan or an execution is about */
	unsigned int rights; /* bits of enum request_role */
	int tell;            /* of an execution: enum rights_tell */
};
/* ST_CONFLICT: one of that thread is under way. */
enum status errands_begin(
    struct errands *e, const struct errand_order *order) MUST_CHECK;

/* Wait until nothing of the kind of ${what} is under way, or for so many
 * milliseconds: what is done soon is shown at once. */
void errands_wait(struct errands *e, enum errand what, int milliseconds);

/*
 * {"work","last"} of ${what}, and of ${request} where it is about one, for the
 * caller.  "work": null, or {"actor","at","stage","done","of"}: "log"
 * (entries), "stores", "plan", "erasure" (not counted: "of" is 0).  "last", the
 * last one of this process (of so many requests), is null or
 *
 *	{"actor","at","outcome","problem","message","entries","root","files"}
 *	{"actor","at","outcome","message","as_of","due","overdue","undecided",
 *	"unmapped","collections","unreachable"}
 *	{"actor","at","outcome","message","forecast" (of a forecast)}
 *
 * "outcome" is "sound", "not_sound" (of a verification), "made" (a statement,
 * a plan), "executed"; or why it was not: "changed" (it is no longer what was
 * approved), "busy" (somebody else is at work), "unfinished"; then there are
 * only actor, at, outcome, message and as_of.
 */
enum status errands_read(struct errands *e, enum errand what,
    const char *request, json_t **out) MUST_CHECK;

#endif /* !WEB_ERRAND_H */
