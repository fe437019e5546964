#ifndef CONSENT_TELL_H
#define CONSENT_TELL_H

#include "engine/rights/notification.h"
#include "engine/rights/rights.h"

/*
 * Whoever received data by consents that were withdrawn is told: the recipients
 * of their notices, and those of the purposes that rested on them.
 * ${withdrawn}:
 * [{"notice","version"}]; ${reach}: notification_reach(); inside the
 * transaction of the withdrawal.
 */
enum status consent_tell(struct installation *in, const struct rights_actor *by,
    const struct reach_subject *who, const json_t *reach,
    const json_t *withdrawn) MUST_CHECK;

#endif /* !CONSENT_TELL_H */
