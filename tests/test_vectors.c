/* vectors/calendar-vectors.csv: what is deletable when, and service terms */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/term.h"
#include "tests/times.h"

/* The columns of vectors/calendar-vectors.csv. */
enum column {
	V_ID,
	V_SET,
	V_KIND,
	V_RULE,
	V_EVENT,
	V_ZONE,
	V_HOLIDAYS,
	V_PERIOD,
	V_PARAMS,
	V_LAST_DAY,
	V_DUE_DATE,
	V_TARGET_DATE,
	V_BOUNDARY,
	V_ALT,
	V_STATUS,
	V_NOTE,
	V__MAX
};

/* The rows about deletion and terms, typed, for where the file is absent. */
static const char *const typed[] = {
	"V19,core,deletion_eligible,jp_civil_code,2024-02-29,Asia/Tokyo,,P1Y,,"
	"2025-02-28,,,2025-02-28T15:00:00Z,,,",
	"V20,core,deletion_eligible,jp_civil_code,2023-02-28,Asia/Tokyo,,P1Y,,"
	"2024-02-29,,,2024-02-29T15:00:00Z,eu_1182_71 last_day=2024-02-28,,",
	"V21,core,deletion_eligible,jp_civil_code,2016-02-29,Asia/Tokyo,,P10Y,,"
	"2026-02-28,,,2026-02-28T15:00:00Z,,,",
	"V22,core,deletion_eligible,eu_1182_71,2018-05-10,Europe/Berlin,,P8Y,"
	"start_shift=end_of_calendar_year,2026-12-31,,,2026-12-31T23:00:00Z,"
	"P10Y (books) last_day=2028-12-31,,",
	"V23,core,deletion_eligible,eu_1182_71,2026-03-01T20:00:00+01:00,"
	"Europe/Berlin,,P4W,,2026-03-29,,,2026-03-29T22:00:00Z,,,",
	"V24,core,service_term_end,jp_civil_code,2023-08-31,Asia/Tokyo,,P3Y,"
	"base=P2Y;extension=P1Y;base_end=2025-08-31;cancel_by=2025-02-28;"
	"cancelled=none,2026-08-31,,,2026-08-31T15:00:00Z,,,",
	"V25,core,service_term_end,jp_civil_code,2024-02-29,Asia/Tokyo,,P3Y,,"
	"2027-02-28,,,2027-02-28T15:00:00Z,,,",
};

/* Cut ${line} at its commas; no field holds one. */
static void split(char *line, char *field[V__MAX])
{
	line[strcspn(line, "\r\n")] = '\0';
	for (int i = 0; i < V__MAX; i++) {
		ck_assert_ptr_nonnull(line);
		field[i] = strsep(&line, ",");
	}
	ck_assert_ptr_null(line);
}

/* The value of "name=" in "a=1;name=2", up to ';'; NULL if it is not there.
 * Valid until the next call. */
static const char *param(const char *params, const char *name)
{
	static char value[64];
	size_t len = strlen(name);
	const char *p = params;

	while (p && (strncmp(p, name, len) != 0 || p[len] != '=')) {
		p = strchr(p, ';');
		p = p ? p + 1 : NULL;
	}
	if (p == NULL)
		return NULL;
	p += len + 1;
	(void)snprintf(value, sizeof(value), "%.*s", (int)strcspn(p, ";"), p);
	return value;
}

/* "eu_1182_71 last_day=..." or "P10Y (books) last_day=...". */
static void check_alternative(char *field[V__MAX], const struct calendar *c,
    enum calendar_from from, struct period p)
{
	const char *alt = field[V_ALT], *want = strstr(alt, "last_day=");
	struct calendar other = *c;
	char first[32];

	if (*alt == '\0')
		return;
	ck_assert_ptr_nonnull(want);
	(void)snprintf(
	    first, sizeof(first), "%.*s", (int)strcspn(alt, " "), alt);
	if (*first == 'P')
		p = times_period(first);
	else
		other.rule = times_rule(first);
	times_check_day(
	    calendar_end(&other, times_when(field[V_EVENT]), from, p).last_day,
	    want + strlen("last_day="), field[V_ID]);
}

static void check_deletion(char *field[V__MAX], const struct calendar *c)
{
	const char *shift = param(field[V_PARAMS], "start_shift");
	enum calendar_from from =
	    shift ? CALENDAR_FROM_END_OF_YEAR : CALENDAR_FROM_EVENT;
	struct period p = times_period(field[V_PERIOD]);
	struct calendar_end end =
	    calendar_end(c, times_when(field[V_EVENT]), from, p);

	if (shift)
		ck_assert_str_eq(shift, "end_of_calendar_year");
	times_check_day(end.last_day, field[V_LAST_DAY], field[V_ID]);
	times_check_instant(end.deletable_from, field[V_BOUNDARY], field[V_ID]);
	check_alternative(field, c, from, p);
}

static void check_term(char *field[V__MAX], const struct calendar *c)
{
	const char *params = field[V_PARAMS], *p;
	struct term term = { .is_limited = 1 };
	struct term_days days = { .cancelled = TERM_NO_DAY,
		.ended = TERM_NO_DAY };
	struct term_end end;

	p = param(params, "base");
	term.base = times_period(p ? p : field[V_PERIOD]);
	if ((p = param(params, "extension")) != NULL) {
		term.extension = times_period(p);
		term.notice = times_period("P6M"); /* requirements Q23 */
	}
	p = param(params, "cancelled");
	if (p && strcmp(p, "none") != 0)
		days.cancelled = times_day(p);
	days.from = times_day(field[V_EVENT]);
	end = term_end(c->rule, &term, &days);
	times_check_day(end.last_day, field[V_LAST_DAY], field[V_ID]);
	times_check_instant(zone_midnight(c->zone, end.last_day + 1),
	    field[V_BOUNDARY], field[V_ID]);
	if ((p = param(params, "base_end")) != NULL)
		times_check_day(end.base_end, p, field[V_ID]);
	if ((p = param(params, "cancel_by")) != NULL)
		times_check_day(end.cancel_by, p, field[V_ID]);
}

static void check_recurrence(char *field[V__MAX], const struct calendar *c)
{
	const char *n = param(field[V_PARAMS], "n");
	int32_t last = calendar_recurrence(c->rule, times_day(field[V_EVENT]),
	    times_period(field[V_PERIOD]), n ? (int)strtol(n, NULL, 10) : 1);

	times_check_day(last, field[V_LAST_DAY], field[V_ID]);
	if (*field[V_BOUNDARY])
		times_check_instant(zone_midnight(c->zone, last + 1),
		    field[V_BOUNDARY], field[V_ID]);
}

/* 1 if the row is about something that this module does. */
static int check_row(const char *row)
{
	char line[1024], *field[V__MAX];
	struct zone *z;
	struct calendar c;
	int mine = 1;

	ck_assert_uint_lt(strlen(row), sizeof(line));
	(void)snprintf(line, sizeof(line), "%s", row);
	split(line, field);
	if (strcmp(field[V_ID], "id") == 0)
		return 0;
	z = times_zone(field[V_ZONE]);
	c = (struct calendar){ times_rule(field[V_RULE]), z };
	if (strcmp(field[V_KIND], "deletion_eligible") == 0)
		check_deletion(field, &c);
	else if (strcmp(field[V_KIND], "service_term_end") == 0)
		check_term(field, &c);
	else if (strcmp(field[V_KIND], "recurrence") == 0)
		check_recurrence(field, &c);
	else
		mine = 0;
	zone_free(z);
	return mine;
}

START_TEST(typed_vectors_hold) { ck_assert_int_eq(check_row(typed[_i]), 1); }
END_TEST

START_TEST(shared_vectors_hold)
{
	const char *path = test_shared("vectors/calendar-vectors.csv");
	char row[1024];
	int rows = 0;
	FILE *f;

	if (path == NULL)
		return;
	ck_assert_ptr_nonnull(f = fopen(path, "r"));
	while (fgets(row, sizeof(row), f))
		rows += check_row(row);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_ge(rows, 7); /* V19 to V25 at least */
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *vectors_suite(void)
{
	Suite *s = suite_create("vectors");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, typed_vectors_hold, 0, COUNT(typed));
	tcase_add_test(t, shared_vectors_hold);
	suite_add_tcase(s, t);
	return s;
}
