/* The clock as runs saw it. */
#include "engine/purge/clock.h"

enum status clock_read(struct db *control, int64_t *seen)
{
	return db_one_int(control,
	    "SELECT seen_at FROM purge_clock WHERE one = 1", NOARGS,
	    CLOCK_NEVER, seen);
}

int clock_jumped(int64_t seen, int64_t now)
{
	return seen != CLOCK_NEVER &&
	       (now < seen - CLOCK_MAY_LAG || now > seen + CLOCK_MAY_LEAD);
}

enum status clock_keep(struct db *control, int64_t now, enum clock_trust trust)
{
	return db_exec(control,
	    "INSERT INTO purge_clock (one, seen_at) VALUES (1, $1)"
	    " ON CONFLICT (one) DO UPDATE SET seen_at = excluded.seen_at"
	    " WHERE $2 = 1 OR excluded.seen_at > purge_clock.seen_at",
	    ARGS(INT(now), INT(trust == CLOCK_VOUCHED)));
}
