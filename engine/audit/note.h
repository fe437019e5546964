#ifndef AUDIT_NOTE_H
#define AUDIT_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/audit/merkle.h"
#include "engine/base/buf.h"
#include "engine/base/status.h"
#include "engine/crypto/ed25519.h"

/*
 * Signed notes (C2SP signed-note) and the checkpoints that they carry (C2SP
 * tlog-checkpoint): a text, an empty line, lines with signatures.
 */
#define NOTE_NAME 255     /* longest name of a key, in bytes */
#define NOTE_MOST 1000000 /* longest note, in bytes */

/* A key that signs notes, by its name. */
struct note_key {
	char name[NOTE_NAME + 1];
	uint8_t id[4];
	uint8_t public[ED25519_PUBLIC];
};

/* The key ${public} under ${name}; ST_INVALID where one of them is none. */
enum status note_key_make(const char *name,
    const uint8_t public[ED25519_PUBLIC], struct note_key *out) MUST_CHECK;

/* "NAME+HEX+BASE64", how it is given to others.  ST_INVALID for anything else,
 * and for keys of other kinds than Ed25519. */
enum status note_key_parse(const char *vkey, struct note_key *out) MUST_CHECK;
void note_key_add(const struct note_key *key, struct buf *out);

/* Append the note of ${text}, which ends with a newline, signed by ${key}
 * whose private half is ${seed}. */
enum status note_sign(const struct note_key *key, const struct secret_key *seed,
    const char *text, struct buf *out) MUST_CHECK;

/*
 * Check ${note} of ${len} bytes; ${*text_len} gets the length of its text, with
 * which it begins.  Signatures by other keys are passed over.  ST_INVALID: no
 * note.  ST_INTEGRITY: not signed by ${key}, or not so.
 */
enum status note_open(const struct note_key *key, const char *note, size_t len,
    size_t *text_len) MUST_CHECK;

/* A log of ${size} entries, and what they are. */
struct checkpoint {
	uint64_t size;
	uint8_t root[MERKLE_HASH];
};

/* The text: ${origin}, size, root; a line each. */
void checkpoint_add(
    const struct checkpoint *c, const char *origin, struct buf *out);

/* Check a signed checkpoint of the log that ${key} is named after, as by
 * note_open(). */
enum status checkpoint_open(const struct note_key *key, const char *note,
    size_t len, struct checkpoint *out) MUST_CHECK;

#endif /* !AUDIT_NOTE_H */
