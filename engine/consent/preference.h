#ifndef CONSENT_PREFERENCE_H
#define CONSENT_PREFERENCE_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/plan/reach.h"
#include "engine/rights/rights.h"

/*
 * Settings that a person changes (marketing by mail, data from the vehicle).
 * Each change is a version, kept beside those before it; the last one counts
 * at once, here.  The vehicle's backend fetches what it does not know yet
 * (preference_pending()) and acknowledges it by its version; until then it is
 * pending, and comes up again after a while that doubles; or it is told by
 * webhook (preference_push.h), which acknowledges it.  A change that a
 * newer one has overtaken is never pending, and to acknowledge it changes
 * nothing: an old setting cannot come back.
 *
 * Errors and log as in consent.h.
 */
struct preference_order {
	const char *identity;
	const char *value;
	const char *preference;
	const char *setting; /* NULL of preference_acknowledge() */
	const char *channel; /* as in consent.h */
	int64_t version;     /* of preference_acknowledge() */
};

/* {"preference","setting","version","state"}.  The setting that there is
 * already makes no new version. */
enum status preference_set(struct installation *in,
    const struct rights_actor *by, const struct preference_order *o,
    json_t **out) MUST_CHECK;

/* {"preferences":[{"preference","title","setting","version","state","history":
 * [{"version","setting","at","channel","recorded_by","state",
 * "acknowledged_at"}]}]}: all there are, version 0 where nothing was set;
 * "state" is initial, pending, acknowledged, or superseded. */
enum status preference_show(struct installation *in,
    const struct reach_subject *who, json_t **out) MUST_CHECK;

/*
 * {"pending":[{"identity","value","preference","setting","version","at",
 * "attempts"}]}: at most ${most} of those that are due at ${by->now}, the
 * oldest first; each is due again after preference_wait().  It names people.
 */
enum status preference_pending(struct installation *in,
    const struct rights_actor *by, int64_t most, json_t **out) MUST_CHECK;

/* {"preference","version","acknowledged","current"}: "acknowledged" is false
 * where a newer one is to be told. */
enum status preference_acknowledge(struct installation *in,
    const struct rights_actor *by, const struct preference_order *o,
    json_t **out) MUST_CHECK;

/* Seconds to wait after the ${attempts}th attempt: 60, doubling up to six
 * hours. */
int64_t preference_wait(int64_t attempts);

#endif /* !CONSENT_PREFERENCE_H */
