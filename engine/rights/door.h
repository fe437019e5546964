#ifndef RIGHTS_DOOR_H
#define RIGHTS_DOOR_H

#include "engine/crypto/token.h"
#include "engine/rights/book.h"
#include "engine/rights/rights.h"

/*
 * The customers' door: somebody without an account files a request, proves to
 * be whose it is by a one-time code to the address on file, and follows it.
 *
 * What lets in is the case code, a secret of the request's own, which is not
 * its public id.  Nothing here tells, by words or by time, whether anybody is
 * known: that is looked up by door_send(), after the answer.  Who does not have
 * the case code cannot spend a code that is somebody's, nor have another one
 * sent in its place; who has it waits longer from one to the next.
 *
 * Instants are Unix seconds.
 */
#define DOOR_CODE    25   /* XXXX-XXXX-XXXX-XXXX-XXXX: 100 bits */
#define DOOR_SECONDS 1800 /* that a session lasts, whatever is done in it */
#define DOOR_WORDS   4000 /* bytes that a request may say */
#define DOOR_VALUE   254  /* and whose it is */

/* As whom the log has what is done there: no more than a subject may. */
struct rights_actor door_actor(int64_t now);

/* Who is inside. */
struct door_session {
	char id[BOOK_ID]; /* of the request, or "": nobody */
	int64_t request;
	int proven; /* by a one-time code given here: only then letters,
		     * questions and the copy of the data are for them.  Whom
		     * officers called back need not be who filed it. */
	char token[TOKEN_TEXT]; /* for the cookie */
	char csrf[TOKEN_TEXT];  /* secret of the session; not its token */
};

/* Write the request down, with a case code, which nothing can show again.
 * ST_USAGE: what is missing, or is too long. */
enum status door_file(struct installation *in, const struct rights_order *o,
    int64_t now, char code[DOOR_CODE], struct door_session *out) MUST_CHECK;

/* Begin a session of the case of ${code}, as people type it.  ST_DENIED: it is
 * none. */
enum status door_enter(struct installation *in, const char *code, int64_t now,
    struct door_session *out) MUST_CHECK;
/* ST_NOTFOUND: no such session (any more). */
enum status door_session(struct installation *in, const char *token,
    int64_t now, struct door_session *out) MUST_CHECK;
enum status door_leave(
    struct installation *in, const struct door_session *s) MUST_CHECK;

/* Ask for a one-time code; door_send() makes it.  ST_BUSY: it is too soon after
 * the last one, and says how many seconds to wait. */
enum status door_ask(
    struct installation *in, int64_t request, int64_t now) MUST_CHECK;
/* Make the codes that are asked for and put them into the outbox.  ${*count}:
 * how many were asked for. */
enum status door_send(
    struct installation *in, int64_t now, int64_t *count) MUST_CHECK;
/* rights_try_code(), where it is not too soon: ST_BUSY. */
enum status door_try(struct installation *in, struct door_session *s,
    const char *code, int64_t now) MUST_CHECK;

/* Seconds to wait after the ${count}th time: none twice, then half a minute
 * that doubles up to an hour. */
int64_t door_wait(int64_t count);

/*
 * {"id","type","progress","receipt_date","closed_date","verified","due_date",
 * "extended","letters":[as letter_list()],"questions":[as question_list()],
 * "may_prove","may_withdraw"}:
 * "progress" is a state.  "verified" is ${s->proven}, and until then "due_date"
 * is null and there are no letters and no questions: the clock stands still for
 * whom we have an address of, and they are for their reader.
 */
enum status door_case(struct installation *in, const struct door_session *s,
    int64_t now, json_t **out) MUST_CHECK;

#endif /* !RIGHTS_DOOR_H */
