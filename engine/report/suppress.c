/* Complementary suppression by the cheapest cycles of a network. */
#include "engine/report/suppress.h"

#include <stdlib.h>
#include <string.h>

#define ENDLESS INT64_MAX

static int64_t distance(int64_t a, int64_t b) { return a < b ? b - a : a - b; }

void suppress_begin(struct suppress_number *n, int64_t min)
{
	n->known = n->last >= 0 && n->last == n->count;
	n->need = 0;
	if (!n->known && n->last >= 0 && distance(n->count, n->last) < min)
		n->need = n->last + min;
	else if (!n->known && n->count < min)
		n->need = min;
	n->state = n->need ? SUPPRESS_HIDDEN : SUPPRESS_SHOWN;
}

/* A large cell costs more than a small one, a total more than any. */
static int64_t cost(const struct suppress_number *n)
{
	int64_t size = n->count < 1 << 20 ? n->count : 1 << 20;

	if (n->state == SUPPRESS_HIDDEN)
		return 0;
	return n->dear ? INT64_C(1) << 40 : 1 + size;
}

/* ---- the cheapest way from node to node ---- */

struct step {
	int64_t distance; /* ENDLESS: not reached */
	size_t arc;       /* that led here */
	int done;
};
struct place {
	int64_t distance;
	size_t node;
};
struct search {
	const struct suppress_net *net;
	int64_t *flow; /* of each arc, as changed so far */
	size_t *first; /* of each node in ${at} */
	size_t *at;    /* arcs by node: each stands at both its ends */
	struct step *steps;
	struct place *heap; /* the nearest on top */
	size_t heap_count;
	int changed; /* a number was withheld */
};

static void search_release(struct search *s)
{
	free(s->flow);
	free(s->first);
	free(s->at);
	free(s->steps);
	free(s->heap);
}

static enum status search_init(struct search *s, const struct suppress_net *net)
{
	size_t arcs = net->count, i;

	*s = (struct search){ .net = net };
	s->flow = calloc(arcs + 1, sizeof(*s->flow));
	s->first = calloc(net->nodes + 2, sizeof(*s->first));
	s->at = calloc(2 * arcs + 1, sizeof(*s->at));
	s->steps = calloc(net->nodes + 1, sizeof(*s->steps));
	/* A node is pushed at most once for each arc that improves it. */
	s->heap = calloc(2 * arcs + net->nodes + 2, sizeof(*s->heap));
	if (!s->flow || !s->first || !s->at || !s->steps || !s->heap)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < arcs; i++) {
		s->first[net->arcs[i].from + 1]++;
		s->first[net->arcs[i].to + 1]++;
	}
	for (i = 1; i <= net->nodes; i++)
		s->first[i] += s->first[i - 1];
	for (i = 0; i < arcs; i++) {
		s->at[s->first[net->arcs[i].from]++] = i;
		s->at[s->first[net->arcs[i].to]++] = i;
	}
	for (i = net->nodes; i > 0; i--)
		s->first[i] = s->first[i - 1];
	s->first[0] = 0;
	return ST_OK;
}

static int nearer(const struct search *s, size_t a, size_t b)
{
	return s->heap[a].distance < s->heap[b].distance;
}

static void swap(struct search *s, size_t a, size_t b)
{
	struct place place = s->heap[a];

	s->heap[a] = s->heap[b];
	s->heap[b] = place;
}

static void push(struct search *s, size_t node)
{
	size_t i = s->heap_count++;

	s->heap[i] = (struct place){ s->steps[node].distance, node };
	for (; i && nearer(s, i, (i - 1) / 2); i = (i - 1) / 2)
		swap(s, i, (i - 1) / 2);
}

static size_t pop(struct search *s)
{
	size_t top = s->heap[0].node, i = 0, child;

	s->heap[0] = s->heap[--s->heap_count];
	while ((child = 2 * i + 1) < s->heap_count) {
		if (child + 1 < s->heap_count && nearer(s, child + 1, child))
			child++;
		if (!nearer(s, child, i))
			break;
		swap(s, i, child);
		i = child;
	}
	return top;
}

/* How much more can go along ${arc} away from ${node}: with it without end,
 * against it as much as flows. */
static int64_t room(const struct search *s, size_t arc, size_t node)
{
	return s->net->arcs[arc].from == node ? ENDLESS : s->flow[arc];
}

static size_t other_end(const struct search *s, size_t arc, size_t node)
{
	const struct suppress_arc *a = &s->net->arcs[arc];

	return a->from == node ? a->to : a->from;
}

static void leave(struct search *s, size_t node, size_t avoid)
{
	for (size_t i = s->first[node]; i < s->first[node + 1]; i++) {
		size_t arc = s->at[i], next = other_end(s, arc, node);
		const struct suppress_number *n = s->net->arcs[arc].number;
		struct step *step = &s->steps[next];
		int64_t far = s->steps[node].distance + cost(n);

		if (arc == avoid || n->known || step->done ||
		    room(s, arc, node) == 0 || far >= step->distance)
			continue;
		step->distance = far;
		step->arc = arc;
		push(s, next);
	}
}

static int find(struct search *s, size_t from, size_t to, size_t avoid)
{
	size_t i, node;

	for (i = 0; i < s->net->nodes; i++)
		s->steps[i] = (struct step){ ENDLESS, 0, 0 };
	s->heap_count = 0;
	s->steps[from].distance = 0;
	push(s, from);
	while (s->heap_count) {
		node = pop(s);
		if (node == to)
			return 1;
		if (s->steps[node].done)
			continue;
		s->steps[node].done = 1;
		leave(s, node, avoid);
	}
	return 0;
}

/* Send up to ${most} along the way found; what it passes is withheld. */
static int64_t send(struct search *s, size_t from, size_t to, int64_t most)
{
	size_t node, arc;

	for (node = to; node != from; node = other_end(s, arc, node)) {
		arc = s->steps[node].arc;
		if (room(s, arc, other_end(s, arc, node)) < most)
			most = room(s, arc, other_end(s, arc, node));
	}
	for (node = to; node != from; node = other_end(s, arc, node)) {
		struct suppress_number *n;

		arc = s->steps[node].arc;
		s->flow[arc] += s->net->arcs[arc].to == node ? most : -most;
		n = s->net->arcs[arc].number;
		if (n->state == SUPPRESS_SHOWN) {
			n->state = SUPPRESS_HIDDEN;
			s->changed = 1;
		}
	}
	return most;
}

/* ---- protection ---- */

/* Can ${most} more go from ${from} to ${to} without ${arc}?  What that takes
 * is withheld. */
static int can_send(
    struct search *s, size_t from, size_t to, size_t arc, int64_t most)
{
	for (size_t i = 0; i < s->net->count; i++)
		s->flow[i] = s->net->arcs[i].flow;
	while (most > 0) {
		if (!find(s, from, to, arc))
			return 0;
		most -= send(s, from, to, most);
	}
	return 1;
}

/* What has changed a little may as well have become much more, or much less;
 * what is small can only be more. */
static int protect(struct search *s, size_t arc, int64_t min)
{
	const struct suppress_arc *a = &s->net->arcs[arc];
	const struct suppress_number *n = a->number;

	if (can_send(s, a->to, a->from, arc, n->need - n->count))
		return 1;
	return n->last >= min && n->need == n->last + min &&
	       can_send(s, a->from, a->to, arc, n->count - (n->last - min));
}

enum status suppress_net(
    const struct suppress_net *net, int64_t min, struct suppress_result *result)
{
	struct search s;
	enum status st = search_init(&s, net);

	for (size_t i = 0; st == ST_OK && i < net->count; i++) {
		if (net->arcs[i].number->need && !protect(&s, i, min))
			result->failed = 1;
	}
	if (st == ST_OK && s.changed)
		result->changed = 1;
	search_release(&s);
	return st;
}

int64_t suppress_display(const struct suppress_number *n, int64_t min)
{
	int64_t value = -1;

	if (n->last >= 0 && distance(n->count, n->last) < min)
		value = n->last;
	else if (n->state == SUPPRESS_SHOWN)
		value = n->count;
	return value >= min ? value : -1;
}
