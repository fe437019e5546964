#ifndef RIGHTS_RECTIFY_H
#define RIGHTS_RECTIFY_H

#include "engine/rights/rights.h"
#include "engine/rights/step.h"

/*
 * Rectification on request (GDPR Art. 16; APPI 34): what is inaccurate in a
 * person's records is corrected, what is incomplete is completed.  Each change
 * is one field of one record, proposed with what shows that it is so; old and
 * new stand side by side.  A decision and its approval are about the proposals
 * as they stand, by their hash; every field has to be as it was then when they
 * are carried out.
 */
struct rights_change {
	const char *kind; /* "correct", "complete", "delete" */
	const char *store;
	const char *collection;
	const char *const *key; /* texts, one for each column of the key */
	size_t key_count;
	const char *field;
	const char *value;    /* as in a file of CSV; NULL: to "delete" */
	const char *evidence; /* words for the case, not for the log */
};

/*
 * Propose a change, which takes back what was decided on others.  ${*out} as
 * rights_changes().  Needs a request for rectification in progress whose person
 * is verified.  ST_USAGE: no such record, field or kind, or the record is not
 * the person's, or not the person's alone; ST_INVALID: the field cannot hold
 * the value.
 */
enum status rights_propose(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct rights_change *change, json_t **out) MUST_CHECK;

/* Take the proposal ${change} back, and what was decided on it. */
enum status rights_take_back(struct installation *in,
    const struct rights_actor *by, const char *id, int64_t change,
    json_t **out) MUST_CHECK;

/*
 * The changes as they stand.  They are a person's data: the log has who looked,
 * as `personal_data_viewed`, before anything is given.  ${*out}:
 * {"request","hash","decided","approved","changes":[{"change","kind","store",
 * "collection","key":[...],"field","old","new","evidence","state"}]}: "hash"
 * null where nothing is proposed; "decided" and "approved" whether what is
 * proposed now was; "state" is "proposed", "withdrawn" or "done".
 */
enum status rights_changes(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out) MUST_CHECK;

/*
 * Carry out what was approved, in one write transaction in each file of each
 * store, and fulfil the request.  All fields are compared with what they were
 * when they were proposed before the first transaction commits: ST_CONFLICT
 * where one is another now, and nothing is changed.  Killed at any instant,
 * once more ends it.  ${*out} as rights_show().
 */
enum status rights_correct(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out) MUST_CHECK;

/* ---- in a step ---- */

/* What is decided is about the proposals as they stand.  ST_DENIED: there are
 * none. */
enum status rectify_decide(struct step *s) MUST_CHECK;
/* ST_CONFLICT: it was decided on other proposals. */
enum status rectify_approve(struct step *s) MUST_CHECK;
/* ST_DENIED: they have not been carried out. */
enum status rectify_done(struct step *s) MUST_CHECK;

#endif /* !RIGHTS_RECTIFY_H */
