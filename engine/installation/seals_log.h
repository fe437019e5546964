#ifndef INSTALLATION_SEALS_LOG_H
#define INSTALLATION_SEALS_LOG_H

#include "engine/installation/seals.h"

/* Among seals*.c: the files of an installation, and their seals in the log. */

/* One file.  ${name} as in the log, ${key} in hexadecimal.  ${db} is NULL where
 * it does not even open because it is not the newest, or damaged; status_text()
 * says which. */
struct seals_file {
	char name[SEGMENT_KEY];
	char key[33];
	struct db *db;
};

/* Call ${each} for every file of the store ${name}, for the control database
 * (`control`), or for all of them (NULL). */
enum status seals_each(struct installation *in, const char *name,
    enum status (*each)(void *ctx, const struct seals_file *file),
    void *ctx) MUST_CHECK;

/* {"NAME": {...}} by the last whole set of entries; {} where there is none. */
enum status seals_read(struct installation *in, json_t **out) MUST_CHECK;
/* Log ${files}, without those whose key is gone. */
enum status seals_write(
    struct installation *in, const char *run, json_t *files) MUST_CHECK;

/* When and at which entry a file had ${mark}; ST_NOTFOUND: not known. */
enum status seals_find(struct installation *in, const char *file,
    const char *mark, int64_t *seq, char **at) MUST_CHECK;

void seals_hex(const uint8_t *p, size_t n, char *out);
/* The mark of ${item}, zeros where it is NULL or has none. */
void seals_mark(const json_t *item, uint8_t out[DB_MARK]);
/* What ${item} is to say of ${s}. */
enum status seals_item(const struct seals_file *file, const struct db_seal *s,
    int64_t looked, json_t **out) MUST_CHECK;

/* For seals_each(), ${ctx} is the object by seals_read(): seal the file, and
 * say so in there. */
enum status seals_seal(void *ctx, const struct seals_file *file) MUST_CHECK;

#endif /* !INSTALLATION_SEALS_LOG_H */
