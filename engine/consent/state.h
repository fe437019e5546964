#ifndef CONSENT_STATE_H
#define CONSENT_STATE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Is a consent valid?  What a person did about one notice, and nothing else,
 * decides: no clock, no database.
 *
 * Events stand in the order of their instants, whenever they were written
 * down.  Of several in one second a refusal or a withdrawal comes behind what
 * was given, because in doubt there is no consent; else the later written one
 * comes last.  The last event up to an instant decides.
 */
enum consent_kind {
	CONSENT_GIVEN,
	CONSENT_REFUSED,
	CONSENT_WITHDRAWN,
	CONSENT_KIND__MAX
};
#define CONSENT_NO_END INT64_MAX
struct consent_event {
	int64_t at;         /* Unix seconds, as the next */
	int64_t expires_at; /* of one given; or CONSENT_NO_END */
	int64_t number;     /* in which order they were written down */
	int64_t version;
	enum consent_kind kind;
};

enum consent_state {
	CONSENT_STATE_NONE, /* nothing was said by then */
	CONSENT_STATE_GIVEN,
	CONSENT_STATE_REFUSED,
	CONSENT_STATE_WITHDRAWN,
	CONSENT_STATE_EXPIRED,
	CONSENT_STATE_SUPERSEDED, /* of a record: a later one is in its place */
	CONSENT_STATE__MAX
};
const char *consent_kind_name(enum consent_kind k);
const char *consent_state_name(enum consent_state s);

/* < 0 where ${a} comes first. */
int consent_compare(
    const struct consent_event *a, const struct consent_event *b);

/* The one of ${count} events, in any order, that decides at ${t}; ${count}:
 * none. */
size_t consent_deciding(
    const struct consent_event *events, size_t count, int64_t t);

enum consent_state consent_state_at(
    const struct consent_event *events, size_t count, int64_t t);

/* What has become of event ${i} by ${t}. */
enum consent_state consent_state_of(
    const struct consent_event *events, size_t count, size_t i, int64_t t);

/* From when on there is no consent, as things stand at ${t}: when it was
 * withdrawn or expires, which may lie ahead.  CONSENT_NO_END where it is given
 * without an end, or nothing was said. */
int64_t consent_end(
    const struct consent_event *events, size_t count, int64_t t);

#endif /* !CONSENT_STATE_H */
