#ifndef AUDIT_VERIFY_H
#define AUDIT_VERIFY_H

#include "engine/audit/note.h"
#include "engine/audit/prune.h"
#include "engine/audit/source.h"

/* What can be wrong with a log. */
enum verify_problem {
	VERIFY_SOUND,
	VERIFY_CHECKPOINT,   /* missing, malformed, or not signed by the key */
	VERIFY_ROLLED_BACK,  /* shorter than what was signed before */
	VERIFY_REWRITTEN,    /* not what was signed */
	VERIFY_MISSING,      /* an entry or hashes are not there */
	VERIFY_CHANGED,      /* an entry is not what it was */
	VERIFY_OUT_OF_ORDER, /* an entry stands in another one's place */
	VERIFY_HASHES,       /* hashes are not those of the entries */
	VERIFY_UNSIGNED,     /* entries behind what the checkpoint speaks of */
	VERIFY_PRUNED,       /* what was pruned is not what an entry says */
	VERIFY__MAX
};
/* "rolled_back"; NULL for VERIFY_SOUND. */
const char *verify_word(enum verify_problem p);

/* An earlier checkpoint that the log must be a continuation of. */
struct verify_since {
	const char *whose; /* in sentences: "the control database's" */
	const char *note;
	size_t len;
};

/* Told after each bundle how many of ${size} entries have been read.  What it
 * returns other than ST_OK ends the reading. */
struct verify_watch {
	enum status (*read)(void *ctx, uint64_t entries, uint64_t size);
	void *ctx;
};

struct verify_report {
	enum verify_problem problem;
	struct checkpoint checkpoint; /* as signed, once it was read */
	uint64_t entry; /* the problem begins here, or behind it */
	/* What the log says was pruned, and how many of those entries were not
	 * there to be read: an exported log may have them yet. */
	struct prune_state pruned;
	uint64_t missing;
};

/*
 * Read the whole log: every entry against its hash, every hash against those
 * above it, the root against the checkpoint and that against ${key}; and
 * ${count} earlier checkpoints against what the log began with.  ST_INTEGRITY,
 * a sentence and ${out->problem} for the first thing that is wrong.  Of entries
 * that were pruned, as one of the others says, it reads the hashes.  ${watch}
 * may be NULL.
 */
enum status verify_source(const struct audit_source *src,
    const struct note_key *key, const struct verify_since *since, size_t count,
    const struct verify_watch *watch, struct verify_report *out) MUST_CHECK;

/*
 * The live log, as it is at this instant, and with it the checkpoint that the
 * control database keeps.
 */
enum status verify_log(struct audit *a, const struct note_key *key,
    const struct verify_since *since, const struct verify_watch *watch,
    struct verify_report *out) MUST_CHECK;

#endif /* !AUDIT_VERIFY_H */
