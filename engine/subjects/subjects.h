#ifndef SUBJECTS_SUBJECTS_H
#define SUBJECTS_SUBJECTS_H

#include <stdint.h>

#include "engine/installation/installation.h"
#include "engine/plan/reach.h"

/*
 * People, as the audit log and the registers of the control database name
 * them: without saying who they are.
 *
 * A subject is one identity in canonical form (engine/plan/identity.h): a
 * person who has two is two subjects.  Each has a random salt, made at first
 * need; its pseudonym is the HMAC of the identity under that salt, and stands
 * in every entry that is about the person.  While the salt stands, whoever has
 * the keyring and the control database can find the entries of a person.  It
 * is destroyed with the person's last record: then nobody can, guessing does
 * not help, and the entries remain as they are, in the tree that they prove.
 *
 * The salt is found by an HMAC of the identity under a key of the keyring.
 * Beside it the identity is kept, sealed by another, because nobody could tell
 * otherwise when the last record is gone without reading all of them.  What
 * refers to a subject keeps its number, which is never given twice.
 */
#define SUBJECT_TEXT 33 /* 32 hexadecimal digits and a NUL */

/* The number of the subject ${who}, salted now if it was not.  Part of the
 * control database's transaction, where one is open. */
enum status subjects_need(struct installation *in,
    const struct reach_subject *who, int64_t *id) MUST_CHECK;

/* The same of one that has a salt; ST_NOTFOUND: it has none. */
enum status subjects_find(struct installation *in,
    const struct reach_subject *who, int64_t *id) MUST_CHECK;

/*
 * Both at once: what an entry about ${who} says, "" where there is no salt and
 * none is to be made.
 */
enum subjects_need { SUBJECTS_AS_THEY_ARE, SUBJECTS_SALT };
enum status subjects_mention(struct installation *in,
    const struct reach_subject *who, enum subjects_need need,
    char out[SUBJECT_TEXT]) MUST_CHECK;

/* What entries say in its place.  ST_NOTFOUND: its salt is gone. */
enum status subjects_pseudonym(
    struct installation *in, int64_t id, char out[SUBJECT_TEXT]) MUST_CHECK;

/* The canonical value; the caller frees.  ST_NOTFOUND as above. */
enum status subjects_value(
    struct installation *in, int64_t id, char **out) MUST_CHECK;

/* 1 in ${*found} if a store has a record of the subject ${id} of the kind
 * ${identity}, or no dataset speaks of that any more.  Opens every store. */
enum status subjects_have_records(struct installation *in, int64_t id,
    const char *identity, int *found) MUST_CHECK;

/*
 * Destroy the salts of those of whom no store has a record any more, unless an
 * active suspension names them or an entry about them is still to be written.
 * Opens every store.  ${*gone}: how many; the log is told that number, with
 * the run ${run}.  The keys of records that released suspensions were about are
 * forgotten too.  What else must keep subjects known says so here.
 */
enum status subjects_forget(struct installation *in, const char *run,
    const char *actor, int64_t *gone) MUST_CHECK;

/* Bring suspensions from before there were subjects to what others are. */
enum status subjects_adopt(struct installation *in) MUST_CHECK;

#endif /* !SUBJECTS_SUBJECTS_H */
