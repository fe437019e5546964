#ifndef PACKAGE_FACTS_INTERNAL_H
#define PACKAGE_FACTS_INTERNAL_H

#include "engine/package/facts.h"

/* Between the files that gather facts. */
struct facts {
	const struct collection_set *set;
	const char *language;
	json_t *request;
	json_t *o;
};

/* Purposes, recipients and transfers, of the record of processing. */
enum status facts_add_purposes(struct facts *f) MUST_CHECK;
/* Rights as they apply to these purposes. */
enum status facts_add_rights(struct facts *f) MUST_CHECK;
enum status facts_add_withheld(
    struct facts *f, const json_t *request) MUST_CHECK;
/* Consents and preferences of the person who asks. */
enum status facts_add_consents(
    struct facts *f, const json_t *request) MUST_CHECK;
/* ST_INVALID: something would be blank. */
enum status facts_check(const json_t *o) MUST_CHECK;

#endif /* !PACKAGE_FACTS_INTERNAL_H */
