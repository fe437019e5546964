/* Do notices name what policies and datasets have? */
#include <string.h>

#include "engine/model/consents.h"
#include "engine/model/known.h"

static void check_names(struct diag *d, const struct consent_notice *n,
    const char *what, const struct known *known, char *const *used,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		known_check(d, n->at, what, known, used[i]);
}

static const struct field *find(
    const struct dataset *datasets, size_t count, const char *path)
{
	const char *dot = strchr(path, '.');
	const char *second = dot ? strchr(dot + 1, '.') : NULL;

	for (size_t i = 0; second && i < count; i++) {
		const struct dataset *ds = &datasets[i];

		if (strlen(ds->key) != (size_t)(dot - path) ||
		    strncmp(ds->key, path, (size_t)(dot - path)) != 0)
			continue;
		for (size_t k = 0; k < ds->collection_count; k++) {
			const struct collection *c = &ds->collections[k];

			if (strlen(c->name) == (size_t)(second - dot - 1) &&
			    strncmp(c->name, dot + 1, strlen(c->name)) == 0)
				return collection_field(c, second + 1);
		}
	}
	return NULL;
}

static void check_end(struct diag *d, const struct consent_notice *n,
    const char *path, const struct dataset *datasets, size_t count)
{
	const struct field *f = find(datasets, count, path);

	if (f == NULL)
		diag_error(d, n->at,
		    "`ends`: no dataset has the field `%s`: give "
		    "DATASET.COLLECTION.FIELD",
		    path);
	else if (f->primary_key || f->identity || f->reference_count)
		diag_error(d, n->at,
		    "`ends`: `%s` names a record or a person: give a field of "
		    "its own for the end of the consent",
		    path);
}

void consents_check(const struct consents *c, const struct policy *policies,
    size_t policy_count, const struct dataset *datasets, size_t dataset_count,
    struct diag *d)
{
	struct known purposes = { { NULL }, 0 }, recipients = { { NULL }, 0 };

	for (size_t i = 0; i < policy_count; i++) {
		const struct policy *p = &policies[i];

		for (size_t k = 0; k < p->purpose_count; k++)
			known_add(&purposes, p->purposes[k].name);
		for (size_t k = 0; k < p->recipient_count; k++)
			known_add(&recipients, p->recipients[k].name);
	}
	for (size_t i = 0; i < c->notice_count; i++) {
		const struct consent_notice *n = &c->notices[i];

		check_names(
		    d, n, "purpose", &purposes, n->purposes, n->purpose_count);
		check_names(d, n, "recipient", &recipients, n->recipients,
		    n->recipient_count);
		for (size_t k = 0; k < n->end_count; k++)
			check_end(d, n, n->ends[k], datasets, dataset_count);
	}
}
