/*
 * From the names in a file to the columns of a table.  A CSV file names them
 * once; JSON objects each time, so what was found out about a set of keys is
 * kept for the records that follow.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/model/diag.h"
#include "engine/records/intake.h"

#define NONE      INTAKE_NONE
#define NAME_TEXT 64

void layout_close(struct layout *l)
{
	for (size_t i = 0; i < l->insert_count; i++)
		db_insert_close(l->inserts[i]);
	free(l->inserts);
	l->inserts = NULL;
	l->insert_count = 0;
}

void layout_release(struct layout *l)
{
	layout_close(l);
	free(l->columns);
	free(l->terms);
	free(l->key);
	*l = (struct layout){ 0 };
}

static int is_named(const struct column *col, const struct layout_name *name)
{
	return strlen(col->db->name) == name->len &&
	       memcmp(col->db->name, name->text, name->len) == 0;
}

static size_t find_column(
    const struct intake *in, const struct layout_name *name)
{
	for (size_t i = 0; i < in->target->table->column_count; i++)
		if (is_named(&in->columns[i], name))
			return i;
	return NONE;
}

/* ---- names that do not fit ---- */

/* A name may be shown if it looks like one: a file without a header line has
 * somebody's data there. */
static int copy_name(const struct layout_name *name, char out[NAME_TEXT])
{
	if (name->len == 0 || name->len >= NAME_TEXT)
		return 0;
	for (size_t i = 0; i < name->len; i++) {
		unsigned char c = (unsigned char)name->text[i];

		if (!isalnum(c) && strchr("_-. ", c) == NULL)
			return 0;
		out[i] = (char)c;
	}
	out[name->len] = '\0';
	return 1;
}

static const char *nearest_name(struct intake *in, const char *name)
{
	size_t n = in->target->table->column_count;

	for (size_t i = 0; i < n; i++)
		if (strcasecmp(in->columns[i].db->name, name) == 0)
			return in->columns[i].db->name;
	for (size_t i = 0; i < n; i++)
		in->words[i] = in->columns[i].db->name;
	in->words[n] = NULL;
	return diag_nearest(name, in->words);
}

static enum status report_unknown(
    struct intake *in, int64_t line, const struct layout_name *name, size_t at)
{
	const char *collection = in->target->collection->name, *nearest;
	char shown[NAME_TEXT];

	if (!copy_name(name, shown))
		return intake_problem(in, ST_INVALID, line, NULL,
		    "name %zu of the line has %zu characters and is no field "
		    "of %s: correct or remove it",
		    at + 1, utf8_length(name->text, name->len), collection);
	nearest = nearest_name(in, shown);
	return intake_problem(in, ST_INVALID, line, shown,
	    "%s has no such field: %s%s%s", collection,
	    nearest ? "did you mean `" : "correct or remove it",
	    nearest ? nearest : "", nearest ? "`?" : "");
}

static enum status report_no_header(struct intake *in, int64_t line)
{
	return intake_problem(in, ST_INVALID, line, NULL,
	    "none of the names is a field of %s, expected a header line such "
	    "as `%s,...`: add it",
	    in->target->collection->name, in->columns[0].db->name);
}

/* ---- checks ---- */

static int is_ignored(const struct intake *in, const char *column)
{
	const struct collection *c = in->target->collection;

	for (size_t i = 0; i < c->ignore_count; i++)
		if (strcmp(c->ignore[i], column) == 0)
			return 1;
	return 0;
}

/* One name: its column, or a problem. */
static enum status check_name(struct intake *in, int64_t line,
    const struct layout_name *name, size_t at, size_t *column)
{
	const struct column *col;
	size_t i = find_column(in, name);

	*column = i;
	if (i == NONE)
		return report_unknown(in, line, name, at);
	col = &in->columns[i];
	if (in->seen[i])
		return intake_problem(in, ST_INVALID, line, col->db->name,
		    "named twice: remove one of the two");
	in->seen[i] = 1;
	if (col->db->generated)
		return intake_problem(in, ST_INVALID, line, col->db->name,
		    "the store computes it: leave the column out");
	if (col->field && col->field->read_only)
		return intake_problem(in, ST_INVALID, line, col->db->name,
		    "read-only in the dataset: leave the column out");
	if (col->field || in->noted[i] || is_ignored(in, col->db->name))
		return ST_OK;
	in->noted[i] = 1;
	return intake_note(in, line, col->db->name,
	    "not in the dataset, so that no deletion rule covers it: describe "
	    "it there");
}

static enum status check_missing(struct intake *in, int64_t line)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < in->target->table->column_count;
	     i++) {
		const struct column *col = &in->columns[i];

		if (in->seen[i] || col->is_computed)
			continue;
		if (col->db->has_default ||
		    (col->field && col->field->read_only)) {
			in->left_out[i] = 1;
			continue;
		}
		if (col->db->key)
			st = intake_problem(in, ST_INVALID, line, col->db->name,
			    "missing, expected it as part of the primary key: "
			    "add it");
		else if (col->db->not_null)
			st = intake_problem(in, ST_INVALID, line, col->db->name,
			    "missing, expected it because it takes no NULL and "
			    "has no default: add it");
	}
	if (st == ST_OK && in->target->computed_count > 0)
		st = term_check_missing(in, line);
	return st;
}

static enum status check_names(struct intake *in,
    const struct layout_name *names, size_t count, size_t *columns)
{
	size_t problems = in->report->problem_count, known = 0;
	int64_t line = intake_place(in).line;
	enum status st = ST_OK;

	memset(in->seen, 0, in->target->table->column_count);
	for (size_t i = 0; i < count; i++)
		known += find_column(in, &names[i]) != NONE;
	if (known == 0 && in->csv)
		return report_no_header(in, line);
	for (size_t i = 0; i < count && st == ST_OK; i++)
		st = check_name(in, line, &names[i], i, &columns[i]);
	/* A name that is misspelt is not missing as well. */
	if (st != ST_OK || in->report->problem_count != problems)
		return st;
	return check_missing(in, line);
}

/* ---- layouts ---- */

static int fits(const struct intake *in, const struct layout *l,
    const struct layout_name *names, size_t count)
{
	if (l->columns == NULL || l->count != count)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (!is_named(&in->columns[l->columns[i]], &names[i]))
			return 0;
	return 1;
}

/* Put ${l} first and the ones that were before ${at} one back. */
static void put_first(struct intake *in, struct layout l, size_t at)
{
	memmove(in->layouts + 1, in->layouts, at * sizeof(l));
	in->layouts[0] = l;
}

static enum status add_lanes(struct layout *l, size_t count)
{
	struct db_insert **grown;

	grown = reallocarray(l->inserts, count, sizeof(struct db_insert *));
	if (grown == NULL)
		return fail(ST_NOMEM, "out of memory");
	l->inserts = grown;
	while (l->insert_count < count)
		grown[l->insert_count++] = NULL;
	return ST_OK;
}

enum status layout_insert(
    struct intake *in, struct layout *l, size_t lane, struct db_insert **out)
{
	enum status st = ST_OK;

	if (lane >= l->insert_count)
		st = add_lanes(l, in->lanes.count);
	if (st == ST_OK && l->inserts[lane] == NULL) {
		for (size_t i = 0; i < l->total; i++)
			in->words[i] = in->columns[l->columns[i]].db->name;
		st = db_insert_open(in->lanes.list[lane].db, in->target->table,
		    in->words, l->total, in->mode, &l->inserts[lane]);
	}
	if (st == ST_OK)
		*out = l->inserts[lane];
	return st;
}

static size_t place_of(
    const struct intake *in, const struct layout *l, const char *name)
{
	for (size_t i = 0; i < l->total; i++)
		if (strcmp(in->columns[l->columns[i]].db->name, name) == 0)
			return i;
	return NONE;
}

/* Where a record's time and key are, by which it finds its segment. */
static enum status set_places(const struct intake *in, struct layout *l)
{
	const struct lanes *lanes = &in->lanes;
	size_t n = lanes->key_count;

	l->time = NONE;
	if (lanes->segments == NULL)
		return ST_OK;
	if (lanes->time)
		l->time = place_of(in, l, lanes->time->name);
	if ((l->key = calloc(n + 1, sizeof(*l->key))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		l->key[i] = place_of(in, l, lanes->keys[i]);
		if (l->key[i] == NONE)
			n = 0;
	}
	if (n == 0) {
		free(l->key);
		l->key = NULL;
	}
	return ST_OK;
}

enum status layout_use(struct intake *in, const struct layout_name *names,
    size_t count, int *usable)
{
	size_t problems = in->report->problem_count;
	struct layout l = { .count = count, .total = count };
	enum status st;

	for (size_t i = 0; i < INTAKE_LAYOUTS; i++) {
		if (!fits(in, &in->layouts[i], names, count))
			continue;
		if (i > 0)
			put_first(in, in->layouts[i], i);
		*usable = 1;
		return ST_OK;
	}
	l.columns = calloc(
	    count + in->target->table->column_count + 1, sizeof(*l.columns));
	if (l.columns == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = check_names(in, names, count, l.columns);
	*usable = st == ST_OK && in->report->problem_count == problems;
	if (*usable && in->target->computed_count > 0)
		st = term_layout(in, &l);
	if (*usable && st == ST_OK)
		st = set_places(in, &l);
	if (!*usable || st != ST_OK) {
		layout_release(&l);
		return st;
	}
	st = intake_flush(in, &in->layouts[INTAKE_LAYOUTS - 1]);
	layout_release(&in->layouts[INTAKE_LAYOUTS - 1]);
	put_first(in, l, INTAKE_LAYOUTS - 1);
	return ST_OK;
}
