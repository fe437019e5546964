/* engine/audit/verify.c: whatever is done to a log is found and named */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/folder.h"
#include "engine/audit/proof.h"
#include "engine/audit/stored.h"
#include "engine/audit/verify.h"
#include "tests/logs.h"
#include "tests/suites.h"

#define ENTRIES 600 /* two full tiles, and 88 in a third */

static struct logs site;

static void setup(void)
{
	logs_make(&site);
	logs_fill(&site, "crm", ENTRIES);
}

static void teardown(void) { logs_close(&site); }

/* ---- what an intruder can do who has the keys of the databases ---- */

static void open_doors(void)
{
	MUST(db_script(audit_db(site.audit),
		 "DROP TRIGGER IF EXISTS entry_stays;"
		 "DROP TRIGGER IF EXISTS entry_remains;"
		 "DROP TRIGGER IF EXISTS tile_grows;"
		 "DROP TRIGGER IF EXISTS tile_remains;"
		 "DROP TRIGGER IF EXISTS checkpoint_grows;"
		 "DROP TRIGGER IF EXISTS checkpoint_remains;") == ST_OK,
	    "%s", status_text());
}

#define TAMPER(words)                                                       \
	do {                                                                \
		open_doors();                                               \
		MUST(db_script(audit_db(site.audit), words) == ST_OK, "%s", \
		    status_text());                                         \
	} while (0)

/* All of the log made anew over the entries as they are, and signed. */
static void sign_anew(const struct secret_key *key)
{
	struct secret_key *own = site.signer;

	TAMPER("DELETE FROM tile; DELETE FROM checkpoint;");
	MUST(db_exec(site.control, "DELETE FROM audit_checkpoint", NOARGS) ==
		 ST_OK,
	    "%s", status_text());
	logs_shut(&site);
	site.signer = (struct secret_key *)(uintptr_t)key;
	logs_open(&site);
	MUST(audit_start(site.audit) == ST_OK, "%s", status_text());
	logs_shut(&site);
	site.signer = own;
	logs_open(&site);
}

/* ---- what is found ---- */

static void expect_since(const char *since, enum verify_problem problem,
    uint64_t entry, const char *words)
{
	struct verify_since s = { "the auditor's", since,
		since ? strlen(since) : 0 };
	struct verify_report r;
	enum status st;

	status_clear();
	st = verify_log(
	    site.audit, audit_key(site.audit), since ? &s : NULL, NULL, &r);
	ck_assert_msg(r.problem == problem, "%d, not %d: %s", (int)r.problem,
	    (int)problem, status_text());
	ck_assert_int_eq(st, problem == VERIFY_SOUND ? ST_OK : ST_INTEGRITY);
	ck_assert_uint_eq(r.entry, entry);
	ck_assert_msg(
	    strstr(status_text(), words) != NULL, "%s", status_text());
}

static void expect(
    enum verify_problem problem, uint64_t entry, const char *words)
{
	expect_since(NULL, problem, entry, words);
}

static enum status append(void)
{
	return audit_append(site.audit, 5, "os:x", "test", NULL);
}

START_TEST(a_log_that_nobody_touched_is_sound)
{
	char *then = logs_checkpoint(&site);

	expect(VERIFY_SOUND, 0, "");
	ck_assert_int_eq(append(), ST_OK);
	expect_since(then, VERIFY_SOUND, 0, "");
	logs_shut(&site);
	logs_open(&site);
	expect_since(then, VERIFY_SOUND, 0, "");
	free(then);
}
END_TEST

START_TEST(an_entry_that_was_changed)
{
	TAMPER("UPDATE entry SET body = replace(body, '\"records\":301',"
	       " '\"records\":999') WHERE seq = 300;");
	expect(VERIFY_CHANGED, 300, "entry 300 was changed");
}
END_TEST

START_TEST(the_last_entry_that_was_changed)
{
	TAMPER("UPDATE entry SET body = replace(body, '\"records\":600',"
	       " '\"records\":0') WHERE seq = 599;");
	expect(VERIFY_CHANGED, 599, "entry 599 was changed");
}
END_TEST

/* So that a list of deletions would not show it. */
START_TEST(an_entry_that_was_hidden)
{
	TAMPER("UPDATE entry SET action = 'other' WHERE seq = 4;");
	expect(VERIFY_CHANGED, 4, "entry 4 was changed");
	TAMPER("UPDATE entry SET action = 'delete' WHERE seq = 4;"
	       "UPDATE entry SET run = NULL WHERE seq = 7;");
	expect(VERIFY_CHANGED, 7, "entry 7 was changed");
	TAMPER("UPDATE entry SET run = 'r1' WHERE seq = 7;"
	       "UPDATE entry SET at = at + 1 WHERE seq = 9;");
	expect(VERIFY_CHANGED, 9, "entry 9 was changed");
	TAMPER("UPDATE entry SET at = at - 1 WHERE seq = 9;"
	       "UPDATE entry SET evidence = 7000 WHERE seq = 11;");
	expect(VERIFY_CHANGED, 11, "entry 11 was changed");
	TAMPER(
	    "UPDATE entry SET evidence = body ->> '$.evidence' WHERE seq = 11;"
	    "UPDATE entry SET actor = 'web:nobody' WHERE seq = 12;");
	expect(VERIFY_CHANGED, 12, "entry 12 was changed");
	TAMPER("UPDATE entry SET actor = body ->> '$.actor' WHERE seq = 12;"
	       "UPDATE entry SET request = 'Q-other' WHERE seq = 13;");
	expect(VERIFY_CHANGED, 13, "entry 13 was changed");
	TAMPER("UPDATE entry SET body = '{' WHERE seq = 13;");
	expect(VERIFY_CHANGED, 13, "entry 13 was changed");
}
END_TEST

START_TEST(an_entry_that_was_removed)
{
	TAMPER("DELETE FROM entry WHERE seq = 300;");
	expect(VERIFY_MISSING, 300, "entry 300 is missing");
}
END_TEST

START_TEST(entries_that_were_reordered)
{
	TAMPER("UPDATE entry SET seq = -1 WHERE seq = 10;"
	       "UPDATE entry SET seq = 10 WHERE seq = 11;"
	       "UPDATE entry SET seq = 11 WHERE seq = -1;");
	expect(VERIFY_OUT_OF_ORDER, 10, "entry 10 is out of order");
}
END_TEST

START_TEST(entries_that_were_cut_off)
{
	TAMPER("DELETE FROM entry WHERE seq >= 512;");
	expect(VERIFY_MISSING, 512, "entry 512 is missing");
	ck_assert_int_eq(append(), ST_INTEGRITY);
}
END_TEST

START_TEST(entries_that_were_put_beside_the_log)
{
	TAMPER("INSERT INTO entry (seq, at, action, body)"
	       " VALUES (600, 1, 'a', '{\"seq\":600}');");
	expect(VERIFY_UNSIGNED, 600, "entries 600 to 600 were added");
	ck_assert_int_eq(append(), ST_INTEGRITY);
}
END_TEST

START_TEST(hashes_that_were_changed)
{
	TAMPER("UPDATE tile SET hashes = CAST(zeroblob(32) ||"
	       " substr(hashes, 33) AS BLOB)"
	       " WHERE level = 1;");
	expect(VERIFY_HASHES, 0, "entries 0 to 255");
	TAMPER("DELETE FROM tile WHERE level = 1;");
	expect(VERIFY_MISSING, 0, "tile 0 of level 1");
	ck_assert_int_eq(append(), ST_INTEGRITY);
}
END_TEST

/* An entry together with its hash: the one above says so. */
START_TEST(an_entry_and_its_hash_that_were_changed)
{
	struct buf q = BUF_INIT;
	uint8_t leaf[MERKLE_HASH];
	static const char body[] =
	    "{\"action\":\"a\",\"at\":\"1970-01-01T00:00:01Z\",\"seq\":300}";
	size_t i;

	merkle_leaf(body, sizeof(body) - 1, leaf);
	buf_addf(&q,
	    "UPDATE entry SET at = 1, action = 'a', source = NULL,"
	    " evidence = NULL, run = NULL, actor = NULL, request = NULL,"
	    " body = '%s' WHERE seq = 300;"
	    "UPDATE tile SET hashes = CAST(substr(hashes, 1, 44 * 32) || x'",
	    body);
	for (i = 0; i < sizeof(leaf); i++)
		buf_addf(&q, "%02x", (unsigned int)leaf[i]);
	buf_adds(&q, "' || substr(hashes, 45 * 32 + 1) AS BLOB)"
		     " WHERE level = 0 AND n = 1;");
	TAMPER(buf_text(&q));
	expect(VERIFY_HASHES, 256, "entries 256 to 511");
	buf_release(&q);
}
END_TEST

START_TEST(a_log_that_another_key_signed)
{
	struct secret_key *other;

	ck_assert_int_eq(secret_random(&other), ST_OK);
	sign_anew(other);
	expect(VERIFY_CHECKPOINT, 0, "not signed by the key");
	ck_assert_int_eq(append(), ST_INTEGRITY);
	secret_free(other);
}
END_TEST

/* By whoever has all keys: nothing inside tells, somebody outside can. */
START_TEST(a_history_that_was_rewritten_is_found_by_who_holds_a_checkpoint)
{
	char *then = logs_checkpoint(&site);

	TAMPER("UPDATE entry SET body = replace(body, '\"records\":301',"
	       " '\"records\":999') WHERE seq = 300;");
	sign_anew(site.signer);
	expect(VERIFY_SOUND, 0, "");
	expect_since(then, VERIFY_REWRITTEN, 0, "the auditor's");
	ck_assert_int_eq(append(), ST_OK);
	expect_since(then, VERIFY_REWRITTEN, 0, "from entry 0 to before 600");
	free(then);
}
END_TEST

/* The same, but the control database was forgotten. */
START_TEST(a_history_that_was_rewritten_is_not_what_the_control_database_has)
{
	struct buf anchor = BUF_INIT;

	ck_assert_int_eq(stored_anchor(site.control, &anchor), ST_OK);
	TAMPER("UPDATE entry SET body = replace(body, '\"records\":301',"
	       " '\"records\":999') WHERE seq = 300;");
	sign_anew(site.signer);
	ck_assert_int_eq(
	    db_exec(site.control, "UPDATE audit_checkpoint SET note = $1",
		ARGS(TEXT(buf_text(&anchor)))),
	    ST_OK);
	expect(VERIFY_REWRITTEN, 0, "in the control database");
	ck_assert_int_eq(append(), ST_INTEGRITY);
	buf_release(&anchor);
}
END_TEST

static void copy(const char *from, const char *to)
{
	char command[300];

	(void)snprintf(command, sizeof(command),
	    "rm -f %s/%s.db-wal %s/%s.db-shm && cp %s/%s.db %s/%s.db",
	    site.folder, to, site.folder, to, site.folder, from, site.folder,
	    to);
	MUST(system(command) == 0, "copy");
}

START_TEST(an_older_copy_that_was_put_back)
{
	char *then;

	ck_assert_int_eq(db_scrub(audit_db(site.audit)), ST_OK);
	logs_shut(&site);
	copy("audit", "older");
	logs_open(&site);
	ck_assert_int_eq(append(), ST_OK);
	then = logs_checkpoint(&site);
	logs_shut(&site);
	copy("older", "audit");
	logs_open(&site);
	expect(VERIFY_ROLLED_BACK, 600, "speaks of 601 entries");
	/* Nothing can be added to it, which would hide that. */
	ck_assert_int_eq(append(), ST_INTEGRITY);
	ck_assert_int_eq(audit_writable(site.audit), ST_INTEGRITY);
	/* The control database too: who holds a checkpoint sees it. */
	ck_assert_int_eq(
	    db_exec(site.control, "DELETE FROM audit_checkpoint", NOARGS),
	    ST_OK);
	expect(VERIFY_SOUND, 0, "");
	expect_since(then, VERIFY_ROLLED_BACK, 600, "the auditor's");
	free(then);
}
END_TEST

/* From before its beginning: a new one must not begin in its place. */
START_TEST(a_log_that_lost_its_checkpoint)
{
	TAMPER("DELETE FROM tile; DELETE FROM checkpoint;");
	expect(VERIFY_CHECKPOINT, 0, "no checkpoint");
	ck_assert_int_eq(append(), ST_INTEGRITY);
	ck_assert_int_eq(audit_start(site.audit), ST_INTEGRITY);
}
END_TEST

/* ---- proofs ---- */

START_TEST(every_proof_is_of_its_entry)
{
	struct buf text = BUF_INIT, entry = BUF_INIT;
	uint64_t i, index = 0;
	size_t k;

	for (i = 0; i < ENTRIES; i += 37) {
		buf_clear(&text);
		buf_clear(&entry);
		MUST(proof_make(site.audit, i, &text, &entry) == ST_OK, "%s",
		    status_text());
		MUST(proof_check(audit_key(site.audit), text.data, text.len,
			 entry.data, entry.len, &index) == ST_OK &&
			 index == i,
		    "%s", status_text());
		entry.data[3] ^= 1;
		MUST(proof_check(audit_key(site.audit), text.data, text.len,
			 entry.data, entry.len, &index) == ST_INTEGRITY,
		    "another entry");
		entry.data[3] ^= 1;
	}
	/* The blank and letters of "index": all of it is read strictly. */
	for (k = 0; k < text.len; k++) {
		text.data[k] ^= 1;
		MUST(proof_check(audit_key(site.audit), text.data, text.len,
			 entry.data, entry.len, &index) != ST_OK,
		    "byte %zu", k);
		text.data[k] ^= 1;
		MUST(proof_check(audit_key(site.audit), text.data, k,
			 entry.data, entry.len, &index) != ST_OK,
		    "%zu bytes", k);
	}
	ck_assert_int_eq(
	    proof_make(site.audit, ENTRIES, &text, &entry), ST_USAGE);
	buf_release(&text);
	buf_release(&entry);
}
END_TEST

START_TEST(what_was_changed_is_not_proved)
{
	struct buf text = BUF_INIT, entry = BUF_INIT;

	TAMPER("UPDATE entry SET body = '{}' WHERE seq = 300;");
	ck_assert_int_eq(
	    proof_make(site.audit, 300, &text, &entry), ST_INTEGRITY);
	ck_assert_uint_eq(text.len, 0);
	buf_release(&text);
	buf_release(&entry);
}
END_TEST

/* ---- exported ---- */

static char *exported(void)
{
	struct checkpoint c;
	char *path = str_format("%s/export", site.folder);

	ck_assert_int_eq(folder_export(site.audit, path, &c), ST_OK);
	return path;
}

static enum verify_problem verify_folder(const char *path, uint64_t *entry)
{
	struct audit_source src = source_of_folder(path);
	struct verify_report r;
	enum status st;

	st = verify_source(&src, audit_key(site.audit), NULL, 0, NULL, &r);
	ck_assert_int_eq(st == ST_OK, r.problem == VERIFY_SOUND);
	*entry = r.entry;
	return r.problem;
}

static void shell(const char *path, const char *words)
{
	char *command = str_format("cd %s && %s", path, words);

	MUST(system(command) == 0, "%s", words);
	free(command);
}

START_TEST(an_exported_log_grows)
{
	struct checkpoint c;
	char *path = exported();
	uint64_t entry;

	ck_assert_int_eq(verify_folder(path, &entry), VERIFY_SOUND);
	shell(path, "test -e tile/0/001 -a -e tile/0/002.p/88 -a"
		    " -e tile/1/000.p/2 -a -e tile/entries/002.p/88");
	logs_fill(&site, "web", 500);
	ck_assert_int_eq(folder_export(site.audit, path, &c), ST_OK);
	ck_assert_uint_eq(c.size, ENTRIES + 500);
	ck_assert_int_eq(verify_folder(path, &entry), VERIFY_SOUND);
	/* Readers of the earlier checkpoint still have its files. */
	shell(path, "test -e tile/0/002.p/88 -a -e tile/0/002");
	free(path);
}
END_TEST

static const struct {
	const char *words;
	enum verify_problem problem;
	uint64_t entry;
} spoilt[] = {
	{ "sed -i 's/\"records\":301/\"records\":999/' tile/entries/001",
	    VERIFY_CHANGED, 300 },
	{ "rm tile/entries/001", VERIFY_MISSING, 256 },
	{ "truncate -s -1 tile/entries/001", VERIFY_CHANGED, 511 },
	{ "printf x >>tile/entries/001", VERIFY_CHANGED, 512 },
	{ "cp tile/entries/000 tile/entries/001", VERIFY_OUT_OF_ORDER, 256 },
	{ "rm tile/1/000.p/2", VERIFY_MISSING, 0 },
	{ "truncate -s 63 tile/1/000.p/2", VERIFY_MISSING, 0 },
	{ "cp tile/0/000 tile/0/001", VERIFY_CHANGED, 256 },
	{ "sed -i '2s/600/599/' checkpoint", VERIFY_CHECKPOINT, 0 },
	{ "rm checkpoint", VERIFY_CHECKPOINT, 0 },
	{ "echo hello >checkpoint", VERIFY_CHECKPOINT, 0 },
};

START_TEST(an_exported_log_that_was_changed)
{
	char *path = exported();
	uint64_t entry = 0;

	shell(path, spoilt[_i].words);
	ck_assert_int_eq(verify_folder(path, &entry), spoilt[_i].problem);
	ck_assert_uint_eq(entry, spoilt[_i].entry);
	free(path);
}
END_TEST

START_TEST(a_log_is_not_exported_over_another_one)
{
	struct checkpoint c;
	char *path = exported();

	shell(path, "cp tile/0/000 tile/0/001");
	ck_assert_int_eq(folder_export(site.audit, path, &c), ST_CONFLICT);
	shell(path, "rm -r tile && echo hello >checkpoint");
	ck_assert_int_eq(folder_export(site.audit, path, &c), ST_CONFLICT);
	free(path);
}
END_TEST

/* ---- what stood there before there was a tree; two at once ---- */

START_TEST(a_tree_is_made_over_entries_that_were_there)
{
	char *then = logs_checkpoint(&site), *now;

	sign_anew(site.signer);
	now = logs_checkpoint(&site);
	ck_assert_str_eq(now, then);
	expect(VERIFY_SOUND, 0, "");
	free(then);
	free(now);
}
END_TEST

START_TEST(two_who_append_in_turns_make_one_log)
{
	struct logs other = site;
	int i;

	logs_open(&other);
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(audit_append(i % 2 ? site.audit : other.audit,
				     i, "os:x", "test", NULL),
		    ST_OK);
		expect(VERIFY_SOUND, 0, "");
	}
	logs_shut(&other);
}
END_TEST

/* The control database learns of it with the next entry. */
START_TEST(a_checkpoint_that_was_not_passed_on)
{
	ck_assert_int_eq(db_begin(site.control, DB_WRITE), ST_OK);
	ck_assert_int_eq(append(), ST_OK);
	db_rollback(site.control);
	expect(VERIFY_SOUND, 0, "");
	ck_assert_int_eq(append(), ST_OK);
	expect(VERIFY_SOUND, 0, "");
}
END_TEST

Suite *tamper_suite(void)
{
	Suite *s = suite_create("tamper");
	TCase *t = tcase_create("live"), *out = tcase_create("given out");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_log_that_nobody_touched_is_sound);
	tcase_add_test(t, an_entry_that_was_changed);
	tcase_add_test(t, the_last_entry_that_was_changed);
	tcase_add_test(t, an_entry_that_was_hidden);
	tcase_add_test(t, an_entry_that_was_removed);
	tcase_add_test(t, entries_that_were_reordered);
	tcase_add_test(t, entries_that_were_cut_off);
	tcase_add_test(t, entries_that_were_put_beside_the_log);
	tcase_add_test(t, hashes_that_were_changed);
	tcase_add_test(t, an_entry_and_its_hash_that_were_changed);
	tcase_add_test(t, a_log_that_another_key_signed);
	tcase_add_test(
	    t, a_history_that_was_rewritten_is_found_by_who_holds_a_checkpoint);
	tcase_add_test(t,
	    a_history_that_was_rewritten_is_not_what_the_control_database_has);
	tcase_add_test(t, an_older_copy_that_was_put_back);
	tcase_add_test(t, a_log_that_lost_its_checkpoint);
	tcase_add_test(t, a_tree_is_made_over_entries_that_were_there);
	tcase_add_test(t, two_who_append_in_turns_make_one_log);
	tcase_add_test(t, a_checkpoint_that_was_not_passed_on);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(out, setup, teardown);
	tcase_add_test(out, every_proof_is_of_its_entry);
	tcase_add_test(out, what_was_changed_is_not_proved);
	tcase_add_test(out, an_exported_log_grows);
	tcase_add_loop_test(out, an_exported_log_that_was_changed, 0,
	    sizeof(spoilt) / sizeof(*spoilt));
	tcase_add_test(out, a_log_is_not_exported_over_another_one);
	suite_add_tcase(s, out);
	return s;
}
