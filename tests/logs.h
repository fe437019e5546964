#ifndef TESTS_LOGS_H
#define TESTS_LOGS_H

#include "engine/audit/log.h"
#include "engine/store/keyring.h"

/* A small audit log with its control database, in a folder of its own. */
struct logs {
	char folder[64];
	struct keyring *keys;
	struct secret_key *signer;
	struct db *control;
	struct audit *audit;
};

/* Made and begun; the caller closes. */
void logs_make(struct logs *l);
void logs_close(struct logs *l);

/* Close the databases, and open them as they lie there now. */
void logs_shut(struct logs *l);
void logs_open(struct logs *l);

/* A database in the folder, made with ${migrations} unless it is there. */
void logs_db(const struct logs *l, const char *name, const char *migrations,
    struct db **out);

/* ${n} entries in one transaction, the evidence of a store of that name. */
void logs_fill(struct logs *l, const char *store, int64_t n);

/* Prune entries of before ${before} and ${stay} (engine/audit/prune.h) by a
 * rule of 10 years, ${want} in all. */
void logs_prune(struct logs *l, int64_t before, uint64_t stay, int64_t want);

/* The last checkpoint as it is given to others; the caller frees. */
char *logs_checkpoint(struct logs *l);

#endif /* !TESTS_LOGS_H */
