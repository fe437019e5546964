/* schemas/control/0018: an installation that has sent letters is upgraded. */
#include <string.h>

#include "engine/store/migrate.h"
#include "tests/logs.h"
#include "tests/suites.h"

#define FOLDER "schemas/control/"
#define MOST   64

/* The files of the control database before 0018. */
static void before(struct embedded out[MOST + 1])
{
	size_t n = 0;

	for (size_t i = 0; embedded[i].path; i++)
		if (strncmp(embedded[i].path, FOLDER, strlen(FOLDER)) == 0 &&
		    strcmp(embedded[i].path + strlen(FOLDER), "0018") < 0 &&
		    n < MOST)
			out[n++] = embedded[i];
	out[n] = (struct embedded){ 0 };
}

static void fill(struct db *db)
{
	MUST(db_exec(db,
		 "INSERT INTO request (number, id, type, state, law,"
		 " received_at, received_day, channel) VALUES (1,"
		 " 'Q-20261123-00000000', 'access', 'in_progress', 'gdpr', 0,"
		 " 20780, 'email')",
		 NOARGS) == ST_OK,
	    "%s", status_text());
	MUST(db_exec(db,
		 "INSERT INTO outbox (number, id, kind, request, recipient,"
		 " subject, body, state, made_at, next_at) VALUES (5, 'x',"
		 " 'mail', 1, 'a@example.org', 's', 'b', 'waiting', 7, 8)",
		 NOARGS) == ST_OK,
	    "%s", status_text());
	MUST(db_exec(db,
		 "INSERT INTO request_letter (number, request, kind, language,"
		 " subject, body, made_at, made_by, outbox) VALUES (3, 1,"
		 " 'receipt', 'en', 's', 'b', 7, 'ada', 5)",
		 NOARGS) == ST_OK,
	    "%s", status_text());
}

START_TEST(letters_stay_with_what_was_sent)
{
	struct embedded old[MOST + 1];
	struct logs site;
	struct db *db = NULL;
	int64_t next = 0;

	logs_make(&site);
	logs_db(&site, "older", NULL, &db);
	before(old);
	MUST(migrate_run(db, old, FOLDER) == ST_OK, "%s", status_text());
	fill(db);
	MUST(migrate_run(db, embedded, FOLDER) == ST_OK, "%s", status_text());
	MUST(db_one_int(db,
		 "SELECT o.next_at FROM request_letter AS l"
		 " JOIN outbox AS o ON o.number = l.outbox"
		 " WHERE l.number = 3 AND o.number = 5",
		 NOARGS, 0, &next) == ST_OK,
	    "%s", status_text());
	ck_assert_int_eq(next, 8);
	/* And what refers to it still has to be there. */
	ck_assert_int_ne(
	    db_exec(db, "UPDATE request_letter SET outbox = 6", NOARGS), ST_OK);
	db_close(db);
	logs_close(&site);
}
END_TEST

Suite *outbox_upgrade_suite(void)
{
	Suite *s = suite_create("outbox_upgrade");
	TCase *t = tcase_create("outbox_upgrade");

	tcase_add_test(t, letters_stay_with_what_was_sent);
	suite_add_tcase(s, t);
	return s;
}
