#ifndef RIGHTS_BOOK_H
#define RIGHTS_BOOK_H

#include <stdint.h>

#include "engine/installation/installation.h"
#include "engine/rights/clock.h"
#include "engine/rights/request.h"

/* Requests as they stand in the control database, one at a time. */
#define BOOK_ID 24
struct request {
	int64_t number;
	char id[BOOK_ID];
	enum request_type type;
	enum request_state state;
	enum request_law law;
	enum request_channel channel;
	int64_t received_at;
	int32_t received_day;
	int64_t verified_at; /* 0: not */
	char *verified_how;
	char *verified_by;
	int32_t notice_day; /* or CLOCK_NO_DAY */
	char *extension_reason;
	enum request_outcome outcome;
	char *reason;
	char *authority;
	char *decided_by;
	char *approved_by;
	int32_t closed_day; /* or CLOCK_NO_DAY */
	char *duplicate_of;
	char *identity;
	char *value;
	char *words;
	struct clock_stop *stops;
	size_t stop_count;
	int clarifying; /* clarification is asked for and not there */
};

/* ST_USAGE: no such id.  Opens the control database. */
enum status book_read(
    struct installation *in, const char *id, struct request *out) MUST_CHECK;
void request_release(struct request *r);

/* Add ${r} (its id and number are made here), inside a write transaction. */
enum status book_add(struct installation *in, struct request *r) MUST_CHECK;

/* Write what may change (all but receipt, person and stops), inside a write
 * transaction. */
enum status book_write(
    struct installation *in, const struct request *r) MUST_CHECK;

enum book_stop { BOOK_IDENTITY, BOOK_CLARIFICATION };
/* Begin a stop on ${day}; ${lapses} may be CLOCK_NO_DAY. */
enum status book_stop_begin(struct installation *in, int64_t request,
    enum book_stop kind, int32_t day, int32_t lapses) MUST_CHECK;
/* End those of a kind that are open: on ${day}, or on the day on which they
 * began where that is later. */
enum status book_stop_end(struct installation *in, int64_t request,
    enum book_stop kind, int32_t day) MUST_CHECK;

#endif /* !RIGHTS_BOOK_H */
