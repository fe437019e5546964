/*
 * JSON lines.  jansson checks each line and decodes its strings; a walk over
 * the line, which then is known to be well-formed, finds the text of each
 * member's value, because jansson's numbers are 64-bit integers and doubles
 * and a file's need not be.  jansson's own messages quote the line and are
 * never shown.
 */
#include "engine/records/jsonl.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct jsonl {
	struct feed feed;
	json_t *object; /* owns the strings of the members */
	struct jsonl_member *members;
	size_t size;
	int64_t line;  /* the next one */
	int64_t blank; /* the first line with nothing on it */
	struct cell_place place;
};

enum status jsonl_open(
    const char *path, const struct feed_watch *watch, struct jsonl **out)
{
	struct jsonl *j;
	enum status st;

	if ((j = calloc(1, sizeof(*j))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = feed_open(&j->feed, path, watch)) != ST_OK) {
		free(j);
		return st;
	}
	j->line = 1;
	*out = j;
	return ST_OK;
}

void jsonl_free(struct jsonl *j)
{
	if (j == NULL)
		return;
	feed_close(&j->feed);
	json_decref(j->object);
	free(j->members);
	free(j);
}

struct cell_place jsonl_place(const struct jsonl *j) { return j->place; }

int64_t jsonl_bytes(const struct jsonl *j, int64_t *total)
{
	*total = j->feed.total;
	return j->feed.read;
}

/* ---- lines ---- */

static enum status next_line(struct jsonl *j, const char **line, size_t *len)
{
	struct feed *f = &j->feed;
	char *stop;
	enum status st;

	j->place = (struct cell_place){ .line = j->line };
	for (;;) {
		stop = memchr(f->data + f->pos, '\n', f->end - f->pos);
		if (stop != NULL || f->ended)
			break;
		if ((st = feed_more(f, CELL_MOST_WAITING)) != ST_OK)
			return st;
	}
	if (f->pos == f->end)
		return ST_NOTFOUND;
	if (stop == NULL)
		stop = f->data + f->end;
	*line = f->data + f->pos;
	*len = (size_t)(stop - *line);
	if (*len > CELL_MOST_BYTES)
		return fail(ST_LIMIT,
		    "the line is longer than %zu MiB: split it",
		    CELL_MOST_BYTES >> 20);
	return ST_OK;
}

static void take_line(struct jsonl *j, size_t len)
{
	j->feed.pos += len;
	if (j->feed.pos < j->feed.end)
		j->feed.pos++; /* the line break */
	j->line++;
}

static int is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr(" \t\r", line[i]) == NULL || line[i] == '\0')
			return 0;
	return 1;
}

/* ---- one line ---- */

static enum status say_wrong(const json_error_t *e)
{
	switch (json_error_code(e)) {
	case json_error_out_of_memory: return fail(ST_NOMEM, "out of memory");
	case json_error_stack_overflow:
		return fail(
		    ST_INVALID, "found JSON nested too deeply: flatten it");
	case json_error_invalid_utf8:
		return fail(ST_INVALID,
		    "not UTF-8 near column %d: convert the file, for example "
		    "with iconv -t UTF-8",
		    e->column);
	case json_error_duplicate_key:
		return fail(ST_INVALID,
		    "the key that ends in column %d is there twice: keep one",
		    e->column);
	case json_error_numeric_overflow:
		return fail(ST_INVALID,
		    "the number that ends in column %d is too large: write "
		    "it as a string",
		    e->column);
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return fail(ST_INVALID,
		    "found a NUL character near column %d, expected text: "
		    "remove it",
		    e->column);
	case json_error_premature_end_of_input:
		return fail(ST_INVALID,
		    "the line ends inside the object: write each object on "
		    "one line");
	default:
		return fail(ST_INVALID,
		    "not JSON near column %d, expected one object: correct "
		    "the line",
		    e->column);
	}
}

static enum status decode(struct jsonl *j, const char *line, size_t len)
{
	const char *nul = memchr(line, '\0', len);
	json_error_t e;

	/* jansson takes one behind a number, and the walk would end there. */
	if (nul)
		return fail(ST_INVALID,
		    "found a NUL character in byte %zu of the line, expected "
		    "text: remove it",
		    (size_t)(nul - line) + 1);
	json_decref(j->object);
	j->object = json_loadb(line, len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY,
	    &e);
	if (j->object == NULL)
		return say_wrong(&e);
	if (!json_is_object(j->object))
		return fail(ST_INVALID,
		    "found JSON that is no object, expected one: write "
		    "{\"field\": value, ...}");
	if (json_object_size(j->object) > CELL_MOST_FIELDS)
		return fail(ST_INVALID,
		    "found %zu fields, expected at most %zu: split the table",
		    json_object_size(j->object), CELL_MOST_FIELDS);
	return ST_OK;
}

/* The steps of a walk over well-formed JSON. */
static const char *skip_space(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

static const char *skip_string(const char *p)
{
	for (p++; *p != '"'; p++)
		p += *p == '\\';
	return p + 1;
}

static const char *skip_value(const char *p)
{
	size_t depth = 0, n;

	do {
		switch (*p) {
		case '"': p = skip_string(p); break;
		case '{':
		case '[':
			depth++;
			p++;
			break;
		case '}':
		case ']':
			depth--;
			p++;
			break;
		default: n = strcspn(p, "\"{}[],: \t\r\n"); p += n > 0 ? n : 1;
		}
	} while (depth > 0);
	return p;
}

static struct cell cell_of(const json_t *v, const char *text, size_t len)
{
	struct cell cell = { .kind = CELL_NULL, .text = text, .len = len };

	switch (json_typeof(v)) {
	case JSON_STRING:
		cell.kind = CELL_TEXT;
		cell.text = json_string_value(v);
		cell.len = json_string_length(v);
		break;
	case JSON_INTEGER:
	case JSON_REAL: cell.kind = CELL_NUMBER; break;
	case JSON_TRUE: cell.kind = CELL_TRUE; break;
	case JSON_FALSE: cell.kind = CELL_FALSE; break;
	case JSON_OBJECT:
	case JSON_ARRAY: cell.kind = CELL_JSON; break;
	default: break;
	}
	return cell;
}

/* jansson hands the members out in the order in which they were read. */
static void collect(struct jsonl *j, const char *line)
{
	const char *p = strchr(line, '{') + 1, *start, *key;
	json_t *value;
	size_t n = 0;

	json_object_foreach(j->object, key, value)
	{
		p = skip_string(skip_space(p));
		start = skip_space(skip_space(p) + 1); /* the colon */
		p = skip_value(start);
		j->members[n].key = key;
		j->members[n++].cell =
		    cell_of(value, start, (size_t)(p - start));
		p = skip_space(p) + 1; /* the comma */
	}
}

static enum status make_room(struct jsonl *j, size_t count)
{
	struct jsonl_member *members;

	if (count <= j->size)
		return ST_OK;
	members = reallocarray(j->members, count, sizeof(*members));
	if (members == NULL)
		return fail(ST_NOMEM, "out of memory");
	j->members = members;
	j->size = count;
	return ST_OK;
}

enum status jsonl_next(
    struct jsonl *j, const struct jsonl_member **members, size_t *count)
{
	const char *line;
	size_t len, n;
	enum status st;

	while (
	    (st = next_line(j, &line, &len)) == ST_OK && is_blank(line, len)) {
		if (j->blank == 0)
			j->blank = j->line;
		take_line(j, len);
	}
	if (st != ST_OK)
		return st;
	if (j->blank != 0) {
		j->place = (struct cell_place){ .line = j->blank };
		j->blank = 0;
		return fail(ST_INVALID, "the line is empty: remove it");
	}
	take_line(j, len);
	if ((st = decode(j, line, len)) != ST_OK)
		return st;
	n = json_object_size(j->object);
	if ((st = make_room(j, n)) != ST_OK)
		return st;
	collect(j, line);
	*members = j->members;
	*count = n;
	return ST_OK;
}
