#ifndef CONSENT_HISTORY_H
#define CONSENT_HISTORY_H

#include "engine/consent/consent.h"

/* All records of a person, by notice and then in the order of state.h. */
struct history {
	struct consent_event *events;
	json_t **rows; /* of the same places: what consent_show() says of one */
	size_t count;
};
/* ${notice} NULL: of all notices. */
enum status history_read(struct installation *in, int64_t subject,
    const char *notice, struct history *out) MUST_CHECK;
void history_release(struct history *h);

/* How many from ${from} on are of the same notice. */
size_t history_span(const struct history *h, size_t from);
const char *history_notice(const struct history *h, size_t i);

#endif /* !CONSENT_HISTORY_H */
