/*
 * What becomes of a record of several parts, and of one that others refer to:
 * design, section 5.
 */
#include "tests/oracle.h"

#include <string.h>

static const struct world_cluster *cluster_of(
    const struct world *w, const struct oracle_part *p)
{
	return &w->clusters[w->collections[p->collection].clusters[p->part]];
}

/* ---- suspensions ---- */

/* ORACLE_HELD, ORACLE_RESTRICTED, or neither: ORACLE__MAX. */
static enum oracle_verdict suspended(
    const struct world *w, const struct oracle_part *p)
{
	int cluster = w->collections[p->collection].clusters[p->part], i;
	enum oracle_verdict found = ORACLE__MAX;

	for (i = 0; i < w->suspension_count; i++) {
		const struct world_suspension *s = &w->suspensions[i];

		if (s->released || (s->cluster >= 0 && s->cluster != cluster))
			continue;
		if (s->cluster < 0 && (s->collection != p->collection ||
					  s->key[0] != p->record->key[0] ||
					  s->key[1] != p->record->key[1]))
			continue;
		if (!s->restriction)
			return ORACLE_HELD;
		found = ORACLE_RESTRICTED;
	}
	return found;
}

/* ---- what has ended ---- */

/* By its own rule, or because a person asks for it. */
static int ends(const struct world *w, const struct oracle_part *p, int64_t now,
    int64_t *from)
{
	*from = INT64_MIN;
	if (w->request.is_made)
		return oracle_may_be_erased(w, p, now);
	return oracle_is_due(oracle_clocks(w, p, now, from));
}

/* ---- what must stay ---- */

int oracle_is_referenced(const struct world *w, const struct oracle_part *p)
{
	int c;
	size_t i;

	for (c = 0; c < w->collection_count; c++) {
		const struct world_collection *k = &w->collections[c];

		for (i = 0; i < k->count; i++) {
			const struct world_record *o = &k->records[i];

			if (o->gone || o == p->record)
				continue;
			if (k->enforced && k->parent == p->collection &&
			    oracle_refers(w, c, o, p->record->key))
				return 1;
			if (c == p->collection && k->has[COLUMN_S] &&
			    o->self == p->record->key[0])
				return 1;
		}
	}
	return 0;
}

/* Have all parts of a row that is deleted ended?  ${*from}: since when. */
static int has_ended(const struct world *w, const struct oracle_part *p,
    int64_t now, int64_t *from)
{
	struct oracle_part one = *p;
	int64_t end;

	*from = INT64_MIN;
	one.part = 0;
	if (cluster_of(w, &one)->de_identify)
		return 0;
	for (; one.part < w->collections[p->collection].parts; one.part++) {
		if (suspended(w, &one) != ORACLE__MAX ||
		    !ends(w, &one, now, &end))
			return 0;
		*from = end > *from ? end : *from;
	}
	return 1;
}

/* Does nothing of the row go apart, since it goes whole: now, or as soon as
 * nothing refers to it, where that is waited for? */
static int is_whole(const struct world *w, const struct oracle_part *p,
    int64_t now, int64_t *from)
{
	const struct oracle_part base = { p->collection, 0, p->record };

	return has_ended(w, p, now, from) &&
	       (cluster_of(w, &base)->wait || !oracle_is_referenced(w, p));
}

/* Is there nothing left to change in it while the row stays? */
static int is_done(const struct world *w, const struct oracle_part *p)
{
	const struct world_collection *c = &w->collections[p->collection];
	enum world_column i;

	if (p->record->reduced[p->part])
		return 1;
	for (i = 0; i < COLUMN__MAX; i++) {
		if (c->has[i] && c->part_of[i] == p->part &&
		    oracle_becomes(w, p->collection, i) != METHOD_NONE)
			return 0;
	}
	return 1;
}

/* ---- verdicts ---- */

enum oracle_verdict oracle_judge(
    const struct world *w, const struct oracle_part *p, int64_t now)
{
	enum oracle_verdict v = suspended(w, p);
	int64_t from;
	int whole;

	if (v != ORACLE__MAX)
		return v;
	v = oracle_clocks(w, p, now, NULL);
	if (!oracle_is_due(v))
		return v;
	whole = is_whole(w, p, now, &from);
	/* The row goes under the cluster of the collection. */
	if (p->part > 0)
		return is_done(w, p) || whole ? ORACLE_RETAIN : v;
	if (!is_done(w, p))
		return v;
	if (!whole)
		return ORACLE_RETAIN;
	/* It was done with until the last of its parts ended. */
	return now > from + w->window_seconds ? ORACLE_OVERDUE : ORACLE_DUE;
}

enum oracle_verdict oracle_explain(
    const struct world *w, const struct oracle_part *p, int64_t now)
{
	enum oracle_verdict v = oracle_judge(w, p, now);
	int64_t from;

	if (v == ORACLE_RETAIN && p->part > 0 && has_ended(w, p, now, &from) &&
	    !oracle_is_referenced(w, p))
		return oracle_clocks(w, p, now, NULL);
	return v;
}

/* ---- columns ---- */

/* Does the way of a clock from ${at} up to ${top} need the column? */
static int climbs(const struct world *w, int at, int top, int start,
    int collection, enum world_column column)
{
	for (; at != top; at = w->collections[at].parent) {
		const struct world_collection *c = &w->collections[at];

		if (at == collection &&
		    (column == COLUMN_R1 || column == COLUMN_R2))
			return 1;
		if (c->parent == collection && c->by_u && column == COLUMN_U &&
		    !oracle_skips(w, at, top, start))
			return 1;
	}
	return 0;
}

static int clock_needs(const struct world *w, const struct world_clock *k,
    int from, int collection, enum world_column column)
{
	int start = k->start < 0 ? from : k->start;
	int top = oracle_meet(w, from, start);

	if (start == collection && column == (k->time ? COLUMN_BT : COLUMN_AT))
		return 1;
	return climbs(w, from, top, start, collection, column) ||
	       climbs(w, start, top, from, collection, column);
}

/* Some rule of the same store. */
static int rules_need(
    const struct world *w, int collection, enum world_column column)
{
	int c, part, i;

	for (c = 0; c < w->collection_count; c++) {
		const struct world_collection *from = &w->collections[c];

		if (from->store != w->collections[collection].store)
			continue;
		for (part = 0; part < from->parts; part++) {
			const struct world_cluster *cl =
			    &w->clusters[from->clusters[part]];

			for (i = 0; i < cl->clock_count; i++)
				if (clock_needs(w, &cl->clocks[i], c,
					collection, column))
					return 1;
		}
	}
	return 0;
}

int oracle_keeps(
    const struct world *w, int collection, enum world_column column)
{
	const struct world_collection *c = &w->collections[collection];
	int i;

	if (column == COLUMN_K1 || column == COLUMN_K2 || column == COLUMN_S ||
	    (column == COLUMN_F2 && c->impersonal))
		return 1;
	/* whose it is, and whose what refers to it is */
	if (column == COLUMN_R1 || column == COLUMN_R2)
		return 1;
	for (i = 0; column == COLUMN_U && i < w->collection_count; i++) {
		if (w->collections[i].parent == collection &&
		    w->collections[i].by_u)
			return 1;
	}
	return rules_need(w, collection, column);
}

enum world_method oracle_becomes(
    const struct world *w, int collection, enum world_column column)
{
	const struct world_collection *c = &w->collections[collection];
	const struct world_cluster *cl =
	    &w->clusters[c->clusters[c->part_of[column]]];

	if (cl->de_identify)
		return column < COLUMN_F0 ? METHOD_NONE
					  : cl->methods[column - COLUMN_F0];
	return oracle_keeps(w, collection, column) ? METHOD_NONE : METHOD_NULL;
}

/* ---- a run ---- */

/* Is it reduced, in a state in which all that may go is gone? */
static int reduces(
    const struct world *w, const struct oracle_part *p, int64_t now)
{
	int64_t from;

	return !p->record->gone && !is_done(w, p) &&
	       suspended(w, p) == ORACLE__MAX && ends(w, p, now, &from) &&
	       !is_whole(w, p, now, &from);
}

/* How many rows go: those that may, and then those that only they held. */
static int delete_once(
    struct world *w, int cluster, int64_t now, const struct oracle_plan *plan)
{
	int64_t from;
	int c, n = 0;
	size_t i;

	for (c = 0; c < w->collection_count; c++) {
		struct world_collection *k = &w->collections[c];

		if (cluster >= 0 && k->clusters[0] != cluster)
			continue;
		for (i = 0; i < k->count; i++) {
			struct oracle_part p = { c, 0, &k->records[i] };

			if ((plan && !plan->due[c][0][i]) || p.record->gone ||
			    !has_ended(w, &p, now, &from) ||
			    oracle_is_referenced(w, &p))
				continue;
			k->records[i].gone = 1;
			n++;
		}
	}
	return n;
}

void oracle_plan(
    const struct world *w, int cluster, int64_t now, struct oracle_plan *out)
{
	struct oracle_part p;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (p.collection = 0; p.collection < w->collection_count;
	     p.collection++) {
		const struct world_collection *c =
		    &w->collections[p.collection];

		for (p.part = 0; p.part < c->parts; p.part++) {
			if (cluster >= 0 && c->clusters[p.part] != cluster)
				continue;
			for (i = 0; i < c->count; i++) {
				p.record = &c->records[i];
				out->due[p.collection][p.part][i] =
				    !p.record->gone &&
				    oracle_is_due(oracle_judge(w, &p, now));
			}
		}
	}
}

void oracle_run(
    struct world *w, int cluster, int64_t now, const struct oracle_plan *plan)
{
	int c, part;
	size_t i;

	while (delete_once(w, cluster, now, plan))
		;
	for (c = 0; c < w->collection_count; c++) {
		struct world_collection *k = &w->collections[c];

		for (part = 0; part < k->parts; part++) {
			if (cluster >= 0 && k->clusters[part] != cluster)
				continue;
			for (i = 0; i < k->count; i++) {
				struct oracle_part p = { c, part,
					&k->records[i] };

				if (plan && !plan->due[c][part][i])
					continue;
				k->records[i].reduced[part] |=
				    reduces(w, &p, now);
			}
		}
	}
}
