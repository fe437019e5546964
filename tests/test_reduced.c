/* engine/store/reduced.c: marks go with the record that they are of. */
#include "engine/store/migrate.h"
#include "engine/store/reduced.h"
#include "tests/stores.h"
#include "tests/suites.h"

static const char schema[] =
    "CREATE TABLE cars (vin TEXT COLLATE NOCASE, n INTEGER, PRIMARY KEY (vin,"
    " n));"
    "CREATE TABLE parts (id TEXT PRIMARY KEY);";

struct shed {
	struct db *db;
	struct db_schema schema;
};

static struct shed shed_new(void)
{
	struct shed s = { .db = stores_new(schema) };

	ck_assert_int_eq(migrate_run(s.db, embedded, "schemas/store/"), ST_OK);
	ck_assert_int_eq(db_introspect(s.db, &s.schema), ST_OK);
	stores_do(s.db, "INSERT INTO cars VALUES ('wba', 1), ('wba', 2)");
	stores_do(s.db, "INSERT INTO parts VALUES ('1'), ('01')");
	return s;
}

static void shed_free(struct shed *s)
{
	db_schema_release(&s->schema);
	db_close(s->db);
}

static void forget(struct shed *s, const char *table, const char *const *keys,
    size_t count, const struct val *key)
{
	ck_assert_int_eq(
	    reduced_forget(
		s->db, db_schema_table(&s->schema, table), keys, count, key),
	    ST_OK);
}

START_TEST(a_collection_without_marks_is_known_as_such)
{
	struct shed s = shed_new();
	int any = 1;

	ck_assert_int_eq(reduced_any(s.db, "cars", &any), ST_OK);
	ck_assert_int_eq(any, 0);
	stores_do(s.db, "INSERT INTO lethe_reduced VALUES"
			" ('parts', 'c', '1', '', '', '', 0)");
	ck_assert_int_eq(reduced_any(s.db, "cars", &any), ST_OK);
	ck_assert_int_eq(any, 0);
	ck_assert_int_eq(reduced_any(s.db, "parts", &any), ST_OK);
	ck_assert_int_eq(any, 1);
	shed_free(&s);
}
END_TEST

START_TEST(marks_of_every_cluster_go_and_no_others)
{
	static const char *const keys[] = { "vin", "n" };
	struct shed s = shed_new();

	stores_do(s.db, "INSERT INTO lethe_reduced VALUES"
			" ('cars', 'a', 'wba', 1, '', '', 0),"
			" ('cars', 'b', 'wba', 1, '', '', 0),"
			" ('cars', 'b', 'wba', 2, '', '', 0),"
			" ('cars', 'c', 'wba', 1, '', '', 0),"
			" ('parts', 'a', 'wba', 1, '', '', 0)");
	/* The table takes both for the key that it has. */
	forget(&s, "cars", keys, 2, ARGS(TEXT("WBA"), TEXT("1")));
	ck_assert_int_eq(
	    stores_count(s.db, "SELECT count(*) FROM lethe_reduced"), 2);
	ck_assert_int_eq(
	    stores_count(s.db, "SELECT count(*) FROM lethe_reduced"
			       " WHERE collection = 'cars' AND k2 = 2"),
	    1);
	shed_free(&s);
}
END_TEST

START_TEST(keys_that_look_alike_are_told_apart)
{
	static const char *const keys[] = { "id" };
	struct shed s = shed_new();

	stores_do(s.db, "INSERT INTO lethe_reduced VALUES"
			" ('parts', 'a', '1', '', '', '', 0),"
			" ('parts', 'a', '01', '', '', '', 0)");
	forget(&s, "parts", keys, 1, ARGS(TEXT("01")));
	ck_assert_int_eq(stores_count(s.db, "SELECT count(*) FROM lethe_reduced"
					    " WHERE k1 = '1'"),
	    1);
	ck_assert_int_eq(
	    stores_count(s.db, "SELECT count(*) FROM lethe_reduced"), 1);
	shed_free(&s);
}
END_TEST

Suite *reduced_suite(void)
{
	Suite *s = suite_create("reduced");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, stores_set_up, stores_tear_down);
	tcase_add_test(t, a_collection_without_marks_is_known_as_such);
	tcase_add_test(t, marks_of_every_cluster_go_and_no_others);
	tcase_add_test(t, keys_that_look_alike_are_told_apart);
	suite_add_tcase(s, t);
	return s;
}
