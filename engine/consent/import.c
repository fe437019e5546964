/* Many records at once, all of them or none. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/when.h"
#include "engine/base/zone.h"
#include "engine/consent/add.h"
#include "engine/consent/deed.h"
#include "engine/consent/ends.h"
#include "engine/records/csv.h"
#include "engine/records/jsonl.h"

#define ERRORS_MOST 100
#define COLUMNS     64

enum column {
	IDENTITY,
	VALUE,
	NOTICE,
	KIND,
	AT,
	VERSION,
	LANGUAGE,
	CHANNEL,
	METHOD,
	EVIDENCE,
	EVIDENCE_SHA256,
	COLUMN__MAX
};
static const char *const names[COLUMN__MAX + 1] = { "identity", "value",
	"notice", "kind", "at", "version", "language", "channel", "method",
	"evidence", "evidence_sha256", NULL };

struct import {
	struct installation *in;
	const struct rights_actor *by;
	int64_t records;
	json_t *errors;
	size_t wrong;
	char *cells[COLUMN__MAX]; /* of the line; NULL: not given */
};

/* ---- one line ---- */

static void clear(struct import *m)
{
	for (size_t i = 0; i < COLUMN__MAX; i++) {
		free(m->cells[i]);
		m->cells[i] = NULL;
	}
}

static enum status find_column(const char *name, size_t len, enum column *out)
{
	char word[64];
	const char *near;

	for (size_t i = 0; i < COLUMN__MAX; i++)
		if (strlen(names[i]) == len &&
		    strncmp(names[i], name, len) == 0) {
			*out = (enum column)i;
			return ST_OK;
		}
	len = len < sizeof(word) - 1 ? len : sizeof(word) - 1;
	memcpy(word, name, len);
	word[len] = '\0';
	near = diag_nearest(word, names);
	return fail(ST_INVALID, "unknown column%s%s%s",
	    near ? ", did you mean `"
		 : ": there are identity, value, notice, "
		   "kind, at, version, language, channel, "
		   "method, evidence, evidence_sha256",
	    near ? near : "", near ? "`?" : "");
}

static enum status set(
    struct import *m, enum column column, const struct cell *cell)
{
	if (cell->kind == CELL_NULL || cell->len == 0)
		return ST_OK;
	if (memchr(cell->text, '\0', cell->len))
		return fail(ST_INVALID, "there is a NUL in %s", names[column]);
	if (m->cells[column])
		return fail(ST_INVALID, "%s stands twice", names[column]);
	m->cells[column] = strndup(cell->text, cell->len);
	return m->cells[column] ? ST_OK : fail(ST_NOMEM, "out of memory");
}

static enum status kind_parse(const char *word, enum consent_kind *out)
{
	const char *kinds[CONSENT_KIND__MAX + 1] = { NULL };
	enum status st;

	for (int i = 0; i < CONSENT_KIND__MAX; i++)
		kinds[i] = consent_kind_name((enum consent_kind)i);
	if ((st = deed_word("kind", word, kinds)) != ST_OK)
		return st;
	for (int i = 0; i < CONSENT_KIND__MAX; i++)
		if (word && strcmp(kinds[i], word) == 0)
			*out = (enum consent_kind)i;
	return ST_OK;
}

static enum status at_parse(
    const struct import *m, const char *text, int64_t *out)
{
	struct when w;

	if (text == NULL)
		return fail(ST_INVALID, "at is missing: when was it?");
	if (when_parse(text, strlen(text), &w) != ST_OK)
		return fail(ST_INVALID,
		    "at is not a time such as 2026-03-31T09:00:00+09:00");
	*out =
	    w.kind == WHEN_DATE ? zone_midnight(m->in->zone, w.day) : w.seconds;
	return ST_OK;
}

static enum status version_parse(const char *text, int64_t *out)
{
	char *end;

	if (text == NULL)
		return ST_OK;
	*out = strtoll(text, &end, 10);
	return *end == '\0' && *out > 0
		   ? ST_OK
		   : fail(ST_INVALID, "version is not a number from 1 on");
}

static enum status add(struct import *m)
{
	char *const *c = m->cells;
	struct consent_order o = {
		.identity = c[IDENTITY],
		.value = c[VALUE],
		.notice = c[NOTICE],
		.language = c[LANGUAGE],
		.channel = c[CHANNEL] ? c[CHANNEL] : "portal",
		.method = c[METHOD] ? c[METHOD] : "interface",
		.evidence = c[EVIDENCE],
		.evidence_sha256 = c[EVIDENCE_SHA256],
	};
	int64_t subject = 0;
	enum status st = kind_parse(c[KIND], &o.kind);

	if (st == ST_OK)
		st = at_parse(m, c[AT], &o.at);
	if (st == ST_OK)
		st = version_parse(c[VERSION], &o.version);
	if (st == ST_OK)
		st = consent_add(m->in, m->by, &o, &subject, NULL);
	m->records += st == ST_OK;
	return st;
}

/* What is wrong with a line is kept, and the next one looked at; anything else
 * ends it. */
static enum status line_done(struct import *m, enum status st, int64_t line)
{
	clear(m);
	if (st != ST_INVALID && st != ST_USAGE)
		return st;
	if (m->wrong++ >= ERRORS_MOST)
		return ST_OK;
	return json_push(
	    m->errors, json_pack("{s:I, s:s}", "line", (json_int_t)line,
			   "problem", status_text()));
}

/* ---- files ---- */

static enum status read_jsonl(struct import *m, const char *path)
{
	const struct jsonl_member *members;
	struct jsonl *j = NULL;
	enum status st = jsonl_open(path, NULL, &j), line;
	enum column column;
	size_t count;

	while (st == ST_OK) {
		line = jsonl_next(j, &members, &count);
		if (line == ST_NOTFOUND)
			break;
		for (size_t i = 0; line == ST_OK && i < count; i++) {
			line = find_column(
			    members[i].key, strlen(members[i].key), &column);
			if (line == ST_OK)
				line = set(m, column, &members[i].cell);
		}
		if (line == ST_OK)
			line = add(m);
		st = line_done(m, line, jsonl_place(j).line);
	}
	jsonl_free(j);
	return st;
}

static enum status read_header(
    struct csv *c, enum column columns[COLUMNS], size_t *count)
{
	const struct cell *cells;
	enum status st = csv_next(c, &cells, count);

	if (st == ST_NOTFOUND)
		return fail(ST_INVALID, "there is no header");
	if (st == ST_OK && *count > COLUMNS)
		return fail(ST_INVALID, "there are too many columns");
	for (size_t i = 0; st == ST_OK && i < *count; i++)
		st = find_column(cells[i].text, cells[i].len, &columns[i]);
	return st;
}

static enum status read_csv(struct import *m, const char *path)
{
	enum column columns[COLUMNS];
	const struct cell *cells;
	struct csv *c = NULL;
	size_t columns_count = 0, count;
	enum status st = csv_open(path, NULL, &c), line;

	if (st == ST_OK) {
		line = read_header(c, columns, &columns_count);
		st = line_done(m, line, 1);
		if (line != ST_OK) {
			csv_free(c);
			return st;
		}
	}
	while (st == ST_OK) {
		line = csv_next(c, &cells, &count);
		if (line == ST_NOTFOUND)
			break;
		for (size_t i = 0;
		     line == ST_OK && i < count && i < columns_count; i++)
			line = set(m, columns[i], &cells[i]);
		if (line == ST_OK)
			line = add(m);
		st = line_done(m, line, csv_place(c).line);
	}
	csv_free(c);
	return st;
}

/* ---- all of it ---- */

static enum status finish(struct import *m, enum status st)
{
	if (st == ST_OK && m->wrong)
		st = fail(ST_INVALID,
		    "%zu lines are wrong, and nothing was recorded", m->wrong);
	if (st == ST_OK)
		st = deed_note(m->in, m->by, "consents_imported",
		    json_pack("{s:s, s:I}", "object", "consents", "records",
			(json_int_t)m->records));
	return deed_end(m->in, st);
}

enum status consent_import(struct installation *in,
    const struct rights_actor *by, const char *path, enum consent_format format,
    json_t **out)
{
	struct import m = { .in = in, .by = by, .errors = json_array() };
	json_t *o = NULL;
	enum status st, made;

	if (m.errors == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = deed_begin(in);
	if (st == ST_OK)
		st = format == CONSENT_CSV ? read_csv(&m, path)
					   : read_jsonl(&m, path);
	clear(&m);
	st = finish(&m, st);
	made = st == ST_OK || m.wrong
		   ? json_make(&o, "{s:I, s:O}", "records",
			 (json_int_t)(st == ST_OK ? m.records : 0), "errors",
			 m.errors)
		   : ST_OK;
	json_decref(m.errors);
	if (st == ST_OK)
		st = made == ST_OK ? ends_mark(in, by) : made;
	if (o)
		*out = o;
	return st;
}
