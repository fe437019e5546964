/* A rule's single records: read, referred to, and what they left behind. */
#include <string.h>

#include "engine/plan/rule_path.h"

/* ---- single records ---- */

void rule_where_key(const struct rule *r, const struct val *key, struct sql *q)
{
	size_t i;

	for (i = 0; i < r->key_count; i++) {
		if (i)
			sql_add(q, " AND ");
		sql_column(q, "t", r->keys[i]);
		sql_add(q, " = ");
		sql_bind_at(q, i, key[i]);
	}
}

/* The values that are left behind where hops ${first} and following led;
 * ${r} NULL: without t. */
static void select_remembered(const struct rule *r, const struct rule_clock *c,
    size_t first, size_t hop, struct sql *q)
{
	sql_add(q, " UNION ALL SELECT m.value, 'memory' FROM ");
	if (r) {
		rule_from(r, q);
		sql_add(q, ", ");
	}
	rule_path_memory(c, first ? first - 1 : 0, hop, q);
	sql_add(q, " WHERE ");
	rule_path_memory_links(c, first, hop, q);
}

void rule_select_values(const struct rule *r, const struct rule_clock *c,
    const struct val *key, struct sql *q)
{
	size_t n = c->path.count, i;

	sql_add(q, "SELECT ");
	db_add_kept(r->store->db, q, c->value, rule_path_alias(n));
	if (n == 0)
		sql_add(q, ", 'record' FROM ");
	else
		sql_add(q, ", 'reference' FROM ");
	rule_from(r, q);
	if (n > 0) {
		sql_add(q, ", ");
		rule_path_tables(c, 0, n, q);
	}
	sql_add(q, " WHERE ");
	rule_path_links(c, 0, n, q);
	rule_where_key(r, key, q);
	for (i = 0; i < n; i++) {
		select_remembered(r, c, 0, i, q);
		rule_where_key(r, key, q);
	}
}

/* ${passed} is the rule of the collection itself: it knows the key. */
static void add_passed(
    size_t hop, const struct rule *passed, const struct val *key, struct sql *q)
{
	size_t k;

	for (k = 0; k < passed->key_count; k++) {
		if (k)
			sql_add(q, " AND ");
		sql_column(q, rule_path_alias(hop + 1), passed->keys[k]);
		sql_add(q, " = ");
		sql_bind(q, key[k]);
	}
}

void rule_select_reached(const struct rule_clock *c, size_t hop,
    const struct rule *passed, const struct val *key, struct sql *q)
{
	size_t n = c->path.count, i;

	sql_add(q, "SELECT ");
	db_add_kept(passed->store->db, q, c->value, rule_path_alias(n));
	sql_add(q, ", 'reference' FROM ");
	rule_path_tables(c, hop, n, q);
	sql_add(q, " WHERE ");
	rule_path_links(c, hop + 1, n, q);
	add_passed(hop, passed, key, q);
	for (i = hop + 1; i < n; i++) {
		select_remembered(NULL, c, hop + 1, i, q);
		add_passed(hop, passed, key, q);
	}
}

/* ---- references ---- */

static void add_referencing(const struct db_table *child,
    const struct db_foreign_key *fk, const struct rule *r, struct sql *q)
{
	size_t k;

	sql_add(q, " AND NOT EXISTS (SELECT 1 FROM ");
	sql_name(q, child->name);
	sql_add(q, " AS f WHERE ");
	for (k = 0; k < fk->count; k++) {
		if (k)
			sql_add(q, " AND ");
		sql_column(q, "f", fk->from[k]);
		sql_add(q, " = ");
		sql_column(q, "t", fk->to[k]);
	}
	/* A record that refers to itself does not keep itself. */
	if (child == r->table) {
		sql_add(q, " AND NOT (");
		for (k = 0; k < r->key_count; k++) {
			if (k)
				sql_add(q, " AND ");
			sql_column(q, "f", r->keys[k]);
			sql_add(q, " = ");
			sql_column(q, "t", r->keys[k]);
		}
		sql_add(q, ")");
	}
	sql_add(q, ")");
}

void rule_unreferenced(const struct rule *r, struct sql *q)
{
	const struct db_schema *schema = &r->store->schema;
	size_t i, k;

	for (i = 0; i < schema->count; i++) {
		const struct db_table *child = &schema->tables[i];

		for (k = 0; k < child->foreign_key_count; k++) {
			const struct db_foreign_key *fk =
			    &child->foreign_keys[k];

			if (strcmp(fk->table, r->table->name) == 0)
				add_referencing(child, fk, r, q);
		}
	}
}

/* ---- what records that are gone left behind ---- */

/*
 * The record's side of hop ${hop} is the key in m, in a form that an index on
 * the column answers.  What matches beyond that is kept a little longer, no
 * more.
 */
static void add_needs_key(const struct rule *other, const struct rule_clock *c,
    size_t hop, struct sql *q)
{
	const struct path_hop *h = &c->path.hops[hop];
	const struct db_column *to =
	    rule_path_target(&other->store->schema, c, hop);
	int form = 0, more = 1;

	if (h->count > 1) {
		sql_add(q, "m.key = ");
		rule_path_memory_key(c, hop, q);
		return;
	}
	while (more) {
		struct sql one = SQL_INIT;

		more = db_add_key_form(
		    other->store->db, &one, to, "m", "key", form);
		if (more) {
			if (form++)
				sql_add(q, " OR ");
			else
				sql_add(q, "(");
			sql_column(q, rule_path_alias(hop), h->from_columns[0]);
			sql_add(q, " = ");
			sql_join(q, &one);
		}
		sql_release(&one);
	}
	sql_add(q, ")");
}

/* Is a record of ${other} in need of what is kept for its clock ${c} under
 * ${name} and the key in m? */
static void add_needed(const struct rule *other, const struct rule_clock *c,
    const char *name, struct sql *q)
{
	size_t i;

	for (i = 0; i < c->path.count; i++) {
		if (strcmp(c->memory[i], name) != 0)
			continue;
		sql_add(q, " AND NOT EXISTS (SELECT 1 FROM ");
		rule_from(other, q);
		if (i > 0)
			sql_add(q, ", ");
		rule_path_tables(c, 0, i, q);
		sql_add(q, " WHERE ");
		rule_path_links(c, 0, i, q);
		add_needs_key(other, c, i, q);
		sql_add(q, ")");
	}
}

static enum status forget(
    const struct schedule *s, const struct rule *r, const char *name)
{
	struct sql q = SQL_INIT;
	enum status st;
	size_t i, k;

	sql_add(&q, "DELETE FROM lethe_starting_point AS m WHERE m.name = ");
	sql_bind_text(&q, name);
	for (i = 0; i < s->count; i++) {
		const struct rule *other = &s->rules[i];

		for (k = 0; other->store == r->store && k < other->clock_count;
		     k++)
			add_needed(other, &other->clocks[k], name, &q);
	}
	st = db_exec_sql(r->store->db, &q, NULL);
	sql_release(&q);
	return st;
}

enum status rule_forget(const struct schedule *s, const struct rule *r)
{
	enum status st = ST_OK;
	size_t i, k;

	for (k = 0; k < r->clock_count; k++) {
		for (i = 0; st == ST_OK && i < r->clocks[k].path.count; i++)
			st = forget(s, r, r->clocks[k].memory[i]);
	}
	return st;
}
