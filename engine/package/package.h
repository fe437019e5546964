#ifndef PACKAGE_PACKAGE_H
#define PACKAGE_PACKAGE_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/certificate/seal.h"
#include "engine/package/sealed.h"
#include "engine/plan/reach.h"
#include "engine/rights/rights.h"

/*
 * Access packages (GDPR Art. 15 and 20, APPI 33): a copy of a person's data
 * with all that must be said about it, as a ZIP file.
 *
 *	lethe-CASE/index.html          the first layer
 *	lethe-CASE/clusters/NNN.html   a page for each kind of data
 *	lethe-CASE/data/NNN-*.json     every record; .csv, .schema.json
 *	lethe-CASE/dictionary.json     every field
 *	lethe-CASE/summary.json        what index.html says (facts.h)
 *	lethe-CASE/manifest.json       files, hashes, counts
 *	lethe-CASE/vkey, SHA256SUMS, seal.note   (engine/certificate/seal.h)
 *
 * The same state as of the same instant gives the same bytes, unless it is
 * sealed by a passphrase.  The copy that waits to be downloaded is a sealed
 * file (sealed.h) in ${data_dir}/exports, under a key of its own in the keyring
 * ("export/NAME"), and both go when it has expired or is revoked.  A build that
 * is killed leaves no file; its key goes with the next package_sweep().
 *
 * Errors as in rights.h.
 */
struct package_order {
	const char *language;   /* "en", "ja", "de" */
	const char *passphrase; /* NULL: not sealed by one */
};

/*
 * Build that of the access or portability request ${id}, whose person has been
 * verified.  ${*out} is {"id","package","token","expires_at","downloads",
 * "records","files","bytes","manifest","encrypted"}: the token stands there and
 * nowhere else, for what is kept is its hash.  ST_INVALID: see facts.h.
 * ST_INTEGRITY: the counts do not add up.
 */
enum status package_build(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct package_order *order, json_t **out) MUST_CHECK;

/*
 * The data of the person of ${id}, who was verified, by cluster, for whoever
 * works on the request: {"id","as_of","records","clusters":[{"cluster","title",
 * "collections":[{"store","collection","at_intake","records":[{"shared","storage"
 * (one of kept.h, or null),"values"}]}]}]}; a record is with each cluster that
 * governs fields of it, with these and its key.  The last cluster is null: what
 * is not personal.  All of it is in memory.  The log has `personal_data_viewed`
 * before anything is shown.  ST_DENIED: not verified, or closed.
 */
enum status package_data(struct installation *in, const struct rights_actor *by,
    const char *id, json_t **out) MUST_CHECK;

/*
 * Open what ${token} leads to, and count and log that as a download; read it
 * with sealed_read(), end it with sealed_free().  ST_DENIED in the same words
 * for a token that is none, has expired, was used up or was revoked.  Constant
 * time.  ${*out} is {"id","bytes","downloads","left"}.
 */
enum status package_take(struct installation *in, const struct rights_actor *by,
    const char *token, struct sealed **file, json_t **out) MUST_CHECK;

/*
 * For who has proven to be the person of the request ${id}, and needs no token:
 * the newest package that there is still something to download of.
 * ${*out} is {"built_at","expires_at","bytes","left"}, or null.
 */
enum status package_waiting(struct installation *in, const char *id,
    int64_t now, json_t **out) MUST_CHECK;
/* As package_take(), of that one. */
enum status package_take_of(struct installation *in,
    const struct rights_actor *by, const char *id, struct sealed **file,
    json_t **out) MUST_CHECK;

/* The same as package_take() into a new file ${path}, which is there whole or
 * not at all. */
enum status package_fetch(struct installation *in,
    const struct rights_actor *by, const char *token, const char *path,
    json_t **out) MUST_CHECK;

/* Destroy what has expired, what was revoked (engine/rights/copies.h), what
 * belongs to withdrawn requests, the snapshots (snapshot.h) of those that are
 * closed, and what a build that was killed left behind.  The log has an entry
 * for each. */
enum status package_sweep(struct installation *in,
    const struct rights_actor *by, int64_t *deleted) MUST_CHECK;

/* Check an unpacked package: its seal, and that its counts add up.  ${*out} is
 * its manifest. */
int package_is(const char *path);
enum status package_check(
    const struct note_key *key, const char *path, json_t **out) MUST_CHECK;

#endif /* !PACKAGE_PACKAGE_H */
