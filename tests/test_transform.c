/* engine/purge/transform.c, engine/base/number.c: values de-identified */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/number.h"
#include "engine/crypto/crypto.h"
#include "engine/purge/transform.h"
#include "tests/suites.h"

static struct secret_key *key;
static struct zone *zone;

static void set_up(void)
{
	static const uint8_t bytes[SECRET_LEN] = { 7 };

	ck_assert_int_eq(crypto_init(), ST_OK);
	ck_assert_int_eq(secret_new(bytes, &key), ST_OK);
	ck_assert_int_eq(zone_open("Asia/Tokyo", &zone), ST_OK);
}

static void tear_down(void)
{
	secret_free(key);
	zone_free(zone);
}

/* A value as a test shows it: "i:5", "r:1.5", "t:x", "b:x", "null". */
static void show(struct val v, char *out, size_t size)
{
	char real[NUMBER_TEXT];

	switch (v.type) {
	case VAL_INT:
		(void)snprintf(out, size, "i:%lld", (long long)v.i);
		break;
	case VAL_REAL:
		number_format(v.r, real);
		(void)snprintf(out, size, "r:%s", real);
		break;
	case VAL_TEXT:
	case VAL_BLOB:
		(void)snprintf(out, size, "%c:%.*s",
		    v.type == VAL_TEXT ? 't' : 'b', (int)v.n,
		    (const char *)v.p);
		break;
	case VAL_NULL:
	case VAL_END: (void)snprintf(out, size, "null"); break;
	}
}

static void check_one(
    struct reduce_column how, const char *type, struct val in, const char *want)
{
	char name[] = "c", declared[40], shown[200];
	struct db_column column = { .name = name, .type = declared };
	struct reduce r = { .columns = &how, .count = 1 };
	struct transform *t = NULL;
	struct val out;

	(void)snprintf(declared, sizeof(declared), "%s", type);
	how.column = &column;
	if (how.unreadable.type == VAL_END)
		how.unreadable = NIL;
	ck_assert_int_eq(transform_new(&r, zone, key, &t), ST_OK);
	ck_assert_int_eq(transform_row(t, &in, &out), ST_OK);
	show(out, shown, sizeof(shown));
	ck_assert_str_eq(shown, want);
	/* Twice is once. */
	if (how.method != POLICY_METHOD_KEYED_HASH) {
		char copy[200];
		struct val again = out;

		if (out.type == VAL_TEXT) {
			memcpy(copy, out.p, out.n);
			again.p = copy;
		}
		ck_assert_int_eq(transform_row(t, &again, &out), ST_OK);
		show(out, shown, sizeof(shown));
		ck_assert_str_eq(shown, want);
	}
	transform_free(t);
}

/* ---- null, constant ---- */

START_TEST(null_and_constant_say_nothing)
{
	struct reduce_column how = { .method = POLICY_METHOD_NULL };

	check_one(how, "TEXT", TEXT("x"), "null");
	check_one(how, "TEXT", NIL, "null");
	how.method = POLICY_METHOD_CONSTANT;
	how.constant = TEXT("-");
	check_one(how, "TEXT", TEXT("x"), "t:-");
	check_one(how, "TEXT", NIL, "t:-");
	how.constant = INT(3);
	check_one(how, "INTEGER", INT(77), "i:3");
}
END_TEST

START_TEST(what_is_absent_stays_absent)
{
	static const enum policy_method methods[] = { POLICY_METHOD_TRUNCATE,
		POLICY_METHOD_ROUND, POLICY_METHOD_DATE,
		POLICY_METHOD_KEYED_HASH };
	struct reduce_column how = { .method = methods[_i],
		.amount = 2,
		.part = POLICY_DATE_YEAR,
		.unreadable = TEXT("") };

	check_one(how, "TEXT", NIL, "null");
}
END_TEST

/* ---- truncate ---- */

static const struct {
	int64_t characters;
	const char *in;
	const char *want;
} cuts[] = {
	{ 3, "Yokohama", "t:Yok" },
	{ 3, "Yo", "t:Yo" },
	{ 3, "", "t:" },
	{ 2, "横浜市", "t:横浜" },
	{ 3, "a\xcc\x88o", "t:a\xcc\x88o" }, /* a and its dots are two */
	{ 1, "😀x", "t:😀" },
	{ 3,
	    "ab\xff"
	    "cd",
	    "t:ab" },
	{ 2, "a\xe6\xa8", "t:a" },
	{ 9, "\xe6", "t:" },
};

START_TEST(text_is_cut_between_characters)
{
	struct reduce_column how = { .method = POLICY_METHOD_TRUNCATE,
		.amount = cuts[_i].characters };

	check_one(how, "TEXT", TEXT(cuts[_i].in), cuts[_i].want);
}
END_TEST

START_TEST(other_values_are_cut_as_they_print)
{
	struct reduce_column how = { .method = POLICY_METHOD_TRUNCATE,
		.amount = 3 };

	check_one(how, "", INT(-12345), "t:-12");
	check_one(how, "", REAL(1.25), "t:1.2");
	check_one(how, "", BLOB("abcdef", 6), "t:abc");
}
END_TEST

/* ---- round ---- */

static const struct {
	int decimals;
	const char *in;
	const char *want; /* NULL: not a number */
} rounds[] = {
	{ 1, "35.6895", "35.7" },
	{ 1, "-35.6895", "-35.7" },
	{ 1, "35.65", "35.7" },
	{ 1, "35.64999999999999999999", "35.6" },
	{ 2, "1.005", "1.01" },
	{ 1, "0.96", "1.0" },
	{ 1, "99.96", "100.0" },
	{ 0, "99.5", "100" },
	{ 0, "0.5", "1" },
	{ 0, "-0.5", "-1" },
	{ 0, "0.4", "0" },
	{ 1, "-0.04", "0.0" },
	{ 1, "0.004", "0.0" },
	{ 2, "0.005", "0.01" },
	{ 3, "0.00449", "0.004" },
	{ 1, "35", "35" },
	{ 1, "35.60", "35.60" },
	{ 1, "+35.68", "35.7" },
	{ -1, "35", "40" },
	{ -1, "34.9", "30" },
	{ -2, "35", "0" },
	{ -2, "50", "100" },
	{ -2, "-1949", "-1900" },
	{ -3, "400", "0" },
	{ -3, "4000", "4000" },
	{ 1, "3.56e1", "3.56e1" },
	{ 1, "3.5689e1", "35.7" },
	{ 0, "12345e-2", "123" },
	{ -2, "1.2345e4", "12300" },
	{ 1, "1e-99999", "0.0" },
	{ 2, "0", "0" },
	{ 1, "", NULL },
	{ 1, "-", NULL },
	{ 1, "12 ", NULL },
	{ 1, "0x10", NULL },
	{ 1, "1,5", NULL },
	{ 1, "nan", NULL },
};

START_TEST(numbers_are_rounded_in_decimal)
{
	const char *in = rounds[_i].in, *want = rounds[_i].want;
	struct reduce_column how = { .method = POLICY_METHOD_ROUND,
		.amount = rounds[_i].decimals };
	struct buf b = BUF_INIT;
	char text[60];

	ck_assert_int_eq(number_round(in, strlen(in), rounds[_i].decimals, &b),
	    want ? ST_OK : ST_INVALID);
	ck_assert_str_eq(buf_text(&b), want ? want : "");
	buf_release(&b);
	(void)snprintf(text, sizeof(text), "t:%s", want ? want : "");
	check_one(how, "TEXT", TEXT(in), want ? text : "null");
	if (want == NULL) {
		how.unreadable = TEXT("");
		check_one(how, "TEXT", TEXT(in), "t:");
	}
}
END_TEST

START_TEST(stored_numbers_are_rounded)
{
	struct reduce_column how = { .method = POLICY_METHOD_ROUND,
		.amount = 1 };

	check_one(how, "REAL", REAL(35.6895), "r:35.7");
	check_one(how, "REAL", REAL(-35.65), "r:-35.7");
	check_one(how, "REAL", REAL(1e300), "r:1e+300");
	check_one(how, "REAL", REAL(INFINITY), "null");
	check_one(how, "REAL", BLOB("1.25", 4), "null");
	check_one(how, "NUMERIC", INT(35), "i:35");
	how.amount = 2;
	check_one(how, "REAL", REAL(1.005), "r:1.01");
	how.amount = -1;
	check_one(how, "INTEGER", INT(35), "i:40");
	check_one(how, "INTEGER", INT(34), "i:30");
	check_one(how, "INTEGER", INT(-35), "i:-40");
	check_one(how, "INTEGER", INT(-34), "i:-30");
	check_one(how, "INTEGER", INT(4), "i:0");
	check_one(how, "INTEGER", INT(0), "i:0");
	check_one(how, "INTEGER", INT(INT64_MAX), "i:9223372036854775800");
	check_one(how, "INTEGER", INT(INT64_MIN), "i:-9223372036854775800");
	how.amount = -15;
	check_one(how, "INTEGER", INT(INT64_MAX), "i:9223000000000000000");
}
END_TEST

/* ---- date ---- */

static const struct {
	enum policy_date_part part;
	const char *type;
	const char *in;
	const char *want;
} dates[] = {
	{ POLICY_DATE_DAY, "TEXT", "2026-03-17", "t:2026-03-17" },
	{ POLICY_DATE_MONTH, "TEXT", "2026-03-17", "t:2026-03-01" },
	{ POLICY_DATE_YEAR, "DATE", "2026-03-17", "t:2026-01-01" },
	{ POLICY_DATE_MONTH, "TEXT", "2024-02-29", "t:2024-02-01" },
	{ POLICY_DATE_YEAR, "TEXT", "1899-05-05", "t:1899-01-01" },
	/* 05:00 in Tokyo, of the same day */
	{ POLICY_DATE_DAY, "TEXT", "2026-03-16T20:00:00Z",
	    "t:2026-03-16T15:00:00Z" },
	/* 23:59:59 there, on the 16th */
	{ POLICY_DATE_DAY, "TEXT", "2026-03-16T14:59:59Z",
	    "t:2026-03-15T15:00:00Z" },
	{ POLICY_DATE_DAY, "TEXT", "2026-03-16T14:59:59.999Z",
	    "t:2026-03-15T15:00:00Z" },
	{ POLICY_DATE_DAY, "TEXT", "2026-03-16T15:00:00.0Z",
	    "t:2026-03-16T15:00:00Z" },
	{ POLICY_DATE_DAY, "TEXT", "2026-03-16T15:00:00.01Z",
	    "t:2026-03-16T15:00:00Z" },
	/* already March in Tokyo */
	{ POLICY_DATE_MONTH, "TEXT", "2026-02-28T15:00:00Z",
	    "t:2026-02-28T15:00:00Z" },
	{ POLICY_DATE_MONTH, "TEXT", "2026-02-28T14:59:59Z",
	    "t:2026-01-31T15:00:00Z" },
	{ POLICY_DATE_YEAR, "TEXT", "2026-12-31 16:00:00",
	    "t:2026-12-31T15:00:00Z" },
	{ POLICY_DATE_YEAR, "TEXT", "2026-12-31T16:00:00+09:00",
	    "t:2025-12-31T15:00:00Z" },
	{ POLICY_DATE_MONTH, "TEXT", "March", "null" },
	{ POLICY_DATE_MONTH, "TEXT", "2026-02-30", "null" },
	{ POLICY_DATE_MONTH, "TEXT", "", "null" },
};

START_TEST(times_are_cut_to_local_days)
{
	struct reduce_column how = { .method = POLICY_METHOD_DATE,
		.part = dates[_i].part };

	check_one(how, dates[_i].type, TEXT(dates[_i].in), dates[_i].want);
}
END_TEST

START_TEST(seconds_stay_seconds)
{
	struct reduce_column how = { .method = POLICY_METHOD_DATE,
		.part = POLICY_DATE_DAY };

	/* 2026-03-16T15:00:00Z */
	check_one(how, "INTEGER", INT(1773673200), "i:1773673200");
	check_one(how, "INTEGER", INT(1773673199), "i:1773586800");
	check_one(how, "REAL", REAL(1773673199.5), "i:1773586800");
	check_one(how, "INTEGER", INT(INT64_MAX), "null");
	how.part = POLICY_DATE_YEAR;
	check_one(how, "INTEGER", INT(0), "i:-32400");
	how.unreadable = TEXT("");
	check_one(how, "INTEGER", TEXT("soon"), "t:");
}
END_TEST

/* ---- keyed_hash ---- */

static void hash(const struct secret_key *with, struct val in, char *out)
{
	char name[] = "c", type[] = "TEXT";
	struct db_column column = { .name = name, .type = type };
	struct reduce_column how = { .column = &column,
		.method = POLICY_METHOD_KEYED_HASH };
	struct reduce r = { .columns = &how, .count = 1 };
	struct transform *t = NULL;
	struct val hashed;

	ck_assert_int_eq(transform_new(&r, zone, with, &t), ST_OK);
	ck_assert_int_eq(transform_row(t, &in, &hashed), ST_OK);
	ck_assert_int_eq(hashed.type, VAL_TEXT);
	ck_assert_uint_eq(hashed.n, 32);
	memcpy(out, hashed.p, 32);
	out[32] = '\0';
	ck_assert_uint_eq(strspn(out, "0123456789abcdef"), 32);
	transform_free(t);
}

START_TEST(equal_values_hash_alike_and_others_do_not)
{
	static const uint8_t bytes[SECRET_LEN] = { 8 };
	struct secret_key *other = NULL;
	char a[33], b[33];

	hash(key, TEXT("WBA12345678901234"), a);
	hash(key, TEXT("WBA12345678901234"), b);
	ck_assert_str_eq(a, b);
	hash(key, TEXT("WBA12345678901235"), b);
	ck_assert_str_ne(a, b);
	ck_assert_int_eq(secret_new(bytes, &other), ST_OK);
	hash(other, TEXT("WBA12345678901234"), b);
	ck_assert_str_ne(a, b);
	secret_free(other);
	/* A unique column may hold all four. */
	hash(key, TEXT("1"), a);
	hash(key, INT(1), b);
	ck_assert_str_ne(a, b);
	hash(key, BLOB("1", 1), b);
	ck_assert_str_ne(a, b);
	hash(key, TEXT(""), b);
	ck_assert_str_ne(a, b);
}
END_TEST

/* ---- rows ---- */

START_TEST(a_row_is_changed_column_by_column)
{
	char a[] = "a", b[] = "b", text[] = "TEXT";
	struct db_column columns[] = { { .name = a, .type = text },
		{ .name = b, .type = text } };
	struct reduce_column how[] = {
		{ .column = &columns[0],
		    .method = POLICY_METHOD_TRUNCATE,
		    .amount = 1 },
		{ .column = &columns[1], .method = POLICY_METHOD_KEYED_HASH },
	};
	struct reduce r = { .columns = how, .count = 2 };
	const char *const keys[] = { "k", "b" };
	const struct val in[] = { TEXT("xyz"), TEXT("v") };
	const struct val old[] = { INT(5), TEXT("v") };
	struct transform *t = NULL;
	struct val out[2], now[2];

	ck_assert_int_eq(transform_new(&r, zone, key, &t), ST_OK);
	ck_assert_int_eq(transform_row(t, in, out), ST_OK);
	ck_assert_uint_eq(out[0].n, 1);
	ck_assert_uint_eq(out[1].n, 32);
	reduce_key(&r, keys, 2, old, out, now);
	ck_assert_int_eq(now[0].i, 5);
	ck_assert_ptr_eq(now[1].p, out[1].p);
	transform_free(t);
}
END_TEST

START_TEST(running_out_of_memory_is_told)
{
	char a[] = "a", text[] = "TEXT";
	struct db_column column = { .name = a, .type = text };
	struct reduce_column how = { .column = &column,
		.method = POLICY_METHOD_KEYED_HASH };
	struct reduce r = { .columns = &how, .count = 1 };
	const struct val in = TEXT("v");
	int blown = 1;
	enum status st = ST_OK;
	struct val out;

	for (long n = 0; blown; n++) {
		struct transform *t = NULL;

		test_alloc_fuse(n);
		st = transform_new(&r, zone, key, &t);
		if (st == ST_OK)
			st = transform_row(t, &in, &out);
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		ck_assert_int_eq(st, blown ? ST_NOMEM : ST_OK);
		transform_free(t);
	}
	ck_assert_int_eq(st, ST_OK);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof(*(a)))

Suite *transform_suite(void)
{
	Suite *s = suite_create("transform");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, null_and_constant_say_nothing);
	tcase_add_loop_test(t, what_is_absent_stays_absent, 0, 4);
	tcase_add_loop_test(t, text_is_cut_between_characters, 0, COUNT(cuts));
	tcase_add_test(t, other_values_are_cut_as_they_print);
	tcase_add_loop_test(
	    t, numbers_are_rounded_in_decimal, 0, COUNT(rounds));
	tcase_add_test(t, stored_numbers_are_rounded);
	tcase_add_loop_test(t, times_are_cut_to_local_days, 0, COUNT(dates));
	tcase_add_test(t, seconds_stay_seconds);
	tcase_add_test(t, equal_values_hash_alike_and_others_do_not);
	tcase_add_test(t, a_row_is_changed_column_by_column);
	tcase_add_test(t, running_out_of_memory_is_told);
	suite_add_tcase(s, t);
	return s;
}
