/*
 * Reference paths, by walking all simple paths of one length, then of the
 * next: datasets have tens of collections, and a path of more than PATH_MOST
 * steps is one that nobody meant.
 */
#include "engine/plan/path.h"

#include <stdlib.h>
#include <string.h>

#define PATH_MOST 6

/* ---- the graph ---- */

static int is_column(const struct field *f)
{
	return strchr(f->name, '.') == NULL;
}

static enum status edge_add(struct reference_graph *g,
    const struct collection *from, const struct collection *to,
    struct reference_edge **out)
{
	struct reference_edge *edges;

	edges = reallocarray(g->edges, g->count + 1, sizeof(*edges));
	if (edges == NULL)
		return fail(ST_NOMEM, "out of memory");
	g->edges = edges;
	memset(&edges[g->count], 0, sizeof(*edges));
	edges[g->count].from = from;
	edges[g->count].to = to;
	*out = &edges[g->count++];
	return ST_OK;
}

static enum status edge_pair(
    struct reference_edge *e, const struct field *from, const struct field *to)
{
	const struct field **a, **b;

	a = reallocarray(e->from_fields, e->count + 1, sizeof(*a));
	if (a)
		e->from_fields = a;
	b = reallocarray(e->to_fields, e->count + 1, sizeof(*b));
	if (b)
		e->to_fields = b;
	if (a == NULL || b == NULL)
		return fail(ST_NOMEM, "out of memory");
	a[e->count] = from;
	b[e->count++] = to;
	return ST_OK;
}

/* One says where it leads from, the other where to. */
static int opposite(enum dataset_direction a, enum dataset_direction b)
{
	return a != b && a != DATASET_EITHER && b != DATASET_EITHER;
}

/* Columns with targets of their own form one tuple; two columns that name the
 * same target (a buyer and a payer) are two references. */
static struct reference_edge *tuple_for(struct reference_graph *g, size_t first,
    const struct collection *to, const struct field *target,
    enum dataset_direction direction)
{
	size_t i, k;

	for (i = first; i < g->count; i++) {
		struct reference_edge *e = &g->edges[i];

		if (e->to != to || opposite(e->direction, direction))
			continue;
		for (k = 0; k < e->count && e->to_fields[k] != target; k++)
			;
		if (k == e->count)
			return e;
	}
	return NULL;
}

static const struct dataset *find_dataset(
    const struct reference_graph *g, const char *key)
{
	size_t i;

	for (i = 0; i < g->dataset_count; i++) {
		if (strcmp(g->datasets[i].key, key) == 0)
			return &g->datasets[i];
	}
	return NULL;
}

static enum status add_reference(struct reference_graph *g, size_t first,
    const struct collection *from, const struct field *f,
    const struct reference *r)
{
	const struct dataset *ds = find_dataset(g, r->dataset);
	const struct collection *to;
	const struct field *target;
	struct reference_edge *e;
	enum status st;

	if (ds == NULL)
		return ST_OK;
	to = dataset_collection(ds, r->collection);
	target = to ? collection_field(to, r->field) : NULL;
	if (target == NULL || !is_column(f) || !is_column(target))
		return ST_OK; /* said by dataset_check() */
	e = tuple_for(g, first, to, target, r->direction);
	if (e == NULL) {
		if ((st = edge_add(g, from, to, &e)) != ST_OK)
			return st;
		e->direction = r->direction;
	}
	if (e->direction == DATASET_EITHER)
		e->direction = r->direction;
	return edge_pair(e, f, target);
}

static enum status add_collection(
    struct reference_graph *g, const struct collection *from)
{
	enum status st = ST_OK;
	size_t f, r, first = g->count;

	for (f = 0; f < from->field_count; f++) {
		const struct field *fd = &from->fields[f];

		for (r = 0; st == ST_OK && r < fd->reference_count; r++)
			st = add_reference(
			    g, first, from, fd, &fd->references[r]);
	}
	return st;
}

enum status reference_graph_init_all(
    const struct dataset *all, size_t count, struct reference_graph *out)
{
	struct reference_graph g = { all, count, NULL, 0 };
	enum status st = ST_OK;
	size_t d, c;

	for (d = 0; d < count; d++) {
		for (c = 0; st == ST_OK && c < all[d].collection_count; c++)
			st = add_collection(&g, &all[d].collections[c]);
	}
	if (st != ST_OK)
		reference_graph_release(&g);
	else
		*out = g;
	return st;
}

enum status reference_graph_init(
    const struct dataset *ds, struct reference_graph *out)
{
	return reference_graph_init_all(ds, 1, out);
}

void reference_graph_release(struct reference_graph *g)
{
	size_t i;

	for (i = 0; i < g->count; i++) {
		free(g->edges[i].from_fields);
		free(g->edges[i].to_fields);
	}
	free(g->edges);
	memset(g, 0, sizeof(*g));
}

/* ---- the search ---- */

struct step {
	const struct reference_edge *edge;
	int backwards; /* from the referenced to the referencing */
};
struct search {
	const struct reference_graph *graph;
	const struct collection *goal;
	char *const *via;
	size_t via_count;
	struct step steps[PATH_MOST];
	struct step best[PATH_MOST];
	struct step second[PATH_MOST];
	size_t found;
};

static const struct collection *step_end(struct step s)
{
	return s.backwards ? s.edge->from : s.edge->to;
}

static const struct collection *step_start(struct step s)
{
	return s.backwards ? s.edge->to : s.edge->from;
}

static int names_field(
    const char *path, const struct dataset *ds, const struct reference_edge *e)
{
	char *name;
	size_t i;
	int same = 0;

	for (i = 0; i < e->count && !same; i++) {
		name = str_format("%s.%s.%s", ds->key, e->from->name,
		    e->from_fields[i]->name);
		same = name && strcmp(name, path) == 0;
		free(name);
	}
	return same;
}

static int uses_every_via(const struct search *s, size_t length)
{
	size_t v, i;

	for (v = 0; v < s->via_count; v++) {
		for (i = 0; i < length; i++) {
			if (names_field(s->via[v], s->graph->datasets,
				s->steps[i].edge))
				break;
		}
		if (i == length)
			return 0;
	}
	return 1;
}

static int visited(const struct search *s, size_t depth,
    const struct collection *start, const struct collection *c)
{
	size_t i;

	if (c == start)
		return 1;
	for (i = 0; i < depth; i++) {
		if (step_end(s->steps[i]) == c)
			return 1;
	}
	return 0;
}

static void walk(struct search *s, const struct collection *start,
    const struct collection *at, size_t depth, size_t length)
{
	size_t i;
	int back;

	if (depth == length) {
		if (at != s->goal || !uses_every_via(s, length))
			return;
		memcpy(
		    s->found ? s->second : s->best, s->steps, sizeof(s->steps));
		s->found++;
		return;
	}
	for (i = 0; i < s->graph->count && s->found < 2; i++) {
		for (back = 0; back < 2; back++) {
			struct step st = { &s->graph->edges[i], back };

			if (step_start(st) != at ||
			    visited(s, depth, start, step_end(st)))
				continue;
			s->steps[depth] = st;
			walk(s, start, step_end(st), depth + 1, length);
		}
	}
}

static void describe(struct buf *b, const struct reference_graph *g,
    const struct step *s, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		buf_addf(b, "%s%s.%s.%s", i ? ", " : "", g->datasets->key,
		    s[i].edge->from->name, s[i].edge->from_fields[0]->name);
}

/* ---- the path ---- */

/* The columns at one end of a step. */
enum step_side { STEP_START, STEP_END };
static const struct field *const *step_fields(
    struct step s, enum step_side side)
{
	int referencing = s.backwards ? side == STEP_END : side == STEP_START;

	return referencing ? s.edge->from_fields : s.edge->to_fields;
}

/* The interval of the edge's column ${i}, if it has one. */
static int interval_of(const struct reference_graph *g, struct step s, size_t i,
    struct path_interval *out)
{
	const struct field *f = s.edge->from_fields[i];
	const char *dataset = g->datasets->key, *name = s.edge->to->name;

	out->seconds = 0;
	out->at_side = s.backwards ? PATH_REACHED : PATH_BEFORE;
	out->at = f->valid_at;
	out->from = dataset_path_field(f->valid_from, dataset, name);
	out->until = dataset_path_field(f->valid_until, dataset, name);
	return out->from != NULL && out->until != NULL;
}

static int holds_always(const struct reference_graph *g, struct step s)
{
	struct path_interval none;
	size_t i;

	for (i = 0; i < s.edge->count; i++) {
		if (interval_of(g, s, i, &none))
			return 0;
	}
	return 1;
}

/* The same columns, in the same order, on both sides of a collection whose
 * records nobody needs to see. */
static int passes_through(
    const struct reference_graph *g, struct step in, struct step out)
{
	size_t i;

	if (in.edge->count != out.edge->count || !holds_always(g, in) ||
	    !holds_always(g, out))
		return 0;
	for (i = 0; i < in.edge->count; i++) {
		if (step_fields(in, STEP_END)[i] !=
		    step_fields(out, STEP_START)[i])
			return 0;
	}
	return 1;
}

static enum status add_hop(const struct reference_graph *g, struct path *p,
    const struct field *const *from, struct step last)
{
	const struct field *const *to = step_fields(last, STEP_END);
	struct path_hop *h = &p->hops[p->count];
	size_t i, n = last.edge->count;

	h->to = step_end(last);
	h->from_columns = calloc(n, sizeof(*h->from_columns));
	h->to_columns = calloc(n, sizeof(*h->to_columns));
	h->intervals = calloc(n, sizeof(*h->intervals));
	p->count++;
	if (h->from_columns == NULL || h->to_columns == NULL ||
	    h->intervals == NULL)
		return fail(ST_NOMEM, "out of memory");
	h->count = n;
	for (i = 0; i < n; i++) {
		if (interval_of(g, last, i, &h->intervals[h->interval_count]))
			h->interval_count++;
		h->from_columns[i] = from[i]->name;
		h->to_columns[i] = to[i]->name;
	}
	return ST_OK;
}

static enum status build(const struct reference_graph *g,
    const struct step *steps, size_t length, struct path *out)
{
	struct path p = { NULL, 0 };
	enum status st = ST_OK;
	size_t i, first;

	if ((p.hops = calloc(length + 1, sizeof(*p.hops))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < length; i++) {
		first = i;
		while (
		    i + 1 < length && passes_through(g, steps[i], steps[i + 1]))
			i++;
		st = add_hop(
		    g, &p, step_fields(steps[first], STEP_START), steps[i]);
	}
	if (st != ST_OK)
		path_release(&p);
	else
		*out = p;
	return st;
}

static enum status ambiguous(const struct search *s, size_t length)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	enum status st;

	describe(&one, s->graph, s->best, length);
	describe(&two, s->graph, s->second, length);
	st = fail(ST_CONFLICT,
	    "two reference paths lead there, by %s and by %s: name one of "
	    "these fields under `via`",
	    buf_text(&one), buf_text(&two));
	buf_release(&one);
	buf_release(&two);
	return st;
}

enum status path_find(const struct reference_graph *g,
    const struct collection *from, const struct collection *to,
    char *const *via, size_t via_count, struct path *out)
{
	struct search s;
	size_t length;

	memset(&s, 0, sizeof(s));
	s.graph = g;
	s.goal = to;
	s.via = via;
	s.via_count = via_count;
	for (length = 1; length <= PATH_MOST && s.found == 0; length++)
		walk(&s, from, from, 0, length);
	length--;
	if (s.found == 0)
		return fail(ST_NOTFOUND,
		    "no reference path leads from %s.%s to %s.%s%s: add the "
		    "reference to the dataset",
		    g->datasets->key, from->name, g->datasets->key, to->name,
		    via_count ? " by the fields under `via`" : "");
	if (s.found > 1)
		return ambiguous(&s, length);
	return build(g, s.best, length, out);
}

void path_release(struct path *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		free(p->hops[i].from_columns);
		free(p->hops[i].to_columns);
		free(p->hops[i].intervals);
	}
	free(p->hops);
	p->hops = NULL;
	p->count = 0;
}
