#ifndef INSTALLATION_INSTALLATION_H
#define INSTALLATION_INSTALLATION_H

#include <stddef.h>
#include <stdint.h>

#include "engine/audit/log.h"
#include "engine/base/buf.h"
#include "engine/base/status.h"
#include "engine/crypto/hash.h"
#include "engine/model/config.h"
#include "engine/model/consents.h"
#include "engine/model/dataset.h"
#include "engine/model/diag.h"
#include "engine/model/policy.h"
#include "engine/store/db.h"
#include "engine/store/keyring.h"
#include "engine/store/segments.h"

/*
 * One installation: lethe.yml and all it names, loaded and checked against
 * each other; then, once unlocked, its keyring, stores, control database and
 * audit log, each opened when it is first asked for.
 */
struct installation_store {
	const struct config_store *config;
	const struct dataset *dataset;
	struct db *db;           /* NULL until installation_open_store() */
	struct db_schema schema; /* of the live store, once open */
	/* Where it is cut into files; else NULL.  ${db} is one of them then:
	 * that of ${segment}, or the rest (units.h). */
	struct segments *segments;
	const struct segment *segment;
	int same_schema; /* it is that of another installation, which frees it
			  */
	int borrowed;    /* all are another installation's, which closes them */
};

/* A file of the rules as it was loaded. */
struct rule_file {
	const char *kind; /* "policy" or "dataset" */
	const char *name; /* the policy's, the store's; the installation's */
	char sha256[SHA256_TEXT];
	struct buf bytes;
};

struct installation {
	/* It was made by installation_again(): the files are another's. */
	int again;
	struct config config;
	struct diag diag; /* what the loaders found */
	struct zone *zone;
	struct dataset *datasets;
	size_t dataset_count;
	struct policy *policies;
	size_t policy_count;
	struct consents consents; /* none where lethe.yml names no file */
	struct installation_store *stores;
	size_t store_count;
	struct rule_file *rule_files; /* see rule_files.h */
	size_t rule_file_count;
	char rule_set[SHA256_TEXT];
	struct keyring *keys;
	struct db *control;
	struct audit *audit;
};

/*
 * Load the file ${path} and what it names.  ST_INVALID with everything that is
 * wrong in ${out->diag}; ${out} is released by the caller in any case.
 */
enum status installation_load(
    const char *path, struct installation *out) MUST_CHECK;
void installation_release(struct installation *in);

/*
 * The installation ${first} as it would be with the file ${policy} in the
 * place of its policy of the same name.  Shares the stores of ${first}, which
 * it opens, and is released before it.  ST_INVALID as above; ST_USAGE where
 * ${first} has no policy of that name.
 */
enum status installation_load_with(struct installation *first,
    const char *policy, struct installation *out) MUST_CHECK;

/*
 * The installation ${first}, which is unlocked, for another thread.  What was
 * loaded of it is shared, and nobody changes that; keyring, stores, control
 * database and audit log belong to one thread at a time, so that ${out} opens
 * its own, each when it is first asked for.  Released before ${first}.
 */
enum status installation_again(
    const struct installation *first, struct installation *out) MUST_CHECK;

/*
 * Make what is missing: key file, keyring, control database, audit log and
 * managed stores.  Safe to repeat.  ${made} (may be NULL) is called with what
 * was made, for people.
 */
enum status installation_init(struct installation *in,
    void (*made)(void *ctx, const char *what), void *ctx) MUST_CHECK;

/* Open the keyring (once).  ST_NOTFOUND: `lethe init` has not been run. */
enum status installation_unlock(struct installation *in) MUST_CHECK;

/* The store called ${name}, not yet opened. */
enum status installation_find_store(struct installation *in, const char *name,
    struct installation_store **out) MUST_CHECK;
/*
 * Open it and read its schema (once); of a store that is cut into segments,
 * the list of them as it is now.  ST_INVALID where its tables cannot be cut.
 */
enum status installation_open_store(
    struct installation *in, struct installation_store *store) MUST_CHECK;
/* What tells the unit of an open store that is in use (units.h) from any other
 * database: store_id(). */
enum status installation_unit_id(const struct installation *in,
    const struct installation_store *store, char out[STORE_ID_TEXT]) MUST_CHECK;
enum status installation_open_control(struct installation *in) MUST_CHECK;
/* store_reseal() of a store's own file, or of `control`; it is not open yet. */
enum status installation_reseal(
    struct installation *in, const char *name) MUST_CHECK;
enum status installation_open_audit(struct installation *in) MUST_CHECK;

/*
 * The columns of a collection that starting points read, and those that bound
 * the time of a reference (`valid`), so that ingest checks them as times.  The
 * caller frees the array; the names are the policies' and datasets'.
 */
enum status installation_times(const struct installation *in,
    const struct installation_store *store, const struct collection *collection,
    const char ***out, size_t *count) MUST_CHECK;

/*
 * The starting points of all policies whose field ingest computes in records
 * of a collection; NULL where there are none.  The caller frees the array.
 */
enum status installation_computed(const struct installation *in,
    const struct installation_store *store, const struct collection *collection,
    struct policy_computed **out, size_t *count) MUST_CHECK;

/* ${data_dir}/${name}.  The caller frees; NULL when out of memory. */
char *installation_path(const struct installation *in, const char *name);

#endif /* !INSTALLATION_INSTALLATION_H */
