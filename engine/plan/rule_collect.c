/* Records that are found once, and asked again each by itself. */
#include "engine/plan/asked.h"
#include "engine/plan/keys.h"
#include "engine/plan/rule.h"

static void add_columns(
    const char *alias, const char **columns, size_t count_, struct sql *q)
{
	size_t k;

	for (k = 0; k < count_; k++) {
		if (k)
			sql_add(q, ", ");
		sql_column(q, alias, columns[k]);
	}
}

static void add_names(const char **columns, size_t count_, struct sql *q)
{
	size_t k;

	for (k = 0; k < count_; k++) {
		if (k)
			sql_add(q, ", ");
		sql_name(q, columns[k]);
	}
}

/* Nobody sees this table but its connection. */
static enum status make_collected(const struct rule *r)
{
	struct sql q = SQL_INIT;
	enum status st;
	size_t i;

	st = db_exec(
	    r->store->db, "DROP TABLE IF EXISTS lethe_collected", NOARGS);
	sql_add(&q, "CREATE TEMPORARY TABLE lethe_collected"
		    " (lethe_n INTEGER PRIMARY KEY");
	for (i = 0; i < r->key_count; i++) {
		sql_add(&q, ", ");
		sql_name(&q, r->keys[i]);
		db_add_type(
		    r->store->db, &q, db_table_column(r->table, r->keys[i]));
	}
	sql_add(&q, ")");
	if (st == ST_OK)
		st = db_exec_sql(r->store->db, &q, NULL);
	sql_release(&q);
	return st;
}

static enum status insert_asked(void *insert, const struct val *key)
{
	return db_insert_row(insert, key);
}

/* What a person asks for is known: only its keys are set out. */
static enum status collect_asked(const struct rule *r, int64_t *records)
{
	const struct asked_list *l = asked_here(r);
	struct db_column columns[KEYS_MOST];
	struct db_table table = { .name = NULL, .columns = columns };
	struct db_insert *insert = NULL;
	char name[] = "lethe_collected";
	enum status st;
	size_t k;

	if (l == NULL)
		return ST_OK;
	table.name = name;
	table.column_count = r->key_count;
	for (k = 0; k < r->key_count; k++)
		columns[k] = *db_table_column(r->table, r->keys[k]);
	st = db_insert_open(
	    r->store->db, &table, r->keys, r->key_count, DB_INSERT, &insert);
	if (st == ST_OK)
		st = asked_each(l, insert_asked, insert);
	if (st == ST_OK)
		st = db_insert_flush(insert);
	db_insert_close(insert);
	if (st == ST_OK)
		*records = (int64_t)l->count;
	return st;
}

enum status rule_collect(const struct rule *r, enum rule_class class,
    int64_t now, int64_t most, int64_t *records)
{
	struct sql q = SQL_INIT;
	enum status st;

	*records = 0;
	if ((st = make_collected(r)) != ST_OK)
		return st;
	if (r->asked)
		return collect_asked(r, records);
	sql_add(&q, "INSERT INTO lethe_collected (");
	add_names(r->keys, r->key_count, &q);
	sql_add(&q, ") SELECT ");
	add_columns("t", r->keys, r->key_count, &q);
	sql_add(&q, " FROM ");
	rule_from(r, &q);
	sql_add(&q, " WHERE ");
	st = rule_where(r, class, now, DB_BY_INDEX, &q);
	sql_add(&q, " LIMIT ");
	sql_bind_int(&q, most);
	if (st == ST_OK)
		st = db_exec_sql(r->store->db, &q, records);
	sql_release(&q);
	return st;
}

enum status rule_where_collected(const struct rule *r, enum rule_class class,
    int64_t now, int64_t first, int64_t last, struct sql *q)
{
	enum status st;

	sql_add(q, "((");
	add_columns("t", r->keys, r->key_count, q);
	sql_add(q, ") IN (SELECT ");
	add_columns("c", r->keys, r->key_count, q);
	sql_add(q, " FROM lethe_collected AS c WHERE c.lethe_n >= ");
	sql_bind_int(q, first);
	sql_add(q, " AND c.lethe_n <= ");
	sql_bind_int(q, last);
	sql_add(q, ") AND ");
	st = rule_where_one(r, class, now, q);
	sql_add(q, ")");
	return st;
}
