/* Which fields say whose a record is. */
#include "engine/plan/identify.h"

#include <string.h>

/*
 * The categories of fideslang's taxonomy, and what stands below each on dot
 * boundaries.  Direct is what leads to one person, household or vehicle without
 * any other field: names, numbers that an authority, a bank, a maker or a shop
 * gives out once, ways to reach somebody, what a body cannot change.  Below
 * some of them stands what many share, and that is indirect: a town, a postal
 * code.  Everything else under `user` is indirect, since it is about a person
 * (GDPR Art. 4(1)) and narrows down; where the taxonomy is unknown, too.
 *
 * A vehicle's number counts as its holder's (EDPB Guidelines 01/2020, 29).  A
 * pseudonym is a number that somebody gave out once, like any other.
 */
static const struct {
	const char *category;
	enum identifies how;
} table[] = {
	{ "system", IDENTIFIES_NOT },
	{ "user", IDENTIFIES_INDIRECTLY },
	{ "user.account.username", IDENTIFIES_DIRECTLY },
	{ "user.authorization", IDENTIFIES_DIRECTLY },
	{ "user.biometric", IDENTIFIES_DIRECTLY },
	{ "user.contact", IDENTIFIES_DIRECTLY },
	{ "user.contact.address.city", IDENTIFIES_INDIRECTLY },
	{ "user.contact.address.country", IDENTIFIES_INDIRECTLY },
	{ "user.contact.address.postal_code", IDENTIFIES_INDIRECTLY },
	{ "user.contact.address.state", IDENTIFIES_INDIRECTLY },
	{ "user.contact.organization", IDENTIFIES_INDIRECTLY },
	{ "user.content.self_image", IDENTIFIES_DIRECTLY },
	{ "user.credentials", IDENTIFIES_DIRECTLY },
	{ "user.device.cookie", IDENTIFIES_DIRECTLY },
	{ "user.device.cookie_id", IDENTIFIES_DIRECTLY },
	{ "user.device.device_id", IDENTIFIES_DIRECTLY },
	{ "user.device.ip_address", IDENTIFIES_DIRECTLY },
	{ "user.financial.account_number", IDENTIFIES_DIRECTLY },
	{ "user.financial.bank_account", IDENTIFIES_DIRECTLY },
	{ "user.financial.credit_card", IDENTIFIES_DIRECTLY },
	{ "user.government_id", IDENTIFIES_DIRECTLY },
	{ "user.health_and_medical.genetic", IDENTIFIES_DIRECTLY },
	{ "user.health_and_medical.insurance_beneficiary_id",
	    IDENTIFIES_DIRECTLY },
	{ "user.health_and_medical.record_id", IDENTIFIES_DIRECTLY },
	{ "user.name", IDENTIFIES_DIRECTLY },
	{ "user.unique_id", IDENTIFIES_DIRECTLY },
};

enum identifies identify_category(const char *category)
{
	enum identifies how = IDENTIFIES_INDIRECTLY;
	size_t best = 0;

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		size_t len = strlen(table[i].category);

		if (len > best && category_is(category, table[i].category)) {
			best = len;
			how = table[i].how;
		}
	}
	return how;
}

/* ---- by itself ---- */

static enum identifies by_itself(const struct field *f, const char **why)
{
	enum identifies most = IDENTIFIES_NOT, how;

	if (f->identity) {
		*why = "identity";
		return IDENTIFIES_DIRECTLY;
	}
	if (f->category_count == 0)
		return IDENTIFIES_INDIRECTLY; /* nobody said what it is */
	for (size_t i = 0; i < f->category_count; i++) {
		how = identify_category(f->categories[i]);
		if (how > most) {
			most = how;
			*why = f->categories[i];
		}
	}
	return most;
}

/* ---- by what it refers to ---- */

struct search {
	const struct dataset *const *datasets;
	size_t count;
};
/* The collections on the way to here: references may form cycles. */
struct way {
	const struct collection *collection;
	const struct way *before;
};

static const struct collection *target_of(
    const struct search *s, const struct reference *r)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->datasets[i]->key, r->dataset) == 0)
			return dataset_collection(
			    s->datasets[i], r->collection);
	return NULL;
}

static int leads_to_person(
    const struct search *s, const struct field *f, const struct way *before);

/* 1 if a record of ${c} says whose it is. */
static int is_of_person(const struct search *s, const struct collection *c,
    const struct way *before)
{
	const struct way here = { c, before };
	const char *why;

	for (const struct way *w = before; w; w = w->before)
		if (w->collection == c)
			return 0;
	for (size_t i = 0; i < c->field_count; i++)
		if (by_itself(&c->fields[i], &why) == IDENTIFIES_DIRECTLY)
			return 1;
	for (size_t i = 0; i < c->field_count; i++)
		if (leads_to_person(s, &c->fields[i], &here))
			return 1;
	return 0;
}

/*
 * 1 if the field is the key of somebody's record.  What `direction: to` points
 * at belongs to this record, not this record to it; and of what several people
 * share only the field itself can tell.
 */
static int leads_to_person(
    const struct search *s, const struct field *f, const struct way *before)
{
	const char *why;

	for (size_t i = 0; i < f->reference_count; i++) {
		const struct reference *r = &f->references[i];
		const struct collection *c = target_of(s, r);
		const struct field *far;

		if (c == NULL || r->direction == DATASET_TO)
			continue;
		far = collection_field(c, r->field);
		if (far && by_itself(far, &why) == IDENTIFIES_DIRECTLY)
			return 1;
		if (!c->shared && is_of_person(s, c, before))
			return 1;
	}
	return 0;
}

enum identifies identify_field(const struct dataset *const *datasets,
    size_t dataset_count, const struct field *field, const char **why)
{
	const struct search s = { datasets, dataset_count };
	const char *reason = "no category";
	enum identifies how = by_itself(field, &reason);

	if (how != IDENTIFIES_DIRECTLY && leads_to_person(&s, field, NULL)) {
		how = IDENTIFIES_DIRECTLY;
		reason = "a reference to the record of a person";
	}
	if (why)
		*why = reason;
	return how;
}
