/* Times from text, for the suites about time. */
#include "tests/times.h"

#include <string.h>

#include "engine/base/civil.h"

struct zone *times_zone(const char *name)
{
	struct zone *z = NULL;

	ck_assert_msg(zone_open(name, &z) == ST_OK, "%s", status_text());
	return z;
}

struct period times_period(const char *text)
{
	struct period p;

	ck_assert_msg(period_parse(text, &p) == ST_OK, "%s", status_text());
	return p;
}

struct when times_when(const char *text)
{
	struct when w;

	ck_assert_msg(when_parse(text, strlen(text), &w) == ST_OK, "\"%s\": %s",
	    text, status_text());
	return w;
}

int32_t times_day(const char *text)
{
	struct when w = times_when(text);

	ck_assert_int_eq(w.kind, WHEN_DATE);
	return w.day;
}

enum calendar_rule times_rule(const char *name)
{
	enum calendar_rule rule;

	ck_assert_msg(
	    calendar_rule_parse(name, &rule) == ST_OK, "%s", status_text());
	return rule;
}

void times_check_day(int32_t day, const char *want, const char *what)
{
	char text[CIVIL_TEXT];

	civil_format(day, text);
	ck_assert_msg(
	    strcmp(text, want) == 0, "%s: %s and not %s", what, text, want);
}

void times_check_instant(int64_t instant, const char *want, const char *what)
{
	char text[INSTANT_TEXT];

	civil_format_instant(instant, text);
	ck_assert_msg(
	    strcmp(text, want) == 0, "%s: %s and not %s", what, text, want);
}
