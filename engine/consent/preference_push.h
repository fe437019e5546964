#ifndef CONSENT_PREFERENCE_PUSH_H
#define CONSENT_PREFERENCE_PUSH_H

#include "engine/consent/preference.h"
#include "engine/rights/notification.h"

/*
 * Settings told to whom lethe.yml says so (`recipients: {NAME: {webhook: ...,
 * preferences: true}}`), by the notifications of notification.h: {"preference",
 * "setting","version"}.  An answer that it is done acknowledges the version; a
 * receiver drops a version that is lower than one that it has.
 */

/* notification_reach() of ${o}'s person; ${*out} NULL: nobody is told.  Outside
 * of a transaction. */
enum status preference_reach(struct installation *in,
    const struct preference_order *o, json_t **out) MUST_CHECK;

/* Note it, in the transaction of the change number ${change}; nothing for
 * ${reach} NULL. */
enum status preference_push(struct installation *in,
    const struct rights_actor *by, const struct preference_order *o,
    int64_t change, int64_t version, const json_t *reach) MUST_CHECK;

#endif /* !CONSENT_PREFERENCE_PUSH_H */
