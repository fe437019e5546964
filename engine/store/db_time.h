#ifndef STORE_DB_TIME_H
#define STORE_DB_TIME_H

#include "engine/base/civil.h"
#include "engine/store/db.h"

/*
 * Times in columns, as far as every database sees them alike: which values are
 * one, and the text that bounds those that are due, so that an index on text
 * finds them.  For the drivers.
 */
#define DB_TIME_LAST_SECOND INT64_C(253402300799) /* of the year 9999 */
#define DB_TIME_LAST_DAY    2932896               /* 9999-12-31 */

/* The time that a value is, its column aside. */
struct when db_time_of(struct val v);
/* 1 for one that is readable, from 1900 on. */
int db_time_is_readable(struct when w);
/* 1 where the declared type has INT in it: SQLite converts text that looks
 * like a number there (Datatypes In SQLite, 3.1). */
int db_time_is_integer(const struct db_column *type);

int64_t db_time_clamp(int64_t n, int64_t least, int64_t most);

/* "YYYY-MM-DD" or "YYYY-MM-DDTHH:MM:SS": a bound for text.  What is the same
 * with a 'Z' or a fraction behind sorts after it. */
#define DB_TIME_BOUND INSTANT_TEXT
/* Everything due sorts below ${out} (see db_add_due()). */
void db_time_due_bound(int32_t last_day, int64_t before, enum db_effort effort,
    char out[DB_TIME_BOUND]);
/* Nothing later sorts below it. */
void db_time_later_bound(int32_t last_day, int64_t before,
    enum db_effort effort, char out[DB_TIME_BOUND]);

#endif /* !STORE_DB_TIME_H */
