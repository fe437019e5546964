/*
 * Cells become values.  Unlike in SQLite, a column of numbers takes numbers
 * only.
 */
#include "engine/records/column.h"

#include <jansson.h>
#include <string.h>

#include "engine/base/base64.h"
#include "engine/base/number.h"
#include "engine/base/utf8.h"
#include "engine/records/json_text.h"
#include "engine/records/shape.h"

/* 1 if the dataset says that the field has parts of its own. */
static int is_nested(const struct collection *c, const struct field *f)
{
	const char *type = f->data_type ? f->data_type : "";
	size_t len = strlen(f->name);

	if (strncmp(type, "object", 7) == 0 || strstr(type, "[]"))
		return 1;
	for (size_t i = 0; i < c->field_count; i++)
		if (strncmp(c->fields[i].name, f->name, len) == 0 &&
		    c->fields[i].name[len] == '.')
			return 1;
	return 0;
}

void column_init(struct column *col, const struct db_column *db,
    const struct collection *collection, int is_time)
{
	const struct field *f = collection_field(collection, db->name);

	*col = (struct column){ .db = db, .field = f, .is_time = is_time };
	col->kind = column_kind_of(db->type);
	col->is_personal = f == NULL || field_is_personal(f);
	if (f != NULL && is_nested(collection, f))
		col->kind = COLUMN_JSON;
}

void column_release(struct column *col) { buf_release(&col->text); }

/* ---- what is wrong ---- */

static enum status refuse(
    const struct column *col, const struct cell *cell, const char *expected)
{
	char found[SHAPE_TEXT];

	shape_of(cell, col->is_personal, found);
	return fail(ST_INVALID, "found %s, expected %s", found, expected);
}

/* ---- values ---- */

static struct val text_val(const char *p, size_t n)
{
	return (struct val){ .type = VAL_TEXT, .p = p, .n = n };
}

static enum status read_text(
    struct column *col, const struct cell *cell, struct val *out)
{
	int64_t most = col->field ? col->field->length : -1;
	size_t len;

	if (cell->kind != CELL_TEXT)
		return refuse(col, cell, "text: put it in quotes");
	if (most >= 0 && cell->len > (uint64_t)most &&
	    (len = utf8_length(cell->text, cell->len)) > (uint64_t)most)
		return fail(ST_INVALID,
		    "found text of %zu characters, expected at most %lld: "
		    "shorten it, or correct `length` in the dataset",
		    len, (long long)most);
	*out = text_val(cell->text, cell->len);
	return ST_OK;
}

static int is_word(const struct cell *cell, const char *word)
{
	return cell->len == strlen(word) &&
	       strncasecmp(cell->text, word, cell->len) == 0;
}

/* "true" and 1 as JSON and as CSV say it. */
static int read_truth(const struct cell *cell, struct val *out)
{
	int plain = cell->kind == CELL_TEXT || cell->kind == CELL_NUMBER;

	if (cell->kind == CELL_TRUE || (plain && is_word(cell, "true")) ||
	    (plain && is_word(cell, "1")))
		*out = INT(1);
	else if (cell->kind == CELL_FALSE ||
		 (plain && is_word(cell, "false")) ||
		 (plain && is_word(cell, "0")))
		*out = INT(0);
	else
		return 0;
	return 1;
}

static enum status read_int(
    struct column *col, const struct cell *cell, struct val *out)
{
	int64_t i;

	if ((cell->kind == CELL_TEXT || cell->kind == CELL_NUMBER) &&
	    number_int(cell->text, cell->len, &i) == ST_OK)
		*out = INT(i);
	else if (cell->kind == CELL_TRUE || cell->kind == CELL_FALSE)
		*out = INT(cell->kind == CELL_TRUE);
	else
		return refuse(col, cell,
		    "an integer of at most 64 bits: write digits only");
	return ST_OK;
}

static enum status read_real(
    struct column *col, const struct cell *cell, struct val *out)
{
	double r;

	if ((cell->kind != CELL_TEXT && cell->kind != CELL_NUMBER) ||
	    number_real(cell->text, cell->len, &r) != ST_OK)
		return refuse(col, cell,
		    "a number: write it with a decimal point, without spaces "
		    "or separators");
	*out = REAL(r);
	return ST_OK;
}

/* Bound as text: the database finds the best form. */
static enum status read_numeric(
    struct column *col, const struct cell *cell, struct val *out)
{
	enum status st;

	if (cell->kind == CELL_TRUE || cell->kind == CELL_FALSE)
		return read_int(col, cell, out);
	if ((st = read_real(col, cell, out)) != ST_OK)
		return st;
	if (!number_exact(cell->text, cell->len))
		return refuse(col, cell,
		    "a number that the store can hold exactly: write fewer "
		    "digits, or declare the column as TEXT");
	*out = text_val(cell->text, cell->len);
	return ST_OK;
}

static enum status read_any(
    struct column *col, const struct cell *cell, struct val *out)
{
	int64_t i;

	switch (cell->kind) {
	case CELL_NULL: *out = NIL; break;
	case CELL_TEXT: return read_text(col, cell, out);
	case CELL_NUMBER:
		if (number_int(cell->text, cell->len, &i) != ST_OK)
			return read_real(col, cell, out);
		*out = INT(i);
		break;
	case CELL_TRUE: *out = INT(1); break;
	case CELL_FALSE: *out = INT(0); break;
	case CELL_JSON:
		return refuse(col, cell,
		    "one value: give the field data_type: object in the "
		    "dataset");
	}
	return ST_OK;
}

/* {"base64": "..."}, as dump writes bytes into JSON. */
static json_t *decode_bytes(const struct cell *cell, struct cell *inner)
{
	json_t *root = json_loadb(cell->text, cell->len, 0, NULL), *text;

	text = json_object_get(root, "base64");
	if (json_object_size(root) == 1 && json_is_string(text)) {
		inner->text = json_string_value(text);
		inner->len = json_string_length(text);
		return root;
	}
	json_decref(root);
	return NULL;
}

static enum status read_blob(
    struct column *col, const struct cell *cell, struct val *out)
{
	struct cell inner = *cell;
	json_t *root = NULL;
	enum status st = ST_INVALID;

	buf_clear(&col->text);
	if (cell->kind == CELL_JSON)
		root = decode_bytes(cell, &inner);
	if (root != NULL || cell->kind == CELL_TEXT)
		st = base64_decode(&col->text, inner.text, inner.len);
	json_decref(root);
	if (st == ST_INVALID)
		return refuse(col, cell,
		    "bytes in base64: encode them with padding and without "
		    "line breaks");
	if (st == ST_OK)
		*out = BLOB(buf_text(&col->text), col->text.len);
	return st;
}

static enum status read_json(
    struct column *col, const struct cell *cell, struct val *out)
{
	json_t *root = NULL;
	json_error_t e = { 0 };
	enum status st;

	buf_clear(&col->text);
	if (cell->kind == CELL_JSON || cell->kind == CELL_TEXT)
		root = json_loadb(
		    cell->text, cell->len, JSON_REJECT_DUPLICATES, &e);
	if (root == NULL && json_error_code(&e) == json_error_out_of_memory)
		return fail(ST_NOMEM, "out of memory");
	if (root == NULL)
		return refuse(col, cell,
		    "a JSON object or array, keys once each and integers of "
		    "64 bits: correct it");
	st = json_text_value(&col->text, root);
	json_decref(root);
	if (st == ST_OK)
		*out = text_val(buf_text(&col->text), col->text.len);
	return st;
}

enum status column_read(
    struct column *col, const struct cell *cell, struct val *out)
{
	if (cell->kind == CELL_NULL) {
		if ((col->db->not_null || col->db->key) && !col->is_computed)
			return fail(ST_INVALID,
			    "found nothing, expected a value: the column "
			    "takes no NULL");
		*out = NIL;
		return ST_OK;
	}
	if (col->is_time)
		return column_read_time(col, cell, out);
	switch (col->kind) {
	case COLUMN_ANY: return read_any(col, cell, out);
	case COLUMN_TEXT: return read_text(col, cell, out);
	case COLUMN_INTEGER: return read_int(col, cell, out);
	case COLUMN_REAL: return read_real(col, cell, out);
	case COLUMN_NUMERIC: return read_numeric(col, cell, out);
	case COLUMN_BOOLEAN:
		return read_truth(cell, out)
			   ? ST_OK
			   : refuse(col, cell, "true or false");
	case COLUMN_BLOB: return read_blob(col, cell, out);
	case COLUMN_JSON: return read_json(col, cell, out);
	}
	return ST_OK;
}
