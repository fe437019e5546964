#ifndef RIGHTS_LETTER_PARTS_H
#define RIGHTS_LETTER_PARTS_H

#include "engine/rights/book.h"
#include "engine/rights/letter.h"

/* Values of letters, among letter*.c; ${words} is words.LANGUAGE.json. */

/* words.LANGUAGE.json of the installation's folder, or ours. */
enum status letter_words(const struct installation *in, const char *language,
    json_t **out) MUST_CHECK;

/* The word of one of its lists; NULL for none. */
const char *letter_word(
    const json_t *words, const char *list, const char *code);

/* Put ${name} into ${o}: the day as the language writes it. */
enum status letter_put_day(
    const json_t *words, const char *name, int32_t day, json_t *o) MUST_CHECK;

/* Put "withheld" into ${o}, what was decided item by item: {"list":[{"records",
 * "redacted","reason"}]}, or null where all of it is included. */
enum status letter_put_items(struct installation *in, const struct request *r,
    const json_t *words, json_t *o) MUST_CHECK;

/*
 * What the plan of an erasure says, as its reader would: {"erased":[{"what",
 * "records","how"}],"kept":[{"what","records","why","law","until"}],"keeps"},
 * cluster by cluster, with the same counts and dates; null where the case has
 * no plan.
 */
enum status letter_plan(struct installation *in, const struct request *r,
    const json_t *words, const char *language, json_t **out) MUST_CHECK;

/* Put "changed" into ${o}, what was corrected: {"list":[{"field","value"}]}, a
 * value that was deleted null; or null where nothing was. */
enum status letter_put_changes(
    struct installation *in, const struct request *r, json_t *o) MUST_CHECK;
/* Numbers and the like among the members "value" of a list become text. */
enum status letter_as_text(json_t *list) MUST_CHECK;

/* What the policy calls a cluster, in the reader's language. */
const char *letter_cluster(
    const struct installation *in, const char *language, const char *cluster);

/*
 * Who receives the person's data, as one who asks for that is told (GDPR Art.
 * 19, second sentence): {"list":[{"name","role","region","clusters"}],"any"},
 * by the purposes of the clusters in which the person has records; null for a
 * request of another type.  Opens the stores.
 */
enum status letter_recipients(struct installation *in, const struct request *r,
    const json_t *words, const char *language, json_t **out) MUST_CHECK;

/* words.LANGUAGE.json, of the installation's folder or ours. */
enum status letter_words(const struct installation *in, const char *language,
    json_t **out) MUST_CHECK;
/* Who signs: the first of those who answer for the data. */
const char *letter_signer(const struct installation *in, const char *language);
/* The template ${name} with ${data}. */
enum status letter_render(const struct installation *in, const char *name,
    const char *language, const json_t *data, struct letter *out) MUST_CHECK;

#endif /* !RIGHTS_LETTER_PARTS_H */
