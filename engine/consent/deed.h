#ifndef CONSENT_DEED_H
#define CONSENT_DEED_H

#include "engine/consent/consent.h"

/*
 * One transaction on consents or preferences:
 *
 *	st = deed_begin(in);
 *	if (st == ST_OK)
 *		st = ... deed_note() ...
 *	return deed_end(in, st);
 */
enum status deed_begin(struct installation *in) MUST_CHECK;

/* What the audit log is to be told; ${details} is taken. */
enum status deed_note(struct installation *in, const struct rights_actor *by,
    const char *action, json_t *details) MUST_CHECK;

/* Commit where ${st} is ST_OK, else undo; tell the log. */
enum status deed_end(struct installation *in, enum status st) MUST_CHECK;

/* Tell the log what it has not been told, exactly once.  Outside of a
 * transaction. */
enum status deed_ship(struct installation *in) MUST_CHECK;

/* The person of ${identity}=${value}: a number and a pseudonym, made now where
 * there was none.  ST_USAGE: no field bears that identity. */
enum status deed_subject(struct installation *in, const char *identity,
    const char *value, int64_t *id, char pseudonym[33]) MUST_CHECK;
/* One that is known; ST_NOTFOUND, without a sentence: it is not. */
enum status deed_find_subject(struct installation *in,
    const struct reach_subject *who, int64_t *id) MUST_CHECK;

/* ST_USAGE, with the nearest, unless ${word} is one of ${words}. */
enum status deed_word(
    const char *what, const char *word, const char *const *words) MUST_CHECK;

#endif /* !CONSENT_DEED_H */
