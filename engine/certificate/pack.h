#ifndef CERTIFICATE_PACK_H
#define CERTIFICATE_PACK_H

#include "engine/certificate/certificate.h"

/*
 * The evidence pack of a certificate, for an auditor: everything that it takes
 * to verify it offline with tools that we did not write.
 *
 *	README.txt            what it is, and the commands
 *	certificate.json      what was signed; .note: with its signature
 *	certificate.txt       for people; .ja.txt, .de.txt
 *	checkpoint, vkey      of the log
 *	entries/N.json        each entry of the log that it rests on, and
 *	entries/N.tlog-proof  that it is in the log
 *	rules/NNNN-KIND-NAME.yml  policies and datasets as they were
 *	SHA256SUMS            of all those; seal.note: its hash, signed
 */
struct pack_file {
	char *name;
	struct buf bytes;
};
struct pack {
	struct pack_file *files;
	size_t count;
};

/* ${pack} is released by the caller in any case. */
enum status pack_make(struct installation *in, const struct certificate *c,
    struct pack *pack) MUST_CHECK;
void pack_release(struct pack *pack);

/* The same bytes whenever it is made of the same log; its files stand in a
 * folder called ${folder}. */
enum status pack_zip(
    const struct pack *pack, const char *folder, struct buf *out) MUST_CHECK;

/*
 * Check the unpacked folder ${path}: its seal (seal.h); every entry is in the
 * log; and the certificate says what they say. ST_INTEGRITY with the first file
 * that is wrong.  ${*body} as for certificate_check().
 */
enum status pack_check(const struct note_key *key, const char *path,
    struct checkpoint *out, json_t **body) MUST_CHECK;

/* The name of the file that the rules' file number ${n} has. */
enum status pack_rule_name(
    size_t n, const json_t *file, struct buf *out) MUST_CHECK;

#endif /* !CERTIFICATE_PACK_H */
