#ifndef RIGHTS_NOTIFICATION_WHO_H
#define RIGHTS_NOTIFICATION_WHO_H

#include "engine/rights/notification.h"

/* Whom a notification is for, among notification*.c. */

/* Those of ${clusters} whose data ${recipient} receives, added to ${out}. */
enum status notification_received(const struct installation *in,
    const char *recipient, const json_t *clusters, json_t *out) MUST_CHECK;

/* The names of all recipients of all policies. */
enum status notification_everybody(
    const struct installation *in, json_t **out) MUST_CHECK;

int notification_names(const json_t *list, const char *name);

/* What a recipient is told, as a letter: notification.c's body. */
struct letter;
enum status notification_letter(struct installation *in, const json_t *body,
    const char *language, int64_t at, struct letter *out) MUST_CHECK;

#endif /* !RIGHTS_NOTIFICATION_WHO_H */
