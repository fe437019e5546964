#ifndef HOLDS_REASON_H
#define HOLDS_REASON_H

#include "engine/plan/suspension.h"

/* Why something is suspended: a fixed list of words, each with where it comes
 * from.  The word says whether it is a hold or a restriction. */
struct holds_reason {
	const char *code;
	enum suspension_kind kind;
	const char *source;
};

/* The list, ended by a NULL code. */
extern const struct holds_reason holds_reasons[];

/* ST_USAGE, with the nearest word, for one that is not in the list. */
enum status holds_reason_find(
    const char *code, const struct holds_reason **out) MUST_CHECK;

/*
 * What GDPR Art. 18(2) allows with restricted data beside storing it: consent,
 * legal_claims, rights_of_others, public_interest.  ST_USAGE, with the nearest
 * word, for anything else.
 */
enum status holds_exception_check(const char *code) MUST_CHECK;

#endif /* !HOLDS_REASON_H */
