/* engine/plan/reduce.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/plan/reduce.h"
#include "tests/stores.h"
#include "tests/suites.h"

/* A store, a dataset and a policy of one cluster, `c`. */
struct world {
	struct db *db;
	struct db_schema schema;
	struct dataset *datasets;
	const struct dataset *dataset;
	struct policy policy;
	struct diag d;
	struct reduce_target target;
	struct reduce reduce;
};

static const char tables[] =
    "CREATE TABLE owners (id TEXT PRIMARY KEY, name TEXT);"
    "CREATE TABLE models (id TEXT PRIMARY KEY, title TEXT);"
    "CREATE TABLE cars ("
    " vin VARCHAR(40) PRIMARY KEY,"
    " owner TEXT REFERENCES owners (id),"
    " model TEXT NOT NULL REFERENCES models (id),"
    " name TEXT, plate VARCHAR(8) NOT NULL, code TEXT UNIQUE,"
    " email TEXT NOT NULL UNIQUE,"
    " lat REAL, floors INTEGER, seats INTEGER NOT NULL,"
    " born DATE NOT NULL, seen TEXT, paint TEXT,"
    " picture BLOB, extras JSON, ok BOOLEAN,"
    " upper TEXT AS (upper(name)),"
    " state TEXT NOT NULL CHECK (length(state) < 10),"
    " gone TEXT, tag TEXT UNIQUE, note TEXT NOT NULL);"
    "CREATE TABLE parts (id INTEGER PRIMARY KEY, tag TEXT"
    " REFERENCES CARS (TAG), vin TEXT);";

static const char dataset[] =
    "dataset:\n"
    "- fides_key: crm\n"
    "  name: CRM\n"
    "  collections:\n"
    "  - name: owners\n"
    "    fields:\n"
    "    - {name: id, data_categories: [user.account],"
    " fides_meta: {primary_key: true}}\n"
    "    - {name: name, data_categories: [user.name]}\n"
    "  - name: models\n"
    "    fields:\n"
    "    - {name: id, data_categories: [system.operations]}\n"
    "    - {name: title, data_categories: [system.operations]}\n"
    "  - name: cars\n"
    "    fields:\n"
    "    - {name: vin, data_categories: [user.device.device_id],"
    " fides_meta: {primary_key: true}}\n"
    "    - {name: owner, data_categories: [user.account], fides_meta:"
    " {references: [{dataset: crm, field: owners.id, direction: from}]}}\n"
    "    - {name: model, data_categories: [user.account], fides_meta:"
    " {references: [{dataset: crm, field: models.id, direction: from}]}}\n"
    "    - {name: name, data_categories: [user.name]}\n"
    "    - {name: plate, data_categories: [user.account]}\n"
    "    - {name: code, data_categories: [user.account]}\n"
    "    - {name: email, data_categories: [user.account]}\n"
    "    - {name: lat, data_categories: [user.location.precise]}\n"
    "    - {name: floors, data_categories: [user.account]}\n"
    "    - {name: seats, data_categories: [user.account]}\n"
    "    - {name: born, data_categories: [user.demographic]}\n"
    "    - {name: seen, data_categories: [user.behavior],"
    " fides_meta: {length: 10}}\n"
    "    - {name: paint, data_categories: [user.account]}\n"
    "    - {name: picture, data_categories: [user.account]}\n"
    "    - name: extras\n"
    "      data_categories: [user.account]\n"
    "      fields:\n"
    "      - {name: inner, data_categories: [user.account]}\n"
    "    - {name: ok, data_categories: [user.account]}\n"
    "    - {name: upper, data_categories: [user.account]}\n"
    "    - {name: state, data_categories: [user.account]}\n"
    "    - {name: gone, data_categories: [user.account]}\n"
    "    - {name: tag, data_categories: [user.account]}\n"
    "    - {name: note, data_categories: [user.account]}\n"
    "  - name: parts\n"
    "    fields:\n"
    "    - {name: id, data_categories: [system.operations],"
    " fides_meta: {primary_key: true}}\n"
    "    - {name: tag, data_categories: [system.operations]}\n"
    "    - {name: vin, data_categories: [user.device.device_id]}\n";

static const struct reduce_kept kept[] = {
	{ "gone", REDUCE_STARTS, "scrapped" },
	{ "paint", REDUCE_LEADS, "paints" },
};

static struct policy parse_policy(
    struct world *w, const char *covers, const char *action)
{
	struct policy p;
	char *text = str_format(
	    "policy: p\nrevision: 1\ntitle: P\n"
	    "calendar: {rule: eu_1182_71, time_zone: Europe/Berlin}\n"
	    "purposes: {u: {title: U, legal_basis: contract}}\n"
	    "starting_points: {gone: {kind: collection,"
	    " at: crm.cars.gone}}\n"
	    "clusters:\n"
	    "  c:\n"
	    "    covers: [%s]\n"
	    "    purposes: [u]\n"
	    "    deletion_rule: {starting_point: gone,"
	    " regular_deletion_period: P1Y}\n"
	    "%s%s%s",
	    covers, action ? "    action: {de_identify: {" : "",
	    action ? action : "", action ? "}}\n" : "");

	ck_assert_ptr_nonnull(text);
	if (policy_parse("p.yml", text, strlen(text), &w->d, &p) != ST_OK) {
		diag_print(&w->d, stderr);
		ck_abort_msg("the policy is wrong");
	}
	free(text);
	return p;
}

/* ${schema} NULL: the tables above. */
static struct world *world_of(const char *schema, const char *collection,
    const char *covers, const char *action)
{
	struct world *w = calloc(1, sizeof(*w));
	size_t count;

	ck_assert_ptr_nonnull(w);
	w->db = stores_new(schema ? schema : tables);
	ck_assert_int_eq(db_introspect(w->db, &w->schema), ST_OK);
	ck_assert_int_eq(dataset_parse("d.yml", dataset, strlen(dataset), &w->d,
			     &w->datasets, &count),
	    ST_OK);
	ck_assert_uint_eq(count, 1);
	w->dataset = w->datasets;
	w->policy = parse_policy(w, covers, action);
	w->target = (struct reduce_target){
		.policy = &w->policy,
		.cluster = &w->policy.clusters[0],
		.store = "crm",
		.dataset = "crm",
		.collection = dataset_collection(w->dataset, collection),
		.schema = &w->schema,
		.table = db_schema_table(&w->schema, collection),
		.datasets = &w->dataset,
		.dataset_count = 1,
		.kept = kept,
		.kept_count = 2,
	};
	return w;
}

static void world_free(struct world *w)
{
	reduce_release(&w->reduce);
	policy_release(&w->policy);
	dataset_release(w->datasets);
	free(w->datasets);
	db_schema_release(&w->schema);
	db_close(w->db);
	diag_release(&w->d);
	free(w);
}

static int says(const struct world *w, const char *text)
{
	for (size_t i = 0; i < w->d.count; i++)
		if (strstr(w->d.items[i].text, text))
			return 1;
	return 0;
}

/* ---- de-identification ---- */

/* What makes the fields of `cars` that identify say nothing; {vin, owner,
 * name}. */
#define WHO "vin: keyed_hash, owner: null, name: null"

START_TEST(a_policy_that_works_is_taken)
{
	struct world *w = world_of(NULL, "cars", "crm.cars",
	    WHO ", email: keyed_hash, code: null, lat: {round: 1},"
		" floors: {round: -1}, born: {date: year}, seen: {truncate: 7},"
		" plate: {constant: gone}, seats: {constant: '4'},"
		" ok: {constant: 'true'}, picture: null");
	const struct reduce *r = &w->reduce;

	if (reduce_de_identify(&w->target, &w->d, &w->reduce) != ST_OK) {
		diag_print(&w->d, stderr);
		ck_abort();
	}
	ck_assert_uint_eq(r->count, 13);
	ck_assert_str_eq(r->columns[0].column->name, "vin");
	ck_assert_int_eq(r->columns[0].method, POLICY_METHOD_KEYED_HASH);
	ck_assert_int_eq(r->columns[5].amount, 1);
	ck_assert_int_eq(r->columns[7].part, POLICY_DATE_YEAR);
	ck_assert_int_eq(r->columns[7].unreadable.type, VAL_TEXT);
	ck_assert_int_eq(r->columns[8].unreadable.type, VAL_NULL);
	ck_assert_str_eq(r->columns[9].constant.p, "gone");
	ck_assert_int_eq(r->columns[10].constant.type, VAL_INT);
	ck_assert_int_eq(r->columns[10].constant.i, 4);
	ck_assert_int_eq(r->columns[11].constant.i, 1);
	ck_assert_int_eq(r->needs_trial, 0);
	ck_assert_int_eq(r->label, REDUCE_PSEUDONYMISED);
	world_free(w);
}
END_TEST

/* One more method beside WHO, and what is wrong with it. */
static const struct {
	const char *action;
	const char *says;
} mistakes[] = {
	{ "plate: null", "takes no NULL" },
	{ "upper: null", "computes it" },
	{ "gone: {date: year}", "starting point `scrapped`" },
	{ "paint: null", "rule of `paints`" },
	{ "tag: keyed_hash", "foreign key of `parts`" },
	{ "tag: null", "foreign key of `parts`" },
	{ "model: {constant: x}", "part of a foreign key" },
	{ "model: keyed_hash", "part of a foreign key" },
	{ "model: null", "takes no NULL" },
	{ "code: {constant: x}", "all records would be equal" },
	{ "code: {truncate: 2}", "several records would be equal" },
	{ "email: {date: year}", "several records" },
	{ "lat: keyed_hash", "a hash is text, and the column is REAL" },
	{ "born: keyed_hash", "a hash is text, and the column is DATE" },
	{ "picture: keyed_hash", "the column is BLOB" },
	{ "plate: keyed_hash", "takes 8" },
	{ "seen: keyed_hash", "takes 10" },
	{ "plate: {truncate: 8}", "no more than 8 characters" },
	{ "seen: {truncate: 10}", "no more than 10 characters" },
	{ "lat: {truncate: 2}", "holds no text" },
	{ "born: {truncate: 4}", "holds no text" },
	{ "floors: {round: 1}", "whole numbers" },
	{ "floors: {round: 0}", "whole numbers" },
	{ "born: {round: 1}", "use date or null" },
	{ "picture: {round: 1}", "holds no numbers" },
	{ "ok: {round: -1}", "holds no numbers" },
	{ "picture: {date: day}", "holds no times" },
	{ "state: {round: 1}", "its type lets in what is no number" },
	{ "state: {date: day}", "its type lets in what is no time" },
	{ "floors: {constant: x}", "expected a whole number" },
	{ "floors: {constant: '1.5'}", "expected a whole number" },
	{ "lat: {constant: far}", "expected a number" },
	{ "ok: {constant: maybe}", "expected true or false" },
	{ "born: {constant: never}", "expected a time" },
	{ "picture: {constant: x}", "takes no text" },
	{ "plate: {constant: withheld!}", "has 9 characters" },
	{ "seen: {constant: 'a long time ago'}", "has 15 characters" },
	{ "extras.inner: null", "de-identify the column `extras`" },
};

START_TEST(what_the_schema_does_not_take_is_refused)
{
	char *action = str_format(WHO ", %s", mistakes[_i].action);
	struct world *w = world_of(NULL, "cars", "crm.cars", action);

	ck_assert_int_eq(
	    reduce_de_identify(&w->target, &w->d, &w->reduce), ST_INVALID);
	ck_assert_uint_eq(w->d.errors, 1);
	ck_assert_msg(says(w, mistakes[_i].says), "%s", w->d.items[0].text);
	ck_assert_int_eq(w->d.items[0].at.line, 12);
	ck_assert_uint_eq(w->reduce.count, 0);
	free(action);
	world_free(w);
}
END_TEST

static const struct {
	const char *action;
	size_t errors;
	const char *says;
} staying[] = {
	{ "name: null, owner: null", 1,
	    "`crm.cars.vin` identifies a person (user.device.device_id) and "
	    "would stay: add `vin` to `de_identify` with keyed_hash, or" },
	{ "vin: keyed_hash, name: null", 1,
	    "`crm.cars.owner` identifies a person (a reference to the record "
	    "of a person)" },
	{ "vin: keyed_hash, owner: null, name: {truncate: 3}", 1,
	    "a part of it still does: use null, a constant or keyed_hash" },
	{ "vin: null, owner: null, name: null", 1, "part of the primary key" },
	{ "vin: {constant: x}, owner: null, name: null", 1, "primary key" },
	{ "vin: {truncate: 9}, owner: null, name: null", 2,
	    "a part of it still does: use keyed_hash" },
	{ "lat: {round: 1}", 3, "`crm.cars.name` identifies" },
};

START_TEST(what_goes_on_identifying_is_refused)
{
	struct world *w =
	    world_of(NULL, "cars", "crm.cars", staying[_i].action);

	ck_assert_int_eq(
	    reduce_de_identify(&w->target, &w->d, &w->reduce), ST_INVALID);
	ck_assert_uint_eq(w->d.errors, staying[_i].errors);
	ck_assert_msg(says(w, staying[_i].says), "%s", w->d.items[0].text);
	world_free(w);
}
END_TEST

START_TEST(only_the_clusters_own_fields_count)
{
	struct world *w =
	    world_of(NULL, "cars", "crm.cars.lat, crm.cars.name, crm.parts",
		"name: null, lat: {round: 0}, vin: keyed_hash");

	ck_assert_int_eq(
	    reduce_de_identify(&w->target, &w->d, &w->reduce), ST_OK);
	ck_assert_uint_eq(w->reduce.count, 2);
	/* vin of cars is another cluster's, and stays. */
	ck_assert_int_eq(w->reduce.label, REDUCE_PSEUDONYMISED);
	reduce_release(&w->reduce);
	w->target.collection = dataset_collection(w->dataset, "parts");
	w->target.table = db_schema_table(&w->schema, "parts");
	ck_assert_int_eq(
	    reduce_de_identify(&w->target, &w->d, &w->reduce), ST_OK);
	ck_assert_uint_eq(w->reduce.count, 1);
	ck_assert_str_eq(w->reduce.columns[0].column->name, "vin");
	world_free(w);
}
END_TEST

/* `parts` with the key of the store itself: nothing else is personal. */
static const struct {
	const char *schema;
	const char *action;
	enum reduce_label want;
} labels[] = {
	{ NULL, "vin: null", REDUCE_ANONYMISED },
	{ NULL, "vin: {constant: x}", REDUCE_ANONYMISED },
	{ NULL, "vin: keyed_hash", REDUCE_PSEUDONYMISED },
	{ "CREATE TABLE parts (id INTEGER PRIMARY KEY, tag, vin, extra)",
	    "vin: null", REDUCE_PSEUDONYMISED },
};

START_TEST(the_label_is_honest)
{
	enum reduce_label promised;
	struct world *w = world_of(
	    labels[_i].schema, "parts", "crm.parts", labels[_i].action);

	ck_assert_int_eq(
	    reduce_de_identify(&w->target, &w->d, &w->reduce), ST_OK);
	ck_assert_int_eq(w->reduce.label, labels[_i].want);
	/* What the files promise; only the store knows of its other columns. */
	ck_assert_int_eq(reduce_label_of_cluster(&w->policy, w->target.cluster,
			     w->datasets, 1, &promised),
	    ST_OK);
	ck_assert_int_eq(
	    promised, labels[_i].schema ? REDUCE_ANONYMISED : labels[_i].want);
	world_free(w);
}
END_TEST

START_TEST(labels_have_names)
{
	ck_assert_str_eq(reduce_label_name(REDUCE_ANONYMISED), "anonymised");
	ck_assert_str_eq(
	    reduce_label_name(REDUCE_PSEUDONYMISED), "pseudonymised");
}
END_TEST

START_TEST(a_key_that_stays_is_a_pseudonym)
{
	struct world *w = world_of(NULL, "owners", "crm.owners", "name: null");

	ck_assert_int_eq(
	    reduce_de_identify(&w->target, &w->d, &w->reduce), ST_OK);
	ck_assert_int_eq(w->reduce.label, REDUCE_PSEUDONYMISED);
	world_free(w);
}
END_TEST

/* ---- emptying ---- */

static void list(const struct reduce *r, struct buf *b)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct reduce_column *c = &r->columns[i];

		buf_addf(b, "%s%s", i ? " " : "", c->column->name);
		if (c->method == POLICY_METHOD_CONSTANT)
			buf_addf(
			    b, "=%s", c->constant.type == VAL_INT ? "0" : "''");
	}
}

START_TEST(what_can_be_emptied_is)
{
	struct world *w = world_of(NULL, "cars",
	    "crm.cars.name, crm.cars.plate, crm.cars.code, crm.cars.seats,"
	    " crm.cars.vin, crm.cars.owner, crm.cars.model, crm.cars.tag,"
	    " crm.cars.gone, crm.cars.paint, crm.cars.upper, crm.cars.lat,"
	    " crm.cars.extras, crm.cars.note",
	    NULL);
	struct buf b = BUF_INIT;

	ck_assert_int_eq(reduce_minimise(&w->target, &w->d, &w->reduce), ST_OK);
	list(&w->reduce, &b);
	ck_assert_str_eq(
	    buf_text(&b), "name plate='' code lat seats=0 extras note=''");
	ck_assert_int_eq(w->reduce.label, REDUCE_PSEUDONYMISED);
	buf_release(&b);
	world_free(w);
}
END_TEST

START_TEST(what_is_not_personal_is_left)
{
	struct world *w = world_of(NULL, "parts", "crm.parts", NULL);

	ck_assert_int_eq(reduce_minimise(&w->target, &w->d, &w->reduce), ST_OK);
	ck_assert_uint_eq(w->reduce.count, 1);
	ck_assert_str_eq(w->reduce.columns[0].column->name, "vin");
	ck_assert_int_eq(w->reduce.label, REDUCE_ANONYMISED);
	world_free(w);
}
END_TEST

static const struct {
	const char *covers;
	const char *says;
} full[] = {
	{ "crm.cars.email", "`email` cannot be: it takes no NULL and is uniq" },
	{ "crm.cars.born", "it takes no NULL and holds neither text nor num" },
	{ "crm.cars.state", "it takes no NULL and has a CHECK: allow NULL" },
};

START_TEST(what_cannot_be_emptied_is_refused)
{
	struct world *w = world_of(NULL, "cars", full[_i].covers, NULL);

	ck_assert_int_eq(
	    reduce_minimise(&w->target, &w->d, &w->reduce), ST_INVALID);
	ck_assert_uint_eq(w->d.errors, 1);
	ck_assert_msg(says(w, full[_i].says), "%s", w->d.items[0].text);
	ck_assert(says(w, "on_referenced: wait"));
	world_free(w);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof(*(a)))

Suite *reduce_suite(void)
{
	Suite *s = suite_create("reduce");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, stores_set_up, stores_tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_policy_that_works_is_taken);
	tcase_add_loop_test(
	    t, what_the_schema_does_not_take_is_refused, 0, COUNT(mistakes));
	tcase_add_loop_test(
	    t, what_goes_on_identifying_is_refused, 0, COUNT(staying));
	tcase_add_test(t, only_the_clusters_own_fields_count);
	tcase_add_loop_test(t, the_label_is_honest, 0, COUNT(labels));
	tcase_add_test(t, labels_have_names);
	tcase_add_test(t, a_key_that_stays_is_a_pseudonym);
	tcase_add_test(t, what_can_be_emptied_is);
	tcase_add_test(t, what_is_not_personal_is_left);
	tcase_add_loop_test(
	    t, what_cannot_be_emptied_is_refused, 0, COUNT(full));
	suite_add_tcase(s, t);
	return s;
}
