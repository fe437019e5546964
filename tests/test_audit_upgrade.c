/*
 * schemas/audit/: a log that an earlier Lethe began is brought up to date, says
 * what it said, and goes on.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/audit/verify.h"
#include "engine/store/migrate.h"
#include "tests/logs.h"
#include "tests/suites.h"

#define FOLDER "schemas/audit/"
#define MOST   16

/* The last file that the log was made with. */
static const struct {
	const char *last;
	int signed_before;
} forms[] = {
	{ "0001", 0 },
	{ "0002", 1 },
	{ "0004", 1 },
	{ "0005", 1 },
};

static const char *const bodies[] = {
	"{\"action\":\"purge_started\",\"actor\":\"os:x\",\"at\":"
	"\"1970-01-01T00:00:01Z\",\"run\":\"R-1\",\"seq\":0}",
	"{\"action\":\"request_shown\",\"actor\":\"user:ada\",\"at\":"
	"\"1970-01-01T00:00:02Z\",\"id\":\"Q-1\",\"object\":\"request\","
	"\"seq\":1}",
	"{\"action\":\"personal_data_viewed\",\"actor\":\"user:ada\",\"at\":"
	"\"1970-01-01T00:00:03Z\",\"object\":\"Q-1\",\"request\":\"Q-1\","
	"\"seq\":2}",
};
static const char *const actions[] = { "purge_started", "request_shown",
	"personal_data_viewed" };
#define BODIES (sizeof(bodies) / sizeof(bodies[0]))

static void files_up_to(const char *last, struct embedded out[MOST + 1])
{
	size_t n = 0;

	for (size_t i = 0; embedded[i].path; i++)
		if (strncmp(embedded[i].path, FOLDER, strlen(FOLDER)) == 0 &&
		    strncmp(embedded[i].path + strlen(FOLDER), last, 4) <= 0 &&
		    n < MOST)
			out[n++] = embedded[i];
	ck_assert_uint_gt(n, 0);
	out[n] = (struct embedded){ 0 };
}

/* With the columns that a log of the form had. */
static enum status add(
    struct db *db, const char *last, int64_t seq, const char *body)
{
	const struct val args[] = { INT(seq), INT(seq + 1), TEXT(actions[seq]),
		TEXT(body), { .type = VAL_END } };

	if (strcmp(last, "0002") < 0)
		return db_exec(db,
		    "INSERT INTO entry (seq, at, action, body)"
		    " VALUES ($1, $2, $3, $4)",
		    args);
	if (strcmp(last, "0005") < 0)
		return db_exec(db,
		    "INSERT INTO entry (seq, at, action, body, run)"
		    " VALUES ($1, $2, $3, $4, json_extract($4, '$.run'))",
		    args);
	return db_exec(db,
	    "INSERT INTO entry (seq, at, action, body, run, actor)"
	    " VALUES ($1, $2, $3, $4, json_extract($4, '$.run'),"
	    " json_extract($4, '$.actor'))",
	    args);
}

static void fill(struct db *db, const char *last)
{
	for (size_t i = 0; i < BODIES; i++)
		MUST(add(db, last, (int64_t)i, bodies[i]) == ST_OK, "%s",
		    status_text());
}

static struct audit *opened(struct logs *l, struct db *db)
{
	struct audit_spec spec = { .db = db,
		.control = l->control,
		.origin = "test.example/old",
		.key = l->signer };
	struct audit *a = NULL;

	MUST(audit_open(&spec, &a) == ST_OK, "%s", status_text());
	MUST(audit_start(a) == ST_OK, "%s", status_text());
	return a;
}

static enum status keep(void *ctx, const char *body)
{
	struct buf *b = ctx;

	buf_adds(b, body);
	buf_addc(b, '\n');
	return buf_status(b);
}

/* Exactly ${want} of the old entries, each as it was. */
static void found(
    struct audit *a, const struct audit_filter *f, const char *want)
{
	struct buf all = BUF_INIT, these = BUF_INIT;

	MUST(audit_list(a, f, keep, &all) == ST_OK, "%s", status_text());
	for (; *want; want++)
		ck_assert_int_eq(keep(&these, bodies[*want - '0']), ST_OK);
	ck_assert_str_eq(buf_text(&all), buf_text(&these));
	buf_release(&all);
	buf_release(&these);
}

static void sound(struct audit *a, uint64_t entries)
{
	struct verify_report r;

	MUST(verify_log(a, audit_key(a), NULL, NULL, &r) == ST_OK, "%s",
	    status_text());
	ck_assert_uint_eq(r.checkpoint.size, entries);
}

START_TEST(a_log_of_an_earlier_form_goes_on)
{
	struct embedded old[MOST + 1];
	struct audit *a;
	struct logs site;
	struct db *db = NULL;

	logs_make(&site);
	MUST(db_exec(site.control, "DELETE FROM audit_checkpoint", NOARGS) ==
		 ST_OK,
	    "%s", status_text());
	logs_db(&site, "older", NULL, &db);
	files_up_to(forms[_i].last, old);
	MUST(migrate_run(db, old, FOLDER) == ST_OK, "%s", status_text());
	fill(db, forms[_i].last);
	if (forms[_i].signed_before) {
		audit_close(opened(&site, db));
		db = NULL;
		logs_db(&site, "older", NULL, &db);
	}
	MUST(migrate_run(db, embedded, FOLDER) == ST_OK, "%s", status_text());
	a = opened(&site, db);
	sound(a, BODIES);
	found(a, &(struct audit_filter){ .first = 0 }, "012");
	found(a, &(struct audit_filter){ .run = "R-1" }, "0");
	found(a, &(struct audit_filter){ .actor = "user:ada" }, "12");
	found(a, &(struct audit_filter){ .request = "Q-1" }, "12");
	MUST(audit_append(a, 9, "os:x", "purge_started", NULL) == ST_OK, "%s",
	    status_text());
	sound(a, BODIES + 1);
	ck_assert_int_ne(
	    db_exec(db, "UPDATE entry SET actor = 'nobody'", NOARGS), ST_OK);
	ck_assert_int_ne(db_exec(db, "DELETE FROM entry", NOARGS), ST_OK);
	audit_close(a);
	logs_close(&site);
}
END_TEST

Suite *audit_upgrade_suite(void)
{
	Suite *s = suite_create("audit_upgrade");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, a_log_of_an_earlier_form_goes_on, 0,
	    sizeof(forms) / sizeof(forms[0]));
	suite_add_tcase(s, t);
	return s;
}
