#ifndef PACKAGE_COLLECT_H
#define PACKAGE_COLLECT_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/package/copy.h"
#include "engine/plan/explain.h"
#include "engine/plan/reach.h"
#include "engine/plan/rule.h"
#include "engine/records/column.h"

/*
 * A person's records, put in order: for each collection that has any, a JSON
 * and a CSV file and the first records as rows of a table.
 *
 * Values are as they are stored, CSV too: a cell that begins with `=`, `+`, `-`
 * or `@` is not given an apostrophe, because that would be another value, and
 * would come back as one.  A spreadsheet that is told to import text does not
 * compute it; the dictionary and the first page say so (README, "CSV").
 */
enum collect_kind {
	COLLECT_NULL = 1,
	COLLECT_INTEGER = 2,
	COLLECT_REAL = 4,
	COLLECT_TEXT = 8,
	COLLECT_BYTES = 16,
	COLLECT_JSON = 32,
};
struct collected_column {
	struct column column;
	const struct policy *policy; /* with the next; NULL: not personal */
	const struct policy_cluster *cluster;
	unsigned int kinds; /* that were met */
	int portable;       /* GDPR Art. 20: provided, on consent or contract */
};
struct collected {
	const char *store;
	const struct dataset *dataset;
	const struct collection *collection;
	const struct db_table *table;
	struct collected_column *columns;
	size_t column_count;
	/* of most of its fields; NULL where it has nothing personal */
	const struct policy *policy;
	const struct policy_cluster *cluster;
	const struct rule *rule; /* NULL: nothing personal */
	size_t place; /* among all collections of the installation, from 1 */
	int64_t records;
	int64_t shared; /* of those, others may have them too */
	struct copy *json;
	struct copy *csv;
	struct sql row; /* asks for one; made with the first one's key */
	struct explainer *explainer; /* these two while records are met */
	json_t *known;               /* what kept.h has said already */
	struct buf rows;             /* <tr>...</tr> of the first ones */
	int64_t shown;
	int full;         /* no more rows */
	int64_t withheld; /* of others (item.h): counted, and not there */
	int64_t taken_at; /* kept aside then (snapshot.h); 0: as it is now */
};
/* All of it (Art. 15), or the portable fields and what is needed to tell
 * their records apart (Art. 20). */
enum collect_what { COLLECT_ALL, COLLECT_PORTABLE };
struct aside_seen;
struct kept;
/* What else becomes of a record: ${row} has the values of ${c}'s columns, valid
 * during the call; ${kept} is as kept.h has it. */
typedef enum status (*collect_keep)(void *ctx, struct collected *c,
    const struct val *row, int shared, const struct kept *kept);
struct collection_set {
	struct installation *in;
	const char *folder; /* for nameless files */
	const char *as_of;  /* RFC 3339 */
	int64_t now;        /* the same */
	const char *language;
	const struct schedule *schedule; /* of all stores */
	struct collected **list;
	size_t count;
	enum collect_what what;
	int64_t records;         /* that the search met */
	int64_t left_out;        /* met too: nothing of them is portable */
	int64_t withheld;        /* and of these, as was decided */
	json_t *items;           /* item_decisions() */
	int64_t request;         /* whose snapshots are taken along; 0: none */
	struct aside_seen *seen; /* where there are any */
	collect_keep keep;       /* instead of files; NULL: these */
	void *keep_for;
};

/* Have all that belongs to ${who} in ${set}, in the order of lethe.yml and its
 * datasets; released by the caller in any case. */
enum status collect_person(
    struct collection_set *set, const struct reach_subject *who) MUST_CHECK;
/* The files of ${r}'s collection: of those that are there, or were kept aside
 * at ${taken_at}. */
enum status collected_of(struct collection_set *set,
    const struct reach_record *r, int64_t taken_at,
    struct collected **out) MUST_CHECK;
/* Add ${row}, whose values are changed, as was decided of ${r}. */
enum status collected_add(struct collection_set *set, struct collected *c,
    const struct reach_record *r, struct val *row,
    const struct kept *kept) MUST_CHECK;
void collection_set_release(struct collection_set *set);

/* Are all fields portable (2), some (1), none (0)? */
int collected_portable(const struct collected *c);

#endif /* !PACKAGE_COLLECT_H */
