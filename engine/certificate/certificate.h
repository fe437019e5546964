#ifndef CERTIFICATE_CERTIFICATE_H
#define CERTIFICATE_CERTIFICATE_H

#include "engine/audit/proof.h"
#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * A certificate of deletion: what was done to personal data, made of entries
 * of the audit log and of nothing else, so that it can be made again, years
 * later, from the log alone.  It holds no personal data, as they hold none.
 *
 * What is signed is one line of canonical JSON, a signed note under the log's
 * own key (C2SP signed-note).  The text for people is made from it, says so,
 * and is signed as it stands.
 */
#define CERTIFICATE_FORMAT "lethe.certificate/1"

/* What a certificate can be about; certificate_kinds() has them all. */
struct certificate_kind {
	const char *name; /* "purge_run" */
	const char *id;   /* the member of the facts that names which: "run" */
	/* Before the log is looked at: ST_BUSY where ${id} is still at work. */
	enum status (*settle)(struct installation *in, const char *id);
	/*
	 * The log's entries that bear it out, as JSON, in the log's order,
	 * within the read transaction that is open there.  ST_USAGE: there is
	 * no ${id}.
	 */
	enum status (*gather)(
	    struct installation *in, const char *id, json_t **entries);
	/*
	 * What those entries say, with no other source: {"kind","entry", ...},
	 * where "entry" is the number of the one that tells how it ended.
	 * ST_INVALID for entries that are not of this kind.
	 */
	enum status (*facts)(const json_t *entries, json_t **out);
};
const struct certificate_kind *const *certificate_kinds(void);
/* NULL: none is called so. */
const struct certificate_kind *certificate_kind(const char *name);

extern const struct certificate_kind certificate_of_run;

/* The run that carried out the erasure which ${request} asked for: its
 * certificate is the request's.  ST_USAGE: there is none. */
enum status certificate_run_of(struct installation *in, const char *request,
    char *run, size_t size) MUST_CHECK;

struct certificate {
	struct prover *prover; /* the log as it was certified */
	json_t *entries;
	/* The facts, with "certificate" (the format), "origin" and "log":
	 * {"entry","text","proof"}: the entry that ends it, and its proof. */
	json_t *body;
	struct buf text; /* the canonical JSON and a newline */
	struct buf note; /* the same, signed */
};

/*
 * Certify ${id}.  Opens what it needs of ${in}.  Errors as gather() gives, and
 * ST_INTEGRITY where the log is not what it was.  ${c} is released by the
 * caller in any case.
 */
enum status certificate_issue(struct installation *in,
    const struct certificate_kind *kind, const char *id,
    struct certificate *c) MUST_CHECK;
void certificate_release(struct certificate *c);

/* End the reading of the log, so that it can be appended to: what was made of
 * it stays.  No pack can be made any more. */
void certificate_leave(struct certificate *c);

/* Append the text for people in ${language}, signed: see words.h. */
enum status certificate_words(struct installation *in,
    const struct certificate *c, const char *language,
    struct buf *out) MUST_CHECK;

/*
 * Check what somebody was given: ${bytes} is a signed certificate, its text for
 * people, or {"certificate","note"}.  ${*body} gets what a certificate says,
 * NULL of a text; the caller releases it.  ST_INTEGRITY with what is wrong.
 */
enum status certificate_check(const struct note_key *key, const char *bytes,
    size_t len, struct checkpoint *out, json_t **body) MUST_CHECK;

#endif /* !CERTIFICATE_CERTIFICATE_H */
