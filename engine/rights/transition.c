/* The one table of what may become of a request. */
#include "engine/rights/transition.h"

#define SUBJECT  REQUEST_BY_SUBJECT
#define INTAKE   REQUEST_BY_INTAKE
#define OFFICER  REQUEST_BY_OFFICER
#define APPROVER REQUEST_BY_APPROVER
#define VERIFIED REQUEST_IS_VERIFIED
#define REASON   REQUEST_HAS_REASON

struct transition {
	enum request_state from;
	enum request_action action;
	enum request_state to;
	unsigned int roles; /* any of them may */
	unsigned int facts; /* all of them must be */
};

/* Of several that fit, the first.  Asking for identity, suspending, resuming
 * and extending are facts on the clock, not states of their own. */
static const struct transition table[] = {
	{ REQUEST_NONE, REQUEST_OPEN, REQUEST_RECEIVED,
	    SUBJECT | INTAKE | OFFICER, 0 },

	{ REQUEST_RECEIVED, REQUEST_ASK_IDENTITY, REQUEST_AWAITING_IDENTITY,
	    SUBJECT | INTAKE | OFFICER, 0 },
	{ REQUEST_AWAITING_IDENTITY, REQUEST_ASK_IDENTITY,
	    REQUEST_AWAITING_IDENTITY, SUBJECT | INTAKE | OFFICER, 0 },
	{ REQUEST_AWAITING_IDENTITY, REQUEST_TRY_CODE,
	    REQUEST_AWAITING_IDENTITY, SUBJECT | INTAKE | OFFICER, 0 },
	{ REQUEST_AWAITING_IDENTITY, REQUEST_CODE_SPENT,
	    REQUEST_AWAITING_IDENTITY, SUBJECT | INTAKE | OFFICER, 0 },
	{ REQUEST_RECEIVED, REQUEST_VERIFY, REQUEST_IN_PROGRESS,
	    INTAKE | OFFICER, 0 },
	{ REQUEST_AWAITING_IDENTITY, REQUEST_VERIFY, REQUEST_IN_PROGRESS,
	    SUBJECT | INTAKE | OFFICER, 0 },
	{ REQUEST_AWAITING_IDENTITY, REQUEST_FAIL_IDENTITY,
	    REQUEST_IDENTITY_FAILED, OFFICER, REASON },

	{ REQUEST_RECEIVED, REQUEST_SUSPEND, REQUEST_RECEIVED, INTAKE | OFFICER,
	    REQUEST_IS_NOT_SUSPENDED | REASON },
	{ REQUEST_IN_PROGRESS, REQUEST_SUSPEND, REQUEST_IN_PROGRESS,
	    INTAKE | OFFICER, REQUEST_IS_NOT_SUSPENDED | REASON },
	{ REQUEST_RECEIVED, REQUEST_RESUME, REQUEST_RECEIVED,
	    SUBJECT | INTAKE | OFFICER, REQUEST_IS_SUSPENDED },
	{ REQUEST_AWAITING_IDENTITY, REQUEST_RESUME, REQUEST_AWAITING_IDENTITY,
	    SUBJECT | INTAKE | OFFICER, REQUEST_IS_SUSPENDED },
	{ REQUEST_IN_PROGRESS, REQUEST_RESUME, REQUEST_IN_PROGRESS,
	    SUBJECT | INTAKE | OFFICER, REQUEST_IS_SUSPENDED },

	{ REQUEST_RECEIVED, REQUEST_EXTEND, REQUEST_RECEIVED, OFFICER,
	    REQUEST_IS_NOT_EXTENDED | REASON },
	{ REQUEST_AWAITING_IDENTITY, REQUEST_EXTEND, REQUEST_AWAITING_IDENTITY,
	    OFFICER, REQUEST_IS_NOT_EXTENDED | REASON },
	{ REQUEST_IN_PROGRESS, REQUEST_EXTEND, REQUEST_IN_PROGRESS, OFFICER,
	    REQUEST_IS_NOT_EXTENDED | REASON },
	{ REQUEST_AWAITING_APPROVAL, REQUEST_EXTEND, REQUEST_AWAITING_APPROVAL,
	    OFFICER, REQUEST_IS_NOT_EXTENDED | REASON },

	{ REQUEST_IN_PROGRESS, REQUEST_DECIDE, REQUEST_AWAITING_APPROVAL,
	    OFFICER, VERIFIED | REQUEST_IS_NOT_SUSPENDED },
	{ REQUEST_AWAITING_APPROVAL, REQUEST_APPROVE, REQUEST_IN_PROGRESS,
	    APPROVER, REQUEST_BY_ANOTHER },
	{ REQUEST_AWAITING_APPROVAL, REQUEST_RETURN, REQUEST_IN_PROGRESS,
	    APPROVER, REASON },
	{ REQUEST_IN_PROGRESS, REQUEST_FULFIL, REQUEST_FULFILLED, OFFICER,
	    VERIFIED | REQUEST_IS_APPROVED },
	{ REQUEST_IN_PROGRESS, REQUEST_FULFIL_PARTLY, REQUEST_PARTLY_FULFILLED,
	    OFFICER, VERIFIED | REQUEST_IS_APPROVED | REASON },
	{ REQUEST_IN_PROGRESS, REQUEST_REFUSE, REQUEST_REFUSED,
	    OFFICER | APPROVER, REQUEST_IS_APPROVED | REASON },
	{ REQUEST_IN_PROGRESS, REQUEST_FIND_NOTHING, REQUEST_NO_MATCH,
	    OFFICER | APPROVER, REQUEST_IS_APPROVED },

	{ REQUEST_RECEIVED, REQUEST_WITHDRAW, REQUEST_WITHDRAWN,
	    SUBJECT | INTAKE | OFFICER, 0 },
	{ REQUEST_AWAITING_IDENTITY, REQUEST_WITHDRAW, REQUEST_WITHDRAWN,
	    SUBJECT | INTAKE | OFFICER, 0 },
	{ REQUEST_IN_PROGRESS, REQUEST_WITHDRAW, REQUEST_WITHDRAWN,
	    SUBJECT | INTAKE | OFFICER, 0 },
	{ REQUEST_AWAITING_APPROVAL, REQUEST_WITHDRAW, REQUEST_WITHDRAWN,
	    SUBJECT | INTAKE | OFFICER, 0 },
	{ REQUEST_RECEIVED, REQUEST_MARK_DUPLICATE, REQUEST_DUPLICATE,
	    INTAKE | OFFICER, 0 },
	{ REQUEST_AWAITING_IDENTITY, REQUEST_MARK_DUPLICATE, REQUEST_DUPLICATE,
	    INTAKE | OFFICER, 0 },
	{ REQUEST_IN_PROGRESS, REQUEST_MARK_DUPLICATE, REQUEST_DUPLICATE,
	    OFFICER, 0 },

	{ REQUEST_FULFILLED, REQUEST_REOPEN, REQUEST_IN_PROGRESS, OFFICER,
	    VERIFIED | REASON },
	{ REQUEST_PARTLY_FULFILLED, REQUEST_REOPEN, REQUEST_IN_PROGRESS,
	    OFFICER, VERIFIED | REASON },
	{ REQUEST_REFUSED, REQUEST_REOPEN, REQUEST_IN_PROGRESS, OFFICER,
	    VERIFIED | REASON },
	{ REQUEST_NO_MATCH, REQUEST_REOPEN, REQUEST_IN_PROGRESS, OFFICER,
	    VERIFIED | REASON },
	{ REQUEST_WITHDRAWN, REQUEST_REOPEN, REQUEST_IN_PROGRESS, OFFICER,
	    VERIFIED | REASON },
	{ REQUEST_WITHDRAWN, REQUEST_REOPEN, REQUEST_RECEIVED, OFFICER,
	    REASON },
	{ REQUEST_DUPLICATE, REQUEST_REOPEN, REQUEST_IN_PROGRESS, OFFICER,
	    VERIFIED | REASON },
	{ REQUEST_DUPLICATE, REQUEST_REOPEN, REQUEST_RECEIVED, OFFICER,
	    REASON },
	{ REQUEST_IDENTITY_FAILED, REQUEST_REOPEN, REQUEST_RECEIVED, OFFICER,
	    REASON },
};
#define ROWS (sizeof(table) / sizeof(table[0]))

/* The first of the missing facts, and how it comes about. */
static const char *wanted(unsigned int missing)
{
	if (missing & REQUEST_HAS_REASON)
		return "a reason is missing: give --reason";
	if (missing & REQUEST_IS_VERIFIED)
		return "the person's identity has not been verified: `lethe "
		       "request verify`";
	if (missing & REQUEST_IS_NOT_SUSPENDED)
		return "clarification is asked for: `lethe request resume` "
		       "once it is there";
	if (missing & REQUEST_IS_SUSPENDED)
		return "no clarification is asked for";
	if (missing & REQUEST_IS_NOT_EXTENDED)
		return "it was extended before: the law knows one extension";
	if (missing & REQUEST_BY_ANOTHER)
		return "somebody else than who decided must approve";
	return "nothing of that kind was decided and approved: `lethe request "
	       "decide`";
}

enum status transition_find(enum request_state from, enum request_action action,
    unsigned int roles, unsigned int facts, enum request_state *to)
{
	const struct transition *t, *last = NULL;

	for (size_t i = 0; i < ROWS; i++) {
		t = &table[i];
		if (t->from != from || t->action != action)
			continue;
		last = t;
		if ((t->roles & roles) && (t->facts & facts) == t->facts) {
			*to = t->to;
			return ST_OK;
		}
	}
	if (last == NULL)
		return fail(ST_DENIED,
		    "a request that is %s cannot be %s: `lethe request show` "
		    "says how it stands",
		    request_state_name(from), request_action_words(action));
	if (!(last->roles & roles))
		return fail(ST_DENIED,
		    "your role does not allow that a request is %s: ask "
		    "somebody whose role does",
		    request_action_words(action));
	return fail(ST_DENIED, "the request cannot be %s: %s",
	    request_action_words(action), wanted(last->facts & ~facts));
}
