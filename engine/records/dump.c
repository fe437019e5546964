/* Records become text, a block at a time. */
#include "engine/records/dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/records/column.h"
#include "engine/records/json_text.h"
#include "engine/records/value_text.h"
#include "engine/store/restricted.h"

#define BLOCK ((size_t)64 << 10)

struct dump {
	const struct db_table *table;
	struct column *columns;
	enum dump_format format;
	struct dump_leave *leave; /* or NULL */
	struct buf text;          /* not yet written */
	FILE *to;
};

/* ---- writing ---- */

static enum status fail_write(void)
{
	int e = errno;

	return fail(e == ENOSPC || e == EDQUOT ? ST_FULL : ST_IO, "write: %s",
	    strerror(e));
}

static enum status write_text(struct dump *d, size_t least)
{
	enum status st;

	if ((st = buf_status(&d->text)) != ST_OK)
		return st;
	if (d->text.len < least)
		return ST_OK;
	if (fwrite(buf_text(&d->text), 1, d->text.len, d->to) != d->text.len)
		return fail_write();
	buf_clear(&d->text);
	return ST_OK;
}

/* ---- lines ---- */

static void add_object(struct dump *d, struct stmt *s)
{
	struct buf *out = &d->text;

	buf_addc(out, '{');
	for (size_t i = 0; i < d->table->column_count; i++) {
		const char *name = d->table->columns[i].name;
		struct val v = db_val(s, (int)i);

		if (i > 0)
			buf_addc(out, ',');
		json_text_string(out, name, strlen(name));
		buf_addc(out, ':');
		value_text_json(out, &d->columns[i], &v);
	}
	buf_adds(out, "}\n");
}

static void add_line(struct dump *d, struct stmt *s)
{
	for (size_t i = 0; i < d->table->column_count; i++) {
		struct val v = db_val(s, (int)i);

		if (i > 0)
			buf_addc(&d->text, ',');
		value_text_csv(&d->text, &d->columns[i], &v);
	}
	buf_addc(&d->text, '\n');
}

static void add_header(struct dump *d)
{
	for (size_t i = 0; i < d->table->column_count; i++) {
		const char *name = d->table->columns[i].name;

		if (i > 0)
			buf_addc(&d->text, ',');
		value_text_field(&d->text, name, strlen(name));
	}
	buf_addc(&d->text, '\n');
}

/* ---- records ---- */

static struct restricted leave_of(const struct dump *d)
{
	return (
	    struct restricted){ d->table, d->leave->keys, d->leave->key_count };
}

static enum status query(const struct dump *d, struct db *db, struct stmt **out)
{
	const struct db_table *table = d->table;
	struct sql q = SQL_INIT;
	enum status st;
	int key = 0, more;

	sql_add(&q, "SELECT ");
	for (size_t i = 0; i < table->column_count; i++) {
		if (i > 0)
			sql_add(&q, ", ");
		sql_name(&q, table->columns[i].name);
	}
	sql_add(&q, " FROM ");
	sql_name(&q, table->name);
	sql_add(&q, " AS t");
	if (d->leave) {
		const struct restricted r = leave_of(d);

		sql_add(&q, " WHERE TRUE");
		restricted_where_not(db, &r, NULL, &q);
	}
	do {
		more = 0;
		for (size_t i = 0; i < table->column_count; i++) {
			if (table->columns[i].key != key + 1)
				continue;
			if (key == 0)
				sql_add(&q, " ORDER BY ");
			else
				sql_add(&q, ", ");
			sql_name(&q, table->columns[i].name);
			more = 1;
		}
		key++;
	} while (more);
	st = db_query_sql(db, &q, out);
	sql_release(&q);
	return st;
}

static enum status count_left_out(struct dump *d, struct db *db)
{
	struct restricted r;
	int64_t n = 0;
	enum status st;

	if (d->leave == NULL)
		return ST_OK;
	r = leave_of(d);
	st = restricted_count(db, &r, &n);
	d->leave->records += n;
	return st;
}

static enum status dump_rows(struct dump *d, struct db *db, int64_t *records)
{
	struct stmt *s = NULL;
	enum status st;

	if ((st = count_left_out(d, db)) != ST_OK)
		return st;
	if ((st = query(d, db, &s)) != ST_OK)
		return st;
	while (
	    (st = write_text(d, BLOCK)) == ST_OK && (st = db_row(s)) == ST_OK) {
		if (d->format == DUMP_CSV)
			add_line(d, s);
		else
			add_object(d, s);
		++*records;
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* The rest's transaction is begun first: what it lists is then all there. */
static enum status dump_segments(
    struct dump *d, struct segments *segments, int64_t *records)
{
	struct db *db = NULL;
	enum status st;
	size_t i;

	if ((st = segments_refresh(segments)) != ST_OK)
		return st;
	for (i = 0; st == ST_OK && i < segments_count(segments); i++) {
		st = segments_open_db(segments, segments_at(segments, i), &db);
		if (st == ST_OK)
			st = dump_rows(d, db, records);
	}
	return st;
}

static enum status dump_all(
    struct dump *d, struct db *db, struct segments *segments, int64_t *records)
{
	enum status st;

	if (d->format == DUMP_CSV)
		add_header(d);
	if ((st = db_begin(db, DB_READ)) != ST_OK)
		return st;
	st = dump_rows(d, db, records);
	if (st == ST_OK && segments)
		st = dump_segments(d, segments, records);
	db_rollback(db);
	if (st == ST_OK)
		st = write_text(d, 0);
	if (st == ST_OK && fflush(d->to) != 0)
		st = fail_write();
	return st;
}

enum status dump_collection(struct db *db, struct segments *segments,
    const struct db_table *table, const struct collection *collection,
    enum dump_format format, struct dump_leave *leave, FILE *to,
    int64_t *records)
{
	struct dump d = {
		.table = table, .format = format, .leave = leave, .to = to
	};
	int64_t count = 0;
	enum status st;

	d.columns = calloc(table->column_count + 1, sizeof(*d.columns));
	if (d.columns == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < table->column_count; i++)
		column_init(&d.columns[i], &table->columns[i], collection, 0);
	st = dump_all(&d, db, segments, &count);
	buf_release(&d.text);
	free(d.columns);
	if (st == ST_OK && records)
		*records = count;
	return st;
}
