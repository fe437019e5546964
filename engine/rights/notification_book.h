#ifndef RIGHTS_NOTIFICATION_BOOK_H
#define RIGHTS_NOTIFICATION_BOOK_H

#include "engine/rights/notification.h"

/* Note ${action} of ${number} for the log, inside a write transaction. */
enum status notification_note(struct installation *in, int64_t number,
    const char *action, const char *reason, int64_t at,
    const char *actor) MUST_CHECK;

#endif /* !RIGHTS_NOTIFICATION_BOOK_H */
