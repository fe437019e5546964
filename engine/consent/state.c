/* Is a consent valid?  See state.h. */
#include "engine/consent/state.h"

static const char *const kinds[CONSENT_KIND__MAX] = {
	[CONSENT_GIVEN] = "given",
	[CONSENT_REFUSED] = "refused",
	[CONSENT_WITHDRAWN] = "withdrawn",
};
static const char *const states[CONSENT_STATE__MAX] = {
	[CONSENT_STATE_NONE] = "none",
	[CONSENT_STATE_GIVEN] = "given",
	[CONSENT_STATE_REFUSED] = "refused",
	[CONSENT_STATE_WITHDRAWN] = "withdrawn",
	[CONSENT_STATE_EXPIRED] = "expired",
	[CONSENT_STATE_SUPERSEDED] = "superseded",
};

const char *consent_kind_name(enum consent_kind k) { return kinds[k]; }
const char *consent_state_name(enum consent_state s) { return states[s]; }

static int order(int64_t a, int64_t b) { return (a > b) - (a < b); }

int consent_compare(
    const struct consent_event *a, const struct consent_event *b)
{
	int by = order(a->at, b->at);

	if (by == 0)
		by = (a->kind != CONSENT_GIVEN) - (b->kind != CONSENT_GIVEN);
	return by ? by : order(a->number, b->number);
}

size_t consent_deciding(
    const struct consent_event *events, size_t count, int64_t t)
{
	size_t best = count;

	for (size_t i = 0; i < count; i++)
		if (events[i].at <= t &&
		    (best == count ||
			consent_compare(&events[best], &events[i]) < 0))
			best = i;
	return best;
}

static enum consent_state own_state(const struct consent_event *e, int64_t t)
{
	static const enum consent_state of[CONSENT_KIND__MAX] = {
		[CONSENT_GIVEN] = CONSENT_STATE_GIVEN,
		[CONSENT_REFUSED] = CONSENT_STATE_REFUSED,
		[CONSENT_WITHDRAWN] = CONSENT_STATE_WITHDRAWN,
	};

	if (e->kind == CONSENT_GIVEN && t >= e->expires_at)
		return CONSENT_STATE_EXPIRED;
	return of[e->kind];
}

enum consent_state consent_state_at(
    const struct consent_event *events, size_t count, int64_t t)
{
	size_t i = consent_deciding(events, count, t);

	return i == count ? CONSENT_STATE_NONE : own_state(&events[i], t);
}

enum consent_state consent_state_of(
    const struct consent_event *events, size_t count, size_t i, int64_t t)
{
	size_t next = count;

	if (events[i].at > t)
		return CONSENT_STATE_NONE;
	for (size_t k = 0; k < count; k++)
		if (events[k].at <= t &&
		    consent_compare(&events[i], &events[k]) < 0 &&
		    (next == count ||
			consent_compare(&events[k], &events[next]) < 0))
			next = k;
	if (next == count)
		return own_state(&events[i], t);
	if (events[i].kind != CONSENT_GIVEN ||
	    events[next].kind == CONSENT_GIVEN)
		return CONSENT_STATE_SUPERSEDED;
	return events[next].at >= events[i].expires_at
		   ? CONSENT_STATE_EXPIRED
		   : CONSENT_STATE_WITHDRAWN;
}

int64_t consent_end(const struct consent_event *events, size_t count, int64_t t)
{
	size_t i = consent_deciding(events, count, t);

	if (i == count)
		return CONSENT_NO_END;
	return events[i].kind == CONSENT_GIVEN ? events[i].expires_at
					       : events[i].at;
}
