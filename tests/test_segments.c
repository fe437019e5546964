/*
 * engine/store/segments*.c, engine/records/lanes.c, engine/purge/drop.c: where
 * records go that are cut by time, what is dropped whole, and that it is gone
 * for good.
 *
 * Guards invariant 1 (never early) and that a dropped segment's backup cannot
 * be read.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/audit/log.h"
#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "engine/installation/units.h"
#include "tests/cut.h"
#include "tests/suites.h"

static struct cut_site cut;

static void setup(void) { cut_site_init(&cut, "P1D"); }
static void teardown(void) { cut_site_release(&cut); }

#define INGEST(s, c, csv) \
	ck_assert_int_eq(cut_site_ingest(s, c, csv, CUT_INSERT), ST_OK)
#define UPSERT(s, c, csv) \
	ck_assert_int_eq(cut_site_ingest(s, c, csv, CUT_UPSERT), ST_OK)

static void check_dump(const char *collection, const char *want)
{
	char *text = cut_site_dump(&cut, collection);

	ck_assert_str_eq(text, want);
	free(text);
}

/* The segment's name for what is in the list; "" for the end of it. */
static const char *name_of(size_t i)
{
	struct installation_store *s = &cut.in.stores[0];

	ck_assert_int_eq(installation_open_store(&cut.in, s), ST_OK);
	return i < segments_count(s->segments)
		   ? segments_at(s->segments, i)->name
		   : "";
}

/* ---- where records go ---- */

static const struct {
	const char *every, *first, *second;
} periods[] = {
	{ "P1D", "2025-12-29", "2026-01-01" },
	{ "P1W", "2026-W01", "" },
	{ "P1M", "2025-12", "2026-01" },
};

START_TEST(records_are_sorted_by_local_days)
{
	cut_site_release(&cut);
	cut_site_init(&cut, periods[_i].every);
	/* 15:00 UTC is midnight in Tokyo. */
	INGEST(&cut, "positions",
	    "id,at\n"
	    "a,2025-12-29\n"
	    "b,2025-12-28T15:00:00Z\n"
	    "c,2025-12-31T15:00:00Z\n"
	    "d,\n"
	    "e,1899-12-31\n");
	ck_assert_str_eq(name_of(0), periods[_i].first);
	ck_assert_str_eq(name_of(1), periods[_i].second);
	ck_assert_str_eq(name_of(2), "");
	ck_assert_int_eq(cut_site_files(&cut), cut_site_keys(&cut));
	/* The rest comes first, then the files in their order. */
	check_dump("positions",
	    "{\"id\":\"a\",\"vin\":null,\"at\":\"2025-12-29\"}\n"
	    "{\"id\":\"b\",\"vin\":null,\"at\":\"2025-12-28T15:00:00Z\"}\n"
	    "{\"id\":\"c\",\"vin\":null,\"at\":\"2025-12-31T15:00:00Z\"}\n"
	    "{\"id\":\"d\",\"vin\":null,\"at\":null}\n"
	    "{\"id\":\"e\",\"vin\":null,\"at\":\"1899-12-31\"}\n");
}
END_TEST

START_TEST(a_key_is_unique_over_all_segments)
{
	INGEST(&cut, "positions", "id,at\nb,2026-01-01\nd,2026-01-02\nf,\n");
	/* In another segment, in the rest, from the rest into a segment. */
	ck_assert_int_eq(cut_site_ingest(&cut, "positions",
			     "id,at\nc,2026-01-02\nb,2026-01-03\n", CUT_INSERT),
	    ST_CONFLICT);
	ck_assert_int_eq(
	    cut_site_ingest(&cut, "positions", "id,at\nd,\n", CUT_INSERT),
	    ST_CONFLICT);
	ck_assert_int_eq(cut_site_ingest(&cut, "positions",
			     "id,at\nf,2026-01-01\n", CUT_INSERT),
	    ST_CONFLICT);
	/* And of one file. */
	ck_assert_int_eq(cut_site_ingest(&cut, "positions",
			     "id,at\ng,2026-01-05\ng,2026-01-06\n", CUT_INSERT),
	    ST_CONFLICT);
	/* Nothing of those files was kept, no segment came into being. */
	ck_assert_str_eq(name_of(2), "");
	check_dump("positions",
	    "{\"id\":\"b\",\"vin\":null,\"at\":\"2026-01-01\"}\n"
	    "{\"id\":\"d\",\"vin\":null,\"at\":\"2026-01-02\"}\n"
	    "{\"id\":\"f\",\"vin\":null,\"at\":null}\n");
	INGEST(&cut, "positions", "id,at\nc,2026-01-05\ng,2026-01-06\n");
}
END_TEST

START_TEST(an_upsert_takes_a_record_along)
{
	INGEST(&cut, "positions",
	    "id,vin,at\na,V1,2026-01-01\nb,V2,2026-01-02\nc,V3,\n");
	UPSERT(&cut, "positions",
	    "id,at\na,2026-01-02\nb,\nc,2026-01-03\nd,2026-01-01\n");
	/* Without a time it stays where it is. */
	UPSERT(&cut, "positions", "id,vin\na,V9\nb,V8\ne,V7\n");
	check_dump("positions",
	    "{\"id\":\"a\",\"vin\":\"V9\",\"at\":\"2026-01-02\"}\n"
	    "{\"id\":\"b\",\"vin\":\"V8\",\"at\":null}\n"
	    "{\"id\":\"c\",\"vin\":\"V3\",\"at\":\"2026-01-03\"}\n"
	    "{\"id\":\"d\",\"vin\":null,\"at\":\"2026-01-01\"}\n"
	    "{\"id\":\"e\",\"vin\":\"V7\",\"at\":null}\n");
}
END_TEST

START_TEST(many_segments_do_not_hold_many_files)
{
	struct buf csv = BUF_INIT;
	char day[CIVIL_TEXT], fds[64];
	struct installation_store *s = &cut.in.stores[0];
	int open = 0;
	size_t i;

	for (int part = 0; part < 3; part++) {
		buf_clear(&csv);
		buf_adds(&csv, "id,at\n");
		for (int k = 0; k < 60; k++) {
			civil_format(20000 + part * 60 + k, day);
			buf_addf(&csv, "x%d,%s\n", part * 60 + k, day);
		}
		INGEST(&cut, "positions", buf_text(&csv));
	}
	buf_release(&csv);
	ck_assert_int_eq(installation_open_store(&cut.in, s), ST_OK);
	ck_assert_uint_eq(segments_count(s->segments), 180);
	free(cut_site_dump(&cut, "positions"));
	for (i = 0; i < 180; i++)
		open += segments_at(s->segments, i)->db != NULL;
	ck_assert_int_le(open, SEGMENTS_OPEN);
	for (i = 0; i < 1024; i++) {
		(void)snprintf(fds, sizeof(fds), "/proc/self/fd/%zu", i);
		open += access(fds, F_OK) == 0;
	}
	ck_assert_int_le(open, 6 * SEGMENTS_OPEN);
}
END_TEST

START_TEST(one_file_does_not_write_hundreds_of_segments)
{
	struct buf csv = BUF_INIT;
	char day[CIVIL_TEXT];

	buf_adds(&csv, "id,at\n");
	for (int k = 0; k < 200; k++) {
		civil_format(20000 + k, day);
		buf_addf(&csv, "x%d,%s\n", k, day);
	}
	ck_assert_int_eq(
	    cut_site_ingest(&cut, "positions", buf_text(&csv), CUT_INSERT),
	    ST_LIMIT);
	buf_release(&csv);
	ck_assert_str_eq(name_of(0), "");
	check_dump("positions", "");
}
END_TEST

START_TEST(what_one_file_cannot_enforce_is_refused)
{
	static const char *const tables[] = {
		"CREATE TABLE more (id INTEGER PRIMARY KEY, p TEXT"
		" REFERENCES positions (id));",
		"CREATE UNIQUE INDEX vin_once ON positions (vin);",
	};
	static const char *const words[] = { "cannot be enforced, because",
		"UNIQUE index vin_once" };
	struct installation_store *s = &cut.in.stores[0];

	ck_assert_int_eq(installation_open_store(&cut.in, s), ST_OK);
	ck_assert_int_eq(db_script(s->db, tables[_i]), ST_OK);
	installation_release(&cut.in);
	{
		char path[200];

		(void)snprintf(path, sizeof(path), "%s/lethe.yml", cut.folder);
		ck_assert_int_eq(installation_load(path, &cut.in), ST_OK);
	}
	ck_assert_int_eq(
	    installation_open_store(&cut.in, &cut.in.stores[0]), ST_INVALID);
	ck_assert_ptr_nonnull(strstr(status_text(), words[_i]));
}
END_TEST

/* ---- what goes ---- */

/* Due at local 00:00 after 4 weeks: records of 1 January from 30 January on. */
START_TEST(a_segment_goes_whole_when_its_last_record_may)
{
	json_t *report;

	INGEST(&cut, "positions",
	    "id,at\n"
	    "a,2025-12-31T15:00:00Z\n"
	    "b,2026-01-01T14:59:59Z\n"
	    "c,2026-01-01\n"
	    "d,2026-01-01T15:00:00Z\n");
	report = cut_site_purge(&cut, "2026-01-29T23:59:59+09:00");
	ck_assert_int_eq(cut_site_number(report, NULL, "deleted"), 0);
	json_decref(report);
	ck_assert_int_eq(cut_site_files(&cut), 2);
	report = cut_site_purge(&cut, "2026-01-30T00:00:00+09:00");
	ck_assert_int_eq(cut_site_number(report, NULL, "segments_dropped"), 1);
	ck_assert_int_eq(cut_site_number(report, "positions", "deleted"), 3);
	ck_assert(json_is_true(json_object_get(report, "verified")));
	json_decref(report);
	ck_assert_int_eq(cut_site_files(&cut), 1);
	ck_assert_int_eq(cut_site_keys(&cut), 1);
	check_dump("positions",
	    "{\"id\":\"d\",\"vin\":null,\"at\":\"2026-01-01T15:00:00Z\"}\n");
	/* What comes in late makes it anew, and goes with the next run. */
	INGEST(&cut, "positions", "id,at\na,2026-01-01\n");
	report = cut_site_purge(&cut, "2026-01-30T00:00:00+09:00");
	ck_assert_int_eq(cut_site_number(report, NULL, "segments_dropped"), 1);
	json_decref(report);
}
END_TEST

START_TEST(clusters_share_a_segment_but_not_a_period)
{
	json_t *report;

	INGEST(&cut, "positions", "id,at\na,2026-01-01\n");
	INGEST(&cut, "trips", "id,began\n1,2026-01-01\n2,2026-01-02\n");
	INGEST(&cut, "notes", "id,at\n1,2026-01-01\n2,2026-03-01\n");
	report = cut_site_purge(&cut, "2026-02-10");
	ck_assert_int_eq(cut_site_number(report, NULL, "segments_dropped"), 0);
	ck_assert_int_eq(cut_site_number(report, "positions", "deleted"), 1);
	ck_assert_int_eq(cut_site_number(report, "notes", "deleted"), 1);
	ck_assert_int_eq(cut_site_number(report, "trips", "deleted"), 0);
	json_decref(report);
	report = cut_site_purge(&cut, "2026-02-27T00:00:00+09:00");
	ck_assert_int_eq(cut_site_number(report, NULL, "segments_dropped"), 1);
	ck_assert_int_eq(cut_site_number(report, "trips", "deleted"), 1);
	json_decref(report);
}
END_TEST

START_TEST(what_is_held_outlives_its_segment)
{
	char hold[24];
	json_t *report;

	INGEST(&cut, "positions",
	    "id,vin,at\na,V1,2026-01-01\nb,V1,2026-01-01\nc,V2,2026-01-01\n");
	cut_site_hold(&cut, "b", hold);
	report = cut_site_purge(&cut, "2026-02-10");
	ck_assert_int_eq(cut_site_number(report, NULL, "segments_dropped"), 1);
	ck_assert_int_eq(cut_site_number(report, "positions", "deleted"), 2);
	json_decref(report);
	ck_assert_int_eq(cut_site_files(&cut), 0);
	check_dump("positions",
	    "{\"id\":\"b\",\"vin\":\"V1\",\"at\":\"2026-01-01\"}\n");
	/* Its key is taken, also where its segment is made anew. */
	ck_assert_int_eq(cut_site_ingest(&cut, "positions",
			     "id,at\nb,2026-01-01\n", CUT_INSERT),
	    ST_CONFLICT);
	report = cut_site_purge(&cut, "2026-02-11");
	ck_assert_int_eq(cut_site_number(report, "positions", "deleted"), 0);
	ck_assert_int_eq(cut_site_number(report, "positions", "held"), 1);
	json_decref(report);
	cut_site_let_go(&cut, hold);
	report = cut_site_purge(&cut, "2026-02-11");
	ck_assert_int_eq(cut_site_number(report, "positions", "deleted"), 1);
	json_decref(report);
}
END_TEST

/* ---- backups ---- */

static void shell(const char *words)
{
	char command[400];

	(void)snprintf(
	    command, sizeof(command), "cd %s && %s", cut.folder, words);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(a_backup_of_a_dropped_segment_cannot_be_read)
{
	char path[200];
	enum status st;

	INGEST(&cut, "positions", "id,at\na,2026-01-01\nb,2026-03-01\n");
	installation_release(&cut.in);
	shell(
	    "cp -r var backup && grep ^key.store/tele/2026-01-01 var/keyring |"
	    " cut -d' ' -f5 >wrapped");
	cut_site_again(&cut);
	json_decref(cut_site_purge(&cut, "2026-02-10"));
	installation_release(&cut.in);
	/* The wrapped key stands nowhere but in the backup's keyring. */
	shell("test -s wrapped && ! grep -rqaf wrapped var");
	/* All of the backup, and the keyring as it is now. */
	shell("cp var/keyring now && rm -rf var && cp -r backup var &&"
	      " cp now var/keyring");
	(void)snprintf(path, sizeof(path), "%s/lethe.yml", cut.folder);
	ck_assert_int_eq(installation_load(path, &cut.in), ST_OK);
	st = installation_open_store(&cut.in, &cut.in.stores[0]);
	ck_assert_int_eq(st, ST_OK);
	ck_assert_int_eq(units_use(&cut.in.stores[0], 1), ST_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(status_text(), "has been dropped since"));
	ck_assert_int_eq(units_use(&cut.in.stores[0], 2), ST_OK);
	units_rest(&cut.in.stores[0]);
}
END_TEST

Suite *segments_suite(void)
{
	Suite *s = suite_create("segments");
	TCase *t = tcase_create("segments");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, records_are_sorted_by_local_days, 0, 3);
	tcase_add_test(t, a_key_is_unique_over_all_segments);
	tcase_add_test(t, an_upsert_takes_a_record_along);
	tcase_add_test(t, many_segments_do_not_hold_many_files);
	tcase_add_test(t, one_file_does_not_write_hundreds_of_segments);
	tcase_add_loop_test(t, what_one_file_cannot_enforce_is_refused, 0, 2);
	tcase_add_test(t, a_segment_goes_whole_when_its_last_record_may);
	tcase_add_test(t, clusters_share_a_segment_but_not_a_period);
	tcase_add_test(t, what_is_held_outlives_its_segment);
	tcase_add_test(t, a_backup_of_a_dropped_segment_cannot_be_read);
	suite_add_tcase(s, t);
	return s;
}
