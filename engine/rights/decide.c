/* Decisions: who stands for them, and what they close. */
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/rights/erasure.h"
#include "engine/rights/restriction.h"
#include "engine/rights/step.h"
#include "engine/rights/suppression.h"

static int refuses(enum request_outcome o)
{
	return o == REQUEST_TO_REFUSE || o == REQUEST_TO_FULFIL_PARTLY;
}

/* Whoever is refused anything is told why, and where to complain. */
static enum status check(
    const struct installation *in, const struct rights_decision *d)
{
	enum status st;

	if (d->note && !utf8_valid(d->note, strlen(d->note)))
		return fail(ST_USAGE, "--note is not UTF-8");
	if (!refuses(d->outcome))
		return d->reason ? fail(ST_USAGE,
				       "--reason is for refusals, in whole or "
				       "in part")
				 : ST_OK;
	st = request_reason_check(REQUEST_WHY_REFUSE, d->reason);
	if (st != ST_OK)
		return st;
	if (d->note == NULL || *d->note == '\0')
		return fail(
		    ST_USAGE, "who is refused is told why: give --note TEXT");
	if (d->authority || in->config.requests.authority ||
	    in->config.controller_count > 0)
		return ST_OK;
	return fail(ST_USAGE,
	    "a refusal names the authority to complain to: give --authority, "
	    "or name it under `controllers:` in lethe.yml");
}

static enum status set(struct step *s, const struct rights_decision *d)
{
	const char *authority = NULL;
	enum status st;

	if (refuses(d->outcome))
		authority = d->authority ? d->authority
					 : s->in->config.requests.authority;
	s->r.outcome = d->outcome;
	st = step_set(&s->r.reason, d->reason);
	if (st == ST_OK)
		st = step_set(&s->r.authority, authority);
	if (st == ST_OK)
		st = step_set(&s->r.approved_by, NULL);
	return st == ST_OK ? step_set(&s->r.decided_by, s->by->name) : st;
}

/* What is approved and leaves nothing to be carried out is done. */
static enum status approve(struct step *s)
{
	enum status st = step_go(s, REQUEST_APPROVE, NULL, NULL);

	if (st == ST_OK)
		st = erasure_approve(s);
	if (st == ST_OK)
		st = step_set(&s->r.approved_by, s->by->name);
	if (st == ST_OK && s->r.outcome == REQUEST_TO_REFUSE)
		st = step_go(s, REQUEST_REFUSE, s->r.reason, NULL);
	if (st == ST_OK && s->r.outcome == REQUEST_TO_FIND_NOTHING)
		st = step_go(s, REQUEST_FIND_NOTHING, NULL, NULL);
	return st;
}

enum status rights_decide(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct rights_decision *d, json_t **out)
{
	/* Where one person is enough, whoever decides approves. */
	struct rights_actor alone = *by;
	struct step s = { 0 };
	enum status st;

	if ((st = check(in, d)) != ST_OK)
		return st;
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_DECIDE, d->reason, d->note);
	if (st == ST_OK)
		st = set(&s, d);
	if (st == ST_OK)
		st = erasure_decide(&s);
	if (st == ST_OK)
		st = restriction_decide(&s);
	if (st == ST_OK)
		st = suppression_decide(&s);
	alone.roles |= REQUEST_BY_APPROVER;
	if (st == ST_OK && !step_takes_two(in, &s.r)) {
		s.by = &alone;
		st = approve(&s);
	}
	return step_end(&s, st, out);
}

enum status rights_approve(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out)
{
	struct step s = { 0 };
	enum status st = step_begin(&s, in, by, id);

	if (st == ST_OK)
		st = approve(&s);
	return step_end(&s, st, out);
}

enum status rights_return(struct installation *in,
    const struct rights_actor *by, const char *id, const char *note,
    json_t **out)
{
	struct step s = { 0 };
	enum status st;

	if (note && !utf8_valid(note, strlen(note)))
		return fail(ST_USAGE, "--note is not UTF-8");
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_RETURN, NULL, note);
	s.r.outcome = REQUEST_UNDECIDED;
	return step_end(&s, st, out);
}

enum status rights_fulfil(struct installation *in,
    const struct rights_actor *by, const char *id, const char *note,
    json_t **out)
{
	struct step s = { 0 };
	enum status st;

	if (note && !utf8_valid(note, strlen(note)))
		return fail(ST_USAGE, "--note is not UTF-8");
	st = step_begin(&s, in, by, id);
	if (st == ST_OK)
		st = step_go(&s,
		    s.r.outcome == REQUEST_TO_FULFIL_PARTLY
			? REQUEST_FULFIL_PARTLY
			: REQUEST_FULFIL,
		    s.r.reason, note);
	if (st == ST_OK)
		st = erasure_done(&s);
	if (st == ST_OK)
		st = restriction_done(&s);
	return step_end(&s, st, out);
}
