/* The records that a walk has met, in a balanced tree of the C library's. */
#include "engine/plan/reach_visit.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* As stored: the number 12 and the text '12' are two keys of one column. */
static int order(const struct val *a, const struct val *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int c;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->type == VAL_INT)
		return a->i < b->i ? -1 : a->i > b->i;
	if (a->type == VAL_REAL)
		return a->r < b->r ? -1 : a->r > b->r;
	c = n ? memcmp(a->p, b->p, n) : 0;
	if (c == 0 && a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return c;
}

static int compare(const void *one, const void *two)
{
	const struct reach_visit *a = one, *b = two;
	size_t i;
	int c = 0;

	if (a->node != b->node)
		return a->node->number < b->node->number ? -1 : 1;
	for (i = 0; i < a->node->key_count && c == 0; i++)
		c = order(&a->vals[i], &b->vals[i]);
	return c;
}

struct reach_visit *reach_visits_find(const struct reach_visits *v,
    const struct reach_node *node, const struct val *row)
{
	struct reach_visit sought = { .node = node, .vals = row };
	struct reach_visit **found = tfind(&sought, &v->tree, compare);

	return found ? *found : NULL;
}

static enum status make_room(struct reach_visits *v)
{
	size_t size = v->size ? 2 * v->size : 64;
	struct reach_visit **list;

	if (v->count < v->size)
		return ST_OK;
	if ((list = reallocarray(v->list, size, sizeof(*list))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	v->list = list;
	v->size = size;
	return ST_OK;
}

/* One piece of memory: the visit, its values, their bytes. */
static struct reach_visit *copy(
    const struct reach_node *node, const struct val *row)
{
	size_t i, n = node->column_count, bytes = 0;
	struct reach_visit *v;
	struct val *vals;
	char *to;

	for (i = 0; i < n; i++)
		bytes += row[i].n;
	v = calloc(1, sizeof(*v) + n * sizeof(*row) + bytes);
	if (v == NULL)
		return NULL;
	vals = (struct val *)(v + 1);
	to = (char *)(vals + n);
	for (i = 0; i < n; i++) {
		vals[i] = row[i];
		vals[i].p = to;
		if (row[i].n)
			memcpy(to, row[i].p, row[i].n);
		to += row[i].n;
	}
	v->node = node;
	v->vals = vals;
	return v;
}

enum status reach_visits_add(struct reach_visits *v,
    const struct reach_node *node, const struct val *row,
    struct reach_visit **out)
{
	struct reach_visit *new;
	enum status st;

	if ((st = make_room(v)) != ST_OK)
		return st;
	new = copy(node, row);
	if (new == NULL || tsearch(new, &v->tree, compare) == NULL) {
		free(new);
		return fail(ST_NOMEM, "out of memory");
	}
	v->list[v->count++] = new;
	*out = new;
	return ST_OK;
}

void reach_visits_release(struct reach_visits *v)
{
	tdestroy(v->tree, free);
	free(v->list);
	memset(v, 0, sizeof(*v));
}
