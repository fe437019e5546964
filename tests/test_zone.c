/* engine/base/zone.c: time zones, against the C library and by hand */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "engine/base/when.h"
#include "engine/base/zone.h"
#include "engine/base/zone_rule.h"
#include "tests/times.h"

#define FIRST    INT64_C(-2208988800) /* 1900 */
#define LAST     INT64_C(7289654400)  /* 2201 */
#define DATABASE "/usr/share/zoneinfo"

static int64_t at(int year, int month, int day, int hour, int minute)
{
	struct civil c = { year, month, day };

	return (int64_t)civil_day(c) * CIVIL_DAY_SECONDS + hour * 3600 +
	       minute * 60;
}

static int32_t day_of(int year, int month, int day)
{
	return civil_day((struct civil){ year, month, day });
}

/* An instant in 1900 to 2200: the generator has only 31 bits. */
static int64_t some_instant(void)
{
	int64_t n = (int64_t)rand() << 31 | rand();

	return FIRST + n % (LAST - FIRST);
}

static void compare(const struct zone *z, int64_t instant)
{
	time_t t = (time_t)instant;
	struct tm tm;

	MUST(localtime_r(&t, &tm) != NULL, "no local time");
	MUST(zone_offset(z, instant) == tm.tm_gmtoff,
	    "%s at %lld: %d and not %ld", zone_name(z), (long long)instant,
	    zone_offset(z, instant), tm.tm_gmtoff);
	MUST(zone_day(z, instant) ==
		 day_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday),
	    "%s at %lld: another day", zone_name(z), (long long)instant);
}

/* Whatever the instants at which our offset changes: there too. */
static void compare_changes(const struct zone *z, int64_t t)
{
	int32_t offset = zone_offset(z, t);
	int64_t low = t, high = t + 200 * 86400;

	if (zone_offset(z, high) == offset)
		return;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (zone_offset(z, middle) == offset)
			low = middle;
		else
			high = middle;
	}
	compare(z, low);
	compare(z, high);
}

/* The first instant of a day: none before it has that date or a later one. */
static void check_midnight(const struct zone *z, int32_t day)
{
	int64_t m = zone_midnight(z, day);

	MUST(zone_day(z, m) >= day, "%s day %d: %lld is early", zone_name(z),
	    day, (long long)m);
	for (int64_t t = m - 1; t > m - 27 * 3600; t -= 1800)
		MUST(zone_day(z, t) < day, "%s day %d: %lld is late",
		    zone_name(z), day, (long long)m);
}

static int zones;

static int compare_zone(const char *path, const struct stat *sb, int kind)
{
	const char *name = path + sizeof(DATABASE);
	struct zone *z;
	int64_t t;

	(void)sb;
	if (kind != FTW_F || strchr(name, '.') ||
	    strncmp(name, "right/", 6) == 0 ||
	    strncmp(name, "posix/", 6) == 0 || strcmp(name, "leapseconds") == 0)
		return 0;
	z = times_zone(name);
	ck_assert_int_eq(setenv("TZ", name, 1), 0);
	tzset();
	for (int i = 0; i < 60; i++) {
		t = some_instant();
		compare(z, t);
		compare_changes(z, t);
		check_midnight(z, zone_day(z, t));
	}
	zone_free(z);
	zones++;
	return 0;
}

START_TEST(every_zone_agrees_with_the_c_library)
{
	srand(20261101);
	ck_assert_int_eq(ftw(DATABASE, compare_zone, 16), 0);
	ck_assert_int_eq(unsetenv("TZ"), 0);
	tzset();
	ck_assert_int_gt(zones, 300);
}
END_TEST

/* First instants that are known from the history of each place (UTC). */
static const struct {
	const char *zone;
	int year, month, day;
	const char *first;
} midnights[] = {
	{ "Asia/Tokyo", 2025, 3, 1, "2025-02-28T15:00:00Z" },
	/* Summer time in Tokyo, 1948 to 1951 */
	{ "Asia/Tokyo", 1948, 7, 1, "1948-06-30T14:00:00Z" },
	{ "Asia/Tokyo", 1951, 8, 1, "1951-07-31T14:00:00Z" },
	{ "Asia/Tokyo", 1952, 7, 1, "1952-06-30T15:00:00Z" },
	{ "Europe/Berlin", 2026, 3, 29, "2026-03-28T23:00:00Z" },
	{ "Europe/Berlin", 2026, 3, 30, "2026-03-29T22:00:00Z" },
	{ "Europe/Berlin", 2199, 7, 1, "2199-06-30T22:00:00Z" },
	/* Clocks jump from 00:00 to 01:00: the day begins at 01:00 */
	{ "America/Santiago", 2024, 9, 8, "2024-09-08T04:00:00Z" },
	{ "Asia/Beirut", 2024, 3, 31, "2024-03-30T22:00:00Z" },
	{ "Asia/Beirut", 2150, 3, 29, "2150-03-28T22:00:00Z" },
	/* Clocks go back from 24:00 to 23:00: 00:00 comes once, after it */
	{ "America/Santiago", 2024, 4, 7, "2024-04-07T04:00:00Z" },
	/* From 00:01 back to 23:01: of two 00:00 the first */
	{ "America/St_Johns", 2010, 11, 7, "2010-11-07T02:30:00Z" },
	{ "America/St_Johns", 2010, 11, 8, "2010-11-08T03:30:00Z" },
	/* Back from 01:00 to 00:00 */
	{ "America/Havana", 2024, 11, 3, "2024-11-03T04:00:00Z" },
	/* The island that skipped Friday, 30 December 2011 */
	{ "Pacific/Apia", 2011, 12, 29, "2011-12-29T10:00:00Z" },
	{ "Pacific/Apia", 2011, 12, 30, "2011-12-30T10:00:00Z" },
	{ "Pacific/Apia", 2011, 12, 31, "2011-12-30T10:00:00Z" },
	{ "Pacific/Apia", 2012, 1, 1, "2011-12-31T10:00:00Z" },
	{ "Pacific/Kiritimati", 2025, 1, 1, "2024-12-31T10:00:00Z" },
	{ "Pacific/Pago_Pago", 2025, 1, 1, "2025-01-01T11:00:00Z" },
	{ "Asia/Kathmandu", 2025, 1, 1, "2024-12-31T18:15:00Z" },
	{ "Australia/Lord_Howe", 2025, 1, 1, "2024-12-31T13:00:00Z" },
	{ "UTC", 2025, 1, 1, "2025-01-01T00:00:00Z" },
};

START_TEST(a_day_begins_where_history_says)
{
	struct zone *z = times_zone(midnights[_i].zone);
	char text[INSTANT_TEXT];
	int32_t day =
	    day_of(midnights[_i].year, midnights[_i].month, midnights[_i].day);

	civil_format_instant(zone_midnight(z, day), text);
	ck_assert_str_eq(text, midnights[_i].first);
	check_midnight(z, day);
	zone_free(z);
}
END_TEST

START_TEST(days_far_away_neither_overflow_nor_hang)
{
	static const int32_t days[] = { INT32_MIN, -100000000, -13000000,
		13000000, 100000000, INT32_MAX };
	struct zone *z = times_zone("Europe/Berlin");

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		int64_t m = zone_midnight(z, days[i]);

		ck_assert_int_lt(
		    llabs(m - (int64_t)days[i] * CIVIL_DAY_SECONDS), 86400);
	}
	for (int bit = 41; bit < 63; bit++)
		ck_assert_int_eq(zone_offset(z, INT64_C(1) << bit), 3600);
	ck_assert_int_eq(zone_offset(z, INT64_MAX), 3600);
	(void)zone_day(z, INT64_MAX);
	(void)zone_day(z, INT64_MIN);
	zone_free(z);
}
END_TEST

START_TEST(an_instant_is_written_with_its_offset)
{
	struct zone *z = times_zone("Asia/Tokyo");
	char text[ZONE_TEXT];

	zone_format(z, at(2025, 2, 28, 15, 0), text);
	ck_assert_str_eq(text, "2025-03-01T00:00:00+09:00");
	/* Before standard time: +09:18:59, which RFC 3339 cannot say */
	zone_format(z, at(1887, 1, 1, 0, 0), text);
	ck_assert_str_eq(text, "1887-01-01T09:18:00+09:18");
	zone_format(z, INT64_MAX, text);
	ck_assert_str_eq(text, "9999-12-31T23:59:59+09:00");
	zone_free(z);
	z = times_zone("America/St_Johns");
	zone_format(z, at(2025, 1, 1, 0, 0), text);
	ck_assert_str_eq(text, "2024-12-31T20:30:00-03:30");
	ck_assert_str_eq(zone_name(z), "America/St_Johns");
	zone_free(z);
}
END_TEST

START_TEST(a_name_that_the_database_lacks_is_not_found)
{
	static const char *const names[] = {
		"", "Asia/Tokio", "Asia", "Asia/", "/usr/share/zoneinfo/UTC",
		"../zoneinfo/UTC", "Asia/../UTC", "..", ".", "./UTC", "UTC ",
		"Asia/Tokyo\n", "UTC%n", "zone.tab", "Europe//",
		"Europe/Berlin/x",
		"An/Area/whose/Name/is/longer/than/sixty-four/characters/in/all/and/more"
	};
	struct zone *z = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_msg(
		    zone_open(names[i], &z) == ST_NOTFOUND, "\"%s\"", names[i]);
	ck_assert_ptr_null(z);
}
END_TEST

START_TEST(another_database_is_read_where_tzdir_says)
{
	struct buf berlin = BUF_INIT;
	const char *folder = test_folder();
	struct zone *z = NULL;
	char path[200];

	ck_assert_int_eq(
	    file_read(DATABASE "/Europe/Berlin", 65536, &berlin), ST_OK);
	(void)snprintf(path, sizeof(path), "%s/Mine", folder);
	ck_assert_int_eq(
	    file_create(path, berlin.data, berlin.len, 0600), ST_OK);
	ck_assert_int_eq(setenv("TZDIR", folder, 1), 0);
	ck_assert_int_eq(zone_open("Mine", &z), ST_OK);
	ck_assert_int_eq(zone_offset(z, at(2025, 7, 1, 0, 0)), 7200);
	zone_free(z);
	ck_assert_int_eq(zone_open("Europe/Berlin", &z), ST_NOTFOUND);
	(void)snprintf(path, sizeof(path), "%s/Pipe", folder);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(zone_open("Pipe", &z), ST_NOTFOUND);
	ck_assert_int_eq(setenv("TZDIR", "", 1), 0);
	z = times_zone("Europe/Berlin");
	zone_free(z);
	ck_assert_int_eq(unsetenv("TZDIR"), 0);
	buf_release(&berlin);
}
END_TEST

/* A file of our own: ${times} transitions, one each day from 1970 on, between
 * the offsets 0 and 3600; then ${footer}. */
static void make_file(struct buf *b, unsigned char times, const char *footer)
{
	unsigned char header[44] = "TZif2";

	buf_clear(b);
	buf_add(b, header, sizeof(header)); /* an empty block of 32 bits */
	header[35] = times;
	header[39] = 2; /* types */
	header[43] = 4; /* bytes of names */
	buf_add(b, header, sizeof(header));
	for (unsigned int i = 0; i < times; i++) {
		uint64_t t = i * UINT64_C(86400);

		for (int shift = 56; shift >= 0; shift -= 8)
			buf_addc(b, (char)(t >> shift & 255));
	}
	for (int i = 0; i < times; i++)
		buf_addc(b, (char)((i + 1) % 2));
	buf_add(b, "\0\0\0\0\0\0" /* UTC */ "\0\0\x0e\x10\1\0" /* +1 h */, 12);
	buf_add(b, "LMT", 4);
	buf_addf(b, "\n%s\n", footer);
	ck_assert_int_eq(buf_status(b), ST_OK);
}

#define TIMES_AT 88 /* where the transitions of make_file() begin */

START_TEST(before_within_and_behind_the_list)
{
	struct buf b = BUF_INIT;
	struct zone *z = NULL;

	make_file(&b, 3, "<-02>2");
	ck_assert_int_eq(zone_parse("Mine", b.data, b.len, &z), ST_OK);
	ck_assert_int_eq(zone_offset(z, -1), 0);
	ck_assert_int_eq(zone_offset(z, 0), 3600);
	ck_assert_int_eq(zone_offset(z, 86399), 3600);
	ck_assert_int_eq(zone_offset(z, 86400), 0);
	ck_assert_int_eq(zone_offset(z, 2 * 86400 - 1), 0);
	ck_assert_int_eq(zone_offset(z, 2 * 86400), -7200);
	zone_free(z);
	/* The rule counts from the last transition on, whatever its type. */
	make_file(&b, 3, "<-02>2<-01>,M3.5.0,M10.5.0");
	ck_assert_int_eq(zone_parse("Mine", b.data, b.len, &z), ST_OK);
	ck_assert_int_eq(zone_offset(z, 2 * 86400), -7200);
	ck_assert_int_eq(zone_offset(z, at(1970, 7, 1, 0, 0)), -3600);
	ck_assert_int_eq(zone_offset(z, at(2400, 7, 1, 0, 0)), -3600);
	zone_free(z);
	make_file(&b, 3, ""); /* nobody knows: the last goes on */
	ck_assert_int_eq(zone_parse("Mine", b.data, b.len, &z), ST_OK);
	ck_assert_int_eq(zone_offset(z, LAST), 3600);
	zone_free(z);
	make_file(&b, 0, ""); /* the first type for ever */
	ck_assert_int_eq(zone_parse("Mine", b.data, b.len, &z), ST_OK);
	ck_assert_int_eq(zone_offset(z, LAST), 0);
	zone_free(z);
	buf_release(&b);
}
END_TEST

START_TEST(a_file_cut_short_anywhere_is_refused)
{
	struct buf b = BUF_INIT;
	struct zone *z = NULL;

	make_file(&b, 5, "CET-1CEST,M3.5.0,M10.5.0/3");
	for (size_t len = 0; len < b.len; len++) {
		char *copy = malloc(len ? len : 1); /* exact, for asan */

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, b.data, len);
		ck_assert_int_eq(zone_parse("Mine", copy, len, &z), ST_INVALID);
		free(copy);
	}
	ck_assert_int_eq(zone_parse("Mine", b.data, b.len, &z), ST_OK);
	zone_free(z);
	buf_release(&b);
}
END_TEST

/* One byte of make_file(3) that makes it false. */
static const struct {
	const char *what;
	size_t at;
	unsigned char byte;
} damage[] = {
	{ "magic", 0, 'X' },
	{ "32-bit times only", 4, 0 },
	{ "second magic", 44, 'X' },
	{ "huge counts of the first block", 32, 0xff },
	{ "huge count of times", 44 + 32, 0xff },
	{ "huge count of types", 44 + 36, 0xff },
	{ "no types", 44 + 39, 0 },
	{ "transitions that go back", TIMES_AT + 8, 0x80 },
	{ "transitions that stand still", TIMES_AT + 13, 0 },
	{ "an index without type", TIMES_AT + 24, 2 },
	{ "a huge offset", TIMES_AT + 27, 0x7f },
	{ "a huge negative offset", TIMES_AT + 27, 0x80 },
	{ "summer time neither yes nor no", TIMES_AT + 31, 2 },
	{ "a name that is not there", TIMES_AT + 32, 4 },
	{ "no line before the rule", TIMES_AT + 43, ' ' },
	{ "a rule that is none", TIMES_AT + 44, '!' },
};

START_TEST(a_damaged_file_is_refused)
{
	struct buf b = BUF_INIT;
	struct zone *z = NULL;

	make_file(&b, 3, "UTC0");
	ck_assert_int_eq(b.data[TIMES_AT + 43], '\n');
	ck_assert_int_eq(zone_parse("Mine", b.data, b.len, &z), ST_OK);
	zone_free(z);
	z = NULL;
	b.data[damage[_i].at] = (char)damage[_i].byte;
	if (damage[_i].at == TIMES_AT + 13) /* the first time again: 0 */
		memset(b.data + TIMES_AT + 8, 0, 8);
	ck_assert_msg(zone_parse("Mine", b.data, b.len, &z) == ST_INVALID, "%s",
	    damage[_i].what);
	ck_assert_ptr_null(z);
	buf_release(&b);
}
END_TEST

START_TEST(a_file_that_counts_leap_seconds_is_refused)
{
	static const char leap[12] = { 0 };
	struct buf b = BUF_INIT;
	struct zone *z = NULL;

	make_file(&b, 0, "UTC0");
	b.len -= strlen("\nUTC0\n");
	buf_add(&b, leap, sizeof(leap));
	buf_adds(&b, "\nUTC0\n");
	b.data[44 + 31] = 1;
	ck_assert_int_eq(zone_parse("Mine", b.data, b.len, &z), ST_INVALID);
	ck_assert_ptr_nonnull(strstr(status_text(), "leap seconds"));
	buf_release(&b);
}
END_TEST

/* Start and end of summer time in 2027, a common year, and in 2028. */
static const struct {
	const char *rule, *start[2], *end[2];
} rules[] = {
	{ "CET-1CEST,M3.5.0,M10.5.0/3",
	    { "2027-03-28T01:00:00Z", "2028-03-26T01:00:00Z" },
	    { "2027-10-31T01:00:00Z", "2028-10-29T01:00:00Z" } },
	/* 02:00 where the rule has no time */
	{ "EST5EDT,M3.2.0,M11.1.0",
	    { "2027-03-14T07:00:00Z", "2028-03-12T07:00:00Z" },
	    { "2027-11-07T06:00:00Z", "2028-11-05T06:00:00Z" } },
	/* J never counts 29 February, the bare number does */
	{ "AAA0BBB,J60/0,J300/0",
	    { "2027-03-01T00:00:00Z", "2028-03-01T00:00:00Z" },
	    { "2027-10-26T23:00:00Z", "2028-10-26T23:00:00Z" } },
	{ "AAA0BBB,J59/0,J300/0",
	    { "2027-02-28T00:00:00Z", "2028-02-28T00:00:00Z" },
	    { "2027-10-26T23:00:00Z", "2028-10-26T23:00:00Z" } },
	{ "AAA0BBB,59/0,299/0",
	    { "2027-03-01T00:00:00Z", "2028-02-29T00:00:00Z" },
	    { "2027-10-26T23:00:00Z", "2028-10-25T23:00:00Z" } },
	/* Greenland: Saturday 23:00 as a time below 0 on Sunday */
	{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
	    { "2027-03-28T01:00:00Z", "2028-03-26T01:00:00Z" },
	    { "2027-10-31T01:00:00Z", "2028-10-29T01:00:00Z" } },
	/* Gaza: 50 hours after the fourth Thursday */
	{ "EET-2EEST,M3.4.4/50,M10.4.4/50",
	    { "2027-03-27T00:00:00Z", "2028-03-25T00:00:00Z" },
	    { "2027-10-29T23:00:00Z", "2028-10-27T23:00:00Z" } },
	/* Summer time below standard time, over the turn of the year */
	{ "IST-1GMT0,M10.5.0,M3.5.0/1",
	    { "2027-10-31T01:00:00Z", "2028-10-29T01:00:00Z" },
	    { "2027-03-28T01:00:00Z", "2028-03-26T01:00:00Z" } },
	{ "AAA-1:30:30BBB-2:00:30,M1.1.1/0:00:01,M12.5.5/-0:30:00",
	    { "2027-01-03T22:29:31Z", "2028-01-02T22:29:31Z" },
	    { "2027-12-30T21:29:30Z", "2028-12-28T21:29:30Z" } },
};

static void check_change(
    const struct zone_rule *r, const char *text, int32_t to)
{
	struct when w;

	ck_assert_int_eq(when_parse(text, strlen(text), &w), ST_OK);
	ck_assert_int_eq(zone_rule_span(r, w.seconds).offset, to);
	ck_assert_int_ne(zone_rule_span(r, w.seconds - 1).offset, to);
	ck_assert_int_eq(zone_rule_span(r, w.seconds - 1).end, w.seconds);
}

START_TEST(a_rule_says_when_clocks_change)
{
	const char *text = rules[_i].rule;
	int64_t t = at(2027, 1, 1, 0, 0);
	struct zone_rule r;
	int changes = 0;

	ck_assert_int_eq(zone_rule_parse(text, strlen(text), &r), ST_OK);
	for (int i = 0; i < 2; i++) {
		check_change(&r, rules[_i].start[i], r.summer);
		check_change(&r, rules[_i].end[i], r.standard);
	}
	while ((t = zone_rule_span(&r, t).end) < at(2028, 12, 30, 0, 0))
		changes++;
	ck_assert_int_eq(changes, 4);
}
END_TEST

START_TEST(summer_time_may_last_all_year)
{
	static const char *const texts[] = { "XXX3EDT4,0/0,J365/23",
		"EST5EDT,0/0,J365/25" };
	struct zone_rule r;

	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(
		    zone_rule_parse(texts[i], strlen(texts[i]), &r), ST_OK);
		for (int64_t t = at(2026, 12, 1, 0, 0);
		     t < at(2029, 2, 1, 0, 0); t += 1800)
			ck_assert_int_eq(
			    zone_rule_span(&r, t).offset, -4 * 3600);
	}
}
END_TEST

START_TEST(a_rule_is_strict)
{
	static const char *const bad[] = { "", "CE-1", "CET", "CET-", "CET-1 ",
		"CET-25", "CET-1:60", "CET-1:00:60", "CET-1:", "1CET-1",
		"<CET-1", "<>-1", "<C>-1", "<C T>-1", "CET-1CEST", "CET-1CEST,",
		"CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,",
		"CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5,M10.5.0",
		"CET-1CEST,J0,M10.5.0", "CET-1CEST,J366,M10.5.0",
		"CET-1CEST,366,M10.5.0", "CET-1CEST,M3.5.0/168,M10.5.0",
		"CET-1CEST,M3.5.0/,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/3x",
		"CET-1CEST,M3.5.0,M10.5.0,M10.5.0", "CET-1C,M3.5.0,M10.5.0",
		"CET-1CEST-25,M3.5.0,M10.5.0", "CET-9999999999" };
	struct zone_rule r = { .standard = 7 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(
		    zone_rule_parse(bad[i], strlen(bad[i]), &r) == ST_INVALID,
		    "\"%s\"", bad[i]);
	ck_assert_int_eq(r.standard, 7);
}
END_TEST

START_TEST(running_out_of_memory_leaves_nothing_behind)
{
	struct zone *z = NULL;
	enum status st;
	long n = 0;

	do {
		test_alloc_fuse(n++);
		st = zone_open("Asia/Tokyo", &z);
		test_alloc_fuse(-1);
		ck_assert(st == ST_OK || (st == ST_NOMEM && z == NULL));
	} while (st != ST_OK);
	ck_assert_int_ge(n, 4);
	zone_free(z);
	zone_free(NULL);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *zone_suite(void)
{
	Suite *s = suite_create("zone");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, every_zone_agrees_with_the_c_library);
	tcase_add_loop_test(
	    t, a_day_begins_where_history_says, 0, COUNT(midnights));
	tcase_add_test(t, days_far_away_neither_overflow_nor_hang);
	tcase_add_test(t, an_instant_is_written_with_its_offset);
	tcase_add_test(t, a_name_that_the_database_lacks_is_not_found);
	tcase_add_test(t, another_database_is_read_where_tzdir_says);
	tcase_add_test(t, before_within_and_behind_the_list);
	tcase_add_test(t, a_file_cut_short_anywhere_is_refused);
	tcase_add_loop_test(t, a_damaged_file_is_refused, 0, COUNT(damage));
	tcase_add_test(t, a_file_that_counts_leap_seconds_is_refused);
	tcase_add_loop_test(t, a_rule_says_when_clocks_change, 0, COUNT(rules));
	tcase_add_test(t, summer_time_may_last_all_year);
	tcase_add_test(t, a_rule_is_strict);
	tcase_add_test(t, running_out_of_memory_leaves_nothing_behind);
	suite_add_tcase(s, t);
	return s;
}
