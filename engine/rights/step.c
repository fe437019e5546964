/* One transaction on a request. */
#include "engine/rights/step.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/zone.h"

enum status step_begin(struct step *s, struct installation *in,
    const struct rights_actor *by, const char *id)
{
	enum status st;

	s->in = in;
	s->by = by;
	/* A request that nobody could prove to have handled must not be. */
	st = installation_open_audit(in);
	if (st == ST_OK)
		st = db_begin(in->control, DB_WRITE);
	return st == ST_OK && id ? book_read(in, id, &s->r) : st;
}

int step_takes_two(const struct installation *in, const struct request *r)
{
	return request_reason_is_grave(r->reason) ||
	       (r->type == REQUEST_ERASURE &&
		   in->config.requests.approvals > 1);
}

/* Whoever stands for what was decided: nobody yet, or whoever approved. */
static unsigned int decision_facts(
    const struct step *s, enum request_action action)
{
	static const enum request_outcome wants[REQUEST_ACTION__MAX] = {
		[REQUEST_FULFIL] = REQUEST_TO_FULFIL,
		[REQUEST_FULFIL_PARTLY] = REQUEST_TO_FULFIL_PARTLY,
		[REQUEST_REFUSE] = REQUEST_TO_REFUSE,
		[REQUEST_FIND_NOTHING] = REQUEST_TO_FIND_NOTHING,
	};
	unsigned int facts = 0;

	if (s->r.approved_by && s->r.outcome == wants[action])
		facts |= REQUEST_IS_APPROVED;
	if (s->r.decided_by && (!step_takes_two(s->in, &s->r) ||
				   strcmp(s->r.decided_by, s->by->name) != 0))
		facts |= REQUEST_BY_ANOTHER;
	return facts;
}

unsigned int step_facts(const struct step *s, enum request_action action,
    const char *reason, const char *note)
{
	unsigned int facts = decision_facts(s, action);

	if (s->r.verified_at)
		facts |= REQUEST_IS_VERIFIED;
	facts |=
	    s->r.clarifying ? REQUEST_IS_SUSPENDED : REQUEST_IS_NOT_SUSPENDED;
	if (s->r.notice_day == CLOCK_NO_DAY)
		facts |= REQUEST_IS_NOT_EXTENDED;
	if ((reason && *reason) || (note && *note))
		facts |= REQUEST_HAS_REASON;
	return facts;
}

enum status step_go(struct step *s, enum request_action action,
    const char *reason, const char *note)
{
	enum request_state from = s->r.state, to;
	enum status st;

	st = transition_find(from, action, s->by->roles,
	    step_facts(s, action, reason, note), &to);
	if (st != ST_OK)
		return st;
	s->r.state = to;
	if (to != from)
		s->r.closed_day = request_is_open(to)
				      ? CLOCK_NO_DAY
				      : zone_day(s->in->zone, s->by->now);
	if (to != REQUEST_DUPLICATE) {
		free(s->r.duplicate_of);
		s->r.duplicate_of = NULL;
	}
	/* What is opened is not there yet. */
	return action == REQUEST_OPEN
		   ? ST_OK
		   : events_note(s, action, from, reason, note);
}

enum status step_end(struct step *s, enum status st, json_t **out)
{
	char id[BOOK_ID];

	memcpy(id, s->r.id, sizeof(id));
	if (st == ST_OK)
		st = book_write(s->in, &s->r);
	if (st == ST_OK)
		st = db_commit(s->in->control);
	if (st != ST_OK && s->in->control)
		db_rollback(s->in->control);
	request_release(&s->r);
	if (st == ST_OK && (st = events_ship(s->in)) != ST_OK)
		status_prefix("%s is changed, but the audit log does not have "
			      "it yet; the next command tells it: ",
		    id);
	if (st == ST_OK && out)
		st = rights_show(s->in, id, s->by->now, out);
	return st;
}

enum status step_day(const struct step *s, int64_t at, int32_t *out)
{
	if (at > s->by->now)
		return fail(ST_USAGE,
		    "that time lies ahead: give when it was, not when it will "
		    "be");
	*out = zone_day(s->in->zone, at);
	if (*out >= s->r.received_day)
		return ST_OK;
	return fail(ST_USAGE,
	    "that time lies before the day on which the request was received");
}

enum status step_set(char **text, const char *by)
{
	char *copy = by ? strdup(by) : NULL;

	if (by && copy == NULL)
		return fail(ST_NOMEM, "out of memory");
	free(*text);
	*text = copy;
	return ST_OK;
}
