/* Many disclosures at once, all of them or none. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/when.h"
#include "engine/base/zone.h"
#include "engine/consent/deed.h"
#include "engine/consent/disclosure.h"
#include "engine/records/csv.h"

#define ERRORS_MOST 100

enum column {
	IDENTITY,
	VALUE,
	RECIPIENT,
	NAME,
	ITEMS,
	BASIS,
	ACQUIRED,
	AT,
	SECRET_UNTIL,
	COLUMN__MAX
};
static const char *const names[COLUMN__MAX + 1] = { "identity", "value",
	"recipient", "name", "items", "basis", "acquired", "at", "secret_until",
	NULL };

struct import {
	struct installation *in;
	const struct rights_actor *by;
	enum column columns[COLUMN__MAX];
	size_t column_count;
	json_int_t records;
	json_t *errors;
	size_t wrong;
};

/* ---- one line ---- */

static enum status time_of(
    const struct import *m, const char *what, const char *text, int64_t *out)
{
	struct when w;

	if (when_parse(text, strlen(text), &w) != ST_OK || w.kind == WHEN_NONE)
		return fail(ST_INVALID,
		    "%s is not a time such as 2026-03-31T09:00:00+09:00", what);
	*out =
	    w.kind == WHEN_DATE ? zone_midnight(m->in->zone, w.day) : w.seconds;
	return ST_OK;
}

static enum status add(struct import *m, char *const *c)
{
	struct disclosure d = { .identity = c[IDENTITY],
		.value = c[VALUE],
		.recipient = c[RECIPIENT],
		.name = c[NAME],
		.items = c[ITEMS],
		.basis = c[BASIS],
		.acquired = c[ACQUIRED] };
	int64_t number = 0;
	enum status st;

	if (c[IDENTITY] == NULL || c[VALUE] == NULL)
		return fail(ST_INVALID, "whose is it? identity and value");
	if (c[AT] == NULL)
		return fail(ST_INVALID, "at is missing: when was it?");
	st = time_of(m, "at", c[AT], &d.at);
	if (st == ST_OK && c[SECRET_UNTIL])
		st = time_of(
		    m, "secret_until", c[SECRET_UNTIL], &d.secret_until);
	if (st == ST_OK)
		st = disclosure_insert(m->in, m->by, &d, &number);
	m->records += st == ST_OK;
	return st;
}

static enum status read_line(
    struct import *m, const struct cell *cells, size_t count)
{
	char *texts[COLUMN__MAX] = { NULL };
	enum status st = ST_OK;

	if (count != m->column_count)
		return fail(ST_INVALID, "it has %zu fields, the header %zu",
		    count, m->column_count);
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		if (cells[i].kind == CELL_NULL || cells[i].len == 0)
			continue;
		if (memchr(cells[i].text, '\0', cells[i].len))
			st = fail(ST_INVALID, "there is a NUL");
		else if ((texts[m->columns[i]] =
				 strndup(cells[i].text, cells[i].len)) == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	if (st == ST_OK)
		st = add(m, texts);
	for (size_t i = 0; i < COLUMN__MAX; i++)
		free(texts[i]);
	return st;
}

/* What is wrong with a line is kept, and the next one looked at. */
static enum status line_done(struct import *m, enum status st, int64_t line)
{
	if (st != ST_INVALID && st != ST_USAGE)
		return st;
	if (m->wrong++ >= ERRORS_MOST)
		return ST_OK;
	return json_push(
	    m->errors, json_pack("{s:I, s:s}", "line", (json_int_t)line,
			   "problem", status_text()));
}

/* ---- the file ---- */

static enum status find_column(const struct cell *cell, enum column *out)
{
	char word[32] = "";
	const char *near;

	for (size_t i = 0; i < COLUMN__MAX; i++)
		if (strlen(names[i]) == cell->len &&
		    memcmp(names[i], cell->text, cell->len) == 0) {
			*out = (enum column)i;
			return ST_OK;
		}
	if (cell->len < sizeof(word))
		memcpy(word, cell->text, cell->len);
	near = diag_nearest(word, names);
	return fail(ST_INVALID,
	    "unknown column%s%s%s: there are identity, value, recipient, "
	    "name, items, basis, acquired, at, secret_until",
	    near ? ", did you mean `" : "", near ? near : "", near ? "`?" : "");
}

static enum status read_header(struct import *m, struct csv *c)
{
	const struct cell *cells;
	size_t count = 0;
	enum status st = csv_next(c, &cells, &count);

	if (st == ST_NOTFOUND)
		return fail(ST_INVALID, "there is no header");
	if (st == ST_OK && count > COLUMN__MAX)
		return fail(ST_INVALID, "there are too many columns");
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		st = find_column(&cells[i], &m->columns[i]);
		for (size_t k = 0; st == ST_OK && k < i; k++)
			if (m->columns[k] == m->columns[i])
				st = fail(ST_INVALID, "%s stands twice",
				    names[m->columns[i]]);
	}
	m->column_count = count;
	return st;
}

static enum status read_csv(struct import *m, const char *path)
{
	const struct cell *cells;
	struct csv *c = NULL;
	size_t count = 0;
	enum status st = csv_open(path, NULL, &c), line;

	if (st != ST_OK)
		return st;
	line = read_header(m, c);
	st = line_done(m, line, 1);
	while (line == ST_OK && st == ST_OK) {
		enum status one = csv_next(c, &cells, &count);

		if (one == ST_NOTFOUND)
			break;
		if (one == ST_OK)
			one = read_line(m, cells, count);
		st = line_done(m, one, csv_place(c).line);
	}
	csv_free(c);
	return st;
}

enum status disclosure_import(struct installation *in,
    const struct rights_actor *by, const char *path, json_t **out)
{
	struct import m = { .in = in, .by = by };
	enum status st = json_made(json_array(), &m.errors), said;

	if (st == ST_OK)
		st = deed_begin(in);
	if (st == ST_OK)
		st = read_csv(&m, path);
	if (st == ST_OK && m.wrong)
		st = fail(ST_INVALID,
		    "%zu lines are wrong, and nothing was recorded", m.wrong);
	st = deed_end(in, st);
	if (st == ST_OK)
		st = json_make(out, "{s:I}", "records", m.records);
	else if (m.wrong) {
		said = json_make(out, "{s:O}", "errors", m.errors);
		st = said == ST_OK ? st : said;
	}
	json_decref(m.errors);
	return st;
}
