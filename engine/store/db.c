/* The connection interface, as far as it is the same for every database. */
#include "engine/store/db.h"

#include <stdlib.h>
#include <string.h>

#include "engine/store/db_driver.h"

struct val val_text(const char *s)
{
	struct val v = { .type = VAL_NULL };

	if (s)
		v = (struct val){ .type = VAL_TEXT, .p = s, .n = strlen(s) };
	return v;
}

void db_close(struct db *db)
{
	char *name;

	if (db == NULL)
		return;
	name = db->name;
	db->driver->close(db);
	free(name);
}

const char *db_name(const struct db *db) { return db->name; }

/* ---- statements ---- */

static size_t count_values(const struct val *args)
{
	size_t n;

	for (n = 0; args[n].type != VAL_END; n++)
		;
	return n;
}

static enum status query(struct db *db, const char *text,
    const struct val *vals, size_t count, struct stmt **out)
{
	struct stmt *s;
	enum status st;

	if ((st = db->driver->prepare(db, text, &s)) != ST_OK)
		return st;
	if ((st = db->driver->bind(s, vals, count, BIND_COPY)) != ST_OK) {
		db_done(s);
		return st;
	}
	*out = s;
	return ST_OK;
}

static enum status execute(struct db *db, const char *text,
    const struct val *vals, size_t count, int64_t *changes)
{
	struct stmt *s;
	enum status st;

	if ((st = db->driver->prepare(db, text, &s)) != ST_OK)
		return st;
	st = db->driver->bind(s, vals, count, BIND_KEPT);
	while (st == ST_OK)
		st = db_row(s);
	if (st == ST_NOTFOUND) {
		st = ST_OK;
		if (changes)
			*changes = db->driver->changes(s);
	}
	db_done(s);
	return st;
}

static enum status one_int(struct db *db, const char *text,
    const struct val *vals, size_t count, int64_t missing, int64_t *out)
{
	struct stmt *s;
	enum status st;

	if ((st = query(db, text, vals, count, &s)) != ST_OK)
		return st;
	st = db_row(s);
	if (st == ST_OK)
		*out = db_val(s, 0).type == VAL_NULL ? missing : db_int(s, 0);
	if (st == ST_NOTFOUND) {
		*out = missing;
		st = ST_OK;
	}
	db_done(s);
	return st;
}

enum status db_query_(
    struct db *db, const char *words, const struct val *args, struct stmt **out)
{
	return query(db, words, args, count_values(args), out);
}

enum status db_exec_(
    struct db *db, const char *words, const struct val *args, int64_t *changes)
{
	return execute(db, words, args, count_values(args), changes);
}

enum status db_one_int_(struct db *db, const char *words,
    const struct val *args, int64_t missing, int64_t *out)
{
	return one_int(db, words, args, count_values(args), missing, out);
}

enum status db_query_sql(struct db *db, const struct sql *q, struct stmt **out)
{
	enum status st;

	if ((st = buf_status(&q->text)) != ST_OK)
		return st;
	return query(db, buf_text(&q->text), q->vals, q->count, out);
}

enum status db_exec_sql(struct db *db, const struct sql *q, int64_t *changes)
{
	enum status st;

	if ((st = buf_status(&q->text)) != ST_OK)
		return st;
	return execute(db, buf_text(&q->text), q->vals, q->count, changes);
}

enum status db_one_int_sql(
    struct db *db, const struct sql *q, int64_t missing, int64_t *out)
{
	enum status st;

	if ((st = buf_status(&q->text)) != ST_OK)
		return st;
	return one_int(db, buf_text(&q->text), q->vals, q->count, missing, out);
}

enum status db_prepare(struct db *db, const char *text, struct stmt **out)
{
	return db->driver->prepare(db, text, out);
}

enum status db_row(struct stmt *s) { return s->db->driver->row(s); }

void db_done(struct stmt *s)
{
	if (s)
		s->db->driver->done(s);
}

enum status db_each(
    struct stmt *s, enum status (*each)(void *ctx, struct stmt *s), void *ctx)
{
	enum status st = ST_OK;

	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		if ((st = each(ctx, s)) != ST_OK)
			break;
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status db_again(struct stmt *s, const struct val *args)
{
	return s->db->driver->bind(s, args, count_values(args), BIND_COPY);
}

int db_columns(const struct stmt *s) { return s->db->driver->columns(s); }

const char *db_column_name(const struct stmt *s, int col)
{
	return s->db->driver->column_name(s, col);
}

struct val db_val(struct stmt *s, int col)
{
	return s->db->driver->val(s, col);
}

int64_t db_int(struct stmt *s, int col)
{
	return s->db->driver->integer(s, col);
}

const char *db_text(struct stmt *s, int col)
{
	return s->db->driver->text(s, col);
}

/* ---- transactions ---- */

enum status db_begin(struct db *db, enum db_access access)
{
	enum status st;

	if (db->in_transaction)
		return fail(ST_DB,
		    "%s: a transaction is open already: end it first",
		    db->name);
	if ((st = db->driver->begin(db, access)) != ST_OK)
		return st;
	db->in_transaction = 1;
	db->access = access;
	return ST_OK;
}

enum status db_commit(struct db *db)
{
	enum status st;

	if (!db->in_transaction)
		return fail(ST_DB,
		    "%s: no transaction is open: nothing was committed",
		    db->name);
	if ((st = db->driver->commit(db)) != ST_OK)
		return st;
	db->in_transaction = 0;
	return ST_OK;
}

void db_rollback(struct db *db)
{
	if (!db->in_transaction)
		return;
	db->driver->rollback(db);
	db->in_transaction = 0;
}

int db_undone(const struct db *db)
{
	return db->driver->undone ? db->driver->undone(db) : 0;
}

int db_lost(const struct db *db)
{
	return db->driver->lost ? db->driver->lost(db) : 0;
}

/* ---- partitions ---- */

enum status db_partitions(struct db *db, const char *table, const char *column,
    struct db_partitions *out)
{
	*out = (struct db_partitions){ NULL, 0 };
	return db->driver->partitions
		   ? db->driver->partitions(db, table, column, out)
		   : ST_OK;
}

void db_partitions_release(struct db_partitions *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		free(p->list[i].words);
		free(p->list[i].name);
		free(p->list[i].id);
		free(p->list[i].from);
		free(p->list[i].before);
	}
	free(p->list);
	*p = (struct db_partitions){ NULL, 0 };
}

enum status db_partition_lock(struct db *db, const struct db_partition *p)
{
	return db->driver->partition_lock(db, p);
}

enum status db_partition_drop(struct db *db, const struct db_table *table,
    const struct db_partition *p, const struct sql *stays)
{
	return db->driver->partition_drop(db, table, p, stays);
}

enum status db_version(struct db *db, int64_t *out)
{
	return db->driver->version(db, out);
}

int db_is_shared(const struct db *db) { return db->driver->is_shared; }

int db_in_transaction(const struct db *db) { return db->in_transaction; }

enum status db_script(struct db *db, const char *words)
{
	int own = !db->in_transaction;
	enum status st = ST_OK;

	if (own)
		st = db_begin(db, DB_WRITE);
	if (st == ST_OK)
		st = db->driver->script(db, words);
	if (st == ST_OK && own)
		st = db_commit(db);
	if (st != ST_OK && own)
		db_rollback(db);
	return st;
}

/* ---- what differs between databases ---- */

enum status db_introspect(struct db *db, struct db_schema *out)
{
	return db->driver->introspect(db, out);
}

void db_add_type(struct db *db, struct sql *q, const struct db_column *column)
{
	db->driver->add_type(q, column);
}

void db_add_key(struct db *db, struct sql *q, const struct db_column *column,
    const char *table)
{
	db->driver->add_key(q, column, table);
}

void db_add_kept(struct db *db, struct sql *q, const struct db_column *column,
    const char *table)
{
	db->driver->add_kept(q, column, table);
}

int db_add_key_form(struct db *db, struct sql *q,
    const struct db_column *column, const char *table, const char *kept,
    int form)
{
	return db->driver->add_key_form(q, column, table, kept, form);
}

enum status db_add_due(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort)
{
	return db->driver->add_due(
	    db, q, type, table, column, last_day, before, effort);
}

enum status db_add_later(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    int32_t last_day, int64_t before, enum db_effort effort)
{
	return db->driver->add_later(
	    db, q, type, table, column, last_day, before, effort);
}

enum status db_add_unreadable(struct db *db, struct sql *q,
    const struct db_column *type, const char *table, const char *column,
    enum db_null null, enum db_effort effort)
{
	return db->driver->add_unreadable(
	    db, q, type, table, column, null, effort);
}

void db_add_lock(struct db *db, struct sql *q)
{
	if (db->driver->add_lock)
		db->driver->add_lock(q);
}

enum status db_show_batch(
    struct db *db, const struct db_batch *b, int64_t *shown)
{
	if (db->driver->show_batch == NULL)
		return fail(ST_DB, "%s: no part of %s is elsewhere", db->name,
		    b->table);
	return db->driver->show_batch(db, b, shown);
}

enum status db_delete_batch(
    struct db *db, const struct db_batch *b, int64_t *deleted)
{
	if (!db->in_transaction || db->access != DB_WRITE)
		return fail(ST_DB,
		    "%s: records are deleted inside a write transaction only: "
		    "begin one",
		    db->name);
	return db->driver->delete_batch(db, b, deleted);
}

enum status db_change_batch(
    struct db *db, const struct db_change *c, int64_t *changed)
{
	if (!db->in_transaction || db->access != DB_WRITE)
		return fail(ST_DB,
		    "%s: records are changed inside a write transaction only: "
		    "begin one",
		    db->name);
	return db->driver->change_batch(db, c, changed);
}

enum status db_scrub(struct db *db)
{
	if (db->in_transaction)
		return fail(ST_DB,
		    "%s: a transaction is open: end it before the scrub",
		    db->name);
	return db->driver->scrub(db);
}

enum status db_integrity(struct db *db, int64_t *pages)
{
	if (db->in_transaction)
		return fail(ST_DB,
		    "%s: a transaction is open: end it before the check",
		    db->name);
	return db->driver->integrity(db, pages);
}

static enum status may_seal(const struct db *db)
{
	if (db->driver->seal_begin == NULL)
		return ST_NOTFOUND;
	if (db->in_transaction)
		return fail(ST_DB,
		    "%s: a transaction is open: end it before the seal",
		    db->name);
	return ST_OK;
}

enum status db_seal_begin(struct db *db)
{
	enum status st = may_seal(db);

	return st == ST_OK ? db->driver->seal_begin(db) : st;
}

enum status db_seal_read(struct db *db, struct db_seal *out)
{
	enum status st = may_seal(db);

	return st == ST_OK ? db->driver->seal_read(db, out) : st;
}

enum status db_seal_set(
    struct db *db, const uint8_t before[DB_MARK], struct db_seal *out)
{
	enum status st = may_seal(db);

	return st == ST_OK ? db->driver->seal_set(db, before, out) : st;
}

enum status db_seal_check(struct db *db, int64_t first, int64_t count)
{
	enum status st = may_seal(db);

	return st == ST_OK ? db->driver->seal_check(db, first, count) : st;
}

enum status db_grants(
    struct db *db, const char *const *tables, size_t count, struct buf *out)
{
	return db->driver->grants ? db->driver->grants(db, tables, count, out)
				  : ST_OK;
}
