/* engine/store: introspection and adding many records */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stores.h"
#include "tests/suites.h"

static const char tables[] =
    "CREATE TABLE person (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL,"
    " name TEXT DEFAULT 'x', born, upper TEXT AS (upper(name)));"
    "CREATE UNIQUE INDEX person_email ON person (email);"
    "CREATE INDEX person_some ON person (born, lower(email), name)"
    " WHERE born IS NOT NULL;"
    "CREATE TABLE stay (place TEXT, day DATE, who INTEGER"
    " REFERENCES person ON DELETE CASCADE, PRIMARY KEY (day, place))"
    " WITHOUT ROWID;"
    "CREATE TABLE bill (no TEXT, day DATE, place TEXT, payer INTEGER"
    " REFERENCES person (id),"
    " FOREIGN KEY (day, place) REFERENCES stay ON DELETE SET NULL,"
    " FOREIGN KEY (place, day) REFERENCES stay (place, day));"
    "CREATE TABLE lethe_own (x); CREATE TABLE lether (x);"
    "CREATE VIEW v AS SELECT * FROM person;";

START_TEST(tables_are_described)
{
	struct db *db = stores_new(tables);
	const struct db_table *t;
	const struct db_column *c;
	struct db_schema s;

	ck_assert_msg(db_introspect(db, &s) == ST_OK, "%s", status_text());
	ck_assert_uint_eq(s.count, 4);
	ck_assert_ptr_null(db_schema_table(&s, "lethe_own"));
	ck_assert_ptr_nonnull(db_schema_table(&s, "lether"));
	ck_assert_ptr_null(db_schema_table(&s, "v"));

	t = db_schema_table(&s, "person");
	ck_assert_uint_eq(t->column_count, 5);
	c = db_table_column(t, "id");
	ck_assert_int_eq(c->key, 1);
	ck_assert_str_eq(c->type, "INTEGER");
	c = db_table_column(t, "email");
	ck_assert_str_eq(c->type, "VARCHAR(80)");
	ck_assert_int_eq(c->not_null, 1);
	ck_assert_int_eq(c->has_default, 0);
	ck_assert_int_eq(c->key, 0);
	ck_assert_int_eq(db_table_column(t, "name")->has_default, 1);
	ck_assert_int_eq(db_table_column(t, "upper")->has_default, 1);
	ck_assert_str_eq(db_table_column(t, "born")->type, "");
	ck_assert_ptr_null(db_table_column(t, "nobody"));

	t = db_schema_table(&s, "stay");
	ck_assert_int_eq(db_table_column(t, "day")->key, 1);
	ck_assert_int_eq(db_table_column(t, "place")->key, 2);
	ck_assert_int_eq(db_table_column(t, "who")->key, 0);
	db_schema_release(&s);
	db_schema_release(&s);
	db_close(db);
}
END_TEST

/* Which of the columns a and b a CHECK speaks of. */
static const struct {
	const char *create;
	const char *checked;
} checks[] = {
	{ "CREATE TABLE t (a, b)", "" },
	{ "CREATE TABLE t (a CHECK (a > 0), b)", "a" },
	{ "CREATE TABLE t (a, b, CHECK ((a)+(length(B)) > 0))", "ab" },
	{ "CREATE TABLE t (a, b DEFAULT (1), CONSTRAINT b CHECK (A > 0))",
	    "a" },
	{ "CREATE TABLE t (a, b check/* a */(\"b\" <> 'a')) -- CHECK (a)\n",
	    "b" },
	{ "CREATE TABLE t (a, b, \"check\" DEFAULT (1), CHECK([a]\n>`b`))",
	    "ab" },
	{ "CREATE TABLE t (a, b DEFAULT 'CHECK (a)', CHECK (aa(a2) IS b))",
	    "b" },
	{ "CREATE TABLE t (a CHECK (a <> ')' AND a <> 'it''s'), b)", "a" },
};

START_TEST(checks_are_found)
{
	char found[3] = "", *p = found;

	if (sqlite_check_mentions(checks[_i].create, "a"))
		*p++ = 'a';
	if (sqlite_check_mentions(checks[_i].create, "b"))
		*p++ = 'b';
	ck_assert_str_eq(found, checks[_i].checked);
}
END_TEST

START_TEST(columns_that_nobody_writes_are_told)
{
	struct db *db =
	    stores_new("CREATE TABLE t (a, b AS (a + 1), c AS (a + 2) STORED,"
		       " d CHECK (d > 0 OR a));");
	const struct db_table *t;
	struct db_schema s;

	ck_assert_int_eq(db_introspect(db, &s), ST_OK);
	t = db_schema_table(&s, "t");
	ck_assert_int_eq(db_table_column(t, "a")->generated, 0);
	ck_assert_int_eq(db_table_column(t, "b")->generated, 1);
	ck_assert_int_eq(db_table_column(t, "c")->generated, 1);
	ck_assert_int_eq(db_table_column(t, "d")->generated, 0);
	ck_assert_int_eq(db_table_column(t, "a")->checked, 1);
	ck_assert_int_eq(db_table_column(t, "b")->checked, 0);
	ck_assert_int_eq(db_table_column(t, "d")->checked, 1);
	db_schema_release(&s);
	db_close(db);
}
END_TEST

START_TEST(references_are_described)
{
	struct db *db = stores_new(tables);
	const struct db_foreign_key *f;
	const struct db_table *t;
	struct db_schema s;

	ck_assert_int_eq(db_introspect(db, &s), ST_OK);
	t = db_schema_table(&s, "stay");
	ck_assert_uint_eq(t->foreign_key_count, 1);
	ck_assert_str_eq(t->foreign_keys[0].on_delete, "CASCADE");
	/* The column is not named: it is the other's primary key. */
	ck_assert_str_eq(t->foreign_keys[0].to[0], "id");

	t = db_schema_table(&s, "bill");
	ck_assert_uint_eq(t->foreign_key_count, 3);
	f = &t->foreign_keys[0];
	ck_assert_str_eq(f->table, "person");
	ck_assert_str_eq(f->on_delete, "NO ACTION");
	ck_assert_str_eq(f->from[0], "payer");
	f = &t->foreign_keys[1];
	ck_assert_str_eq(f->table, "stay");
	ck_assert_str_eq(f->on_delete, "SET NULL");
	ck_assert_uint_eq(f->count, 2);
	ck_assert_str_eq(f->from[0], "day");
	ck_assert_str_eq(f->to[0], "day");
	ck_assert_str_eq(f->from[1], "place");
	ck_assert_str_eq(f->to[1], "place");
	f = &t->foreign_keys[2];
	ck_assert_str_eq(f->from[0], "place");
	ck_assert_str_eq(f->to[1], "day");
	db_schema_release(&s);
	db_close(db);
}
END_TEST

START_TEST(indexes_are_described)
{
	struct db *db = stores_new(tables);
	const struct db_table *t;
	struct db_schema s;

	ck_assert_int_eq(db_introspect(db, &s), ST_OK);
	t = db_schema_table(&s, "person");
	ck_assert_uint_eq(t->index_count, 2);
	ck_assert_str_eq(t->indexes[0].name, "person_email");
	ck_assert_int_eq(t->indexes[0].unique, 1);
	ck_assert_int_eq(t->indexes[0].partial, 0);
	ck_assert_uint_eq(t->indexes[0].count, 1);
	ck_assert_str_eq(t->indexes[0].columns[0], "email");
	ck_assert_str_eq(t->indexes[1].name, "person_some");
	ck_assert_int_eq(t->indexes[1].unique, 0);
	ck_assert_int_eq(t->indexes[1].partial, 1);
	ck_assert_uint_eq(t->indexes[1].count, 3);
	ck_assert_str_eq(t->indexes[1].columns[0], "born");
	ck_assert_ptr_null(t->indexes[1].columns[1]);
	ck_assert_str_eq(t->indexes[1].columns[2], "name");
	/* The key of a table that is stored by it is an index too. */
	t = db_schema_table(&s, "stay");
	ck_assert_uint_eq(t->index_count, 1);
	ck_assert_uint_eq(t->indexes[0].count, 2);
	ck_assert_str_eq(t->indexes[0].columns[0], "day");
	db_schema_release(&s);
	db_close(db);
}
END_TEST

/* ---- adding ---- */

static struct db_insert *open_insert(struct db *db, struct db_schema *s,
    const char *table, const char *const *columns, size_t count,
    enum db_insert_mode mode)
{
	struct db_insert *ins = NULL;

	ck_assert_int_eq(db_introspect(db, s), ST_OK);
	ck_assert_msg(db_insert_open(db, db_schema_table(s, table), columns,
			  count, mode, &ins) == ST_OK,
	    "%s", status_text());
	return ins;
}

START_TEST(many_records_are_added)
{
	static const char *const columns[] = { "name", "email" };
	struct db *db = stores_new(tables);
	struct db_insert *ins;
	struct db_schema s;
	char email[30];
	int i;

	ins = open_insert(db, &s, "person", columns, 2, DB_INSERT);
	ck_assert_int_eq(db_begin(db, DB_WRITE), ST_OK);
	for (i = 0; i < 1000; i++) {
		struct val vals[] = { i % 2 ? NIL : TEXT("n"), TEXT(email) };

		(void)snprintf(email, sizeof(email), "%d@x", i);
		vals[1] = TEXT(email);
		ck_assert_int_eq(db_insert_row(ins, vals), ST_OK);
	}
	db_insert_close(ins);
	ck_assert_int_eq(db_commit(db), ST_OK);
	ck_assert_int_eq(
	    stores_count(db, "SELECT count(DISTINCT email) FROM person"
			     " WHERE email GLOB '*@x'"),
	    1000);
	ck_assert_int_eq(
	    stores_count(db, "SELECT count(name) FROM person"), 500);
	db_insert_close(NULL);
	db_schema_release(&s);
	db_close(db);
}
END_TEST

START_TEST(a_record_that_does_not_fit_names_its_column)
{
	static const char *const columns[] = { "id", "email" };
	static const char *const who[] = { "place", "day", "who" };
	struct db *db = stores_new(tables);
	struct db_insert *ins;
	struct db_schema s;

	ins = open_insert(db, &s, "person", columns, 2, DB_INSERT);
	ck_assert_int_eq(
	    db_insert_row(ins, ARGS(INT(1), TEXT("secret"))), ST_OK);
	ck_assert_int_eq(
	    db_insert_row(ins, ARGS(INT(1), TEXT("b"))), ST_CONFLICT);
	ck_assert_str_eq(
	    status_text(), "crm: UNIQUE constraint failed: person.id");
	ck_assert_int_eq(
	    db_insert_row(ins, ARGS(INT(2), TEXT("secret"))), ST_CONFLICT);
	ck_assert_str_eq(
	    status_text(), "crm: UNIQUE constraint failed: person.email");
	ck_assert_int_eq(db_insert_row(ins, ARGS(INT(2), NIL)), ST_CONFLICT);
	ck_assert_str_eq(
	    status_text(), "crm: NOT NULL constraint failed: person.email");
	/* It goes on after that. */
	ck_assert_int_eq(db_insert_row(ins, ARGS(INT(2), TEXT("b"))), ST_OK);
	db_insert_close(ins);
	db_schema_release(&s);

	ins = open_insert(db, &s, "stay", who, 3, DB_INSERT);
	ck_assert_int_eq(
	    db_insert_row(ins, ARGS(TEXT("p"), TEXT("d"), INT(4711))),
	    ST_CONFLICT);
	ck_assert_ptr_nonnull(strstr(status_text(), "crm: table stay: "));
	ck_assert_ptr_null(strstr(status_text(), "4711"));
	db_insert_close(ins);
	db_schema_release(&s);
	db_close(db);
}
END_TEST

START_TEST(a_record_that_is_there_is_replaced)
{
	static const char *const person[] = { "email", "id" };
	static const char *const stay[] = { "day", "place", "who" };
	static const char *const key[] = { "place", "day" };
	struct db *db = stores_new(tables);
	struct db_insert *ins;
	struct db_schema s;

	stores_do(db, "INSERT INTO person (id, email, name, born)"
		      " VALUES (1, 'a', 'kept', 2), (2, 'b', '', 3)");
	stores_do(db, "INSERT INTO stay VALUES ('p', 'd', 1), ('q', 'd', 1)");
	ins = open_insert(db, &s, "person", person, 2, DB_UPSERT);
	ck_assert_int_eq(db_insert_row(ins, ARGS(TEXT("new"), INT(1))), ST_OK);
	ck_assert_int_eq(
	    db_insert_row(ins, ARGS(TEXT("third"), INT(3))), ST_OK);
	/* Another's key is still a conflict. */
	ck_assert_int_eq(
	    db_insert_row(ins, ARGS(TEXT("b"), INT(1))), ST_CONFLICT);
	db_insert_close(ins);
	db_schema_release(&s);
	/* What was not given stays, and so does who refers to it. */
	ck_assert_int_eq(
	    stores_count(db, "SELECT count(*) FROM person WHERE id = 1 AND"
			     " email = 'new' AND name = 'kept' AND born = 2"),
	    1);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM stay"), 2);

	ins = open_insert(db, &s, "stay", stay, 3, DB_UPSERT);
	ck_assert_int_eq(
	    db_insert_row(ins, ARGS(TEXT("d"), TEXT("p"), INT(2))), ST_OK);
	db_insert_close(ins);
	db_schema_release(&s);
	ck_assert_int_eq(
	    stores_count(db, "SELECT who FROM stay WHERE place = 'p'"), 2);

	/* Nothing but the key: nothing to replace. */
	ins = open_insert(db, &s, "stay", key, 2, DB_UPSERT);
	ck_assert_int_eq(db_insert_row(ins, ARGS(TEXT("p"), TEXT("d"))), ST_OK);
	db_insert_close(ins);
	ck_assert_int_eq(stores_count(db, "SELECT count(*) FROM stay"), 2);
	ck_assert_int_eq(db_insert_open(db, db_schema_table(&s, "lether"), key,
			     1, DB_UPSERT, &ins),
	    ST_DB);
	ck_assert_ptr_nonnull(strstr(status_text(), "no primary key"));
	db_schema_release(&s);
	db_close(db);
}
END_TEST

Suite *schema_suite(void)
{
	Suite *s = suite_create("schema");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, stores_set_up, stores_tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, tables_are_described);
	tcase_add_loop_test(t, checks_are_found, 0, 8);
	tcase_add_test(t, columns_that_nobody_writes_are_told);
	tcase_add_test(t, references_are_described);
	tcase_add_test(t, indexes_are_described);
	tcase_add_test(t, many_records_are_added);
	tcase_add_test(t, a_record_that_does_not_fit_names_its_column);
	tcase_add_test(t, a_record_that_is_there_is_replaced);
	suite_add_tcase(s, t);
	return s;
}
