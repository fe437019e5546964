#ifndef RIGHTS_QUESTION_H
#define RIGHTS_QUESTION_H

#include "engine/rights/rights.h"

/*
 * A question to the person, read and answered at the customers' door (door.h).
 * While it is open clarification is asked for: the clock stands still where the
 * law has it so, as after rights_suspend(), and the answer is what
 * rights_resume() is otherwise.  So one is open at a time, and an officer who
 * had the answer elsewhere resumes as ever.
 *
 * Errors as in rights.h; question and answer are in the history of the case,
 * and not in the log.
 */
#define QUESTION_WORDS 4000 /* bytes that an answer may have */

/* ST_DENIED, too, where nobody can follow the case ${id} at the door. */
enum status rights_question(struct installation *in,
    const struct rights_actor *by, const char *id, const char *words,
    json_t **out) MUST_CHECK;

/* ST_DENIED: no question is open. */
enum status rights_answer(struct installation *in,
    const struct rights_actor *by, const char *id, const char *words,
    json_t **out) MUST_CHECK;

/* [{"at","question","answer","answered_at","open"}] of the case, the oldest
 * first; without an answer both are null. */
enum status question_list(
    struct installation *in, int64_t request, json_t **out) MUST_CHECK;

#endif /* !RIGHTS_QUESTION_H */
