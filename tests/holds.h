#ifndef TESTS_HOLDS_H
#define TESTS_HOLDS_H

#include "engine/holds/holds.h"

/*
 * An installation with two stores for tests of suspensions: people, their
 * addresses and contracts in crm; visits, which refer to people, in web.  P1
 * has contract 1 (ended in 2020) and 2 (open), and visits 1 (of 2020), 2 (of
 * today) and 3 (at no time); P2 has contract 3 and visit 4.
 */
enum { CRM, WEB };
struct holds_site {
	char folder[100];
	struct installation in;
};

/* ${approvals} people release. */
void holds_site_init(struct holds_site *s, int approvals);
void holds_site_release(struct holds_site *s);

/* Another process's view: load it, and open the stores too. */
void holds_site_load(struct holds_site *s, struct installation *in);
void holds_site_open(struct holds_site *s, struct installation *in);
/* Give ${s->in} up, to be opened again. */
void holds_site_close(struct holds_site *s);
/* Change one text in a file and load anew. */
void holds_site_replace(
    struct holds_site *s, const char *file, const char *from, const char *to);

void holds_site_place(struct holds_site *s, struct holds_scope scope,
    const char *reason, char id[24]);

/* How many rows ${id} has beside the records of either store. */
void holds_site_check_rows(
    struct holds_site *s, const char *id, int64_t crm_rows, int64_t web_rows);

/* Run words in a store that must work. */
#define holds_site_do(s, store, words) holds_site_do_(s, store, "" words)
void holds_site_do_(struct holds_site *s, int store, const char *words);
#define holds_site_count(s, store, words) holds_site_count_(s, store, "" words)
int64_t holds_site_count_(struct holds_site *s, int store, const char *words);
/* The same in the control database. */
#define holds_site_registry(s, words) holds_site_registry_(s, "" words)
int64_t holds_site_registry_(struct holds_site *s, const char *words);

/* How many entries of the audit log have ${action}. */
int64_t holds_site_entries(struct holds_site *s, const char *action);
/* All of them, one a line.  The caller frees. */
char *holds_site_log(struct holds_site *s);

#endif /* !TESTS_HOLDS_H */
