#ifndef AUDIT_STORED_H
#define AUDIT_STORED_H

#include "engine/audit/note.h"
#include "engine/audit/tile.h"
#include "engine/audit/tree.h"
#include "engine/store/db.h"

/* The log's tiles and checkpoints as they lie in the two databases. */

/* A tile of at least ${width}; for tile_reader_new(), ${ctx} is the struct db.
 * ST_INTEGRITY where it is not there. */
enum status stored_read(void *ctx, unsigned int level, uint64_t n,
    unsigned int width, struct tile *out) MUST_CHECK;

/* For tree_new(), ${ctx} is the struct db. */
enum status stored_put(void *ctx, unsigned int level, uint64_t n,
    unsigned int width, const struct tile *t) MUST_CHECK;

/* The right edge of the stored tree into ${t}, which is empty. */
enum status stored_load(struct db *audit, struct tree *t) MUST_CHECK;

/* The signed text of the last checkpoint, in the log's own database or the
 * control database; ST_NOTFOUND without a sentence where there is none. */
enum status stored_checkpoint(struct db *audit, struct buf *out) MUST_CHECK;
enum status stored_anchor(struct db *control, struct buf *out) MUST_CHECK;

/* Replace it, where ${c} is of more entries; the anchor stays as it is where
 * another process has stored a later one. */
enum status stored_set_checkpoint(
    struct db *audit, const struct checkpoint *c, const char *note) MUST_CHECK;
enum status stored_set_anchor(struct db *control, const struct checkpoint *c,
    const char *note) MUST_CHECK;

#endif /* !AUDIT_STORED_H */
