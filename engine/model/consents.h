#ifndef MODEL_CONSENTS_H
#define MODEL_CONSENTS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/period.h"
#include "engine/base/status.h"
#include "engine/model/dataset.h"
#include "engine/model/diag.h"
#include "engine/model/policy.h"
#include "engine/model/text.h"

/*
 * What people are asked to consent to, and what they can set: the file that
 * `consents:` of lethe.yml names.  A notice is one version of the text that
 * somebody agrees to; what was shown once never changes, a new text is a new
 * version.
 */
struct consent_notice {
	char *id;
	int64_t version;
	struct text title;
	struct text text; /* what the person agrees to */
	char **purposes;  /* of the policies */
	size_t purpose_count;
	char **dpv; /* terms for those purposes: "Marketing" */
	size_t dpv_count;
	char *legal_basis; /* consent or explicit_consent */
	struct text controller;
	char **recipients; /* of the policies */
	size_t recipient_count;
	struct text withdrawal; /* how it is withdrawn */
	struct period valid;    /* from when it was given; nothing: no end */
	/* "store.collection.column" where the end of the consent is written */
	char **ends;
	size_t end_count;
	struct place at;
};

/* A setting that a person changes, one of ${values}, the strictest last. */
struct preference {
	char *id;
	struct text title;
	char **values;
	size_t value_count;
	char *initial; /* as long as nobody has set it */
	struct place at;
};

struct consents {
	struct period retention; /* after the end; nothing: for ever */
	struct consent_notice *notices;
	size_t notice_count;
	struct preference *preferences;
	size_t preference_count;
};

/* Read ${path}.  All that is wrong goes to ${d}; ST_INVALID then.  Places
 * point into ${d}. */
enum status consents_load(
    const char *path, struct diag *d, struct consents *out) MUST_CHECK;
enum status consents_parse(const char *path, const char *bytes, size_t len,
    struct diag *d, struct consents *out) MUST_CHECK;
void consents_release(struct consents *c);

/* That purposes, recipients and columns are there. */
void consents_check(const struct consents *c, const struct policy *policies,
    size_t policy_count, const struct dataset *datasets, size_t dataset_count,
    struct diag *d);

/* The latest version of ${id}; ${version} 0, or that one.  NULL: none. */
const struct consent_notice *consents_notice(
    const struct consents *c, const char *id, int64_t version);
const struct preference *consents_preference(
    const struct consents *c, const char *id);

#endif /* !MODEL_CONSENTS_H */
