#ifndef PACKAGE_PAGES_H
#define PACKAGE_PAGES_H

#include "engine/package/collect.h"

/* The pages of a package, made from its facts (facts.h). */

/* index.html */
enum status pages_first(const json_t *facts, struct buf *out) MUST_CHECK;

/* The section of consents and preferences, where there are any. */
void pages_consents(const json_t *facts, struct buf *out);

/* To whom what was disclosed, where anything was. */
void pages_disclosures(const json_t *facts, struct buf *out);

/* The page of ${cluster}, one of the facts' clusters. */
enum status pages_cluster(const struct collection_set *set, const json_t *facts,
    const json_t *cluster, struct buf *out) MUST_CHECK;

#endif /* !PACKAGE_PAGES_H */
