/* engine/plan/identify.c: which fields say whose a record is */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/identify.h"
#include "tests/suites.h"

static const struct {
	const char *category;
	enum identifies want;
} categories[] = {
	{ "system", IDENTIFIES_NOT },
	{ "system.operations", IDENTIFIES_NOT },
	{ "systems", IDENTIFIES_INDIRECTLY },
	{ "user.name", IDENTIFIES_DIRECTLY },
	{ "user.name.last", IDENTIFIES_DIRECTLY },
	{ "user.names", IDENTIFIES_INDIRECTLY },
	{ "user.unique_id", IDENTIFIES_DIRECTLY },
	{ "user.unique_id.pseudonymous", IDENTIFIES_DIRECTLY },
	{ "user.contact.email", IDENTIFIES_DIRECTLY },
	{ "user.contact.address.street", IDENTIFIES_DIRECTLY },
	{ "user.contact.address.city", IDENTIFIES_INDIRECTLY },
	{ "user.contact.address.postal_code", IDENTIFIES_INDIRECTLY },
	{ "user.government_id.passport_number", IDENTIFIES_DIRECTLY },
	{ "user.credentials.password", IDENTIFIES_DIRECTLY },
	{ "user.device.device_id", IDENTIFIES_DIRECTLY },
	{ "user.device.cookie_id", IDENTIFIES_DIRECTLY },
	{ "user.device.ip_address", IDENTIFIES_DIRECTLY },
	{ "user.device", IDENTIFIES_INDIRECTLY },
	{ "user.financial.account_number", IDENTIFIES_DIRECTLY },
	{ "user.financial.bank_account", IDENTIFIES_DIRECTLY },
	{ "user.financial", IDENTIFIES_INDIRECTLY },
	{ "user.biometric.fingerprint", IDENTIFIES_DIRECTLY },
	{ "user.location.precise", IDENTIFIES_INDIRECTLY },
	{ "user.demographic.date_of_birth", IDENTIFIES_INDIRECTLY },
	{ "user.sensor", IDENTIFIES_INDIRECTLY },
	{ "somebody.elses", IDENTIFIES_INDIRECTLY },
};

START_TEST(categories_identify)
{
	ck_assert_int_eq(
	    identify_category(categories[_i].category), categories[_i].want);
}
END_TEST

static const char people[] =
    "dataset:\n"
    "- fides_key: a\n"
    "  name: A\n"
    "  collections:\n"
    "  - name: person\n"
    "    fields:\n"
    "    - {name: id, data_categories: [user.account], fides_meta:"
    " {identity: customer_id}}\n"
    "    - {name: boss, data_categories: [user.account], fides_meta:"
    " {references: [{dataset: a, field: person.id}]}}\n"
    "    - {name: silent}\n"
    "    - {name: two, data_categories: [system.x, user.name]}\n"
    "  - name: order\n"
    "    fields:\n"
    "    - {name: id, data_categories: [system.operations]}\n"
    "    - {name: who, data_categories: [user.account], fides_meta:"
    " {references: [{dataset: a, field: person.id, direction: from}]}}\n"
    "    - {name: line, data_categories: [user.account], fides_meta:"
    " {references: [{dataset: a, field: line.id, direction: to}]}}\n"
    "  - name: line\n"
    "    fields:\n"
    "    - {name: id, data_categories: [system.operations], fides_meta:"
    " {references: [{dataset: a, field: ring.id, direction: from}]}}\n"
    "    - {name: order, data_categories: [system.operations], fides_meta:"
    " {references: [{dataset: a, field: order.id, direction: from}]}}\n"
    "  - name: ring\n"
    "    fields:\n"
    "    - {name: id, data_categories: [system.operations], fides_meta:"
    " {references: [{dataset: a, field: ring.id, direction: from}]}}\n"
    "    - {name: shop, data_categories: [user.account], fides_meta:"
    " {references: [{dataset: a, field: shop.id, direction: from}]}}\n"
    "  - name: shop\n"
    "    lethe: {shared: true}\n"
    "    fields:\n"
    "    - {name: id, data_categories: [system.operations]}\n"
    "    - {name: email, data_categories: [user.contact.email]}\n";

static const struct {
	const char *collection;
	const char *field;
	enum identifies want;
} fields[] = {
	{ "person", "id", IDENTIFIES_DIRECTLY },   /* an identity */
	{ "person", "boss", IDENTIFIES_DIRECTLY }, /* of somebody else */
	{ "person", "silent", IDENTIFIES_INDIRECTLY },
	{ "person", "two", IDENTIFIES_DIRECTLY },
	{ "order", "id", IDENTIFIES_NOT },
	{ "order", "who", IDENTIFIES_DIRECTLY },
	{ "order", "line", IDENTIFIES_INDIRECTLY }, /* its own, not an owner */
	{ "line", "id", IDENTIFIES_NOT },           /* a circle, nobody in it */
	{ "line", "order", IDENTIFIES_DIRECTLY },   /* by two references */
	{ "ring", "id", IDENTIFIES_NOT },
	{ "ring", "shop", IDENTIFIES_INDIRECTLY }, /* many people's */
	{ "shop", "email", IDENTIFIES_DIRECTLY },
};

START_TEST(fields_identify)
{
	struct diag d = DIAG_INIT;
	const struct dataset *one;
	const struct field *f;
	struct dataset *ds;
	const char *why;
	size_t count;

	ck_assert_int_eq(
	    dataset_parse("d.yml", people, strlen(people), &d, &ds, &count),
	    ST_OK);
	one = ds;
	f = collection_field(
	    dataset_collection(one, fields[_i].collection), fields[_i].field);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(identify_field(&one, 1, f, &why), fields[_i].want);
	ck_assert_ptr_nonnull(why);
	dataset_release(ds);
	free(ds);
	diag_release(&d);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof(*(a)))

Suite *identify_suite(void)
{
	Suite *s = suite_create("identify");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, categories_identify, 0, COUNT(categories));
	tcase_add_loop_test(t, fields_identify, 0, COUNT(fields));
	suite_add_tcase(s, t);
	return s;
}
