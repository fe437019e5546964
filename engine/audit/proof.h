#ifndef AUDIT_PROOF_H
#define AUDIT_PROOF_H

#include "engine/audit/note.h"
#include "engine/audit/source.h"

/*
 * A proof that somebody can keep (C2SP tlog-proof): the entry's number, its
 * proof, and the checkpoint that it leads to.
 */

/*
 * The log at one checkpoint: entries and proofs of it, whatever is appended
 * meanwhile.  It holds a read transaction of the log open until it is freed;
 * no other may be.
 */
struct prover;
enum status prover_new(struct audit *a, struct prover **out) MUST_CHECK;
/* Safe on NULL. */
void prover_free(struct prover *p);
const struct checkpoint *prover_checkpoint(const struct prover *p);
/* As it was signed. */
const char *prover_note(const struct prover *p);

/*
 * Append the proof of entry ${index} to ${out}, and the entry's own text to
 * ${entry}.  ST_USAGE where the log has no such entry, or pruned it;
 * ST_INTEGRITY where the log cannot prove it, which says that it was changed.
 */
enum status prover_prove(struct prover *p, uint64_t index, struct buf *out,
    struct buf *entry) MUST_CHECK;

/* The same of one entry. */
enum status proof_make(struct audit *a, uint64_t index, struct buf *out,
    struct buf *entry) MUST_CHECK;

/*
 * Does ${text} prove that ${entry} is in the log that ${key} signs?  ${*index}
 * gets its number.  ST_INVALID: it is no proof; ST_INTEGRITY: it proves
 * nothing.
 */
enum status proof_check(const struct note_key *key, const char *text,
    size_t len, const void *entry, size_t entry_len,
    uint64_t *index) MUST_CHECK;

#endif /* !AUDIT_PROOF_H */
