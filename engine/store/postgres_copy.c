/*
 * Many records by COPY, a buffer at a time: while a COPY lasts its connection
 * does nothing else, so each buffer is one of its own, and other statements go
 * between.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/store/postgres.h"

#define ROOM ((size_t)256 << 10)

struct db_bulk {
	struct postgres *pg;
	struct buf words; /* COPY ... FROM STDIN */
	struct buf lines;
	int64_t rows; /* in lines */
};

enum status postgres_bulk_open(struct db *db, const struct db_table *table,
    const char *const *columns, size_t count, struct db_bulk **out)
{
	struct db_bulk *bulk = calloc(1, sizeof(*bulk));
	struct sql q = SQL_INIT;
	enum status st;
	size_t i;

	if (bulk == NULL)
		return fail(ST_NOMEM, "out of memory");
	bulk->pg = postgres_of(db);
	sql_add(&q, "COPY ");
	sql_name(&q, table->name);
	sql_add(&q, " (");
	for (i = 0; i < count; i++) {
		if (i)
			sql_add(&q, ", ");
		sql_name(&q, columns[i]);
	}
	sql_add(&q, ") FROM STDIN");
	buf_adds(&bulk->words, buf_text(&q.text));
	st = buf_status(&q.text);
	sql_release(&q);
	if (st == ST_OK)
		st = buf_status(&bulk->words);
	if (st != ST_OK)
		postgres_bulk_close(bulk);
	else
		*out = bulk;
	return st;
}

/* What COPY would take for the end of a value is escaped. */
static void add_escaped(struct buf *out, const char *p, size_t n)
{
	const char *end = p + n;
	size_t plain;

	while (p < end) {
		plain = strcspn(p, "\\\n\r\t");
		buf_add(out, p, plain);
		if ((p += plain) >= end)
			break;
		buf_addc(out, '\\');
		buf_addc(out, *p == '\n'   ? 'n'
			      : *p == '\r' ? 'r'
			      : *p == '\t' ? 't'
					   : '\\');
		p++;
	}
}

static enum status add_value(struct db_bulk *bulk, struct val v)
{
	struct buf text = BUF_INIT;
	enum status st;
	int null = 0;

	st = postgres_val_encode(bulk->pg, v, 0, 0, &text, &null);
	if (st == ST_OK && null)
		buf_adds(&bulk->lines, "\\N");
	else if (st == ST_OK)
		add_escaped(&bulk->lines, text.data, text.len - 1);
	buf_release(&text);
	return st;
}

enum status postgres_bulk_row(
    struct db_bulk *bulk, const struct val *vals, size_t count, int *full)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < count; i++) {
		if (i)
			buf_addc(&bulk->lines, '\t');
		st = add_value(bulk, vals[i]);
	}
	buf_addc(&bulk->lines, '\n');
	bulk->rows++;
	*full = bulk->lines.len >= ROOM;
	return st == ST_OK ? buf_status(&bulk->lines) : st;
}

/* "COPY positions, line 3, column id: ..." */
static int64_t row_of(const PGresult *res)
{
	const char *p = PQresultErrorField(res, PG_DIAG_CONTEXT);

	if (p == NULL || strncmp(p, "COPY ", 5) != 0)
		return 0;
	p = strstr(p, ", line ");
	return p ? strtoll(p + strlen(", line "), NULL, 10) : 0;
}

static enum status end(struct db_bulk *bulk, int64_t *row)
{
	struct postgres *pg = bulk->pg;
	PGresult *res = PQgetResult(pg->conn), *more;
	enum status st = ST_OK;

	if (PQresultStatus(res) != PGRES_COMMAND_OK) {
		st = postgres_fail(pg, res, buf_text(&bulk->words));
		*row = row_of(res);
	}
	PQclear(res);
	while ((more = PQgetResult(pg->conn)) != NULL)
		PQclear(more);
	return st;
}

enum status postgres_bulk_flush(struct db_bulk *bulk, int64_t *row)
{
	struct postgres *pg = bulk->pg;
	PGresult *res;
	enum status st = ST_OK;

	*row = 0;
	if (bulk->rows == 0)
		return ST_OK;
	res = PQexec(pg->conn, buf_text(&bulk->words));
	if (PQresultStatus(res) != PGRES_COPY_IN)
		st = postgres_fail(pg, res, buf_text(&bulk->words));
	PQclear(res);
	if (st != ST_OK)
		return st;
	/* A refusal shows at the end, with its place. */
	(void)PQputCopyData(pg->conn, bulk->lines.data, (int)bulk->lines.len);
	(void)PQputCopyEnd(pg->conn, NULL);
	st = end(bulk, row);
	explicit_bzero(bulk->lines.data, bulk->lines.len);
	buf_clear(&bulk->lines);
	bulk->rows = 0;
	return st;
}

void postgres_bulk_close(struct db_bulk *bulk)
{
	if (bulk == NULL)
		return;
	if (bulk->lines.data)
		explicit_bzero(bulk->lines.data, bulk->lines.size);
	buf_release(&bulk->lines);
	buf_release(&bulk->words);
	free(bulk);
}
