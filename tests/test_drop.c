/*
 * engine/purge/drop.c, engine/records/lanes.c: what dies whole, when it is
 * stopped, when memory, the disk or a file fails it, and when others write
 * meanwhile.
 *
 * Guards invariants 2 (a failure is told) and 3 (evidence once, whatever is
 * killed when; nothing lost, nothing doubled).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/audit/log.h"
#include "engine/base/civil.h"
#include "engine/holds/holds.h"
#include "engine/installation/units.h"
#include "engine/store/count.h"
#include "tests/cut.h"
#include "tests/suites.h"

static struct cut_site cut;

static void setup(void) { cut_site_init(&cut, "P1D"); }
static void teardown(void) { cut_site_release(&cut); }

static void ingest(const char *csv)
{
	enum status st = cut_site_ingest(&cut, "positions", csv, CUT_INSERT);

	MUST(st == ST_OK, "%s", status_text());
}

static void shell(const char *words)
{
	char command[400];

	(void)snprintf(
	    command, sizeof(command), "cd %s && %s", cut.folder, words);
	ck_assert_int_eq(system(command), 0);
}

static void check_dump(const char *want)
{
	char *text = cut_site_dump(&cut, "positions");

	ck_assert_str_eq(text, want);
	free(text);
}

#define AS_OF "2026-02-10"

static void prepare(void)
{
	char hold[24];

	ingest(
	    "id,at\na,2026-01-01\nb,2026-01-01\nc,2026-01-02\nd,2026-01-02\n"
	    "e,2026-02-01\nf,2026-01-13T15:00:00Z\ng,2026-01-13T16:00:00Z\n");
	cut_site_hold(&cut, "d", hold);
	installation_release(&cut.in);
	shell("cp -r var whole");
}

static enum status add_entry(void *ctx, const char *body)
{
	long long *n = ctx;
	json_t *o = json_loads(body, 0, NULL);

	n[strcmp(json_text(o, "segment"), "2026-01-02") == 0] +=
	    json_int(o, "records");
	n[2]++;
	json_decref(o);
	return ST_OK;
}

static void check_after(long nth)
{
	struct audit_filter dropped = { .action = "drop_segment" };
	long long n[3] = { 0, 0, 0 };

	cut_site_again(&cut);
	MUST(cut_site_try(&cut, AS_OF, NULL) == ST_OK, "after %ld: %s", nth,
	    status_text());
	check_dump(
	    "{\"id\":\"d\",\"vin\":null,\"at\":\"2026-01-02\"}\n"
	    "{\"id\":\"e\",\"vin\":null,\"at\":\"2026-02-01\"}\n"
	    "{\"id\":\"f\",\"vin\":null,\"at\":\"2026-01-13T15:00:00Z\"}\n"
	    "{\"id\":\"g\",\"vin\":null,\"at\":\"2026-01-13T16:00:00Z\"}\n");
	MUST(installation_open_audit(&cut.in) == ST_OK &&
		 audit_list(cut.in.audit, &dropped, add_entry, n) == ST_OK,
	    "%s", status_text());
	MUST(n[0] == 2 && n[1] == 1 && n[2] == 2,
	    "after %ld: %lld and %lld records in %lld entries", nth, n[0], n[1],
	    n[2]);
	MUST(cut_site_files(&cut) == 2 && cut_site_keys(&cut) == 2,
	    "after %ld: %d files, %d keys", nth, cut_site_files(&cut),
	    cut_site_keys(&cut));
	cut_site_check(&cut);
	installation_release(&cut.in);
}

/* ---- kills ---- */

/* Allocations before and after a mark; and between two kills. */
#define KILLS 300
#define EVERY 25

static long marks[8];
static int marked;

static void note_mark(void *ctx, const char *c, int64_t done, int64_t due)
{
	(void)ctx;
	(void)c;
	(void)done;
	(void)due;
	if (marked < 8)
		marks[marked++] = test_alloc_count();
}

/* A run in a child, killed at its ${nth} allocation; 0: at none.  1: it was. */
static int run_killed(long nth, int out)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		cut_site_again(&cut);
		test_alloc_kill(nth);
		status = cut_site_try(&cut, AS_OF, note_mark) != ST_OK;
		if (out >= 0 &&
		    write(out, marks, sizeof(marks)) != sizeof(marks))
			status = 2;
		_exit(status);
	}
	MUST(waitpid(child, &status, 0) == child, "waitpid");
	MUST(WIFSIGNALED(status) || WEXITSTATUS(status) == 0,
	    "a run that nobody killed failed: %d", status);
	return WIFSIGNALED(status);
}

START_TEST(a_drop_survives_a_kill_at_every_step)
{
	int ends[2], killed = 0;
	long nth;

	prepare();
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(run_killed(0, ends[1]), 0);
	ck_assert_int_eq(read(ends[0], marks, sizeof(marks)), sizeof(marks));
	ck_assert_int_gt(marks[0], KILLS);
	/* From before the first segment is taken to after the last is buried:
	 * the mark is where they are dead. */
	for (nth = marks[0] - KILLS; nth < marks[0] + KILLS; nth += EVERY) {
		shell("rm -rf var && cp -r whole var");
		killed += run_killed(nth, -1);
		check_after(nth);
	}
	ck_assert_int_gt(killed, KILLS / EVERY);
	cut_site_again(&cut);
}
END_TEST

/* ---- failures ---- */

START_TEST(a_drop_survives_a_failure_of_any_allocation)
{
	int ends[2], failed = 0, blown = 1;
	long nth;

	prepare();
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(run_killed(0, ends[1]), 0);
	ck_assert_int_eq(read(ends[0], marks, sizeof(marks)), sizeof(marks));
	for (nth = marks[0] - KILLS; blown && nth < marks[0] + KILLS;
	     nth += EVERY) {
		shell("rm -rf var && cp -r whole var");
		cut_site_again(&cut);
		test_alloc_fuse(nth);
		failed += cut_site_try(&cut, AS_OF, NULL) != ST_OK;
		blown = test_alloc_blown();
		test_alloc_fuse(-1);
		check_after(nth);
	}
	ck_assert_int_gt(failed, KILLS / EVERY);
	cut_site_again(&cut);
}
END_TEST

/* A folder stands where a file is to be written or removed. */
static const char *const obstacles[] = {
	"stores/tele/2026-01-01.db.new",
	"stores/tele/2026-01-02.db.new",
	"keyring.PID.new",
};

START_TEST(a_drop_that_fails_is_finished_by_the_next_run)
{
	char path[300];
	int tries;

	prepare();
	(void)snprintf(
	    path, sizeof(path), "%s/var/%s", cut.folder, obstacles[_i]);
	if (_i == 2)
		(void)snprintf(path, sizeof(path), "%s/var/keyring.%ld.new",
		    cut.folder, (long)getpid());
	ck_assert_int_eq(mkdir(path, 0700), 0);
	for (tries = 0; tries < 2; tries++) {
		cut_site_again(&cut);
		ck_assert_int_ne(cut_site_try(&cut, AS_OF, NULL), ST_OK);
		installation_release(&cut.in);
	}
	/* Nobody sees any more what is dead, whatever is left of it. */
	cut_site_again(&cut);
	check_dump("{\"id\":\"d\",\"vin\":null,\"at\":\"2026-01-02\"}\n"
		   "{\"id\":\"e\",\"vin\":null,\"at\":\"2026-02-01\"}\n"
		   "{\"id\":\"f\",\"vin\":null,"
		   "\"at\":\"2026-01-13T15:00:00Z\"}\n"
		   "{\"id\":\"g\",\"vin\":null,"
		   "\"at\":\"2026-01-13T16:00:00Z\"}\n");
	ck_assert_int_eq(rmdir(path), 0);
	check_after(_i);
	cut_site_again(&cut);
}
END_TEST

START_TEST(an_ingest_that_fails_keeps_nothing)
{
	static const char csv[] = "id,at\nb,2026-01-01\nc,2026-01-05\nd,\n"
				  "e,2026-01-06\n";
	enum status st = ST_NOMEM;
	int failed = 0;
	long nth;

	ingest("id,at\na,2026-01-01\n");
	for (nth = 0; st != ST_OK; nth += 7) {
		cut_site_again(&cut);
		cut.fuse = nth;
		st = cut_site_ingest(&cut, "positions", csv, CUT_INSERT);
		failed += st != ST_OK;
		if (st != ST_OK)
			check_dump("{\"id\":\"a\",\"vin\":null,"
				   "\"at\":\"2026-01-01\"}\n");
	}
	ck_assert_int_gt(failed, 5);
	ck_assert_int_eq(cut_site_files(&cut), 3);
	ck_assert_int_eq(cut_site_keys(&cut), 3);
	cut_site_check(&cut);
}
END_TEST

/* ---- others ---- */

#define FILES_EACH 12
#define LINES_EACH 6

/* Records of days that are dropped meanwhile, and of some that are not. */
static void ingest_on(char letter)
{
	enum status st;
	int i, k;

	cut_site_again(&cut);
	for (i = 0; i < FILES_EACH; i++) {
		struct buf csv = BUF_INIT;

		buf_adds(&csv, "id,at\n");
		for (k = 0; k < LINES_EACH; k++)
			buf_addf(&csv, "%c%d-%d,2026-%02d-%02d\n", letter, i, k,
			    1 + k % 2, 1 + (i + k) % 5);
		do {
			st = cut_site_ingest(
			    &cut, "positions", buf_text(&csv), CUT_INSERT);
		} while (st == ST_BUSY);
		MUST(st == ST_OK, "%c: %s", letter, status_text());
		buf_release(&csv);
	}
	installation_release(&cut.in);
}

static void purge_on(char letter)
{
	(void)letter;
	cut_site_again(&cut);
	for (int i = 0; i < FILES_EACH; i++)
		MUST(cut_site_try(&cut, AS_OF, NULL) == ST_OK, "purge: %s",
		    status_text());
	installation_release(&cut.in);
}

static pid_t start(void (*work)(char letter), char letter)
{
	pid_t child = fork();

	if (child == 0) {
		/* Each has input files of its own. */
		(void)snprintf(
		    cut.input, sizeof(cut.input), "in-%c.csv", letter);
		work(letter);
		_exit(0);
	}
	return child;
}

static enum status add_records(void *ctx, const char *body)
{
	json_t *o = json_loads(body, 0, NULL);

	*(long long *)ctx += json_int(o, "records");
	json_decref(o);
	return ST_OK;
}

START_TEST(two_ingests_and_a_purge_at_once_lose_and_double_nothing)
{
	static const char *const actions[] = { "delete", "drop_segment" };
	long long gone[2] = { 0, 0 };
	pid_t children[3];
	int status = 0, left = 0;
	char *text, *p;

	installation_release(&cut.in);
	children[0] = start(ingest_on, 'a');
	children[1] = start(ingest_on, 'b');
	children[2] = start(purge_on, 'p');
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
		ck_assert_int_eq(status, 0);
	}
	cut_site_again(&cut);
	ck_assert_int_eq(cut_site_try(&cut, AS_OF, NULL), ST_OK);
	text = cut_site_dump(&cut, "positions");
	for (p = text; *p; p++)
		left += *p == '\n';
	free(text);
	ck_assert_int_eq(installation_open_audit(&cut.in), ST_OK);
	for (int i = 0; i < 2; i++) {
		struct audit_filter f = { .action = actions[i] };

		ck_assert_int_eq(
		    audit_list(cut.in.audit, &f, add_records, &gone[i]), ST_OK);
	}
	/* Half of them are of January. */
	ck_assert_int_eq(left, FILES_EACH * LINES_EACH);
	ck_assert_int_eq(gone[0] + gone[1], FILES_EACH * LINES_EACH);
	ck_assert_int_gt(gone[1], 0);
	cut_site_check(&cut);
}
END_TEST

/* ---- what stays ---- */

START_TEST(what_is_restricted_outlives_its_segment)
{
	const char *key = "b";
	struct holds_order o = { .scope = { .store = "tele",
				     .collection = "positions",
				     .key = &key,
				     .key_count = 1 },
		.reason = "art18_1b_unlawful",
		.review = HOLDS_NO_DAY };
	json_t *out = NULL, *report;

	ingest("id,at\na,2026-01-01\nb,2026-01-01\n");
	ck_assert_int_eq(holds_place(&cut.in, &o, "os:ada", &out), ST_OK);
	json_decref(out);
	report = cut_site_purge(&cut, AS_OF);
	ck_assert_int_eq(cut_site_number(report, NULL, "segments_dropped"), 1);
	ck_assert_int_eq(cut_site_number(report, "positions", "restricted"), 1);
	json_decref(report);
	check_dump("{\"id\":\"b\",\"vin\":null,\"at\":\"2026-01-01\"}\n");
	cut_site_check(&cut);
}
END_TEST

/* What somebody else wrote into the file, which nobody vouches for. */
START_TEST(what_is_undecided_outlives_its_segment)
{
	struct installation_store *s = &cut.in.stores[0];
	json_t *report;

	ingest("id,at\na,2026-01-01\n");
	ck_assert_int_eq(installation_open_store(&cut.in, s), ST_OK);
	ck_assert_int_eq(units_use(s, 1), ST_OK);
	ck_assert_int_eq(
	    db_script(s->db, "INSERT INTO positions VALUES ('b', 'V', 'soon'),"
			     " ('c', 'V', '2026-02-09');"
			     "DELETE FROM lethe_time"),
	    ST_OK);
	ck_assert_int_eq(count_anew(s->db, "positions"), ST_OK);
	units_rest(s);
	cut_site_again(&cut);
	report = cut_site_purge(&cut, AS_OF);
	ck_assert_int_eq(cut_site_number(report, NULL, "segments_dropped"), 1);
	ck_assert_int_eq(cut_site_number(report, "positions", "deleted"), 1);
	ck_assert_int_eq(cut_site_number(report, "positions", "undecided"), 1);
	json_decref(report);
	check_dump("{\"id\":\"b\",\"vin\":\"V\",\"at\":\"soon\"}\n"
		   "{\"id\":\"c\",\"vin\":\"V\",\"at\":\"2026-02-09\"}\n");
	cut_site_check(&cut);
}
END_TEST

/* ---- another cut ---- */

START_TEST(a_store_can_be_cut_otherwise_and_no_more)
{
	json_t *report;

	cut_site_release(&cut);
	cut_site_init(&cut, NULL);
	ingest("id,at\na,2026-01-01\nb,2026-01-20\n");
	cut_site_cut(&cut, "P1D");
	ck_assert_int_eq(cut_site_files(&cut), 0);
	ingest("id,at\nc,2026-01-01\nd,2026-01-20\n");
	ck_assert_int_eq(cut_site_ingest(&cut, "positions",
			     "id,at\na,2026-01-05\n", CUT_INSERT),
	    ST_CONFLICT);
	cut_site_cut(&cut, "P1M");
	ingest("id,at\ne,2026-01-01\nf,2026-01-21\n");
	/* And that of the file that was refused, until the next run. */
	ck_assert_int_eq(cut_site_files(&cut), 4);
	/* What there is stays as it is, and nothing new is cut. */
	cut_site_cut(&cut, NULL);
	ingest("id,at\ng,2026-03-01\nh,2026-01-01\n");
	ck_assert_int_eq(cut_site_ingest(&cut, "positions",
			     "id,at\nc,2026-03-05\n", CUT_INSERT),
	    ST_CONFLICT);
	ck_assert_int_eq(cut_site_files(&cut), 4);
	report = cut_site_purge(&cut, AS_OF);
	ck_assert_int_eq(cut_site_number(report, "positions", "deleted"), 4);
	json_decref(report);
	ck_assert_int_eq(cut_site_files(&cut), 2);
	ck_assert_int_eq(cut_site_keys(&cut), 2);
	report = cut_site_purge(&cut, "2026-03-02");
	ck_assert_int_eq(cut_site_number(report, "positions", "deleted"), 3);
	json_decref(report);
	ck_assert_int_eq(cut_site_files(&cut), 0);
	check_dump("{\"id\":\"g\",\"vin\":null,\"at\":\"2026-03-01\"}\n");
	cut_site_check(&cut);
}
END_TEST

START_TEST(a_collection_that_is_cut_no_more_keeps_its_keys_unique)
{
	ingest("id,vin,at\na,V1,2026-01-01\nc,V1,2026-01-02\n");
	installation_release(&cut.in);
	shell("sed -i '/segment_by: at}/d' tele.yml");
	cut_site_again(&cut);
	ck_assert_int_eq(cut_site_ingest(&cut, "positions",
			     "id,at\na,2026-01-05\n", CUT_INSERT),
	    ST_CONFLICT);
	ck_assert_int_eq(cut_site_ingest(&cut, "positions",
			     "id,at\nb,2026-01-05\na,2026-01-07\n", CUT_UPSERT),
	    ST_OK);
	check_dump("{\"id\":\"a\",\"vin\":\"V1\",\"at\":\"2026-01-07\"}\n"
		   "{\"id\":\"b\",\"vin\":null,\"at\":\"2026-01-05\"}\n"
		   "{\"id\":\"c\",\"vin\":\"V1\",\"at\":\"2026-01-02\"}\n");
	json_decref(cut_site_purge(&cut, AS_OF));
	check_dump("");
	cut_site_check(&cut);
}
END_TEST

Suite *drop_suite(void)
{
	Suite *s = suite_create("drop");
	TCase *t = tcase_create("drop");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 600);
	tcase_add_test(t, a_drop_survives_a_kill_at_every_step);
	tcase_add_test(t, a_drop_survives_a_failure_of_any_allocation);
	tcase_add_loop_test(
	    t, a_drop_that_fails_is_finished_by_the_next_run, 0, 3);
	tcase_add_test(t, an_ingest_that_fails_keeps_nothing);
	tcase_add_test(
	    t, two_ingests_and_a_purge_at_once_lose_and_double_nothing);
	tcase_add_test(t, what_is_restricted_outlives_its_segment);
	tcase_add_test(t, what_is_undecided_outlives_its_segment);
	tcase_add_test(t, a_store_can_be_cut_otherwise_and_no_more);
	tcase_add_test(
	    t, a_collection_that_is_cut_no_more_keeps_its_keys_unique);
	suite_add_tcase(s, t);
	return s;
}
