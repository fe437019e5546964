#ifndef PURGE_PLANS_H
#define PURGE_PLANS_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/crypto/hash.h"
#include "engine/installation/installation.h"
#include "engine/plan/rule.h"

/*
 * Plans in the control database, and who approved them.  A plan waits until
 * enough people did; the rules in it are approved with it.  Once a run has
 * carried it out to its end it is used; a later run that stops over the same
 * stores and clusters for more than it shows puts its own in its place.
 */
#define PLAN_ID_TEXT (sizeof("P-20261122-") + 64)

struct stored_plan {
	char id[PLAN_ID_TEXT];
	char hash[SHA256_TEXT];
	json_t *body;      /* see plan_json.h; "stopped_by", and its "run" */
	int in_file;       /* the hash is that of the file */
	char *used_by;     /* a run, or NULL */
	char *replaced_by; /* a plan, or NULL */
	int64_t approvals;
};
/* Safe on a zeroed one. */
void stored_plan_release(struct stored_plan *p);

/* How many approvals a plan needs: `purge.approvals`, and never none. */
int64_t plans_needed(const struct installation *in);

/*
 * Keep the plan ${body}.  ${file_hash}: of the file that it was written to;
 * NULL: of ${body} itself.  ST_CONFLICT where one with that hash is kept.
 */
enum status plans_keep(struct installation *in, const json_t *body,
    const char *file_hash, const char *actor, char id[PLAN_ID_TEXT]) MUST_CHECK;

/* By id or by hash; ST_NOTFOUND, with a sentence. */
enum status plans_find(struct installation *in, const char *name,
    struct stored_plan *out) MUST_CHECK;

/* The one, not of a file, that is neither used nor replaced, for a run over
 * ${store} and ${cluster} ("": all); ST_NOTFOUND, without a sentence. */
enum status plans_open(struct installation *in, const char *store,
    const char *cluster, struct stored_plan *out) MUST_CHECK;

/*
 * ${actor} approves ${p}, whose rules must still be those of ${s}; with the
 * last approval that it needs they are approved.  ${p->approvals} counts on.
 * ST_DENIED where it is used, replaced, approved, or approved by ${actor}, or
 * where a rule has changed: the sentence says what to do.
 */
enum status plans_approve(struct installation *in, const struct schedule *s,
    struct stored_plan *p, const char *actor) MUST_CHECK;

/* Has ${actor} approved it? */
enum status plans_approved_by(struct installation *in,
    const struct stored_plan *p, const char *actor, int64_t *yes) MUST_CHECK;

/* ${run} carried it out to its end, inside a transaction on the control
 * database; what people approved in it is approved for the runs to come. */
enum status plans_use(struct installation *in, const struct stored_plan *p,
    const char *run) MUST_CHECK;

/*
 * {"plans":[{"id","hash","created_at","created_by","as_of","in_file","due",
 * "state","approvals":[{"actor","at"}],"needed","used_by","replaced_by"}]},
 * newest first.  "state": "waiting" for approvals, "approved", "ready" (a file
 * that needs none), "used", "replaced".
 */
enum status plans_list_json(struct installation *in, json_t **out) MUST_CHECK;

/* One of them, and its "plan" as kept. */
enum status plans_show_json(
    struct installation *in, const char *name, json_t **out) MUST_CHECK;

#endif /* !PURGE_PLANS_H */
