#ifndef TESTS_SERVER_H
#define TESTS_SERVER_H

/*
 * The driver of an attached database against the server that LETHE_TEST_URL
 * names (tests/postgres/run.sh): each test has a schema of its own, and the
 * connection ${db} to it.
 */

#include <stdint.h>

#include "engine/store/postgres.h"
#include "tests/suites.h"

extern struct db *db;

/* One more connection to the test's schema. */
struct db *server_open(void);

/* A group of tests with all of that; without a server it is not run. */
TCase *server_case(Suite *s);

/* Statements that must succeed; one number. */
#define DO(db, words) server_do(db, "" words)
void server_do(struct db *d, const char *words);
#define COUNT(words) server_count("" words)
int64_t server_count(const char *words);

#endif /* !TESTS_SERVER_H */
