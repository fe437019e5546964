/* A rule's reference path as SQL. */
#include "engine/plan/rule_path.h"

const char *rule_path_alias(size_t hop)
{
	static const char *const names[] = { "t", "a1", "a2", "a3", "a4", "a5",
		"a6", "a7" };

	return names[hop < 7 ? hop : 7];
}

void rule_path_tables(
    const struct rule_clock *c, size_t first, size_t hops, struct sql *q)
{
	size_t i;

	for (i = first; i < hops; i++) {
		if (i > first)
			sql_add(q, ", ");
		sql_name(q, c->path.hops[i].to->name);
		sql_add(q, " AS ");
		sql_name(q, rule_path_alias(i + 1));
	}
}

/* One side of a comparison: without their Z the texts of two instants compare
 * as time, whatever fraction they have. */
static void add_time(const struct path_interval *v, const char *alias,
    const char *column, struct sql *q)
{
	if (!v->seconds)
		sql_add(q, "rtrim(");
	sql_column(q, alias, column);
	if (!v->seconds)
		sql_add(q, ", 'Z')");
}

/*
 * A date and an instant do not compare: there the reference holds, because
 * what is kept by more records is never deleted too early (with `pick: latest`,
 * which schedule_path.c sees to).
 */
static void add_or_mixed(const struct path_interval *v, const char *at,
    const char *held, const char *bound, struct sql *q)
{
	if (v->seconds)
		return;
	sql_add(q, " OR (length(");
	sql_column(q, at, v->at);
	sql_add(q, ") = 10) <> (length(");
	sql_column(q, held, bound);
	sql_add(q, ") = 10)");
}

/* from <= at < until */
static void add_interval(
    const struct path_interval *v, size_t hop, struct sql *q)
{
	int before = v->at_side == PATH_BEFORE;
	const char *at = rule_path_alias(before ? hop : hop + 1);
	const char *held = rule_path_alias(before ? hop + 1 : hop);

	sql_column(q, at, v->at);
	sql_add(q, " IS NOT NULL AND (");
	sql_column(q, held, v->from);
	sql_add(q, " IS NULL OR ");
	add_time(v, at, v->at, q);
	sql_add(q, " >= ");
	add_time(v, held, v->from, q);
	add_or_mixed(v, at, held, v->from, q);
	sql_add(q, ") AND (");
	sql_column(q, held, v->until);
	sql_add(q, " IS NULL OR ");
	add_time(v, at, v->at, q);
	sql_add(q, " < ");
	add_time(v, held, v->until, q);
	add_or_mixed(v, at, held, v->until, q);
	sql_add(q, ") AND ");
}

void rule_path_links(
    const struct rule_clock *c, size_t first, size_t hops, struct sql *q)
{
	size_t i, k;

	for (i = first; i < hops; i++) {
		const struct path_hop *h = &c->path.hops[i];

		for (k = 0; k < h->count; k++) {
			sql_column(q, rule_path_alias(i + 1), h->to_columns[k]);
			sql_add(q, " = ");
			sql_column(q, rule_path_alias(i), h->from_columns[k]);
			sql_add(q, " AND ");
		}
		for (k = 0; k < h->interval_count; k++)
			add_interval(&h->intervals[k], i, q);
	}
}

void rule_path_memory_key(const struct rule_clock *c, size_t hop, struct sql *q)
{
	const struct path_hop *h = &c->path.hops[hop];
	size_t k;

	for (k = 0; k < h->count; k++) {
		if (k)
			sql_add(q, " || ");
		if (h->count > 1) {
			sql_add(q, "length(CAST(");
			sql_column(q, rule_path_alias(hop), h->from_columns[k]);
			sql_add(q, " AS TEXT)) || ':' || ");
		}
		sql_add(q, "CAST(");
		sql_column(q, rule_path_alias(hop), h->from_columns[k]);
		sql_add(q, " AS TEXT)");
	}
}

void rule_path_memory(
    const struct rule_clock *c, size_t first, size_t hop, struct sql *q)
{
	rule_path_tables(c, first, hop, q);
	if (hop > first)
		sql_add(q, ", ");
	sql_add(q, "lethe_starting_point AS m");
}

void rule_path_memory_name(
    const struct rule_clock *c, size_t hop, struct sql *q)
{
	sql_add(q, "m.name = ");
	sql_bind_text(q, c->memory[hop]);
	sql_add(q, " AND ");
}

void rule_path_memory_links(
    const struct rule_clock *c, size_t first, size_t hop, struct sql *q)
{
	rule_path_links(c, first, hop, q);
	rule_path_memory_name(c, hop, q);
	sql_add(q, "m.key = ");
	rule_path_memory_key(c, hop, q);
	sql_add(q, " AND ");
}

const struct db_column *rule_path_target(
    const struct db_schema *schema, const struct rule_clock *c, size_t hop)
{
	const struct path_hop *h = &c->path.hops[hop];

	return db_table_column(
	    db_schema_table(schema, h->to->name), h->to_columns[0]);
}
