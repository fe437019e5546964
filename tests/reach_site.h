#ifndef TESTS_REACH_SITE_H
#define TESTS_REACH_SITE_H

#include "engine/installation/installation.h"
#include "tests/suites.h"

/*
 * Two encrypted stores, `one` and `two`, with the collections of a short text,
 * as an installation without files.  A line is a collection:
 *
 *	one.people [shared]: id TEXT ! @customer_id, email @email
 *	two.trips: id !, vin > one.holdings.vin ~ at one.holdings.since ...
 *
 * Behind a column's name: its type, ! primary key, @ identity, and > from, < to
 * or - either for a reference; ~ at from until its interval.
 */
struct reach_site {
	struct installation in;
	struct config_store configs[2];
	struct secret_key *key;
};
void reach_site_init(struct reach_site *s, const char *collections);
void reach_site_release(struct reach_site *s);

/* Run SQL that must work in store 0 or 1. */
void reach_site_do(struct reach_site *s, int store, const char *words);

/*
 * All records of a person, sorted: "people:C1 trips:1,2* ...", an asterisk for
 * what is shared.  The caller frees.
 */
char *reach_site_find(
    struct reach_site *s, const char *identity, const char *value);

/* The same must be ${want}. */
void reach_site_check(struct reach_site *s, const char *identity,
    const char *value, const char *want);

#endif /* !TESTS_REACH_SITE_H */
