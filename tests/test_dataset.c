/* engine/model/dataset*.c: fideslang manifests */
#include <stdlib.h>
#include <string.h>

#include "engine/model/dataset.h"
#include "tests/golden.h"
#include "tests/suites.h"

#define GOOD "tests/golden/model/good/"

static void release(struct dataset *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		dataset_release(&all[i]);
	free(all);
}

/* Datasets refer to each other: what a file names is looked for in the file
 * and in the customers' dataset. */
static void load(const char *path, struct diag *d)
{
	const struct dataset *all[16];
	struct dataset *file = NULL, *crm = NULL;
	size_t n = 0, crm_count = 0, k = 0;

	if (dataset_load(path, d, &file, &n) != ST_OK)
		return;
	ck_assert_uint_le(n, 15);
	for (; k < n; k++)
		all[k] = &file[k];
	if (strcmp(file[0].key, "crm") != 0) {
		ck_assert_int_eq(
		    dataset_load(GOOD "dataset-crm.yml", d, &crm, &crm_count),
		    ST_OK);
		all[k++] = crm;
	}
	dataset_check(all, k, d);
	release(file, n);
	release(crm, crm_count);
}

START_TEST(good_files_load_without_a_word)
{
	golden_check("good", "dataset", load);
}
END_TEST

static const char *const bad[] = { "bad/structure", "bad/meaning" };

START_TEST(bad_files_are_told_what_is_wrong_where)
{
	golden_check(bad[_i], "dataset", load);
}
END_TEST

START_TEST(every_key_of_the_format_that_matters_is_kept)
{
	struct diag d = DIAG_INIT;
	struct dataset *all = NULL;
	const struct collection *c;
	const struct field *f;
	size_t n = 0;

	ck_assert_int_eq(
	    dataset_load(GOOD "dataset-fideslang.yml", &d, &all, &n), ST_OK);
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(all->key, "billing");
	ck_assert_str_eq(all->name, "Billing");
	ck_assert_uint_eq(all->collection_count, 3);
	c = dataset_collection(all, "invoices");
	ck_assert_str_eq(c->description, "One for each month");
	ck_assert_int_eq(c->skip_processing, 0);
	ck_assert_uint_eq(c->erase_after_count, 1);
	ck_assert_str_eq(c->erase_after[0], "billing.cards");
	ck_assert_uint_eq(c->field_count, 5);
	f = collection_field(c, "id");
	ck_assert_int_eq(f->primary_key, 1);
	ck_assert_int_eq(f->length, -1);
	f = collection_field(c, "customer_email"); /* fidesops_meta */
	ck_assert_str_eq(f->identity, "email");
	ck_assert_int_eq(f->length, 40);
	ck_assert_int_eq(f->read_only, 0);
	f = collection_field(c, "lines.phones");
	ck_assert_str_eq(f->data_type, "string[]");
	ck_assert_uint_eq(f->reference_count, 2);
	ck_assert_str_eq(f->references[0].collection, "cards");
	ck_assert_str_eq(f->references[0].field, "owner.phone");
	ck_assert_int_eq(f->references[0].direction, DATASET_TO);
	ck_assert_int_eq(f->references[1].direction, DATASET_EITHER);
	ck_assert_int_eq(dataset_collection(all, "cards")->skip_processing, 1);
	release(all, n);
	diag_release(&d);
}
END_TEST

START_TEST(our_own_keys_are_kept)
{
	struct diag d = DIAG_INIT;
	struct dataset *all[GOLDEN_DATASETS];
	const struct collection *c;
	const struct field *f;

	golden_datasets(&d, all);
	ck_assert_str_eq(all[0]->ignore[0], "schema_version");
	ck_assert_int_eq(dataset_collection(all[0], "products")->shared, 1);
	c = dataset_collection(all[0], "contracts");
	ck_assert_str_eq(c->ignore[0], "row_version");
	c = dataset_collection(all[1], "positions");
	ck_assert_str_eq(c->segment_by, "recorded_at");
	f = collection_field(c, "vin");
	ck_assert_str_eq(f->valid_at, "recorded_at");
	ck_assert_str_eq(f->valid_from, "crm.holdings.held_from");
	ck_assert_str_eq(f->valid_until, "crm.holdings.held_until");
	golden_datasets_free(all);
	diag_release(&d);
}
END_TEST

static const struct {
	const char *collection;
	const char *field;
	int personal;
} fields[] = {
	{ "customers", "email", 1 },
	{ "contracts", "id", 0 },
	{ "support_cases", "customer_id", 1 }, /* no category at all */
	{ "products", "title", 0 },            /* its collection's */
	{ "vehicles", "place.lat", 1 },
	{ "vehicles", "place", 1 },
};

START_TEST(a_field_is_personal_unless_all_of_it_is_system)
{
	struct diag d = DIAG_INIT;
	struct dataset *all[GOLDEN_DATASETS];
	const struct collection *c;

	golden_datasets(&d, all);
	c = dataset_collection(all[0], fields[_i].collection);
	ck_assert_int_eq(
	    field_is_personal(collection_field(c, fields[_i].field)),
	    fields[_i].personal);
	golden_datasets_free(all);
	diag_release(&d);
}
END_TEST

START_TEST(categories_match_on_dot_boundaries)
{
	ck_assert_int_eq(category_is("user.device.cookie", "user"), 1);
	ck_assert_int_eq(category_is("user.device", "user.device"), 1);
	ck_assert_int_eq(
	    category_is("user.device.cookie_id", "user.device.cookie"), 0);
	ck_assert_int_eq(category_is("user", "user.device"), 0);
	ck_assert_int_eq(category_is("systemic", "system"), 0);
}
END_TEST

static const char *const files[] = { GOOD "dataset-fideslang.yml",
	GOOD "dataset-telemetry.yml",
	"tests/golden/model/bad/structure/dataset-types.yml" };

START_TEST(every_allocation_may_fail)
{
	enum status st = ST_NOMEM;

	for (long i = 0; st == ST_NOMEM; i++) {
		struct diag d = DIAG_INIT;
		struct dataset *all = NULL;
		size_t n = 0;

		test_alloc_fuse(i);
		st = dataset_load(files[_i], &d, &all, &n);
		test_alloc_fuse(-1);
		release(all, n);
		diag_release(&d);
	}
	ck_assert_int_eq(st, _i < 2 ? ST_OK : ST_INVALID);
}
END_TEST

START_TEST(every_allocation_of_the_check_may_fail)
{
	struct diag d = DIAG_INIT;
	struct dataset *all = NULL;
	const struct dataset *one[1];
	size_t n = 0;
	int failed = 1;

	ck_assert_int_eq(
	    dataset_load("tests/golden/model/bad/meaning/dataset-dangling.yml",
		&d, &all, &n),
	    ST_OK);
	one[0] = all;
	for (long i = 0; failed; i++) {
		struct diag said = DIAG_INIT;

		test_alloc_fuse(i);
		dataset_check(one, 1, &said);
		test_alloc_fuse(-1);
		failed = said.failed;
		diag_release(&said);
	}
	release(all, n);
	diag_release(&d);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

Suite *dataset_suite(void)
{
	Suite *s = suite_create("dataset");
	TCase *t = tcase_create("all");

	tcase_add_test(t, good_files_load_without_a_word);
	tcase_add_loop_test(
	    t, bad_files_are_told_what_is_wrong_where, 0, COUNT(bad));
	tcase_add_test(t, every_key_of_the_format_that_matters_is_kept);
	tcase_add_test(t, our_own_keys_are_kept);
	tcase_add_loop_test(t, a_field_is_personal_unless_all_of_it_is_system,
	    0, COUNT(fields));
	tcase_add_test(t, categories_match_on_dot_boundaries);
	tcase_add_loop_test(t, every_allocation_may_fail, 0, COUNT(files));
	tcase_add_test(t, every_allocation_of_the_check_may_fail);
	suite_add_tcase(s, t);
	return s;
}
