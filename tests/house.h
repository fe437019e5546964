#ifndef TESTS_HOUSE_H
#define TESTS_HOUSE_H

#include "engine/plan/rule.h"
#include "engine/purge/purge.h"

/*
 * A small installation of one store, `shop`, from three texts: its dataset's
 * collections, its policy's body and its tables, in a folder of its own.
 */
struct house {
	char folder[100];
	char config[160];
	struct installation in;
};

/* Indented as they stand in a file: `collections:` and `starting_points:`
 * ... begin lines.  ${wrong} instead: the errors that loading must give. */
struct house *house_new(
    const char *collections, const char *policy, const char *tables);
/* One that keeps `visits` (id, at) for four weeks. */
struct house *house_of_visits(void);
void house_free(struct house *h);

/* Everything that is wrong with it, instead of a house. */
char *house_refused(
    const char *collections, const char *policy, const char *tables);

/* SQL on the store, in a transaction of its own; lethe_count follows. */
void house_sql(struct house *h, const char *words);
/* One number. */
long long house_number(struct house *h, const char *words);

/* A whole run at ${as_of}; the report is released by the caller. */
json_t *house_purge(struct house *h, const char *as_of);
/* What a report says of one cluster's collection. */
long long house_count(const json_t *report, const char *cluster,
    const char *collection, const char *member);
/* The caller releases it. */
json_t *house_explain(struct house *h, const char *collection, const char *key,
    const char *as_of);

/* ---- a dataset's lines ---- */

#define FIELD(name, category) \
	"          - {name: " name ", data_categories: [" category "]}\n"
#define KEY(name)                                                             \
	"          - {name: " name ", data_categories: [system.operations], " \
	"fides_meta: {primary_key: true}}\n"
#define REFERS(name, to)                                                   \
	"          - {name: " name ", data_categories: [user.unique_id], " \
	"fides_meta: {references: [{dataset: shop, field: " to             \
	", direction: from}]}}\n"
#define COLLECTION(name) "      - name: " name "\n        fields:\n"

#endif /* !TESTS_HOUSE_H */
