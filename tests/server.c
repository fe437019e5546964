/* A schema for each test on a server. */
#include "tests/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "tests/suites.h"

struct db *db;

static struct db *open_url(char *url)
{
	struct postgres_spec spec = { "crm", url, NULL };
	struct db *out = NULL;

	MUST(postgres_open(&spec, &out) == ST_OK, "%s", status_text());
	free(url);
	return out;
}

struct db *server_open(void)
{
	return open_url(str_format(
	    "%s&schema=t%d", getenv("LETHE_TEST_URL"), (int)getpid()));
}

void server_do(struct db *d, const char *words)
{
	MUST(db_script(d, words) == ST_OK, "%s", status_text());
}

int64_t server_count(const char *words)
{
	int64_t n = -1;

	MUST(db_one_int_(db, words, NOARGS, -1, &n) == ST_OK, "%s",
	    status_text());
	return n;
}

static void set_up(void)
{
	struct db *plain = open_url(str_format("%s", getenv("LETHE_TEST_URL")));
	char words[100];

	(void)snprintf(
	    words, sizeof(words), "CREATE SCHEMA t%d", (int)getpid());
	server_do(plain, words);
	db_close(plain);
	db = server_open();
}

static void tear_down(void)
{
	char words[100];

	(void)snprintf(
	    words, sizeof(words), "DROP SCHEMA t%d CASCADE", (int)getpid());
	server_do(db, words);
	db_close(db);
}

TCase *server_case(Suite *s)
{
	TCase *t = tcase_create("server");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_tags(t, "server"); /* main.c */
	suite_add_tcase(s, t);
	return t;
}
