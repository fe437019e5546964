/*
 * Restricted records against every reader: dump, the list for applications,
 * report, and ingest that would change them.  Guards GDPR Art. 18(2): no
 * restricted record comes out, and none that is not restricted is missing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/holds/holds.h"
#include "engine/holds/restrictions.h"
#include "engine/plan/keys.h"
#include "engine/records/dump.h"
#include "engine/report/report.h"
#include "tests/house.h"
#include "tests/suites.h"

static const char collections[] = "    collections:\n" COLLECTION("people")
    KEY("id") "          - {name: number, data_categories: [user.unique_id], "
	      "fides_meta: {identity: customer_id}}\n" FIELD(
		  "city", "user.contact.city") FIELD("left_on", "user.account")
		  COLLECTION("visits") KEY("id") REFERS("person", "people.id")
		      FIELD("seen_on", "user.behavior");
static const char policy[] =
    "starting_points:\n"
    "  left: {kind: end_of_relationship, at: left_on, null_means: open}\n"
    "  seen: {kind: collection, at: seen_on}\n"
    "clusters:\n"
    "  people:\n"
    "    covers: [shop.people]\n"
    "    purposes: [sale]\n"
    "    deletion_rule: {starting_point: left, regular_deletion_period: "
    "P1Y}\n"
    "  visits:\n"
    "    covers: [shop.visits]\n"
    "    purposes: [sale, claims]\n"
    "    deletion_rule: {starting_point: seen, regular_deletion_period: "
    "P9Y}\n";
static const char tables[] =
    "CREATE TABLE people (id INTEGER PRIMARY KEY NOT NULL, number TEXT,"
    " city TEXT, left_on DATE);"
    "CREATE INDEX people_number ON people (number);"
    "CREATE TABLE visits (id INTEGER PRIMARY KEY NOT NULL,"
    " person INTEGER, seen_on DATE);"
    "CREATE INDEX visits_person ON visits (person);";

#define PEOPLE 24
#define VISITS 40
#define PLACED 6

/* What is restricted, as anybody can work it out. */
struct placed {
	char id[24];
	int person; /* 0: none */
	int visit;
	int cluster; /* 0: none, 1: people, 2: visits */
};
struct world {
	struct house *h;
	unsigned int seed;
	int city[PEOPLE + 1];
	int owner[VISITS + 1];
	struct placed placed[PLACED];
	size_t count;
};

static int dice(struct world *w, int sides) { return rand_r(&w->seed) % sides; }

static void populate(struct world *w)
{
	char text[200];

	for (int i = 1; i <= PEOPLE; i++) {
		w->city[i] = dice(w, 2);
		(void)snprintf(text, sizeof(text),
		    "INSERT INTO people VALUES (%d, 'C%d', 'city %d', NULL)", i,
		    i, w->city[i]);
		house_sql(w->h, text);
	}
	for (int i = 1; i <= VISITS; i++) {
		w->owner[i] = 1 + dice(w, PEOPLE);
		(void)snprintf(text, sizeof(text),
		    "INSERT INTO visits VALUES (%d, %d, '2026-01-01')", i,
		    w->owner[i]);
		house_sql(w->h, text);
	}
}

static int person_is(const struct world *w, int person)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct placed *p = &w->placed[i];

		if (p->visit)
			continue;
		if (p->cluster != 2 && (!p->person || p->person == person))
			return 1;
	}
	return 0;
}

static int visit_is(const struct world *w, int visit)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct placed *p = &w->placed[i];

		if (p->visit == visit)
			return 1;
		if (!p->visit && p->cluster != 1 &&
		    (!p->person || p->person == w->owner[visit]))
			return 1;
	}
	return 0;
}

static void place(struct world *w)
{
	static const char *const clusters[] = { NULL, "people", "visits" };
	struct placed *p = &w->placed[w->count];
	char number[16], key[16];
	const char *keys[1] = { key };
	struct holds_order o = { .reason = "art18_1b_unlawful",
		.review = HOLDS_NO_DAY };
	json_t *out = NULL;
	int kind = dice(w, 8);

	*p = (struct placed){ .person = 0 };
	if (kind < 3) {
		p->visit = 1 + dice(w, VISITS);
		(void)snprintf(key, sizeof(key), "%d", p->visit);
		o.scope.store = "shop";
		o.scope.collection = "visits";
		o.scope.key = keys;
		o.scope.key_count = 1;
	} else {
		if (kind < 7) {
			p->person = 1 + dice(w, PEOPLE);
			(void)snprintf(
			    number, sizeof(number), "C%d", p->person);
			o.scope.identity = "customer_id";
			o.scope.value = number;
			p->cluster = dice(w, 3);
		} else {
			p->cluster = 1 + dice(w, 2);
		}
		o.scope.cluster = clusters[p->cluster];
	}
	MUST(holds_place(&w->h->in, &o, "os:ada", &out) == ST_OK, "%s",
	    status_text());
	(void)snprintf(p->id, sizeof(p->id), "%s", json_text(out, "id"));
	json_decref(out);
	w->count++;
}

static void lift(struct world *w)
{
	size_t i = (size_t)dice(w, (int)w->count);
	json_t *out = NULL;

	MUST(holds_release(
		 &w->h->in, w->placed[i].id, "os:ada", "over", &out) == ST_OK,
	    "%s", status_text());
	json_decref(out);
	w->placed[i] = w->placed[--w->count];
}

/* ---- the readers ---- */

static void dump(struct world *w, const char *name, char *seen, int64_t *left)
{
	struct installation_store *store = &w->h->in.stores[0];
	const struct collection *c = dataset_collection(store->dataset, name);
	const struct db_table *t = db_schema_table(&store->schema, name);
	struct dump_leave leave = { NULL, 0, 0 };
	const char **keys = NULL;
	char *text = NULL, *line;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(keys_of(c, t, &keys, &leave.key_count), ST_OK);
	leave.keys = keys;
	MUST(dump_collection(
		 store->db, NULL, t, c, DUMP_JSONL, &leave, f, NULL) == ST_OK,
	    "%s", status_text());
	(void)fclose(f);
	for (line = text; (line = strstr(line, "{\"id\":")) != NULL; line++)
		seen[atoi(line + 6)]++;
	*left = leave.records;
	free(text);
	free(keys);
}

static void check_dump(struct world *w)
{
	char people[PEOPLE + 1] = { 0 }, visits[VISITS + 1] = { 0 };
	int64_t left = 0, expected = 0;

	dump(w, "people", people, &left);
	for (int i = 1; i <= PEOPLE; i++) {
		MUST(people[i] == !person_is(w, i), "person %d", i);
		expected += person_is(w, i);
	}
	ck_assert_int_eq(left, expected);
	dump(w, "visits", visits, &left);
	expected = 0;
	for (int i = 1; i <= VISITS; i++) {
		MUST(visits[i] == !visit_is(w, i), "visit %d", i);
		expected += visit_is(w, i);
	}
	ck_assert_int_eq(left, expected);
}

/* A list that names every one, or all of a cluster, and nothing else. */
static void check_list(struct world *w)
{
	char people[PEOPLE + 1] = { 0 }, visits[VISITS + 1] = { 0 };
	json_t *out = NULL;
	const json_t *one, *key;
	size_t i;

	MUST(restrictions_list(&w->h->in, "os:ada", when_now(), &out) == ST_OK,
	    "%s", status_text());
	json_array_foreach(json_object_get(out, "restrictions"), i, one)
	{
		int is = strcmp(json_text(one, "collection"), "people") == 0;
		char *seen = is ? people : visits;
		int most = is ? PEOPLE : VISITS;

		ck_assert_uint_eq(
		    json_array_size(json_object_get(one, "purposes")),
		    is ? 1 : 2);
		key = json_object_get(one, "key");
		if (json_is_null(key))
			memset(seen, 1, (size_t)most + 1);
		else
			seen[json_integer_value(json_array_get(key, 0))] = 1;
	}
	json_decref(out);
	for (int k = 1; k <= PEOPLE; k++)
		MUST(people[k] == person_is(w, k), "person %d", k);
	for (int k = 1; k <= VISITS; k++)
		MUST(visits[k] == visit_is(w, k), "visit %d", k);
}

/* As the first report there is; the ledger has its own tests. */
static void check_report(struct world *w)
{
	const char *const by[] = { "city" };
	const struct report_request q = {
		.cluster = "people", .by = by, .by_count = 1, .language = "en"
	};
	long long there = 0, left = 0, total = -1;
	json_t *out = NULL;
	const json_t *o;

	for (int i = 1; i <= PEOPLE; i++) {
		if (person_is(w, i))
			left++;
		else
			there++;
	}
	MUST(db_exec(w->h->in.control, "DELETE FROM report_number", NOARGS) ==
		 ST_OK,
	    "%s", status_text());
	MUST(report_make(&w->h->in, &q, when_now(), &out) == ST_OK, "%s",
	    status_text());
	o = json_array_get(json_object_get(out, "totals"), 0);
	if (json_is_integer(json_object_get(o, "count")))
		total = json_int(o, "count");
	MUST(total == -1 || total == there, "%lld of %lld", total, there);
	/* In one group there is nothing to work out. */
	MUST(there == 0 || there >= 5 || total == -1, "%lld", total);
	o = json_object_get(out, "restricted");
	if (left < 5)
		ck_assert(json_is_null(o));
	else
		ck_assert_int_eq(json_int(o, "count"), left);
	json_decref(out);
}

static struct world *world_new(unsigned int seed)
{
	struct world *w = calloc(1, sizeof(*w));

	ck_assert_ptr_nonnull(w);
	w->seed = seed;
	w->h = house_new(collections, policy, tables);
	populate(w);
	return w;
}

static void world_free(struct world *w)
{
	house_free(w->h);
	free(w);
}

START_TEST(nothing_restricted_comes_out_and_nothing_else_is_missing)
{
	struct world *w = world_new((unsigned int)_i + 1);

	MUST(
	    installation_open_control(&w->h->in) == ST_OK, "%s", status_text());
	for (int step = 0; step < 24; step++) {
		if (w->count == PLACED || (w->count > 0 && dice(w, 3) == 0))
			lift(w);
		else
			place(w);
		check_dump(w);
		check_list(w);
		check_report(w);
	}
	world_free(w);
}
END_TEST

/* ---- ingest ---- */

static enum status upsert(struct world *w, const char *text,
    enum db_insert_mode mode, const char *exception)
{
	struct cli cli = { .in = w->h->in };
	struct cli_ingest what = { "shop", "visits", NULL, INGEST_CSV, mode,
		exception };
	char path[200];
	int64_t records = 0;
	enum status st;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/in.csv", w->h->folder);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	(void)fputs(text, f);
	(void)fclose(f);
	what.path = path;
	st = cli_ingest(&cli, &what, &records);
	w->h->in = cli.in;
	return st;
}

START_TEST(a_restricted_record_is_stored_and_not_changed)
{
	static const char change[] = "id,person,seen_on\n1,1,2026-02-02\n";
	static const char fresh[] = "id,person,seen_on\n99,1,2026-02-02\n";
	struct world *w = world_new(1);
	const char *keys[1] = { "1" };
	struct holds_order o = { .reason = "art18_1a_accuracy_contested",
		.review = HOLDS_NO_DAY };
	char seen[128] = { 0 };
	json_t *out = NULL;
	int64_t left = 0;

	o.scope = (struct holds_scope){ .store = "shop",
		.collection = "visits",
		.key = keys,
		.key_count = 1 };
	MUST(holds_place(&w->h->in, &o, "os:ada", &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
	ck_assert_int_eq(upsert(w, change, DB_UPSERT, NULL), ST_CONFLICT);
	ck_assert_int_eq(
	    house_number(w->h,
		"SELECT count(*) FROM visits WHERE seen_on = '2026-02-02'"),
	    0);
	/* Another one is nobody's business, and so is a new one. */
	ck_assert_int_eq(
	    upsert(w, "id,person,seen_on\n2,2,2026-02-02\n", DB_UPSERT, NULL),
	    ST_OK);
	ck_assert_int_eq(upsert(w, fresh, DB_UPSERT, NULL), ST_OK);
	/* What the law allows is done. */
	ck_assert_int_eq(upsert(w, change, DB_UPSERT, "consent"), ST_OK);
	ck_assert_int_eq(
	    house_number(w->h,
		"SELECT count(*) FROM visits WHERE seen_on = '2026-02-02'"),
	    3);
	dump(w, "visits", seen, &left);
	ck_assert_int_eq(left, 1);
	ck_assert_int_eq(seen[1], 0);
	ck_assert_int_eq(seen[99], 1);
	world_free(w);
}
END_TEST

/* All of a cluster: what is new comes in and is restricted with the rest. */
START_TEST(into_a_restricted_cluster_only_new_records_come)
{
	struct world *w = world_new(2);
	struct holds_order o = { .scope = { .cluster = "visits" },
		.reason = "art18_1b_unlawful",
		.review = HOLDS_NO_DAY };
	char seen[128] = { 0 };
	json_t *out = NULL;
	int64_t left = 0;

	MUST(holds_place(&w->h->in, &o, "os:ada", &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
	ck_assert_int_eq(
	    upsert(w, "id,person,seen_on\n3,1,2026-02-02\n", DB_UPSERT, NULL),
	    ST_CONFLICT);
	ck_assert_int_eq(
	    upsert(w, "id,person,seen_on\n99,1,2026-02-02\n", DB_UPSERT, NULL),
	    ST_OK);
	dump(w, "visits", seen, &left);
	ck_assert_int_eq(left, VISITS + 1);
	world_free(w);
}
END_TEST

START_TEST(no_memory_for_the_list_is_said)
{
	struct world *w = world_new(3);
	enum status st = ST_NOMEM;
	json_t *out = NULL;

	place(w);
	place(w);
	for (long n = 0; st != ST_OK; n++) {
		out = NULL;
		test_alloc_fuse(n);
		st = restrictions_list(&w->h->in, "os:ada", when_now(), &out);
		test_alloc_fuse(-1);
		MUST(
		    st == ST_OK || st == ST_NOMEM, "%ld: %s", n, status_text());
		if (st != ST_OK)
			ck_assert_ptr_null(out);
	}
	json_decref(out);
	world_free(w);
}
END_TEST

Suite *restricted_suite(void)
{
	Suite *s = suite_create("restricted");
	TCase *t = tcase_create("restricted");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(
	    t, nothing_restricted_comes_out_and_nothing_else_is_missing, 0, 6);
	tcase_add_test(t, a_restricted_record_is_stored_and_not_changed);
	tcase_add_test(t, into_a_restricted_cluster_only_new_records_come);
	tcase_add_test(t, no_memory_for_the_list_is_said);
	suite_add_tcase(s, t);
	return s;
}
