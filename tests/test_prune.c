/* engine/audit/prune.c: what ran out goes, all else stays as provable as it was
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/audit/proof.h"
#include "engine/audit/prune.h"
#include "engine/audit/stored.h"
#include "engine/audit/verify.h"
#include "tests/logs.h"
#include "tests/suites.h"

#define ENTRIES 1100 /* four full bundles, and 76 in a fifth */
#define FIRST \
	INT64_C(1700000001) /* the instant of entry 0; then by the second */
#define LATER (FIRST + 100000)

static struct logs site;

static void setup(void)
{
	logs_make(&site);
	logs_fill(&site, "crm", ENTRIES);
}

static void teardown(void) { logs_close(&site); }

static enum status prune_to(int64_t before, uint64_t stay, int64_t *entries)
{
	const struct prune_rule rule = { before, stay, { .months = 120 } };

	return prune(site.audit, &rule, LATER, "os:x", entries);
}

static void must_prune(int64_t before, uint64_t stay, int64_t want)
{
	logs_prune(&site, before, stay, want);
}

static int64_t number(struct db *db, const char *words)
{
	struct sql q = SQL_INIT;
	int64_t n = -1;

	sql_add_(&q, words);
	ck_assert_int_eq(db_one_int_sql(db, &q, -1, &n), ST_OK);
	sql_release(&q);
	return n;
}

static int64_t in_log(const char *words)
{
	return number(audit_db(site.audit), words);
}

/* ---- what is found ---- */

static enum status verify_since(const char *since, struct verify_report *r)
{
	struct verify_since s = { "the auditor's", since,
		since ? strlen(since) : 0 };

	status_clear();
	return verify_log(
	    site.audit, audit_key(site.audit), since ? &s : NULL, NULL, r);
}

static void expect_sound(const char *since, uint64_t below)
{
	struct verify_report r;

	MUST(verify_since(since, &r) == ST_OK, "%s", status_text());
	ck_assert_uint_eq(r.pruned.below, below);
	ck_assert_uint_eq(r.missing, below);
}

/* ---- what goes ---- */

START_TEST(what_ran_out_goes_in_bundles)
{
	/* Entry 512 is the first that may not go. */
	must_prune(FIRST + 512, UINT64_MAX, 512);
	ck_assert_int_eq(in_log("SELECT min(seq) FROM entry"), 512);
	ck_assert_int_eq(
	    in_log("SELECT count(*) FROM entry"), ENTRIES - 512 + 1);
	expect_sound(NULL, 512);
	must_prune(FIRST + 512, UINT64_MAX, 0);
	expect_sound(NULL, 512);
	must_prune(FIRST + 1024, UINT64_MAX, 512);
	expect_sound(NULL, 1024);
}
END_TEST

static const struct {
	int64_t before;
	uint64_t stay;
	int64_t entries;
} bounds[] = {
	{ 0, UINT64_MAX, 0 },
	{ FIRST + 255, UINT64_MAX, 0 }, /* the last of a bundle is too young */
	{ FIRST + 256, UINT64_MAX, 256 }, { FIRST + 257, UINT64_MAX, 256 },
	{ FIRST + 511, UINT64_MAX, 256 }, { INT64_MAX, 0, 0 },
	{ INT64_MAX, 255, 0 }, { INT64_MAX, 256, 256 }, { INT64_MAX, 700, 512 },
	{ INT64_MAX, UINT64_MAX, 1024 }, /* an unfinished bundle stays */
};

START_TEST(nothing_goes_a_second_or_an_entry_too_early)
{
	const struct prune_rule rule = { bounds[_i].before, bounds[_i].stay,
		{ .months = 120 } };
	uint64_t below = 99;

	ck_assert_int_eq(prune_due(site.audit, &rule, &below), ST_OK);
	ck_assert_int_eq((int64_t)below, bounds[_i].entries);
	must_prune(bounds[_i].before, bounds[_i].stay, bounds[_i].entries);
	expect_sound(NULL, below);
}
END_TEST

/* Times need not grow with numbers: a clock was wrong, evidence came late. */
START_TEST(a_younger_entry_keeps_all_behind_it)
{
	must_prune(FIRST + 512, UINT64_MAX, 512);
	ck_assert_int_eq(
	    audit_append(site.audit, 7, "os:x", "test", NULL), ST_OK);
	/* "log_pruned" is of LATER, what stands behind it of 1970. */
	logs_fill(&site, "web", 1000);
	must_prune(LATER, UINT64_MAX, 512);
	expect_sound(NULL, 1024);
}
END_TEST

START_TEST(the_entry_says_what_went)
{
	struct buf b = BUF_INIT, root = BUF_INIT;
	struct prune_state p;
	struct checkpoint c;
	struct stmt *s = NULL;
	json_t *o;

	ck_assert_int_eq(stored_checkpoint(audit_db(site.audit), &b), ST_OK);
	ck_assert_int_eq(
	    checkpoint_open(audit_key(site.audit), b.data, b.len, &c), ST_OK);
	must_prune(FIRST + 600, UINT64_MAX, 512);
	ck_assert_int_eq(
	    db_query(audit_db(site.audit),
		"SELECT body FROM entry WHERE seq = 1100", NOARGS, &s),
	    ST_OK);
	ck_assert_int_eq(db_row(s), ST_OK);
	o = json_loads(db_text(s, 0), 0, NULL);
	db_done(s);
	ck_assert_str_eq(json_text(o, "action"), "log_pruned");
	ck_assert_str_eq(json_text(o, "actor"), "os:x");
	ck_assert_str_eq(json_text(o, "rule"), "P10Y");
	ck_assert_str_eq(json_text(o, "before"), "2023-11-14T22:23:21Z");
	ck_assert_int_eq(json_int(o, "from"), 0);
	ck_assert_int_eq(json_int(o, "below"), 512);
	ck_assert_int_eq(json_int(o, "entries"), 512);
	ck_assert_int_eq(json_int(o, "size"), ENTRIES);
	/* The line behind origin and size of the checkpoint of then. */
	buf_addf(&root, "\n%d\n%s\n", ENTRIES, json_text(o, "root"));
	ck_assert_ptr_nonnull(strstr(buf_text(&b), buf_text(&root)));
	json_decref(o);
	ck_assert_int_eq(prune_read(site.audit, &p), ST_OK);
	ck_assert_uint_eq(p.below, 512);
	ck_assert_str_eq(p.rule, "P10Y");
	buf_release(&b);
	buf_release(&root);
}
END_TEST

/* Never all of a long log in one transaction. */
START_TEST(much_goes_step_by_step)
{
	logs_fill(&site, "web", PRUNE_STEP + 1000);
	must_prune(INT64_MAX, UINT64_MAX, PRUNE_STEP + 2048);
	ck_assert_int_eq(in_log("SELECT count(*) FROM entry WHERE action ="
				" 'log_pruned'"),
	    2);
	expect_sound(NULL, PRUNE_STEP + 2048);
}
END_TEST

/* ---- what can still be proved ---- */

static void must_prove(uint64_t index)
{
	struct buf text = BUF_INIT, entry = BUF_INIT;
	uint64_t at = 0;

	MUST(proof_make(site.audit, index, &text, &entry) == ST_OK, "%s",
	    status_text());
	MUST(proof_check(audit_key(site.audit), text.data, text.len, entry.data,
		 entry.len, &at) == ST_OK &&
		 at == index,
	    "%s", status_text());
	buf_release(&text);
	buf_release(&entry);
}

START_TEST(what_stays_is_proved_and_what_went_is_named)
{
	struct buf text = BUF_INIT, entry = BUF_INIT;
	uint64_t i;

	must_prune(FIRST + 512, UINT64_MAX, 512);
	for (i = 512; i <= ENTRIES; i += 49)
		must_prove(i);
	for (i = 0; i < 512; i += 511) {
		ck_assert_int_eq(
		    proof_make(site.audit, i, &text, &entry), ST_USAGE);
		ck_assert_ptr_nonnull(
		    strstr(status_text(), "was pruned at 2023-11-16"));
		ck_assert_ptr_nonnull(strstr(status_text(), "P10Y"));
	}
	ck_assert_uint_eq(text.len, 0);
	buf_release(&text);
	buf_release(&entry);
}
END_TEST

/* Checkpoints of before, below and above what went. */
START_TEST(every_checkpoint_that_was_given_away_still_holds)
{
	char *seen[4];
	size_t i;

	for (i = 0; i < 4; i++) {
		seen[i] = logs_checkpoint(&site);
		if (i == 1)
			must_prune(FIRST + 512, UINT64_MAX, 512);
		logs_fill(&site, i % 2 ? "web" : "pay", 300);
	}
	must_prune(LATER, UINT64_MAX, 1280 - 512);
	for (i = 0; i < 4; i++) {
		expect_sound(seen[i], 1280);
		free(seen[i]);
	}
}
END_TEST

/* Of a size that lies among what went, and is no multiple of 256. */
START_TEST(a_checkpoint_within_what_went_still_holds)
{
	char *then;

	logs_close(&site);
	logs_make(&site);
	logs_fill(&site, "crm", 300);
	then = logs_checkpoint(&site);
	logs_fill(&site, "web", 900);
	must_prune(LATER, UINT64_MAX, 1024);
	expect_sound(then, 1024);
	free(then);
}
END_TEST

/* ---- evidence ---- */

static enum status ship(int64_t *n)
{
	struct db *store = NULL;
	enum status st;

	logs_db(&site, "crm", "schemas/store/", &store);
	st = audit_ship(site.audit, store, "crm", "crm", "os:x", n);
	db_close(store);
	return st;
}

START_TEST(evidence_that_was_pruned_is_not_shipped_again)
{
	int64_t n = -1, last = 0;

	/* So that no entry of the store is left. */
	logs_fill(&site, "web", 300);
	must_prune(INT64_MAX, UINT64_MAX, 1280);
	ck_assert_int_eq(
	    in_log("SELECT count(*) FROM entry WHERE source = 'crm'"), 0);
	ck_assert_int_eq(ship(&n), ST_OK);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(audit_shipped(site.audit, "crm", &last), ST_OK);
	ck_assert_int_eq(last, ENTRIES);
	ck_assert_int_eq(audit_shipped(site.audit, "web", &last), ST_OK);
	ck_assert_int_eq(last, 300);
	ck_assert_int_eq(audit_shipped(site.audit, "nobody", &last), ST_OK);
	ck_assert_int_eq(last, 0);
	expect_sound(NULL, 1280);
}
END_TEST

/* ---- killed, and out of memory ---- */

/* Killed at the nth allocation: it happened as a whole or not at all. */
static int prune_killed(long nth)
{
	int status = 0, killed;
	int64_t n;
	pid_t child;

	logs_shut(&site);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		logs_open(&site);
		test_alloc_kill(nth);
		_exit(prune_to(FIRST + 512, UINT64_MAX, &n) != ST_OK);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	ck_assert(killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
	logs_open(&site);
	return killed;
}

START_TEST(whoever_is_killed_leaves_all_of_it_or_none)
{
	char *then = logs_checkpoint(&site);
	int64_t below, n;
	long nth = 1;

	while (prune_killed(nth)) {
		below = in_log("SELECT min(seq) FROM entry");
		ck_assert(below == 0 || below == 512);
		expect_sound(then, (uint64_t)below);
		if (below)
			break;
		nth++;
	}
	ck_assert_int_gt(nth, 10);
	MUST(prune_to(FIRST + 512, UINT64_MAX, &n) == ST_OK, "%s",
	    status_text());
	ck_assert_int_eq(in_log("SELECT count(*) FROM entry WHERE action ="
				" 'log_pruned'"),
	    1);
	expect_sound(then, 512);
	free(then);
}
END_TEST

START_TEST(without_memory_nothing_is_half_done)
{
	int64_t n = 0;
	long nth = 0;
	enum status st = ST_NOMEM;

	for (; st != ST_OK; nth++) {
		test_alloc_fuse(nth);
		st = prune_to(FIRST + 512, UINT64_MAX, &n);
		test_alloc_fuse(-1);
		if (st == ST_OK)
			break;
		ck_assert_int_eq(st, ST_NOMEM);
		/* The step before the last look may have been done. */
		ck_assert(n == 0 || n == 512);
		if (n == 0)
			ck_assert_int_eq(
			    in_log("SELECT min(seq) FROM entry"), 0);
	}
	ck_assert_int_gt(nth, 10);
	expect_sound(NULL, 512);
}
END_TEST

/* ---- on the disk ---- */

static int64_t pages(void) { return in_log("PRAGMA page_count"); }

START_TEST(what_went_makes_room)
{
	int64_t before, i, n;

	logs_fill(&site, "web", 20000);
	before = pages();
	must_prune(INT64_MAX, UINT64_MAX, 20992);
	ck_assert_int_eq(db_scrub(audit_db(site.audit)), ST_OK);
	ck_assert_int_gt(in_log("PRAGMA freelist_count"), before * 7 / 10);
	/* As many again fit in, but for the hashes of them. */
	logs_fill(&site, "pay", 18000);
	ck_assert_int_le(pages(), before + before / 20);
	for (i = 0; i < 3; i++) {
		MUST(prune_to(INT64_MAX, UINT64_MAX, &n) == ST_OK, "%s",
		    status_text());
	}
	ck_assert_int_eq(db_scrub(audit_db(site.audit)), ST_OK);
	ck_assert_int_eq(db_integrity(audit_db(site.audit), NULL), ST_OK);
}
END_TEST

Suite *prune_suite(void)
{
	Suite *s = suite_create("prune");
	TCase *t = tcase_create("prune"), *slow = tcase_create("slow");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_ran_out_goes_in_bundles);
	tcase_add_loop_test(t, nothing_goes_a_second_or_an_entry_too_early, 0,
	    sizeof(bounds) / sizeof(*bounds));
	tcase_add_test(t, a_younger_entry_keeps_all_behind_it);
	tcase_add_test(t, the_entry_says_what_went);
	tcase_add_test(t, what_stays_is_proved_and_what_went_is_named);
	tcase_add_test(t, every_checkpoint_that_was_given_away_still_holds);
	tcase_add_test(t, a_checkpoint_within_what_went_still_holds);
	tcase_add_test(t, evidence_that_was_pruned_is_not_shipped_again);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(slow, setup, teardown);
	tcase_set_timeout(slow, 240);
	tcase_add_test(slow, much_goes_step_by_step);
	tcase_add_test(slow, whoever_is_killed_leaves_all_of_it_or_none);
	tcase_add_test(slow, without_memory_nothing_is_half_done);
	tcase_add_test(slow, what_went_makes_room);
	suite_add_tcase(s, slow);
	return s;
}
