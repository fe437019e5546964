#ifndef PACKAGE_FACTS_H
#define PACKAGE_FACTS_H

#include "engine/package/collect.h"

/*
 * What the first layer of a package says, as one JSON value (summary.json) that
 * the pages are made from.  Only of what touches this person: purposes,
 * recipients, transfers and rights are those of the kinds of data that there
 * are.  ${request} is as rights_show() gives it.
 *
 * {"format","language","time_zone","as_of","request":{...},"confirmation",
 * "records","systems":[{"store","title","records"}],"controllers":[{"title",
 * "contact","data_protection_officer","authority"}],"purposes":[{"purpose",
 * "title","legal_basis","reference"}],"clusters":[{"cluster","title","source",
 * "storage","portable","records","page","collections":[...]}],
 * "recipients":[{"recipient","title","role","region"}],"transfers":[{"from",
 * "to","basis"}],"automated_decisions","rights":[{"right","text"}],
 * "disclosures" as disclosure_list() has them for the person,
 * "consents","preferences" as consent_show() and preference_show() have them,
 * "withheld":[{"what" ("refused", "redact", "withhold"),"reason","words",
 * "authority","records"}]}
 *
 * ST_INVALID where one of the answers that GDPR Art. 15(1)(a) to (h) asks for
 * would be empty, with what to write where: a blank is no answer.
 */
#define FACTS_FORMAT "lethe.package/1"
enum status facts_make(const struct collection_set *set, const json_t *request,
    const char *language, json_t **out) MUST_CHECK;

/* 2, 1, 0: all, some, none of the fields of a cluster is portable. */
int facts_cluster_has(
    const struct collected *c, const struct policy_cluster *cluster);

#endif /* !PACKAGE_FACTS_H */
