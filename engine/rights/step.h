#ifndef RIGHTS_STEP_H
#define RIGHTS_STEP_H

#include "engine/rights/book.h"
#include "engine/rights/rights.h"

/*
 * One transaction on a request, which every verb is made of:
 *
 *	struct step s = { 0 };
 *
 *	st = step_begin(&s, in, by, id);
 *	if (st == ST_OK)
 *		st = ... set what changes in s.r, then step_go() ...
 *	return step_end(&s, st, out);
 */
struct step {
	struct installation *in;
	const struct rights_actor *by;
	struct request r;
	int64_t log_first;
};
enum status step_begin(struct step *s, struct installation *in,
    const struct rights_actor *by, const char *id) MUST_CHECK;

/* Take the transition, with a code for ${reason} and words for ${note} (either
 * may be NULL); the event is noted. */
enum status step_go(struct step *s, enum request_action action,
    const char *reason, const char *note) MUST_CHECK;

/* What is known of it for ${action}: bits of enum request_fact. */
unsigned int step_facts(const struct step *s, enum request_action action,
    const char *reason, const char *note);

/* Commit where ${st} is ST_OK, else undo; tell the log; ${out} (may be NULL)
 * as rights_show().  Ends ${s}. */
enum status step_end(struct step *s, enum status st, json_t **out) MUST_CHECK;

/* The civil day of ${at} in the controller's zone.  ST_USAGE where it lies
 * after now or before the request was received. */
enum status step_day(const struct step *s, int64_t at, int32_t *out) MUST_CHECK;

/* Replace an owned text. */
enum status step_set(char **text, const char *by) MUST_CHECK;

/* Does the decision of ${r} take two people? */
int step_takes_two(const struct installation *in, const struct request *r);

/* ---- events ---- */

/* Note an event of ${r}, inside the transaction. */
enum status events_note(struct step *s, enum request_action action,
    enum request_state from, const char *reason, const char *note) MUST_CHECK;
/*
 * Does the log have an entry ${action}, from the entry ${first} on, whose
 * member ${member} is ${number}?  It knows what it was told before somebody
 * was killed.
 */
enum status events_were_told(struct installation *in, const char *action,
    const char *member, int64_t number, int64_t first, int *out) MUST_CHECK;
/* Tell the log what it has not been told, of events and of deletions. */
enum status events_ship(struct installation *in) MUST_CHECK;
/* [{"at","action","from","state","actor","reason","note"}] */
enum status events_json(
    struct installation *in, int64_t request, json_t **out) MUST_CHECK;

#endif /* !RIGHTS_STEP_H */
