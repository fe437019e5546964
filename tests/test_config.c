/* engine/model/config.c: lethe.yml */
#include <stdlib.h>
#include <string.h>

#include "engine/model/config.h"
#include "tests/golden.h"
#include "tests/suites.h"

static const char full[] = "tests/golden/model/good/config-full.yml";
static const char small[] = "tests/golden/model/good/config-small.yml";

static void load(const char *path, struct diag *d)
{
	struct config c = { 0 };

	(void)unsetenv("CREDENTIALS_DIRECTORY");
	(void)!config_load(path, d, &c);
	config_release(&c);
}

START_TEST(good_files_load_without_a_word)
{
	golden_check("good", "config", load);
}
END_TEST

static const char *const bad[] = { "bad/syntax", "bad/structure",
	"bad/meaning" };

START_TEST(bad_files_are_told_what_is_wrong_where)
{
	golden_check(bad[_i], "config", load);
}
END_TEST

START_TEST(everything_that_a_file_says_is_kept)
{
	struct diag d = DIAG_INIT;
	struct config c = { 0 };

	ck_assert_int_eq(config_load(full, &d, &c), ST_OK);
	ck_assert_str_eq(c.path, full);
	ck_assert_str_eq(c.installation, "connected-drive-jp");
	ck_assert_str_eq(c.time_zone, "Asia/Tokyo");
	ck_assert_str_eq(c.data_dir, "tests/golden/model/good/./var");
	ck_assert_int_eq(c.key_kind, CONFIG_KEY_FILE);
	ck_assert_str_eq(c.key_path, "tests/golden/model/good/./lethe.key");
	ck_assert_uint_eq(c.policy_count, 1);
	ck_assert_int_eq(c.policies_at[0].line, 5);
	ck_assert_uint_eq(c.store_count, 3);
	ck_assert_int_eq(config_find_store(&c, "telemetry")->segments.days, 1);
	ck_assert_str_eq(config_find_store(&c, "billing")->url,
	    "postgresql://lethe:geheim@db/billing");
	ck_assert_ptr_null(config_find_store(&c, "none"));
	ck_assert_int_eq(c.purge.window.seconds, 12 * 3600);
	ck_assert_int_eq(c.purge.batch, 5000);
	ck_assert_double_eq(c.purge.max_share, 0.25);
	ck_assert_int_eq(c.purge.approvals, 2);
	ck_assert_int_eq(c.purge.jobs, 3);
	ck_assert_int_eq(c.holds.approvals, 2);
	ck_assert_int_eq(c.holds.review.days, 60);
	ck_assert_int_eq(c.requests.target.days, 30);
	ck_assert_str_eq(c.requests.calendar_rule, "jp_civil_code");
	ck_assert_str_eq(c.requests.calendar_roll, "next_working_day");
	ck_assert_str_eq(
	    c.requests.holidays, "tests/golden/model/good/../holidays.csv");
	ck_assert_int_eq(c.reports.min_cell, 10);
	ck_assert_int_eq(c.audit.retention.months, 120);
	ck_assert_str_eq(c.web.listen, "[::1]:8443");
	ck_assert_str_eq(
	    c.web.certificate, "tests/golden/model/good/config-full.yml");
	ck_assert_str_eq(c.web.key, "tests/golden/model/good/config-full.yml");
	ck_assert_uint_eq(c.web.proxy_count, 2);
	ck_assert_str_eq(c.web.proxies[1], "::1");
	config_release(&c);
	diag_release(&d);
}
END_TEST

START_TEST(what_a_file_leaves_out_has_defaults)
{
	struct diag d = DIAG_INIT;
	struct config c = { 0 };

	ck_assert_int_eq(config_load(small, &d, &c), ST_OK);
	ck_assert_str_eq(c.data_dir, "/var/lib/lethe");
	ck_assert_int_eq(c.key_kind, CONFIG_KEY_PASSPHRASE_FILE);
	ck_assert_ptr_null(c.stores[0].schema);
	ck_assert_int_eq(c.stores[0].segments.days, 0);
	ck_assert_int_eq(c.purge.window.seconds, 24 * 3600);
	ck_assert_int_eq(c.purge.batch, 100000);
	ck_assert_double_eq(c.purge.max_share, 0.5);
	ck_assert_int_eq(c.purge.approvals, 1);
	ck_assert_int_eq(c.purge.jobs, 0);
	ck_assert_int_eq(c.holds.approvals, 1);
	ck_assert_int_eq(c.holds.review.days, 90);
	ck_assert_int_eq(c.requests.target.days, 30);
	ck_assert_int_eq(c.requests.due.months, 1);
	ck_assert_int_eq(c.requests.extension.months, 2);
	ck_assert_str_eq(c.requests.calendar_rule, "eu_1182_71");
	ck_assert_str_eq(c.requests.calendar_roll, "none");
	ck_assert_ptr_null(c.requests.holidays);
	ck_assert_int_eq(c.reports.min_cell, 5);
	ck_assert_int_eq(c.audit.retention.months, 0);
	ck_assert_str_eq(c.web.listen, "127.0.0.1:8080");
	ck_assert_ptr_null(c.web.certificate);
	ck_assert_uint_eq(c.web.proxy_count, 0);
	config_release(&c);
	diag_release(&d);
}
END_TEST

START_TEST(a_credential_is_a_file_of_the_service_manager)
{
	static const char yaml[] =
	    "installation: x\ntime_zone: Asia/Tokyo\ndata_dir: v\n"
	    "key: {credential: lethe}\n"
	    "policies: [policy-warnings.yml]\n"
	    "stores: {a: {driver: sqlite, dataset: dataset-crm.yml}}\n";
	struct diag d = DIAG_INIT;
	struct config c = { 0 };

	(void)setenv("CREDENTIALS_DIRECTORY", "/run/credentials/x", 1);
	ck_assert_int_eq(
	    config_parse(small, yaml, sizeof(yaml) - 1, &d, &c), ST_OK);
	ck_assert_str_eq(c.key_path, "/run/credentials/x/lethe");
	ck_assert_int_eq(c.key_kind, CONFIG_KEY_FILE);
	config_release(&c);
	diag_release(&d);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
	enum status st = ST_NOMEM;

	for (long n = 0; st == ST_NOMEM; n++) {
		struct diag d = DIAG_INIT;
		struct config c = { 0 };

		test_alloc_fuse(n);
		st = config_load(_i ? full
				    : "tests/golden/model/bad/structure/"
				      "config-values.yml",
		    &d, &c);
		test_alloc_fuse(-1);
		config_release(&c);
		diag_release(&d);
	}
	ck_assert_int_eq(st, _i ? ST_OK : ST_INVALID);
}
END_TEST

Suite *config_suite(void)
{
	Suite *s = suite_create("config");
	TCase *t = tcase_create("all");

	tcase_add_test(t, good_files_load_without_a_word);
	tcase_add_loop_test(t, bad_files_are_told_what_is_wrong_where, 0, 3);
	tcase_add_test(t, everything_that_a_file_says_is_kept);
	tcase_add_test(t, what_a_file_leaves_out_has_defaults);
	tcase_add_test(t, a_credential_is_a_file_of_the_service_manager);
	tcase_add_loop_test(t, every_allocation_may_fail, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
