/*
 * Which records are one person's, and which of them may go when that person
 * asks: the tree of references below a record that bears the identity.
 */
#include <string.h>

#include "tests/oracle.h"

static int is_mine(const struct world *w, int collection, size_t record)
{
	return w->request.mine[collection][record];
}

/* Below a record of the person that is still there, by the parent's key or in
 * the collection itself; but people are people of their own. */
static int is_below(const struct world *w, int collection, size_t record)
{
	const struct world_collection *c = &w->collections[collection];
	const struct world_record *r = &c->records[record];
	int above[2] = { c->parent, c->has[COLUMN_S] ? collection : -1 }, k;
	size_t i;

	for (k = 0; k < 2 && collection > 0; k++) {
		for (i = 0; above[k] >= 0 && i < w->collections[above[k]].count;
		     i++) {
			const struct world_record *p =
			    &w->collections[above[k]].records[i];

			if (p->gone || !is_mine(w, above[k], i))
				continue;
			if (k == 0 ? oracle_refers(w, collection, r, p->key)
				   : r->self == p->key[0])
				return 1;
		}
	}
	return 0;
}

static int find_more(struct world *w)
{
	int c, found = 0;
	size_t i;

	for (c = 0; c < w->collection_count; c++) {
		for (i = 0; i < w->collections[c].count; i++) {
			if (w->collections[c].records[i].gone ||
			    is_mine(w, c, i) || !is_below(w, c, i))
				continue;
			w->request.mine[c][i] = 1;
			found = 1;
		}
	}
	return found;
}

/* Is there a part of the person whose verdict nobody can foretell? */
static int is_clear(const struct world *w, int64_t now)
{
	struct oracle_part p;
	size_t i;

	for (p.collection = 0; p.collection < w->collection_count;
	     p.collection++) {
		const struct world_collection *c =
		    &w->collections[p.collection];

		for (i = 0; i < c->count; i++) {
			p.record = &c->records[i];
			for (p.part = 0; p.part < c->parts; p.part++) {
				if (is_mine(w, p.collection, i) &&
				    oracle_clocks(w, &p, now, NULL) ==
					ORACLE_EITHER)
					return 0;
			}
		}
	}
	return 1;
}

int oracle_ask(struct world *w, int64_t key, int64_t now)
{
	const struct world_collection *people = &w->collections[0];
	size_t i;

	memset(&w->request, 0, sizeof(w->request));
	w->request.is_made = 1;
	for (i = 0; i < people->count; i++)
		w->request.mine[0][i] = !people->records[i].gone &&
					people->records[i].key[0] == key;
	while (find_more(w))
		;
	return is_clear(w, now);
}

int oracle_may_be_erased(
    const struct world *w, const struct oracle_part *p, int64_t now)
{
	const struct world_collection *c = &w->collections[p->collection];
	const struct world_cluster *cluster =
	    &w->clusters[c->clusters[p->part]];
	enum oracle_verdict v;

	if (!is_mine(w, p->collection, (size_t)(p->record - c->records)))
		return 0;
	if (cluster->on_request == ERASE_AT_ONCE)
		return 1;
	v = oracle_clocks(w, p, now, NULL);
	if (oracle_is_due(v))
		return 1;
	return cluster->on_request == ERASE_ONCE_BEGUN && v == ORACLE_RETAIN;
}
