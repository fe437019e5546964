#ifndef CONSENT_NOTICE_H
#define CONSENT_NOTICE_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * Notices as they were used: the body of one is canonical JSON, {"id",
 * "version","title","text","purposes","dpv","legal_basis","controller",
 * "recipients","withdrawal","valid"}, texts as {language: words}.
 */
enum status notice_body(const struct consent_notice *n, char **body) MUST_CHECK;

/* Keep those that are not kept yet, inside the write transaction that is open.
 * ST_INVALID: one is not what was kept under its version. */
enum status notice_keep_all(struct installation *in) MUST_CHECK;

/* The body as it was kept, and (may be NULL) its hash.  ST_INTEGRITY: it is
 * not what it was; ST_NOTFOUND, without a sentence: there is none. */
enum status notice_kept(struct installation *in, const char *id,
    int64_t version, json_t **body, char sha256[SHA256_TEXT]) MUST_CHECK;

/* The words of ${member} of a body in ${language}, else English, else the
 * first. */
const char *notice_words(
    const json_t *body, const char *member, const char *language);

#endif /* !CONSENT_NOTICE_H */
