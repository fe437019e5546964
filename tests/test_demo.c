/* engine/demo: the made-up installation, read back without its own code */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "engine/base/when.h"
#include "engine/demo/demo.h"
#include "engine/model/config.h"
#include "engine/model/policy.h"
#include "tests/plain.h"
#include "tests/suites.h"

#define CUSTOMERS 200

/* Noon in November; 00:00 in Tokyo on 1 March of a leap year, and on
 * 1 January; 29 February; the last second of a February. */
static const char *const moments[] = { "2026-11-22T13:30:00Z",
	"2024-02-29T15:00:00Z", "2025-12-31T15:00:00Z", "2024-02-29T03:00:00Z",
	"2027-02-28T14:59:59Z" };
#define MOMENTS (int)(sizeof(moments) / sizeof(*moments))

static struct demo_report report;
static char folder[80];
static sqlite3 *db;

static int64_t moment(int i)
{
	struct when w;

	ck_assert_int_eq(when_parse(moments[i], strlen(moments[i]), &w), ST_OK);
	return w.seconds;
}

/* Japan has had no summer time since 1951. */
static int32_t tokyo_day(int64_t t)
{
	return (int32_t)((t + 9 * 3600) / 86400);
}

static void write_demo(int i, int customers)
{
	(void)snprintf(folder, sizeof(folder), "%s/demo", test_folder());
	ck_assert_msg(
	    demo_write(folder, customers, moment(i), &report) == ST_OK, "%s",
	    status_text());
}

static void read_into(struct buf *b, const char *path)
{
	char full[200];

	buf_clear(b);
	(void)snprintf(full, sizeof(full), "%s/%s", folder, path);
	ck_assert_int_eq(file_read(full, 200 << 20, b), ST_OK);
}

static void open_demo(int i)
{
	write_demo(i, CUSTOMERS);
	db = plain_open(folder, &report);
}

static void close_demo(void)
{
	(void)sqlite3_close(db);
	db = NULL;
}

/* ---- starting points, by hand ---- */

#define LAST_CONTRACT(table, key)                                          \
	"SELECT CASE WHEN count(k.expires_on) = count(*) "                 \
	"THEN max(k.expires_on) END FROM " table " t LEFT JOIN contracts " \
	"k ON k.customer_id = t." key " GROUP BY t.rowid"
static const struct {
	const char *cluster;
	const char *collection;
	const char *values;
} collections[] = {
	{ "customer_data", "customers", LAST_CONTRACT("customers", "id") },
	{ "account_data", "accounts",
	    LAST_CONTRACT("accounts", "customer_id") },
	{ "preferences", "preferences",
	    LAST_CONTRACT("preferences", "customer_id") },
	{ "contract_data", "contracts", "SELECT expires_on FROM contracts" },
	{ "contract_data", "services",
	    "SELECT expires_on FROM services s "
	    "JOIN contracts k ON k.id = s.contract_id" },
	{ "purchased_services", "purchases",
	    "SELECT term_ends_on FROM purchases" },
	{ "holder_data", "holdings", "SELECT held_until FROM holdings" },
	{ "financial_data", "transactions",
	    "SELECT booked_on FROM transactions" },
	{ "bank_data", "bank_accounts",
	    "SELECT max(booked_on) FROM bank_accounts b LEFT JOIN transactions"
	    " t ON t.bank_account_id = b.id GROUP BY b.id" },
	{ "vehicle_status_data", "vehicle_status",
	    "SELECT recorded_at FROM vehicle_status" },
	{ "position_data", "positions", "SELECT recorded_at FROM positions" },
	{ "vehicle_service_data", "vehicle_service",
	    "SELECT recorded_at FROM vehicle_service" },
	{ "traffic_data", "traffic", "SELECT recorded_at FROM traffic" },
	{ "environment_data", "environment",
	    "SELECT recorded_at FROM environment" },
	{ "user_data", "user_settings",
	    "SELECT recorded_at FROM user_settings" },
	{ "sensor_data", "sensor", "SELECT recorded_at FROM sensor" },
	{ "group_login", "group_logins",
	    "SELECT last_sign_in_at FROM group_logins" },
	{ "group_login", "company_links",
	    "SELECT last_sign_in_at FROM company_links JOIN group_logins "
	    "USING (universal_id)" },
	{ "sign_in_log", "sign_ins", "SELECT occurred_at FROM sign_ins" },
	{ "technical_data", "vehicles", "SELECT scrapped_on FROM vehicles" },
	{ "technical_data", "vehicle_services",
	    "SELECT scrapped_on FROM vehicle_services JOIN vehicles "
	    "USING (vin)" },
	{ "support_cases", "support_cases",
	    "SELECT closed_at FROM support_cases" },
	{ "call_recordings", "call_recordings",
	    "SELECT recorded_at FROM call_recordings" },
	{ "consent_records", "consents", "SELECT ended_at FROM consents" },
	{ "marketing_contacts", "marketing", "SELECT sent_at FROM marketing" },
	{ "disclosures", "disclosures",
	    "SELECT disclosed_at FROM disclosures" },
	{ "sanctions_screening", "sanctions_screenings",
	    "SELECT screened_at FROM sanctions_screenings" },
};
#define COLLECTIONS (sizeof(collections) / sizeof(*collections))
_Static_assert(COLLECTIONS == DEMO_FILES, "one starting point for each file");

/* Civil Code as it is written.  Art. 140: the first day does not count.
 * Art. 143: the period ends on the day before the one that corresponds to the
 * first counted day, or, where there is none, on the last of the month. */
static int32_t last_day(int32_t event, struct period p)
{
	struct civil c = civil_date(event + 1);
	int month = c.month - 1 + p.months;

	MUST(p.months == 0 || p.days == 0, "months and days");
	if (p.months == 0)
		return event + p.days;
	c.year += month / 12;
	c.month = month % 12 + 1;
	if (c.day > civil_month_length(c.year, c.month)) {
		c.day = civil_month_length(c.year, c.month);
		return civil_day(c);
	}
	return civil_day(c) - 1;
}

struct tally {
	int64_t due;
	int64_t kept;
	int64_t open;
	int32_t newest_due; /* day of the starting point */
	int32_t oldest_kept;
};

static int32_t event_day(const char *text, int64_t now)
{
	struct when w;

	MUST(when_parse(text, strlen(text), &w) == ST_OK, "%s", text);
	if (w.kind == WHEN_DATE) { /* a term may end in the next year */
		MUST(w.day <= tokyo_day(now) + 366 && w.day >= WHEN_FIRST_DAY,
		    "%s", text);
		return w.day;
	}
	MUST(w.seconds <= now && w.seconds >= WHEN_FIRST_SECOND, "%s", text);
	return tokyo_day(w.seconds);
}

static struct tally tally(
    const char *values, struct period p, enum calendar_from from, int64_t now)
{
	struct tally t = { .newest_due = INT32_MIN, .oldest_kept = INT32_MAX };
	sqlite3_stmt *s = NULL;

	ck_assert_msg(sqlite3_prepare_v2(db, values, -1, &s, NULL) == SQLITE_OK,
	    "%s: %s", values, sqlite3_errmsg(db));
	while (sqlite3_step(s) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(s, 0);
		int32_t day, start;

		if (text == NULL) {
			t.open++;
			continue;
		}
		day = start = event_day(text, now);
		if (from == CALENDAR_FROM_END_OF_YEAR)
			start = civil_day(
			    (struct civil){ civil_date(day).year, 12, 31 });
		if (last_day(start, p) < tokyo_day(now)) {
			t.due++;
			if (day > t.newest_due)
				t.newest_due = day;
		} else {
			t.kept++;
			if (day < t.oldest_kept)
				t.oldest_kept = day;
		}
	}
	(void)sqlite3_finalize(s);
	return t;
}

/* The installation as the program will read it. */
struct loaded {
	struct diag d;
	struct config config;
	struct policy policy;
	struct dataset *files[3];
	const struct dataset *datasets[3];
};

static void load(struct loaded *l)
{
	const struct policy *policy = &l->policy;
	char path[200];
	size_t n = 0;

	*l = (struct loaded){ .d = DIAG_INIT };
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", folder);
	ck_assert_int_eq(config_load(path, &l->d, &l->config), ST_OK);
	ck_assert_uint_eq(l->config.store_count, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(dataset_load(l->config.stores[i].dataset,
				     &l->d, &l->files[i], &n),
		    ST_OK);
		ck_assert_uint_eq(n, 1);
		l->datasets[i] = l->files[i];
	}
	dataset_check(l->datasets, 3, &l->d);
	ck_assert_int_eq(
	    policy_load(l->config.policies[0], &l->d, &l->policy), ST_OK);
	policy_check(&policy, 1, l->datasets, 3, &l->d);
}

static void unload(struct loaded *l)
{
	config_release(&l->config);
	policy_release(&l->policy);
	for (size_t i = 0; i < 3; i++) {
		dataset_release(l->files[i]);
		free(l->files[i]);
	}
	diag_release(&l->d);
}

/* ---- tests ---- */

START_TEST(the_same_arguments_give_the_same_bytes)
{
	struct buf first[DEMO_FILES], again = BUF_INIT;

	write_demo(0, CUSTOMERS);
	for (size_t i = 0; i < DEMO_FILES; i++) {
		first[i] = (struct buf)BUF_INIT;
		read_into(&first[i], report.files[i].path);
	}
	write_demo(0, CUSTOMERS);
	for (size_t i = 0; i < DEMO_FILES; i++) {
		read_into(&again, report.files[i].path);
		ck_assert_uint_eq(again.len, first[i].len);
		ck_assert_mem_eq(again.data, first[i].data, again.len);
		buf_release(&first[i]);
	}
	buf_release(&again);
}
END_TEST

START_TEST(a_folder_that_is_in_use_is_left_alone)
{
	struct buf b = BUF_INIT;
	char path[200];

	(void)snprintf(folder, sizeof(folder), "%s", test_folder());
	(void)snprintf(path, sizeof(path), "%s/mine", folder);
	ck_assert_int_eq(file_create(path, "x", 1, 0600), ST_OK);
	ck_assert_int_eq(
	    demo_write(folder, 1, moment(0), &report), ST_CONFLICT);
	ck_assert_int_eq(demo_write(path, 1, moment(0), &report), ST_CONFLICT);
	read_into(&b, "mine");
	ck_assert_str_eq(buf_text(&b), "x");
	buf_release(&b);
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", folder);
	ck_assert(!file_exists(path));
}
END_TEST

START_TEST(numbers_out_of_range_are_refused)
{
	const char *in = test_folder();

	ck_assert_int_eq(demo_write(in, 0, moment(0), &report), ST_USAGE);
	ck_assert_int_eq(
	    demo_write(in, DEMO_MOST + 1, moment(0), &report), ST_USAGE);
	ck_assert_int_eq(demo_write(in, 1, 0, &report), ST_USAGE);
	ck_assert_int_eq(demo_write(in, 1, INT64_MAX, &report), ST_USAGE);
}
END_TEST

/* Where the last neighbours are missing, nothing points to them. */
START_TEST(any_number_of_customers_makes_a_world)
{
	struct buf b = BUF_INIT;
	char next[16];

	for (int n = 1; n <= 41; n += 4) {
		write_demo(0, n);
		ck_assert_int_eq(report.files[1].records, n);
		(void)snprintf(next, sizeof(next), "C%07d", n + 1);
		read_into(&b, "data/crm/holdings.csv");
		ck_assert_ptr_null(strstr(buf_text(&b), next));
	}
	buf_release(&b);
}
END_TEST

START_TEST(every_record_fits_its_schema)
{
	char sql[100];

	open_demo(0); /* columns, keys, NOT NULL, CHECK */
	for (size_t i = 0; i < DEMO_FILES; i++) {
		(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s",
		    report.files[i].collection);
		ck_assert_int_eq(
		    plain_number(db, sql), report.files[i].records);
		ck_assert_int_gt(report.files[i].records, 0);
	}
	close_demo();
}
END_TEST

START_TEST(both_sides_of_every_cut_off_are_there)
{
	struct loaded l;
	size_t found = 0;

	open_demo(_i);
	load(&l);
	for (size_t i = 0; i < l.policy.cluster_count; i++) {
		const struct policy_cluster *c = &l.policy.clusters[i];

		for (size_t k = 0; k < COLLECTIONS; k++) {
			struct tally t;

			if (strcmp(collections[k].cluster, c->name) != 0)
				continue;
			found++;
			t = tally(collections[k].values,
			    c->regular_deletion_period,
			    l.policy.starting_points[c->starting_point].from,
			    moment(_i));
			ck_assert_msg(t.due > 0 && t.kept > 0 &&
					  t.newest_due + 1 == t.oldest_kept,
			    "%s: %ld due, %ld kept, days %d and %d",
			    collections[k].collection, (long)t.due,
			    (long)t.kept, t.newest_due, t.oldest_kept);
			/* else a brake would stop the first purge */
			ck_assert_msg(t.due * 2 < t.due + t.kept + t.open,
			    "%s: %ld of %ld are due", collections[k].collection,
			    (long)t.due, (long)(t.due + t.kept + t.open));
			/* else there would be something UNDECIDED */
			ck_assert(t.open == 0 ||
				  l.policy.starting_points[c->starting_point]
					  .null_means == POLICY_NULL_OPEN);
		}
	}
	ck_assert_uint_eq(found, COLLECTIONS);
	unload(&l);
	close_demo();
}
END_TEST

START_TEST(odd_days_of_the_calendar_are_there)
{
	open_demo(0);
	ck_assert_int_gt(plain_number(db, "SELECT count(*) FROM contracts"
					  " WHERE expires_on LIKE '%-02-29'"),
	    0);
	ck_assert_int_gt(plain_number(db, "SELECT count(*) FROM contracts"
					  " WHERE expires_on LIKE '%-02-28'"),
	    0);
	ck_assert_int_gt(
	    plain_number(db, "SELECT count(*) FROM contracts WHERE "
			     "strftime('%d', expires_on, '+1 day') = '01'"),
	    0);
	/* the last second of the cut-off's day in Tokyo, and the next one */
	ck_assert_int_gt(
	    plain_number(db, "SELECT count(*) FROM positions"
			     " WHERE recorded_at = '2026-10-24T14:59:59Z'"),
	    0);
	ck_assert_int_gt(
	    plain_number(db, "SELECT count(*) FROM positions"
			     " WHERE recorded_at = '2026-10-24T15:00:00Z'"),
	    0);
	close_demo();
}
END_TEST

/* Each finds what must not be. */
static const char *const faults[] = {
	"SELECT count(*) FROM holdings WHERE vin NOT IN"
	" (SELECT vin FROM vehicles)",
	"SELECT count(*) FROM contracts WHERE vin NOT IN"
	" (SELECT vin FROM vehicles)",
	"SELECT count(*) FROM positions WHERE vin NOT IN"
	" (SELECT vin FROM holdings)",
	"SELECT count(*) FROM sensor WHERE vin NOT IN"
	" (SELECT vin FROM holdings)",
	"SELECT count(*) FROM holdings WHERE customer_id NOT IN"
	" (SELECT id FROM customers)",
	"SELECT count(*) FROM contracts WHERE customer_id NOT IN"
	" (SELECT id FROM customers)",
	"SELECT count(*) FROM transactions WHERE bank_account_id NOT IN"
	" (SELECT id FROM bank_accounts)",
	"SELECT count(*) FROM transactions WHERE contract_id NOT IN"
	" (SELECT id FROM contracts)",
	"SELECT count(*) FROM marketing WHERE consent_id NOT IN"
	" (SELECT id FROM consents)",
	"SELECT count(*) FROM group_logins WHERE universal_id NOT IN"
	" (SELECT universal_id FROM accounts WHERE universal_id IS NOT NULL)",
	/* two at a time */
	"SELECT count(*) FROM holdings a JOIN holdings b"
	" ON a.vin = b.vin AND a.id < b.id"
	" WHERE a.held_from < coalesce(b.held_until, '9')"
	" AND b.held_from < coalesce(a.held_until, '9')",
	/* a holder without a contract over the same days */
	"SELECT count(*) FROM holdings h WHERE NOT EXISTS (SELECT 1 FROM"
	" contracts k WHERE k.vin = h.vin AND k.customer_id = h.customer_id"
	" AND k.starts_on = date(h.held_from, '+9 hours')"
	" AND k.expires_on IS date(h.held_until, '+9 hours'))",
	"SELECT count(*) FROM holdings WHERE held_until <= held_from",
	"SELECT count(*) FROM support_cases WHERE closed_at <= opened_at",
	"SELECT count(*) FROM consents WHERE ended_at < given_at",
	"SELECT count(*) FROM group_logins"
	" WHERE last_sign_in_at < registered_at",
	/* a SIM that is off does not send */
	"SELECT count(*) FROM positions p JOIN contracts k USING (vin)"
	" WHERE k.end_reason IN ('deactivation', 'scrapping')"
	" AND date(p.recorded_at, '+9 hours') > k.expires_on",
	"SELECT count(*) FROM services WHERE term = 'P3M'"
	" AND service_code <> 'carplay'",
	"SELECT count(*) FROM services s JOIN contracts k"
	" ON k.id = s.contract_id JOIN vehicles v USING (vin)"
	" WHERE (s.term = 'P3M') AND v.option_codes NOT LIKE '%6U3%'",
};

/* Each finds what must be somewhere. */
static const char *const wanted[] = {
	/* back to back, and with a time between */
	"SELECT count(*) FROM holdings a JOIN holdings b"
	" ON a.vin = b.vin AND a.held_until = b.held_from",
	"SELECT count(*) FROM holdings a JOIN holdings b ON a.vin = b.vin"
	" AND a.held_until < b.held_from",
	"SELECT count(*) FROM (SELECT 1 FROM holdings GROUP BY vin"
	" HAVING count(*) = 3)",
	/* what two holders, and nobody, left in one vehicle */
	"SELECT count(*) FROM positions p JOIN holdings h USING (vin)"
	" WHERE p.recorded_at >= h.held_until",
	"SELECT count(*) FROM positions p JOIN holdings h USING (vin)"
	" WHERE p.recorded_at < h.held_until",
	"SELECT count(*) FROM positions p WHERE NOT EXISTS (SELECT 1 FROM"
	" holdings h WHERE h.vin = p.vin AND p.recorded_at >= h.held_from"
	" AND p.recorded_at < coalesce(h.held_until, '9'))",
	/* an old contract of somebody who has a new one */
	"SELECT count(*) FROM contracts a JOIN contracts b USING (customer_id)"
	" WHERE a.expires_on < b.starts_on AND b.expires_on IS NULL",
	"SELECT count(*) FROM vehicles WHERE scrapped_on IS NOT NULL",
	"SELECT count(*) FROM contracts k JOIN vehicles v USING (vin)"
	" WHERE k.end_reason = 'sale' AND v.scrapped_on IS NULL",
	/* CarPlay: in time on the last day, a day late, not at all, 6U3 */
	"SELECT count(*) FROM services WHERE cancelled_on = cancel_by"
	" AND term_ends_on <= date(first_registration_on, '+2 years')",
	"SELECT count(*) FROM services"
	" WHERE cancelled_on = date(cancel_by, '+1 day')"
	" AND term_ends_on >= date(first_registration_on, '+1095 days')",
	"SELECT count(*) FROM services WHERE service_code = 'carplay'"
	" AND cancelled_on IS NULL AND extension = 'P1Y'",
	"SELECT count(*) FROM services WHERE term = 'P3M'",
	"SELECT count(*) FROM purchases WHERE term = 'P6M'",
	/* a transfer closes the contract, and ends what was bought for it */
	"SELECT count(*) FROM purchases p JOIN contracts k"
	" ON k.id = p.contract_id WHERE p.ended_by = 'transfer'"
	" AND k.expires_on = p.term_ends_on AND k.end_reason = 'transfer'",
	/* what the dealer switched off ends that day, limited or not */
	"SELECT count(*) FROM services s JOIN contracts k"
	" ON k.id = s.contract_id WHERE s.deactivated_by = 'dealer'"
	" AND s.term IS NULL AND s.term_ends_on = k.expires_on",
	"SELECT count(*) FROM services WHERE deactivated_by = 'self'",
};

START_TEST(the_stories_hold_together)
{
	open_demo(_i);
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		ck_assert_msg(
		    plain_number(db, faults[i]) == 0, "%s", faults[i]);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		ck_assert_msg(plain_number(db, wanted[i]) > 0, "%s", wanted[i]);
	close_demo();
}
END_TEST

START_TEST(the_installation_loads_without_a_warning)
{
	struct loaded l;

	write_demo(0, 1);
	load(&l);
	if (l.d.count)
		diag_print(&l.d, stdout);
	ck_assert_uint_eq(l.d.count, 0);
	ck_assert_int_eq(diag_status(&l.d), ST_OK);
	ck_assert_str_eq(l.config.installation, "connected-drive-jp");
	unload(&l);
}
END_TEST

START_TEST(running_out_of_memory_is_told)
{
	int64_t now = moment(0);
	enum status st;
	long n = 0;

	do {
		(void)snprintf(folder, sizeof(folder), "%s", test_folder());
		test_alloc_fuse(n++);
		st = demo_write(folder, 1, now, &report);
		test_alloc_fuse(-1);
	} while (st == ST_NOMEM);
	ck_assert_int_eq(st, ST_OK);
	ck_assert_int_gt(n, DEMO_FILES);
}
END_TEST

Suite *demo_suite(void)
{
	Suite *s = suite_create("demo");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, the_same_arguments_give_the_same_bytes);
	tcase_add_test(t, a_folder_that_is_in_use_is_left_alone);
	tcase_add_test(t, numbers_out_of_range_are_refused);
	tcase_add_test(t, any_number_of_customers_makes_a_world);
	tcase_add_test(t, every_record_fits_its_schema);
	tcase_add_loop_test(
	    t, both_sides_of_every_cut_off_are_there, 0, MOMENTS);
	tcase_add_test(t, odd_days_of_the_calendar_are_there);
	tcase_add_loop_test(t, the_stories_hold_together, 0, MOMENTS);
	tcase_add_test(t, the_installation_loads_without_a_warning);
	tcase_add_test(t, running_out_of_memory_is_told);
	suite_add_tcase(s, t);
	return s;
}
