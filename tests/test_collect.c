/* engine/package/collect.c: a person's records in a store that is cut */
#include <stdlib.h>
#include <string.h>

#include "engine/base/zone.h"
#include "engine/package/collect.h"
#include "tests/cut.h"
#include "tests/suites.h"

static struct cut_site cut;

static void setup(void) { cut_site_init(&cut, "P1D"); }
static void teardown(void) { cut_site_release(&cut); }

struct gathered {
	struct collection_set set;
	struct schedule schedule;
	char as_of[ZONE_TEXT];
};

static void gather(struct gathered *g)
{
	const struct reach_subject who = { "vin", "V1" };

	memset(g, 0, sizeof(*g));
	zone_format(cut.in.zone, 1767225600, g->as_of);
	g->set = (struct collection_set){ .in = &cut.in,
		.folder = cut.folder,
		.as_of = g->as_of,
		.now = 1767225600, /* 2026-01-01 */
		.language = "en",
		.schedule = &g->schedule };
	MUST(schedule_init(&g->schedule, &cut.in, NULL, &cut.in.diag) == ST_OK,
	    "%s", status_text());
	MUST(collect_person(&g->set, &who) == ST_OK, "%s", status_text());
}

static void release(struct gathered *g)
{
	collection_set_release(&g->set);
	schedule_release(&g->schedule);
}

/* The JSON file of the only collection. */
static json_t *file(const struct gathered *g)
{
	const struct collected *c = g->set.list[0];
	size_t n = (size_t)copy_size(c->json);
	char *text = malloc(n + 1);
	json_t *o;

	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(sealed_read(c->json->file, 0, text, n), ST_OK);
	o = json_loadb(text, n, 0, NULL);
	ck_assert_ptr_nonnull(o);
	free(text);
	return o;
}

/* id, and until when it is kept */
static void expect(const json_t *record, const char *id, const char *last_day)
{
	const json_t *kept =
	    json_array_get(json_object_get(record, "storage"), 0);

	ck_assert_str_eq(
	    json_text(json_object_get(record, "values"), "id"), id);
	ck_assert_str_eq(json_text(kept, "last_day"), last_day);
}

static void ingest(void)
{
	ck_assert_int_eq(cut_site_ingest(&cut, "positions",
			     "id,vin,at\n"
			     "a,V1,2025-12-01\n"
			     "b,V2,2025-12-01\n"
			     "c,V1,2025-12-28\n"
			     "d,V1,2025-12-28\n"
			     "e,V1,2025-12-30\n",
			     CUT_INSERT),
	    ST_OK);
}

START_TEST(records_of_all_segments_are_collected)
{
	struct gathered g;
	json_t *o;

	ingest();
	ck_assert_int_ge(cut_site_files(&cut), 3);
	gather(&g);
	ck_assert_int_eq(g.set.records, 4);
	ck_assert_uint_eq(g.set.count, 1);
	o = file(&g);
	expect(json_array_get(json_object_get(o, "records"), 0), "a",
	    "2025-12-29");
	expect(json_array_get(json_object_get(o, "records"), 1), "c",
	    "2026-01-25");
	expect(json_array_get(json_object_get(o, "records"), 2), "d",
	    "2026-01-25");
	expect(json_array_get(json_object_get(o, "records"), 3), "e",
	    "2026-01-27");
	json_decref(o);
	release(&g);
}
END_TEST

START_TEST(the_same_segments_give_the_same_bytes)
{
	char json[SHA256_TEXT], csv[SHA256_TEXT];
	struct gathered g;

	ingest();
	gather(&g);
	memcpy(json, g.set.list[0]->json->sha256, sizeof(json));
	memcpy(csv, g.set.list[0]->csv->sha256, sizeof(csv));
	release(&g);
	cut_site_again(&cut);
	gather(&g);
	ck_assert_str_eq(g.set.list[0]->json->sha256, json);
	ck_assert_str_eq(g.set.list[0]->csv->sha256, csv);
	release(&g);
}
END_TEST

/* What is suspended is the file's own: asked anew in each. */
START_TEST(a_hold_on_a_record_is_told_of_it_alone)
{
	struct gathered g;
	char hold[24];
	json_t *o;
	size_t i;

	ingest();
	cut_site_hold(&cut, "d", hold);
	gather(&g);
	o = file(&g);
	for (i = 0; i < 4; i++) {
		const json_t *record =
		    json_array_get(json_object_get(o, "records"), i);
		const char *verdict = json_text(
		    json_array_get(json_object_get(record, "storage"), 0),
		    "verdict");

		ck_assert_int_eq(strcmp(verdict, "HELD") == 0, i == 2);
	}
	json_decref(o);
	release(&g);
}
END_TEST

Suite *collect_suite(void)
{
	Suite *s = suite_create("collect");
	TCase *t = tcase_create("collect");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, records_of_all_segments_are_collected);
	tcase_add_test(t, the_same_segments_give_the_same_bytes);
	tcase_add_test(t, a_hold_on_a_record_is_told_of_it_alone);
	suite_add_tcase(s, t);
	return s;
}
