/* The files of a demonstration in a plain SQLite. */
#include "tests/plain.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/when.h"
#include "tests/suites.h"

static void run(sqlite3 *db, const char *sql)
{
	char *error = NULL;

	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK,
	    "%s: %s", sql, error);
}

int64_t plain_number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t n;

	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK,
	    "%s: %s", sql, sqlite3_errmsg(db));
	ck_assert_int_eq(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return n;
}

#define DONE(x) MUST(x, "%s", #x)

/* Times go in as ingest keeps them. */
static void bind(sqlite3_stmt *s, int at, const char *text)
{
	char canonical[WHEN_TEXT];
	int is_time = text && strlen(text) >= 20 && text[4] == '-' &&
		      text[7] == '-' && text[10] == 'T' && text[13] == ':';

	if (is_time) {
		DONE(when_canonical(text, strlen(text), canonical) == ST_OK);
		text = canonical;
	}
	DONE(sqlite3_bind_text(s, at, text, -1, SQLITE_TRANSIENT) == SQLITE_OK);
}

static void insert(sqlite3_stmt *s)
{
	MUST(sqlite3_step(s) == SQLITE_DONE, "%s",
	    sqlite3_errmsg(sqlite3_db_handle(s)));
	(void)sqlite3_reset(s);
}

/* INSERT for a list of columns, which must be all that the table has. */
static sqlite3_stmt *prepare(
    sqlite3 *db, const char *table, const char *columns)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *s = NULL;
	int count = 1;

	for (const char *p = columns; *p; p++)
		count += *p == ',';
	buf_addf(&sql, "SELECT count(*) FROM pragma_table_info('%s')", table);
	ck_assert_int_eq(plain_number(db, buf_text(&sql)), count);
	buf_clear(&sql);
	buf_addf(&sql, "INSERT INTO %s (%s) VALUES (?1", table, columns);
	for (int i = 2; i <= count; i++)
		buf_addf(&sql, ",?%d", i);
	buf_adds(&sql, ")");
	ck_assert_msg(
	    sqlite3_prepare_v2(db, buf_text(&sql), -1, &s, NULL) == SQLITE_OK,
	    "%s: %s", table, sqlite3_errmsg(db));
	buf_release(&sql);
	return s;
}

/* The field at ${*p}, unquoted in place; NULL where there is nothing. */
static char *csv_field(char **p, int *last)
{
	char *start = *p, *in = start, *out = start;
	int quoted = *in == '"';

	in += quoted;
	while (
	    quoted ? *in != '"' || in[1] == '"' : *in != ',' && *in != '\n') {
		DONE(*in);
		in += quoted && *in == '"';
		*out++ = *in++;
	}
	in += quoted;
	*last = *in == '\n';
	DONE(*in == '\n' || *in == ',');
	*p = in + 1;
	*out = '\0';
	return out == start && !quoted ? NULL : start;
}

static void load_csv(sqlite3 *db, const struct demo_file *f, char *text)
{
	char *end = strchr(text, '\n');
	sqlite3_stmt *s;
	int last;

	*end = '\0';
	s = prepare(db, f->collection, text);
	for (char *p = end + 1; *p;) {
		int at = 0;

		do {
			bind(s, ++at, csv_field(&p, &last));
		} while (!last);
		insert(s);
	}
	(void)sqlite3_finalize(s);
}

static void load_jsonl(sqlite3 *db, const struct demo_file *f, char *text)
{
	struct buf columns = BUF_INIT;
	sqlite3_stmt *s = NULL;
	const char *key;
	json_t *value;

	for (char *p = text, *end; *p; p = end + 1) {
		json_t *o;
		int at = 0;

		end = strchr(p, '\n');
		o = json_loadb(p, (size_t)(end - p), 0, NULL);
		DONE(o);
		if (s == NULL) {
			json_object_foreach(o, key, value) buf_addf(
			    &columns, "%s%s", columns.len ? "," : "", key);
			s = prepare(db, f->collection, buf_text(&columns));
		}
		json_object_foreach(o, key, value)
		{
			at++;
			if (json_is_integer(value))
				sqlite3_bind_int64(
				    s, at, json_integer_value(value));
			else
				bind(s, at, json_string_value(value));
		}
		insert(s);
		json_decref(o);
	}
	(void)sqlite3_finalize(s);
	buf_release(&columns);
}

static void read_into(struct buf *b, const char *folder, const char *path)
{
	char full[200];

	buf_clear(b);
	(void)snprintf(full, sizeof(full), "%s/%s", folder, path);
	ck_assert_int_eq(file_read(full, 200 << 20, b), ST_OK);
}

sqlite3 *plain_open(const char *folder, const struct demo_report *report)
{
	static const char *const schemas[] = { "schemas/crm.sql",
		"schemas/login.sql", "schemas/telemetry.sql" };
	struct buf b = BUF_INIT;
	sqlite3 *db = NULL;

	ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	run(db, "PRAGMA foreign_keys = ON; BEGIN");
	for (size_t k = 0; k < 3; k++) {
		read_into(&b, folder, schemas[k]);
		run(db, buf_text(&b));
	}
	for (size_t k = 0; k < DEMO_FILES; k++) {
		const struct demo_file *f = &report->files[k];

		read_into(&b, folder, f->path);
		if (strstr(f->path, ".jsonl"))
			load_jsonl(db, f, b.data);
		else
			load_csv(db, f, b.data);
	}
	buf_release(&b);
	run(db, "COMMIT");
	return db;
}
