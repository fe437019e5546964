/* engine/model/policy*.c: policies, and their check against datasets */
#include <stdlib.h>
#include <string.h>

#include "engine/model/policy.h"
#include "tests/golden.h"
#include "tests/suites.h"

static const char good[] = "tests/golden/model/good/policy-connected-drive.yml";

/* The places in what is said point to files that outlive the datasets. */
static void load(const char *path, struct diag *d)
{
	struct dataset *all[GOLDEN_DATASETS];
	struct policy p = { 0 };
	const struct policy *one = &p;

	golden_datasets(d, all);
	if (policy_load(path, d, &p) == ST_OK)
		policy_check(&one, 1, (const struct dataset *const *)all,
		    GOLDEN_DATASETS, d);
	policy_release(&p);
	golden_datasets_free(all);
}

START_TEST(good_files_load) { golden_check("good", "policy", load); }
END_TEST

static const char *const bad[] = { "bad/structure", "bad/meaning" };

START_TEST(bad_files_are_told_what_is_wrong_where)
{
	golden_check(bad[_i], "policy", load);
}
END_TEST

START_TEST(everything_that_a_policy_says_is_kept)
{
	struct diag d = DIAG_INIT;
	struct policy p = { 0 };
	const struct policy_cluster *c;

	ck_assert_int_eq(policy_load(good, &d, &p), ST_OK);
	ck_assert_str_eq(p.name, "connected-drive-jp");
	ck_assert_int_eq(p.revision, 3);
	ck_assert_str_eq(text_in(&p.title, "ja"), "ConnectedDrive 日本");
	ck_assert_int_eq(p.rule, CALENDAR_JP_CIVIL_CODE);
	ck_assert_str_eq(zone_name(p.zone), "Asia/Tokyo");
	ck_assert_str_eq(text_in(&p.data_subjects, "ja"), "お客様");
	ck_assert_str_eq(
	    text_in(&p.purposes[3].data_subjects, "en"), "Holders");
	ck_assert_uint_eq(p.purposes[0].data_subjects.count, 0);
	ck_assert_uint_eq(p.security_measure_count, 2);
	ck_assert_str_eq(text_in(&p.security_measures[0], "de"),
	    "Verschlüsselt gespeichert");
	ck_assert_str_eq(
	    text_in(&p.recipients[0].transfer_basis, "en"), "APPI Art. 28");
	ck_assert_uint_eq(p.recipient_count, 2);
	ck_assert_str_eq(p.recipients[1].role, "processor");
	ck_assert_str_eq(p.recipients[1].region, "JP");
	ck_assert_uint_eq(p.purpose_count, 6);
	ck_assert_str_eq(p.purposes[1].legal_basis, "legal_obligation");
	ck_assert_str_eq(
	    p.purposes[1].reference, "Companies Act (JP) Art. 432(2)");
	ck_assert_uint_eq(p.purposes[2].recipient_count, 2);
	ck_assert_uint_eq(p.cluster_count, 5);
	c = &p.clusters[0];
	ck_assert_str_eq(text_in(&c->title, "de"), "Vertragsdaten");
	ck_assert_str_eq(text_in(&c->source, "en"), "Notice A");
	ck_assert_str_eq(c->origin, "data_subject");
	ck_assert_int_eq(c->on_referenced, POLICY_WAIT);
	ck_assert_uint_eq(c->starting_point, 0);
	ck_assert_int_eq(c->regular_deletion_period.months, 12);
	ck_assert_int_eq(c->evidence_given, 0);
	c = &p.clusters[1];
	ck_assert_int_eq(c->has_retention, 1);
	ck_assert_int_eq(c->retention_period.months, 120);
	c = &p.clusters[2];
	ck_assert_ptr_null(c->covers[0].collection);
	ck_assert_int_eq(c->evidence, POLICY_EVIDENCE_DIGEST);
	ck_assert_int_eq(c->own_rule, 0);
	c = &p.clusters[4];
	ck_assert_uint_eq(c->starting_point, SIZE_MAX);
	ck_assert_int_eq(c->own_rule, 1);
	ck_assert_str_eq(
	    text_in(&c->own_rule_reason, "en"), "no law gives a period");
	ck_assert_uint_eq(c->purpose_count, 2);
	ck_assert_uint_eq(c->purposes[1].purpose, 5);
	ck_assert_uint_eq(c->purposes[1].starting_point, 0);
	ck_assert_int_eq(c->purposes[0].period.months, 36);
	policy_release(&p);
	diag_release(&d);
}
END_TEST

START_TEST(starting_points_are_kept)
{
	struct diag d = DIAG_INIT;
	struct policy p = { 0 };
	const struct policy_starting_point *sp;

	ck_assert_int_eq(policy_load(good, &d, &p), ST_OK);
	ck_assert_uint_eq(p.starting_point_count, 5);
	sp = &p.starting_points[0];
	ck_assert_int_eq(sp->kind, POLICY_END_OF_RELATIONSHIP);
	ck_assert_str_eq(sp->dataset, "crm");
	ck_assert_str_eq(sp->collection, "contracts");
	ck_assert_str_eq(sp->field, "expires_on");
	ck_assert_int_eq(sp->null_means, POLICY_NULL_OPEN);
	ck_assert_uint_eq(sp->via_count, 1);
	sp = &p.starting_points[1];
	ck_assert_ptr_null(sp->dataset);
	ck_assert_str_eq(sp->field, "booked_on");
	ck_assert_int_eq(sp->pick, POLICY_LATEST);
	ck_assert_int_eq(sp->from, CALENDAR_FROM_END_OF_YEAR);
	ck_assert_int_eq(sp->null_means, POLICY_NULL_UNDECIDED);
	sp = &p.starting_points[3];
	ck_assert_int_eq(sp->pick, POLICY_EARLIEST);
	ck_assert_int_eq(sp->kind, POLICY_END_OF_PROCESS);
	ck_assert_uint_eq(p.starting_points[4].via_count, 2);
	policy_release(&p);
	diag_release(&d);
}
END_TEST

START_TEST(actions_and_tests_are_kept)
{
	struct diag d = DIAG_INIT;
	struct policy p = { 0 };
	const struct policy_cluster *c;
	const struct policy_test *t;

	ck_assert_int_eq(policy_load(good, &d, &p), ST_OK);
	c = &p.clusters[3];
	ck_assert_int_eq(c->action, POLICY_DE_IDENTIFY);
	ck_assert_uint_eq(c->de_identify_count, 3);
	ck_assert_int_eq(c->de_identify[0].method, POLICY_METHOD_NULL);
	ck_assert_str_eq(c->de_identify[1].field, "place.lat");
	ck_assert_int_eq(c->de_identify[1].method, POLICY_METHOD_ROUND);
	ck_assert_int_eq(c->de_identify[1].amount, 1);
	ck_assert_str_eq(
	    policy_method_name(c->de_identify[2].method), "keyed_hash");
	ck_assert_str_eq(policy_action_name(c->action), "de_identify");
	ck_assert_str_eq(policy_action_name(p.clusters[4].action), "delete");
	ck_assert_uint_eq(p.test_count, 4);
	t = &p.tests[0];
	ck_assert_int_eq(t->has_value, 1);
	ck_assert_str_eq(t->value, "2024-02-29");
	ck_assert_uint_eq(t->expect_count, 3);
	ck_assert_str_eq(t->expects[1].at, "2025-03-01");
	ck_assert_int_eq(t->expects[1].want, POLICY_EXPECT_DUE);
	ck_assert_int_eq(t->expects[1].where.line, 63);
	ck_assert_str_eq(policy_verdict_name(t->expects[2].want), "OVERDUE");
	ck_assert_int_eq(p.tests[1].has_value, 0);
	t = &p.tests[3];
	ck_assert_uint_eq(t->cluster, 4);
	ck_assert_uint_eq(t->given_count, 2);
	ck_assert_uint_eq(t->givens[0].starting_point, 3);
	ck_assert_str_eq(t->givens[0].value, "2024-01-31");
	ck_assert_ptr_null(t->givens[1].value);
	policy_release(&p);
	diag_release(&d);
}
END_TEST

static const struct {
	const char *dataset;
	const char *collection;
	const char *field;
	const char *cluster; /* NULL: none */
} places[] = {
	{ "crm", "customers", NULL, "contract_data" },
	{ "crm", "customers", "email", "contract_data" },
	{ "crm", "vehicles", NULL, "contract_data" },
	{ "crm", "vehicles", "vin", "contract_data" },
	{ "crm", "vehicles", "paint", "technical_data" },
	{ "crm", "vehicles", "paint_code", "contract_data" },
	{ "crm", "vehicles", "place.lat", "technical_data" },
	{ "telemetry", "positions", NULL, "service_data" },
	{ "telemetry", "anything", "at_all", "service_data" },
	{ "crm", "products", NULL, NULL },
	{ "other", "customers", NULL, NULL },
};

START_TEST(the_longest_path_wins)
{
	struct diag d = DIAG_INIT;
	struct policy p = { 0 };
	const struct policy_cluster *c = NULL;
	enum status st;

	ck_assert_int_eq(policy_load(good, &d, &p), ST_OK);
	st = policy_cluster_of(&p, places[_i].dataset, places[_i].collection,
	    places[_i].field, &c);
	ck_assert_int_eq(st, places[_i].cluster ? ST_OK : ST_NOTFOUND);
	if (c)
		ck_assert_str_eq(c->name, places[_i].cluster);
	policy_release(&p);
	diag_release(&d);
}
END_TEST

START_TEST(two_policies_may_not_rule_the_same)
{
	struct diag d = DIAG_INIT;
	struct dataset *all[GOLDEN_DATASETS];
	struct policy p = { 0 };
	const struct policy *two[] = { &p, &p };

	golden_datasets(&d, all);
	ck_assert_int_eq(policy_load(good, &d, &p), ST_OK);
	policy_check(
	    two, 2, (const struct dataset *const *)all, GOLDEN_DATASETS, &d);
	ck_assert_uint_eq(d.errors, 11); /* ten covers and the name */
	policy_release(&p);
	golden_datasets_free(all);
	diag_release(&d);
}
END_TEST

static const char *const files[] = { good,
	"tests/golden/model/bad/structure/policy-words.yml",
	"tests/golden/model/bad/structure/policy-actions.yml",
	"tests/golden/model/bad/meaning/policy-names.yml" };

START_TEST(every_allocation_may_fail)
{
	enum status st = ST_NOMEM;

	for (long i = 0; st == ST_NOMEM; i++) {
		struct diag d = DIAG_INIT;
		struct policy p = { 0 };

		test_alloc_fuse(i);
		st = policy_load(files[_i], &d, &p);
		test_alloc_fuse(-1);
		policy_release(&p);
		diag_release(&d);
	}
	ck_assert_int_eq(st, _i == 0 ? ST_OK : ST_INVALID);
}
END_TEST

START_TEST(every_allocation_of_the_check_may_fail)
{
	struct diag d = DIAG_INIT;
	struct policy p = { 0 };
	int failed = 1;

	ck_assert_int_eq(
	    policy_load(
		"tests/golden/model/bad/meaning/policy-fields.yml", &d, &p),
	    ST_OK);
	for (long i = 0; failed; i++) {
		struct diag said = DIAG_INIT;
		struct diag quiet = DIAG_INIT;
		struct dataset *all[GOLDEN_DATASETS];
		const struct policy *one = &p;

		golden_datasets(&quiet, all);
		test_alloc_fuse(i);
		policy_check(&one, 1, (const struct dataset *const *)all,
		    GOLDEN_DATASETS, &said);
		test_alloc_fuse(-1);
		failed = said.failed;
		golden_datasets_free(all);
		diag_release(&said);
		diag_release(&quiet);
	}
	policy_release(&p);
	diag_release(&d);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

Suite *policy_suite(void)
{
	Suite *s = suite_create("policy");
	TCase *t = tcase_create("all");

	tcase_add_test(t, good_files_load);
	tcase_add_loop_test(
	    t, bad_files_are_told_what_is_wrong_where, 0, COUNT(bad));
	tcase_add_test(t, everything_that_a_policy_says_is_kept);
	tcase_add_test(t, starting_points_are_kept);
	tcase_add_test(t, actions_and_tests_are_kept);
	tcase_add_loop_test(t, the_longest_path_wins, 0, COUNT(places));
	tcase_add_test(t, two_policies_may_not_rule_the_same);
	tcase_add_loop_test(t, every_allocation_may_fail, 0, COUNT(files));
	tcase_add_test(t, every_allocation_of_the_check_may_fail);
	suite_add_tcase(s, t);
	return s;
}
