#ifndef RIGHTS_REQUEST_H
#define RIGHTS_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

/*
 * A request of a person for a right (GDPR Art. 7(3), 15 to 21; APPI 33 to 35):
 * its types, states and what can be done with it.  Which of these may follow
 * which stands in one table, transition.c.
 */
enum request_type {
	REQUEST_ACCESS,
	REQUEST_PORTABILITY,
	REQUEST_RECTIFICATION,
	REQUEST_ERASURE,
	REQUEST_RESTRICTION,
	REQUEST_OBJECTION,
	REQUEST_OBJECTION_DIRECT_MARKETING, /* Art. 21(2): absolute */
	REQUEST_CONSENT_WITHDRAWAL,
	REQUEST_RECIPIENT_INFORMATION, /* Art. 19 */
	REQUEST_TYPE__MAX
};

enum request_state {
	REQUEST_NONE, /* before it is opened */
	REQUEST_RECEIVED,
	REQUEST_AWAITING_IDENTITY,
	REQUEST_IN_PROGRESS,
	REQUEST_AWAITING_APPROVAL,
	REQUEST_FULFILLED, /* from here on closed */
	REQUEST_PARTLY_FULFILLED,
	REQUEST_REFUSED,
	REQUEST_WITHDRAWN,
	REQUEST_NO_MATCH,
	REQUEST_IDENTITY_FAILED,
	REQUEST_DUPLICATE, /* another one goes on in its place */
	REQUEST_STATE__MAX
};
static inline int request_is_open(enum request_state s)
{
	return s < REQUEST_FULFILLED;
}

/* Under which law: of several the stricter result counts. */
enum request_law { REQUEST_GDPR, REQUEST_APPI, REQUEST_BOTH, REQUEST_LAW__MAX };

enum request_channel {
	REQUEST_PORTAL,
	REQUEST_EMAIL,
	REQUEST_PHONE,
	REQUEST_LETTER,
	REQUEST_DEALER,
	REQUEST_CHANNEL__MAX
};

enum request_action {
	REQUEST_OPEN,
	REQUEST_ASK_IDENTITY,
	REQUEST_TRY_CODE,   /* a one-time code that was not the right one */
	REQUEST_CODE_SPENT, /* and that was the last attempt */
	REQUEST_VERIFY,
	REQUEST_FAIL_IDENTITY,
	REQUEST_SUSPEND, /* clarification is asked for */
	REQUEST_RESUME,
	REQUEST_EXTEND,
	REQUEST_DECIDE,
	REQUEST_APPROVE,
	REQUEST_RETURN, /* not approved: back to whoever decided */
	REQUEST_FULFIL,
	REQUEST_FULFIL_PARTLY,
	REQUEST_REFUSE,
	REQUEST_FIND_NOTHING,
	REQUEST_WITHDRAW,
	REQUEST_MARK_DUPLICATE,
	REQUEST_REOPEN,
	REQUEST_ERASE_REST, /* what was kept has gone: of a closed one */
	REQUEST_PACKAGE,    /* the copy of the data is made */
	REQUEST_DOWNLOAD,   /* and handed over */
	REQUEST_PLAN_RESTRICTION,
	REQUEST_RESTRICT,         /* what was planned is restricted */
	REQUEST_SUPPRESS,         /* nobody advertises to the person any more */
	REQUEST_ANNOUNCE_LIFTING, /* of a closed one */
	REQUEST_LIFT,
	REQUEST_WRITE_LETTER, /* in any state, and changes none */
	REQUEST_PLAN,         /* what is the person's was looked at */
	REQUEST_PROPOSE,      /* what is to be corrected, or no longer is */
	REQUEST_CORRECT,      /* what was proposed is corrected */
	REQUEST_DECIDE_ITEM,  /* whether a record of others goes along */
	REQUEST_ACTION__MAX
};

/* What is decided, before it is carried out. */
enum request_outcome {
	REQUEST_UNDECIDED,
	REQUEST_TO_FULFIL,
	REQUEST_TO_FULFIL_PARTLY,
	REQUEST_TO_REFUSE,
	REQUEST_TO_FIND_NOTHING,
	REQUEST_OUTCOME__MAX
};

/* The words of files, tables and the command line.  Never NULL. */
const char *request_type_name(enum request_type t);
const char *request_state_name(enum request_state s);
const char *request_law_name(enum request_law l);
const char *request_channel_name(enum request_channel c);
const char *request_outcome_name(enum request_outcome o);
/* What the audit log calls it: "request_opened", ... */
const char *request_action_entry(enum request_action a);
/* What people call it: "extended", ... */
const char *request_action_words(enum request_action a);

/* The way back.  ST_USAGE, with the nearest word, for none of them. */
enum status request_type_parse(
    const char *name, enum request_type *out) MUST_CHECK;
enum status request_state_parse(
    const char *name, enum request_state *out) MUST_CHECK;
enum status request_law_parse(
    const char *name, enum request_law *out) MUST_CHECK;
enum status request_channel_parse(
    const char *name, enum request_channel *out) MUST_CHECK;
enum status request_outcome_parse(
    const char *name, enum request_outcome *out) MUST_CHECK;

/*
 * Why: fixed lists of words, so that logs and counts can have them.  What a
 * list is for: an extension (Art. 12(3)), a refusal in whole or in part
 * (Art. 11, 12(5), 15(4), 17(3); APPI 33(2)), the end of a restriction.
 */
enum request_reason_for {
	REQUEST_WHY_EXTEND,
	REQUEST_WHY_REFUSE,
	REQUEST_WHY_LIFT
};
/* The list, ended by NULL. */
const char *const *request_reasons(enum request_reason_for what);
/* How an officer may have verified a person; ended by NULL. */
extern const char *const request_methods[];
/* ST_USAGE, with the nearest word, for one that is not in the list. */
enum status request_reason_check(
    enum request_reason_for what, const char *code) MUST_CHECK;
/* 1 for a reason that two people must stand for, whatever lethe.yml says:
 * abuse (Art. 12(5); CJEU C-526/24). */
int request_reason_is_grave(const char *code);

#endif /* !RIGHTS_REQUEST_H */
