#ifndef RIGHTS_ITEM_H
#define RIGHTS_ITEM_H

#include "engine/plan/reach.h"
#include "engine/rights/rights.h"

/*
 * A copy must not harm others (GDPR Art. 15(4); APPI 33(2)(1)), and that is no
 * reason to refuse all of it: of each record an officer decides whether it is
 * included, included with some fields blank, or withheld, and why.  Records
 * that others may have too are listed for that; but any of the person's can be
 * decided on, because a text may speak of somebody else.
 *
 * What nothing was decided of is included: `shared` collections are exported
 * with each of the people who share them.  The package and the letter say how
 * much was withheld and why, not what.
 */
struct rights_item {
	const char *store;
	const char *collection;
	const char *const *key; /* in the order of keys_of() */
	size_t key_count;
	const char *decision;      /* "include", "redact", "withhold" */
	const char *reason;        /* rights_of_others, business_hindrance,
				      other_law; NULL to include */
	const char *const *fields; /* to redact: not of the key */
	size_t field_count;
};

/*
 * {"id","items":[{"store","collection","key":[...],"shared","decision",
 * "fields":[...],"reason","at","actor"}],"undecided"}: the person's records
 * that are shared, and those that something was decided of; the last five are
 * null or empty where nothing was.  The log has `personal_data_viewed`.
 * ST_DENIED: the person was not verified, or the request is closed.
 */
enum status rights_items(struct installation *in, const struct rights_actor *by,
    const char *id, json_t **out) MUST_CHECK;

/* Decide on one, which replaces what was decided.  ST_USAGE: it is not the
 * person's, or what is missing.  ${*out} as rights_items(). */
enum status rights_item_decide(struct installation *in,
    const struct rights_actor *by, const char *id,
    const struct rights_item *item, json_t **out) MUST_CHECK;

/* ---- for packages and letters ---- */

/* What was decided, by item_name(): {NAME:{"decision","reason","fields"}}. */
enum status item_decisions(
    struct installation *in, int64_t request, json_t **out) MUST_CHECK;
/* The name of a record there; the caller frees. */
enum status item_name(const char *store, const char *collection,
    const struct val *key, size_t key_count, char **out) MUST_CHECK;
/* [{"decision","reason","records"}], of what is not simply included. */
enum status item_counts(
    struct installation *in, int64_t request, json_t **out) MUST_CHECK;

#endif /* !RIGHTS_ITEM_H */
