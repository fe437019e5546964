/*
 * The walk.  First the records that bear the identity; then, record by record,
 * what the steps lead to, until nothing new comes; whoever was only met along
 * the way up becomes the person's alone once nothing of anybody else's refers
 * to it, and is then walked on from.  At last the collections that only one
 * reference leads to and nothing on from: they are not remembered.
 */
#include "engine/plan/reach.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/identity.h"
#include "engine/plan/reach_map.h"
#include "engine/plan/reach_query.h"
#include "engine/plan/reach_visit.h"
#include "engine/plan/value.h"

/* The person's own values of an identity that names people. */
struct own {
	char **values;
	size_t count;
};

struct walk {
	struct installation *in;
	struct reach_map map;
	const char *identity;
	char *value;     /* canonical */
	struct own *own; /* one for each of the map's names */
	struct reach_visits visits;
	struct reach_visit *first; /* to be walked on from */
	reach_each each;
	void *ctx;
};

/* ---- whose a record is ---- */

/* NULL for what has no canonical form, which is nobody's name.  The caller
 * frees. */
static enum status canonical(const char *kind, struct val v, char **out)
{
	struct buf text = BUF_INIT, done = BUF_INIT;
	enum status st;

	value_text(v, &text);
	if ((st = buf_status(&text)) == ST_OK)
		st = identity_canonical(kind, buf_text(&text), text.len, &done);
	buf_addc(&done, '\0');
	if (st == ST_OK && (*out = buf_take(&done)) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_INVALID) {
		status_clear();
		*out = NULL;
		st = ST_OK;
	}
	buf_release(&text);
	buf_release(&done);
	return st;
}

static int has(const struct own *o, const char *value)
{
	size_t i;

	for (i = 0; i < o->count; i++) {
		if (strcmp(o->values[i], value) == 0)
			return 1;
	}
	return 0;
}

/* Takes ${value}; NULL adds nothing. */
static enum status add_own(struct own *o, char *value)
{
	char **more;

	if (value == NULL || has(o, value)) {
		free(value);
		return ST_OK;
	}
	more = reallocarray(o->values, o->count + 1, sizeof(*more));
	if (more == NULL) {
		free(value);
		return fail(ST_NOMEM, "out of memory");
	}
	o->values = more;
	o->values[o->count++] = value;
	return ST_OK;
}

enum bearer {
	BEARER_NOBODY,   /* it names none */
	BEARER_SOMEBODY, /* it names one; what the person's is, is not known */
	BEARER_OTHER,
	BEARER_PERSON,
};

static enum status compare_name(const struct walk *w,
    const struct reach_name *name, const struct val *row, enum bearer *out)
{
	enum status st;
	char *value = NULL;

	st = canonical(w->map.names[name->kind], row[name->column], &value);
	if (st == ST_OK)
		*out = value && has(&w->own[name->kind], value) ? BEARER_PERSON
								: BEARER_OTHER;
	free(value);
	return st;
}

/* Of several names, one that is the person's own decides. */
static enum status bearer_of(const struct walk *w, const struct reach_node *n,
    const struct val *row, enum bearer *out)
{
	enum bearer found = BEARER_NOBODY;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; i < n->name_count; i++) {
		enum bearer one = BEARER_SOMEBODY;

		if (row[n->names[i].column].type == VAL_NULL)
			continue;
		if (w->own[n->names[i].kind].count)
			st = compare_name(w, &n->names[i], row, &one);
		if (st != ST_OK)
			return st;
		if (one > found)
			found = one;
	}
	*out = found;
	return ST_OK;
}

/* ---- records ---- */

static enum status tell(const struct walk *w, const struct reach_node *n,
    const struct segment *segment, const struct val *row, int shared)
{
	struct reach_record r = { n->store, n->collection, n->table, segment,
		row, n->key_count, shared };

	return w->each(w->ctx, &r);
}

static enum status tell_visit(
    const struct walk *w, struct reach_visit *v, int shared)
{
	if (v->told)
		return ST_OK;
	v->told = 1;
	return tell(w, v->node, v->segment, v->vals, shared);
}

static void wait(struct walk *w, struct reach_visit *v)
{
	if (v->waiting)
		return;
	v->waiting = 1;
	v->next = w->first;
	w->first = v;
}

static enum status make_alone(struct walk *w, struct reach_visit *v)
{
	v->alone = 1;
	wait(w, v);
	return tell_visit(w, v, 0);
}

/*
 * A record that ${by} led to (NULL: an identity).  Down, and by an identity,
 * it is the person's alone; up, only where it bears the person's own name.
 */
static enum status meet(struct walk *w, struct reach_node *n,
    const struct val *row, const struct reach_step *by)
{
	enum bearer bearer = BEARER_NOBODY;
	int shared = n->collection->shared, alone;
	struct reach_visit *v;
	enum status st = ST_OK;

	if (by && !shared && (st = bearer_of(w, n, row, &bearer)) != ST_OK)
		return st;
	if (bearer == BEARER_OTHER ||
	    (bearer == BEARER_SOMEBODY && by && !by->declared))
		return ST_OK;
	if (!n->tracked)
		return tell(w, n, units_segment(n->store), row, shared);
	alone = !shared && (by == NULL || by->way == REACH_DOWN ||
			       bearer == BEARER_PERSON);
	v = reach_visits_find(&w->visits, n, row);
	if (v == NULL) {
		st = reach_visits_add(&w->visits, n, row, &v);
		if (st != ST_OK)
			return st;
		v->segment = units_segment(n->store);
		wait(w, v);
		if (shared)
			return tell_visit(w, v, 1);
	}
	return alone && !v->alone ? make_alone(w, v) : ST_OK;
}

/* ---- identities ---- */

/* Records of ${n} by one field's identity.  What was asked for leads to the
 * person's names: the keys of those records whose keys are names. */
static enum status seed_field(struct walk *w, struct reach_node *n,
    const char *column, const char *kind, const char *value)
{
	struct reach_rows rows;
	int asked = strcmp(kind, w->identity) == 0;
	enum status st;
	char *name;

	st = reach_rows_by_identity(&rows, n, column, kind, value);
	while (st == ST_OK && (st = reach_rows_next(&rows)) == ST_OK) {
		st = meet(w, n, rows.vals, NULL);
		if (st != ST_OK || n->master == SIZE_MAX || !asked)
			continue;
		name = NULL;
		st = canonical(w->map.names[n->master], rows.vals[0], &name);
		if (st == ST_OK)
			st = add_own(&w->own[n->master], name);
	}
	reach_rows_release(&rows);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status seed(struct walk *w, const char *kind, const char *value)
{
	enum status st = ST_OK;
	size_t i, f;

	for (i = 0; i < w->map.node_count; i++) {
		struct reach_node *n = &w->map.nodes[i];
		const struct collection *c = n->collection;

		for (f = 0; st == ST_OK && f < c->field_count; f++) {
			const struct field *fd = &c->fields[f];

			if (fd->identity && !strchr(fd->name, '.') &&
			    strcmp(fd->identity, kind) == 0)
				st = seed_field(w, n, fd->name, kind, value);
		}
	}
	return st;
}

/* By the identity asked for; then by the names that it led to. */
static enum status seed_all(struct walk *w)
{
	enum status st;
	size_t i, k;

	st = seed(w, w->identity, w->value);
	for (i = 0; i < w->map.name_count; i++) {
		if (strcmp(w->map.names[i], w->identity) == 0)
			continue;
		for (k = 0; st == ST_OK && k < w->own[i].count; k++)
			st = seed(w, w->map.names[i], w->own[i].values[k]);
	}
	return st;
}

/* ---- steps ---- */

static enum status follow(
    struct walk *w, struct reach_step *s, const struct reach_visit *from)
{
	struct reach_rows rows;
	enum status st;

	st = reach_rows_onwards(&rows, s, from->vals);
	while (st == ST_OK && (st = reach_rows_next(&rows)) == ST_OK) {
		if (reach_step_holds(s, w->in->zone, from->vals, rows.vals))
			st = meet(w, s->to, rows.vals, s);
	}
	reach_rows_release(&rows);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* What is not the person's alone leads on only to what is shared. */
static int leads_on(const struct reach_step *s, const struct reach_visit *v)
{
	return s->from == v->node && s->followed && s->to->tracked &&
	       (v->alone || (s->way == REACH_UP && s->to->collection->shared));
}

static enum status walk_on(struct walk *w)
{
	struct reach_visit *v;
	enum status st = ST_OK;
	size_t i;

	while (st == ST_OK && (v = w->first) != NULL) {
		w->first = v->next;
		v->waiting = 0;
		for (i = 0; st == ST_OK && i < w->map.step_count; i++) {
			if (leads_on(&w->map.steps[i], v))
				st = follow(w, &w->map.steps[i], v);
		}
	}
	return st;
}

/* Are all that the step leads to ${v} from the person's alone? */
static enum status only_own(
    struct walk *w, struct reach_step *s, const struct reach_visit *v, int *own)
{
	const struct reach_visit *other;
	struct reach_rows rows;
	enum status st;

	st = reach_rows_back(&rows, s, v->vals);
	while (st == ST_OK && *own && (st = reach_rows_next(&rows)) == ST_OK) {
		other = reach_visits_find(&w->visits, s->from, rows.vals);
		*own = other && (other->alone || other == v);
	}
	reach_rows_release(&rows);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/*
 * Has a step up a say in whose the record is that it leads to?  Not where the
 * dataset names no direction and nothing but that record leads to those that
 * refer to it: they belong to it.
 */
static int is_asked(const struct reach_step *s, const struct reach_node *to)
{
	return s->to == to && s->way == REACH_UP &&
	       (s->declared || s->from->collection->shared ||
		   s->from->ways > 1);
}

static enum status is_own(struct walk *w, const struct reach_visit *v, int *own)
{
	enum status st = ST_OK;
	size_t i;

	*own = 1;
	for (i = 0; st == ST_OK && *own && i < w->map.step_count; i++) {
		if (is_asked(&w->map.steps[i], v->node))
			st = only_own(w, &w->map.steps[i], v, own);
	}
	return st;
}

/* What was met on the way up and turns out to be nobody else's. */
static enum status claim(struct walk *w, int *claimed)
{
	enum status st = ST_OK;
	size_t i;
	int own;

	*claimed = 0;
	for (i = 0; st == ST_OK && i < w->visits.count; i++) {
		struct reach_visit *v = w->visits.list[i];

		if (v->alone || v->node->collection->shared)
			continue;
		st = is_own(w, v, &own);
		if (st != ST_OK || !own)
			continue;
		st = make_alone(w, v);
		*claimed = 1;
	}
	return st;
}

static enum status tell_rest(struct walk *w)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < w->visits.count; i++)
		st = tell_visit(w, w->visits.list[i], 1);
	return st;
}

/* ---- what is not remembered ---- */

/* The records that the step leads from, those of the same key together. */
static int by_key(const void *one, const void *two, void *ctx)
{
	const struct reach_visit *const *a = one, *const *b = two;
	const struct reach_step *s = ctx;
	size_t i;
	int c = 0;

	for (i = 0; i < s->count && c == 0; i++) {
		size_t k = s->from_columns[i];

		c = value_compare((*a)->vals[k], (*b)->vals[k]);
	}
	return c;
}

/* All that the first of ${from} leads to, for as long as any of them does. */
static enum status stream_key(struct walk *w, struct reach_step *s,
    struct reach_visit *const *from, size_t count)
{
	struct reach_rows rows;
	enum status st;
	size_t i;

	st = reach_rows_onwards(&rows, s, from[0]->vals);
	while (st == ST_OK && (st = reach_rows_next(&rows)) == ST_OK) {
		for (i = 0; i < count; i++) {
			if (reach_step_holds(
				s, w->in->zone, from[i]->vals, rows.vals))
				break;
		}
		if (i < count)
			st = meet(w, s->to, rows.vals, s);
	}
	reach_rows_release(&rows);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status stream_step(struct walk *w, struct reach_step *s)
{
	struct reach_visit **from;
	enum status st = ST_OK;
	size_t i, k, n = 0;

	from = calloc(w->visits.count + 1, sizeof(struct reach_visit *));
	if (from == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < w->visits.count; i++) {
		if (w->visits.list[i]->node == s->from &&
		    w->visits.list[i]->alone)
			from[n++] = w->visits.list[i];
	}
	qsort_r(from, n, sizeof(struct reach_visit *), by_key, s);
	for (i = 0; st == ST_OK && i < n; i = k) {
		for (k = i + 1; k < n && by_key(&from[i], &from[k], s) == 0;
		     k++)
			;
		st = stream_key(w, s, from + i, k - i);
	}
	free(from);
	return st;
}

static enum status stream(struct walk *w)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < w->map.step_count; i++) {
		if (!w->map.steps[i].to->tracked)
			st = stream_step(w, &w->map.steps[i]);
	}
	return st;
}

/* ---- the whole ---- */

static enum status walk_all(struct walk *w)
{
	enum status st = seed_all(w);
	int claimed = 1;

	while (st == ST_OK && claimed) {
		st = walk_on(w);
		if (st == ST_OK)
			st = claim(w, &claimed);
	}
	if (st == ST_OK)
		st = tell_rest(w);
	return st == ST_OK ? stream(w) : st;
}

/* The name that was asked for. */
static enum status add_asked(struct walk *w, size_t name)
{
	char *value = strdup(w->value);

	if (value == NULL)
		return fail(ST_NOMEM, "out of memory");
	return add_own(&w->own[name], value);
}

static enum status walk_init(
    struct walk *w, struct installation *in, const struct reach_subject *who)
{
	enum status st;
	size_t i;

	w->in = in;
	w->identity = who->identity;
	st = canonical(who->identity, TEXT(who->value), &w->value);
	if (st == ST_OK && w->value == NULL)
		st = fail(ST_USAGE,
		    "the value of the identity is not text: give it in UTF-8");
	if (st == ST_OK)
		st = reach_map_init(&w->map, in, who->identity);
	if (st != ST_OK)
		return st;
	w->own = calloc(w->map.name_count + 1, sizeof(*w->own));
	if (w->own == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < w->map.name_count; i++) {
		if (strcmp(w->map.names[i], who->identity) == 0)
			st = add_asked(w, i);
	}
	return st;
}

static void walk_release(struct walk *w)
{
	size_t i, k;

	for (i = 0; w->own && i < w->map.name_count; i++) {
		for (k = 0; k < w->own[i].count; k++)
			free(w->own[i].values[k]);
		free(w->own[i].values);
	}
	free(w->own);
	free(w->value);
	reach_visits_release(&w->visits);
	reach_map_release(&w->map);
}

/* Each store as it is at one instant: in its open transaction, or in one for
 * the walk.  ${mine} notes the latter. */
static enum status begin(struct installation *in, char *mine)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < in->store_count; i++) {
		st = installation_open_store(in, &in->stores[i]);
		if (st != ST_OK || db_in_transaction(in->stores[i].db))
			continue;
		st = db_begin(in->stores[i].db, DB_READ);
		mine[i] = st == ST_OK;
		if (st == ST_OK && in->stores[i].segments)
			st = segments_refresh(in->stores[i].segments);
	}
	return st;
}

static void end(struct installation *in, const char *mine)
{
	size_t i;

	for (i = 0; i < in->store_count; i++) {
		if (mine[i])
			db_rollback(in->stores[i].db);
	}
}

enum status reach_walk(struct installation *in, const struct reach_subject *who,
    reach_each each, void *ctx)
{
	struct walk w;
	enum status st;
	char *mine = calloc(in->store_count + 1, 1);

	if (mine == NULL)
		return fail(ST_NOMEM, "out of memory");
	memset(&w, 0, sizeof(w));
	w.each = each;
	w.ctx = ctx;
	st = begin(in, mine);
	if (st == ST_OK)
		st = walk_init(&w, in, who);
	if (st == ST_OK)
		st = walk_all(&w);
	walk_release(&w);
	end(in, mine);
	free(mine);
	return st;
}
