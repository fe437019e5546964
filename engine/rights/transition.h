#ifndef RIGHTS_TRANSITION_H
#define RIGHTS_TRANSITION_H

#include "engine/rights/request.h"

/*
 * What may become of a request: state x action -> state, who may do it, and
 * what must be known.  The table is in transition.c, and nowhere else.
 */

/* Roles, as bits.  Whoever holds the installation's key has them all. */
enum request_role {
	REQUEST_BY_SUBJECT = 1,
	REQUEST_BY_INTAKE = 2,
	REQUEST_BY_OFFICER = 4,
	REQUEST_BY_APPROVER = 8,
	REQUEST_BY_OPERATOR = 15,
};

/* Facts, as bits. */
enum request_fact {
	REQUEST_IS_VERIFIED = 1,
	REQUEST_IS_NOT_SUSPENDED = 2, /* no clarification is asked for */
	REQUEST_IS_SUSPENDED = 4,
	REQUEST_IS_NOT_EXTENDED = 8,
	REQUEST_IS_APPROVED = 16,
	REQUEST_BY_ANOTHER = 32, /* not by whoever decided, where two must */
	REQUEST_HAS_REASON = 64,
};

/*
 * Where ${action} leads from ${from}.  ST_DENIED: not from this state, or not
 * with these ${facts}, or not by these ${roles} (bits of the enums above); the
 * sentence says which and what to do.
 */
enum status transition_find(enum request_state from, enum request_action action,
    unsigned int roles, unsigned int facts, enum request_state *to) MUST_CHECK;

#endif /* !RIGHTS_TRANSITION_H */
