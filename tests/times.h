#ifndef TESTS_TIMES_H
#define TESTS_TIMES_H

#include "engine/model/calendar.h"
#include "tests/suites.h"

/* Times from text, in tests: what does not read fails the test. */
struct zone *times_zone(const char *name);
struct period times_period(const char *text);
struct when times_when(const char *text);
int32_t times_day(const char *text);
enum calendar_rule times_rule(const char *name);

/* ${what} is said where the text of the first is not ${want}. */
void times_check_day(int32_t day, const char *want, const char *what);
void times_check_instant(int64_t instant, const char *want, const char *what);

#endif /* !TESTS_TIMES_H */
