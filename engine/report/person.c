/* From a record to its person. */
#include "engine/report/person.h"

#include <string.h>

static const char *alias(size_t hop)
{
	static const char *const names[PERSON_HOPS + 1] = { "t", "p1", "p2",
		"p3", "p4", "p5", "p6" };

	return names[hop];
}

/* An identity that is a key or a reference is one for each person; an e-mail
 * address comes second, a reference into another store third. */
static int rank(const struct installation_store *s, const struct field *f)
{
	if (f->identity && (f->primary_key || f->reference_count))
		return 3;
	if (f->identity)
		return 2;
	for (size_t i = 0; i < f->reference_count; i++) {
		if (strcmp(f->references[i].dataset, s->dataset->key) != 0 &&
		    f->references[i].direction != DATASET_TO)
			return 1;
	}
	return 0;
}

static const struct db_column *column_of(const struct installation_store *s,
    const struct collection *c, const char *name)
{
	const struct db_table *t = db_schema_table(&s->schema, c->name);

	return t ? db_table_column(t, name) : NULL;
}

static const struct field *best(
    const struct installation_store *s, const struct collection *c)
{
	const struct field *found = NULL;

	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (rank(s, f) > (found ? rank(s, found) : 0) &&
		    column_of(s, c, f->name))
			found = f;
	}
	return found;
}

static int visited(const struct person *p, const char *table, const char *own)
{
	for (size_t i = 0; i < p->hop_count; i++) {
		if (strcmp(p->hops[i].table, table) == 0)
			return 1;
	}
	return strcmp(own, table) == 0;
}

/* Depth first, in the order of the fields; a few hops, so that it ends. */
static int walk(const struct installation_store *s, const struct collection *c,
    const char *own, struct person *p)
{
	p->collection = c;
	if ((p->field = best(s, c)) != NULL)
		return 1;
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];
		const struct reference *r = f->references;
		const struct collection *to;

		/* A field that refers to several is no path to one. */
		if (f->reference_count != 1 || r->direction == DATASET_TO ||
		    p->hop_count == PERSON_HOPS)
			continue;
		to = dataset_collection(s->dataset, r->collection);
		if (to == NULL || strcmp(r->dataset, s->dataset->key) != 0 ||
		    visited(p, to->name, own) || !column_of(s, c, f->name) ||
		    !column_of(s, to, r->field))
			continue;
		p->hops[p->hop_count].from = f->name;
		p->hops[p->hop_count].table = to->name;
		p->hops[p->hop_count++].to = r->field;
		if (walk(s, to, own, p))
			return 1;
		p->hop_count--;
	}
	return 0;
}

void person_find(const struct installation_store *store,
    const struct collection *collection, struct person *out)
{
	*out = (struct person){ .field = NULL };
	if (!walk(store, collection, collection->name, out))
		out->collection = NULL;
}

void person_column(const struct person *p, struct sql *q)
{
	sql_column(q, alias(p->hop_count), p->field->name);
}

void person_from(const struct person *p, const char *table, struct sql *q)
{
	sql_name(q, table);
	sql_add(q, " AS ");
	sql_name(q, "t");
	for (size_t i = 0; i < p->hop_count; i++) {
		sql_add(q, " LEFT JOIN ");
		sql_name(q, p->hops[i].table);
		sql_add(q, " AS ");
		sql_name(q, alias(i + 1));
		sql_add(q, " ON ");
		sql_column(q, alias(i + 1), p->hops[i].to);
		sql_add(q, " = ");
		sql_column(q, alias(i), p->hops[i].from);
	}
}
