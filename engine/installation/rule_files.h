#ifndef INSTALLATION_RULE_FILES_H
#define INSTALLATION_RULE_FILES_H

#include "engine/installation/installation.h"

/*
 * The files that the rules stand in, byte by byte: a changed comment is a
 * changed file, seen by nobody but those who look for it.
 */

/*
 * Read them into ${in->rule_files}, the policies and then the datasets of the
 * stores, in the order of lethe.yml.  ${in->rule_set} is the SHA-256 over all
 * of them, a NUL after each.
 */
enum status rule_files_load(struct installation *in) MUST_CHECK;
void rule_files_release(struct installation *in);

/* Keep in the control database what it has not, under its SHA-256: what the
 * log names by hash can be read years later. */
enum status rule_files_keep(struct installation *in) MUST_CHECK;

/* Append the file that was kept under ${sha256}; ST_NOTFOUND, without a
 * sentence, where none was.  ST_INTEGRITY: it is another one. */
enum status rule_files_kept(
    struct db *control, const char *sha256, struct buf *out) MUST_CHECK;

#endif /* !INSTALLATION_RULE_FILES_H */
