/* engine/audit/verify.c, folder.c: of a log that was pruned */
#include <stdlib.h>
#include <string.h>

#include "engine/audit/folder.h"
#include "engine/audit/prune.h"
#include "engine/audit/verify.h"
#include "tests/logs.h"
#include "tests/suites.h"

#define ENTRIES 1100                /* four full bundles, and 76 in a fifth */
#define FIRST   INT64_C(1700000001) /* of entry 0; then by the second */

static struct logs site;

static void setup(void)
{
	logs_make(&site);
	logs_fill(&site, "crm", ENTRIES);
}

static void teardown(void) { logs_close(&site); }

static void prune_half(void)
{
	logs_prune(&site, FIRST + 512, UINT64_MAX, 512);
}

static enum status verify(struct verify_report *r)
{
	status_clear();
	return verify_log(site.audit, audit_key(site.audit), NULL, NULL, r);
}

static void expect(
    enum verify_problem problem, uint64_t entry, const char *words)
{
	struct verify_report r;

	ck_assert_int_eq(verify(&r), ST_INTEGRITY);
	ck_assert_msg(r.problem == problem && r.entry == entry &&
			  strstr(status_text(), words) != NULL,
	    "%d at %llu: %s", (int)r.problem, (unsigned long long)r.entry,
	    status_text());
}

/* ---- what cannot be done, and what is found if it was ---- */

static const char *const forbidden[] = {
	"DELETE FROM entry WHERE seq = 512",
	"DELETE FROM entry",
	"DELETE FROM pruned",
	"UPDATE pruned SET below = 768",
	"INSERT INTO pruned (below, entry) VALUES (768, 1000)",
	"INSERT INTO pruned (below, entry) VALUES (256, 1100)",
	"INSERT INTO pruned (below, entry) VALUES (768, 1100)",
	"DELETE FROM shipped",
	"UPDATE shipped SET evidence = evidence - 1",
	"DELETE FROM tile WHERE level = 0 AND n = 0",
};

START_TEST(nothing_else_lets_an_entry_go)
{
	struct verify_report r;

	prune_half();
	ck_assert_int_ne(db_script(audit_db(site.audit), forbidden[_i]), ST_OK);
	MUST(verify(&r) == ST_OK, "%s", status_text());
	ck_assert_uint_eq(r.missing, 512);
}
END_TEST

#define OPEN_DOORS                     \
	"DROP TRIGGER entry_remains;"  \
	"DROP TRIGGER entry_stays;"    \
	"DROP TRIGGER pruned_grows;"   \
	"DROP TRIGGER pruned_stays;"   \
	"DROP TRIGGER pruned_remains;" \
	"DROP TRIGGER shipped_grows;"  \
	"DROP TRIGGER shipped_remains;"

static const struct {
	const char *words;
	enum verify_problem problem;
	uint64_t entry;
	const char *says;
} tampered[] = {
	{ "DELETE FROM entry WHERE seq = 512", VERIFY_MISSING, 512,
	    "no entry says" },
	{ "DELETE FROM entry WHERE seq = 600", VERIFY_MISSING, 600,
	    "entry 600 is missing" },
	{ "DELETE FROM entry WHERE seq < 768", VERIFY_MISSING, 512,
	    "no entry says" },
	{ "DELETE FROM entry WHERE seq BETWEEN 768 AND 1023", VERIFY_MISSING,
	    768, "no entry says" },
	{ "DELETE FROM entry WHERE seq = 1100", VERIFY_MISSING, 1100,
	    "entry 1100 is missing" },
	{ "UPDATE pruned SET below = 768", VERIFY_PRUNED, 512, "the table" },
	{ "DELETE FROM pruned", VERIFY_PRUNED, 512, "the table" },
	{ "DELETE FROM shipped", VERIFY_PRUNED, 512, "the evidence" },
	{ "UPDATE shipped SET evidence = 511", VERIFY_PRUNED, 512,
	    "the evidence" },
	{ "UPDATE entry SET body = replace(body, '\"below\":512',"
	  " '\"below\":256') WHERE seq = 1100",
	    VERIFY_CHANGED, 1100, "is not what its hash" },
	{ "INSERT INTO entry (seq, at, action, body) VALUES (7, 7, 'a',"
	  " '{\"seq\":7}')",
	    VERIFY_PRUNED, 7, "is there" },
};

START_TEST(what_was_done_to_a_pruned_log_is_found)
{
	prune_half();
	MUST(db_script(audit_db(site.audit), OPEN_DOORS) == ST_OK &&
		 db_script(audit_db(site.audit), tampered[_i].words) == ST_OK,
	    "%s", status_text());
	expect(tampered[_i].problem, tampered[_i].entry, tampered[_i].says);
}
END_TEST

/* Where nothing was pruned, nothing may be missing. */
START_TEST(a_hole_without_an_entry_is_found)
{
	MUST(db_script(audit_db(site.audit),
		 OPEN_DOORS "INSERT INTO pruned VALUES (256, 1000);"
			    "DELETE FROM entry WHERE seq < 256;") == ST_OK,
	    "%s", status_text());
	expect(VERIFY_MISSING, 0, "no entry says");
}
END_TEST

static void copy(const char *from, const char *to)
{
	char *command =
	    str_format("cp %s/%s %s/%s", site.folder, from, site.folder, to);

	MUST(system(command) == 0, "%s", command);
	free(command);
}

START_TEST(the_log_of_before_put_back_is_found)
{
	struct verify_report r;
	const struct prune_rule rule = { FIRST + 512, UINT64_MAX,
		{ .months = 120 } };
	int64_t n;

	logs_shut(&site);
	copy("audit.db", "kept");
	logs_open(&site);
	prune_half();
	logs_shut(&site);
	copy("kept", "audit.db");
	logs_open(&site);
	ck_assert_int_eq(verify(&r), ST_INTEGRITY);
	ck_assert_int_eq(r.problem, VERIFY_ROLLED_BACK);
	/* Nor is it pruned again. */
	ck_assert_int_eq(
	    prune(site.audit, &rule, FIRST + 100000, "os:x", &n), ST_INTEGRITY);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(db_one_int(audit_db(site.audit),
			     "SELECT min(seq) FROM entry", NOARGS, -1, &n),
	    ST_OK);
	ck_assert_int_eq(n, 0);
}
END_TEST

/* ---- exported ---- */

static enum status verify_folder(const char *path, struct verify_report *r)
{
	struct audit_source src = source_of_folder(path);

	return verify_source(&src, audit_key(site.audit), NULL, 0, NULL, r);
}

static void shell(const char *path, const char *words)
{
	char *command = str_format("cd %s && %s", path, words);

	MUST(system(command) == 0, "%s", words);
	free(command);
}

START_TEST(a_pruned_log_is_exported_without_what_went)
{
	char *path = str_format("%s/export", site.folder);
	struct verify_report r;
	struct checkpoint c;

	prune_half();
	ck_assert_int_eq(folder_export(site.audit, path, &c), ST_OK);
	shell(path, "test ! -e tile/entries/000 -a ! -e tile/entries/001 -a"
		    " -e tile/entries/002 -a -e tile/0/000 -a -e tile/0/001");
	MUST(verify_folder(path, &r) == ST_OK, "%s", status_text());
	ck_assert_uint_eq(r.missing, 512);
	ck_assert_uint_eq(r.pruned.below, 512);
	/* One more is one too many. */
	shell(path, "rm tile/entries/002");
	ck_assert_int_eq(verify_folder(path, &r), ST_INTEGRITY);
	ck_assert_int_eq(r.problem, VERIFY_MISSING);
	ck_assert_uint_eq(r.entry, 512);
	free(path);
}
END_TEST

START_TEST(an_earlier_export_keeps_what_it_has)
{
	char *path = str_format("%s/export", site.folder);
	struct verify_report r;
	struct checkpoint c;

	ck_assert_int_eq(folder_export(site.audit, path, &c), ST_OK);
	prune_half();
	ck_assert_int_eq(folder_export(site.audit, path, &c), ST_OK);
	shell(path, "test -e tile/entries/000 -a -e tile/entries/001");
	MUST(verify_folder(path, &r) == ST_OK, "%s", status_text());
	ck_assert_uint_eq(r.missing, 0);
	ck_assert_uint_eq(r.pruned.below, 512);
	/* What stands there yet is checked like all else. */
	shell(path, "cp tile/entries/001 tile/entries/000");
	ck_assert_int_eq(verify_folder(path, &r), ST_INTEGRITY);
	shell(path, "rm tile/entries/000");
	MUST(verify_folder(path, &r) == ST_OK, "%s", status_text());
	ck_assert_uint_eq(r.missing, 256);
	/* Hashes are never pruned. */
	shell(path, "rm tile/0/000");
	ck_assert_int_eq(verify_folder(path, &r), ST_INTEGRITY);
	ck_assert_int_eq(r.problem, VERIFY_MISSING);
	free(path);
}
END_TEST

Suite *prune_tamper_suite(void)
{
	Suite *s = suite_create("prune_tamper");
	TCase *t = tcase_create("prune_tamper");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, nothing_else_lets_an_entry_go, 0,
	    sizeof(forbidden) / sizeof(*forbidden));
	tcase_add_loop_test(t, what_was_done_to_a_pruned_log_is_found, 0,
	    sizeof(tampered) / sizeof(*tampered));
	tcase_add_test(t, a_hole_without_an_entry_is_found);
	tcase_add_test(t, the_log_of_before_put_back_is_found);
	tcase_add_test(t, a_pruned_log_is_exported_without_what_went);
	tcase_add_test(t, an_earlier_export_keeps_what_it_has);
	suite_add_tcase(s, t);
	return s;
}
