#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "engine/base/status.h"
#include "engine/store/db.h"
#include "engine/store/keyring.h"

/* Where databases come from: the one place that names the drivers. */

enum store_driver { STORE_SQLITE, STORE_POSTGRESQL };
struct store_spec {
	const char *name; /* for messages */
	const char *key;  /* its name in the keyring */
	enum store_driver driver;
	const char *path;          /* managed stores: the file */
	const char *url;           /* attached stores */
	const char *password_file; /* attached stores; may be NULL */
	int64_t cache_bytes;       /* 0: 64 MiB */
};

/*
 * Make a managed store that is not there yet: key, file, then ${schema} (SQL,
 * may be NULL) and our own tables by the migrations under ${migrations} (a
 * folder of embedded files, "schemas/store/").  Safe to repeat: a store that
 * exists is left as it is, but for migrations that it lacks; one that was
 * interrupted is finished.  In an attached database only our own tables are
 * made, never its people's.  ${*made} (may be NULL) tells whether
 * anything was not there yet.
 */
enum status store_create(const struct store_spec *spec, struct keyring *keys,
    const char *schema, const char *migrations, int *made) MUST_CHECK;

/* Open one that exists.  ST_NOTFOUND, with what to do, where the file is
 * missing or empty: it is never made anew in silence. */
enum status store_open(const struct store_spec *spec,
    const struct keyring *keys, struct db **out) MUST_CHECK;

/* What tells an open store from any other, also from one that had its name
 * before: 32 hexadecimal digits. */
#define STORE_ID_TEXT 33
void store_write_id(const uint8_t bytes[16], char out[STORE_ID_TEXT]);
enum status store_id(const struct store_spec *spec, const struct keyring *keys,
    struct db *db, char out[STORE_ID_TEXT]) MUST_CHECK;

#endif /* !STORE_STORE_H */
