#ifndef TESTS_SITE_H
#define TESTS_SITE_H

#include "engine/crypto/secret.h"
#include "engine/model/dataset.h"
#include "engine/records/dump.h"
#include "engine/records/ingest.h"
#include "tests/suites.h"

/*
 * An encrypted store in a folder of its own, with the collections `people` (a
 * column of every kind), `pairs` (a key of two columns) and `single`.
 */
struct site {
	struct secret_key *key;
	struct db *db;
	struct db_schema schema;
	struct dataset *dataset;
	struct diag diag;
	struct ingest_target target;
	struct ingest_report report;
	char folder[80];
};
struct site *site_new(void);
void site_free(struct site *s);

/* Have ${collection} as the target; `people` is it at first. */
void site_target(struct site *s, const char *collection);
/* After ${words} have changed the table of the target. */
void site_alter(struct site *s, const char *words);

/* Ingest ${text} as a file called ${name}. */
enum status site_ingest(struct site *s, const char *name, const char *text,
    enum db_insert_mode mode);
void site_print(const struct site *s);

/* The caller frees. */
char *site_dump(struct site *s, enum dump_format format);
void site_check_dump(struct site *s, enum dump_format format, const char *want);
/* The count that is kept, and what is there. */
void site_check_count(struct site *s, int64_t want);

#endif /* !TESTS_SITE_H */
