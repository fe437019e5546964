/*
 * A CSV reader that copies nothing: a record is scanned where it lies in the
 * feed, eight bytes at a time, and its fields point into it.  Scanning changes
 * nothing, so that a record cut off by the end of the buffer is simply scanned
 * anew with more behind it; only then are doubled quotes taken out.
 *
 * A malformed record is scanned to its end as well as can be, so that the
 * lines after it can be judged; the first thing wrong with it is kept.
 */
#include "engine/records/csv.h"

#include <endian.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"

enum csv_wrong {
	CSV_FINE,
	CSV_STRAY_QUOTE,
	CSV_STRAY_RETURN,
	CSV_BEHIND_QUOTE,
	CSV_OPEN_QUOTE,
	CSV_NOT_UTF8,
	CSV_NUL,
};

struct csv {
	struct feed feed;
	struct cell cells[CELL_MOST_FIELDS];
	uint8_t doubled[CELL_MOST_FIELDS]; /* has quotes to take out */
	int any_doubled;
	size_t count;    /* fields of this record, also beyond the limit */
	size_t expected; /* fields of the first record; 0: none yet */
	int64_t line;    /* where this record begins */
	int64_t lines;   /* line breaks in it so far */
	int64_t blank;   /* the first line with nothing on it */
	struct cell_place place;
	enum csv_wrong wrong;
	size_t wrong_byte; /* from 1, in the field */
};

enum status csv_open(
    const char *path, const struct feed_watch *watch, struct csv **out)
{
	struct csv *c;
	enum status st;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = feed_open(&c->feed, path, watch)) != ST_OK) {
		free(c);
		return st;
	}
	c->line = 1;
	*out = c;
	return ST_OK;
}

void csv_free(struct csv *c)
{
	if (c == NULL)
		return;
	feed_close(&c->feed);
	free(c);
}

struct cell_place csv_place(const struct csv *c) { return c->place; }

int64_t csv_bytes(const struct csv *c, int64_t *total)
{
	*total = c->feed.total;
	return c->feed.read;
}

/* ---- scanning ---- */

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t word_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

/*
 * The top bit of every byte that is a quote, a control character or no ASCII.
 * Borrows make some bytes above such a one look the same, never one below it,
 * and only the lowest is used.
 */
static inline uint64_t hits_quoted(uint64_t w)
{
	return (w | (w - EACH(0x20)) | ((w ^ EACH('"')) - EACH(1))) &
	       EACH(0x80);
}

/* And commas. */
static inline uint64_t hits_plain(uint64_t w)
{
	return (hits_quoted(w) | ((w ^ EACH(',')) - EACH(1))) & EACH(0x80);
}

#define SCAN(p, hits)                                            \
	do {                                                     \
		uint64_t hit_;                                   \
		while ((hit_ = hits(word_at(p))) == 0)           \
			(p) += sizeof(hit_);                     \
		(p) += (size_t)__builtin_ctzll(hit_) / CHAR_BIT; \
	} while (0)

static void wrong(struct csv *c, enum csv_wrong what, size_t byte)
{
	if (c->wrong != CSV_FINE)
		return;
	c->wrong = what;
	c->wrong_byte = byte;
	c->place.line = c->line + c->lines;
	c->place.field = c->count + 1;
}

/* 1 if ${p} is where the bytes in hand end and more are to come. */
static int short_of(const struct csv *c, const char *p)
{
	return !c->feed.ended && p >= c->feed.data + c->feed.end;
}

/*
 * Pass over a character that ends no field of any kind.  NULL: it is not all
 * there yet.
 */
static char *pass(struct csv *c, char *p, const char *start)
{
	size_t byte = (size_t)(p - start) + 1, n;

	if (*p == '\0')
		wrong(c, CSV_NUL, byte);
	if ((n = utf8_step(p)) != 0)
		return p + n;
	if (short_of(c, p + 3))
		return NULL;
	wrong(c, CSV_NOT_UTF8, byte);
	return p + 1;
}

/* To the comma or line break behind a field without quotes, or the end of
 * the file; NULL: not all there yet. */
static char *scan_plain(struct csv *c, char *p)
{
	const char *start = p, *end = c->feed.data + c->feed.end;

	for (;;) {
		SCAN(p, hits_plain);
		if (*p == ',' || *p == '\n')
			return p;
		if (p == end)
			return c->feed.ended ? p : NULL;
		if (*p == '\r' && p[1] == '\n')
			return p;
		if (*p == '\r' && short_of(c, p + 1))
			return NULL;
		if (*p == '"')
			wrong(c, CSV_STRAY_QUOTE, 0);
		else if (*p == '\r')
			wrong(c, CSV_STRAY_RETURN, 0);
		if ((p = pass(c, p, start)) == NULL)
			return NULL;
	}
}

/* To the quote that closes a field, from behind the one that opens it.  At
 * the end of the file: there. */
static char *scan_quoted(struct csv *c, char *p, uint8_t *doubled)
{
	const char *start = p, *end = c->feed.data + c->feed.end;
	int64_t opened = c->lines;

	for (;;) {
		SCAN(p, hits_quoted);
		if (*p == '"' && p[1] == '"') {
			*doubled = 1;
			p += 2;
		} else if (*p == '"') {
			return short_of(c, p + 1) ? NULL : p;
		} else if (p == end) {
			if (!c->feed.ended)
				return NULL;
			c->lines = opened;
			c->wrong = CSV_FINE; /* whatever else it held */
			wrong(c, CSV_OPEN_QUOTE, 0);
			return p;
		} else {
			c->lines += *p == '\n';
			if ((p = pass(c, p, start)) == NULL)
				return NULL;
		}
	}
}

static void keep(struct csv *c, struct cell cell, uint8_t doubled)
{
	if (c->count < CELL_MOST_FIELDS) {
		c->cells[c->count] = cell;
		c->doubled[c->count] = doubled;
		c->any_doubled |= doubled;
	}
	c->count++;
}

/* One field from ${p}: what stands behind it, or NULL. */
static char *scan_field(struct csv *c, char *p)
{
	struct cell cell = { .kind = CELL_TEXT, .text = p };
	uint8_t doubled = 0;
	char *stop;

	if (*p != '"') {
		if ((stop = scan_plain(c, p)) == NULL)
			return NULL;
		if (stop == p)
			cell.kind = CELL_NULL;
		cell.len = (size_t)(stop - p);
		keep(c, cell, 0);
		return stop;
	}
	cell.text = ++p;
	if ((stop = scan_quoted(c, p, &doubled)) == NULL)
		return NULL;
	cell.len = (size_t)(stop - p);
	if (c->wrong != CSV_OPEN_QUOTE) {
		p = stop + 1;
		if (*p != ',' && *p != '\n' && *p != '\r' &&
		    p != c->feed.data + c->feed.end)
			wrong(c, CSV_BEHIND_QUOTE, 0);
		if ((stop = scan_plain(c, p)) == NULL)
			return NULL;
	}
	keep(c, cell, doubled);
	return stop;
}

/* One record from ${p}: the line break behind it or the end of the file, or
 * NULL where it is not all there yet. */
static char *scan_record(struct csv *c, char *p)
{
	c->count = 0;
	c->lines = 0;
	c->any_doubled = 0;
	c->wrong = CSV_FINE;
	c->place = (struct cell_place){ .line = c->line };
	while ((p = scan_field(c, p)) != NULL && *p == ',')
		p++;
	return p;
}

/* ---- records ---- */

static enum status say_wrong(const struct csv *c)
{
	switch (c->wrong) {
	case CSV_FINE: return ST_OK;
	case CSV_STRAY_QUOTE:
		return fail(ST_INVALID,
		    "found a quote inside a field that does not begin with "
		    "one: put the field in quotes and double those inside");
	case CSV_STRAY_RETURN:
		return fail(ST_INVALID,
		    "found a carriage return without a line feed: end lines "
		    "with LF or CRLF, or put the field in quotes");
	case CSV_BEHIND_QUOTE:
		return fail(ST_INVALID,
		    "found text behind the closing quote, expected a comma or "
		    "the end of the line: double the quotes inside the field");
	case CSV_OPEN_QUOTE:
		return fail(ST_INVALID,
		    "the quote that opens here is never closed: close it, and "
		    "double the quotes inside the field");
	case CSV_NOT_UTF8:
		return fail(ST_INVALID,
		    "byte %zu of the field is not UTF-8: convert the file, "
		    "for example with iconv -t UTF-8",
		    c->wrong_byte);
	case CSV_NUL:
		return fail(ST_INVALID,
		    "byte %zu of the field is NUL, expected text: remove it",
		    c->wrong_byte);
	}
	return ST_OK;
}

/* Take the second of two quotes out of each field that has such. */
static void undouble(struct csv *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct cell *cell = &c->cells[i];
		char *from, *to, *end;

		if (!c->doubled[i])
			continue;
		from = c->feed.data + (cell->text - c->feed.data);
		end = from + cell->len;
		for (to = from; from < end; *to++ = *from++)
			from += from[0] == '"';
		cell->len = (size_t)(to - cell->text);
	}
}

static enum status check_count(struct csv *c)
{
	if (c->count > CELL_MOST_FIELDS)
		return fail(ST_INVALID,
		    "found %zu fields, expected at most %zu: split the table",
		    c->count, CELL_MOST_FIELDS);
	if (c->expected == 0)
		c->expected = c->count;
	if (c->count != c->expected)
		return fail(ST_INVALID,
		    "found %zu field%s, expected %zu as in the first line: "
		    "put fields that hold commas in quotes",
		    c->count, c->count == 1 ? "" : "s", c->expected);
	return ST_OK;
}

/* Scan the next record, reading on as long as it is not all there. */
static enum status find_record(struct csv *c, char **stop)
{
	struct feed *f = &c->feed;
	enum status st = ST_OK;

	while (
	    st == ST_OK && (*stop = scan_record(c, f->data + f->pos)) == NULL)
		st = feed_more(f, CELL_MOST_WAITING);
	if (st == ST_OK && (size_t)(*stop - f->data) - f->pos > CELL_MOST_BYTES)
		st = ST_LIMIT;
	if (st == ST_LIMIT)
		return fail(ST_LIMIT,
		    "the record that begins here is longer than %zu MiB: "
		    "look for a quote that is never closed",
		    CELL_MOST_BYTES >> 20);
	return st;
}

/*
 * Lines with nothing on them end a file of several fields; found further up
 * they are reported with the record that follows, which stays unread.
 */
static enum status skip_blank(struct csv *c)
{
	struct feed *f = &c->feed;
	enum status st;

	for (;;) {
		if (f->end - f->pos < 2 &&
		    (st = feed_more(f, CELL_MOST_WAITING)) != ST_OK)
			return st;
		if (f->pos == f->end)
			return ST_NOTFOUND;
		if (c->expected == 1)
			return ST_OK;
		if (f->data[f->pos] == '\r' && f->data[f->pos + 1] == '\n')
			f->pos++;
		if (f->data[f->pos] != '\n')
			break;
		if (c->blank == 0)
			c->blank = c->line;
		f->pos++;
		c->line++;
	}
	if (c->blank == 0)
		return ST_OK;
	c->place = (struct cell_place){ .line = c->blank };
	c->blank = 0;
	return fail(ST_INVALID, "the line is empty: remove it");
}

enum status csv_next(struct csv *c, const struct cell **cells, size_t *count)
{
	struct feed *f = &c->feed;
	char *stop = NULL;
	enum status st;

	if ((st = skip_blank(c)) != ST_OK ||
	    (st = find_record(c, &stop)) != ST_OK)
		return st;
	if (*stop == '\r')
		stop++;
	if (*stop == '\n') {
		stop++;
		c->lines++;
	}
	f->pos = (size_t)(stop - f->data);
	c->line += c->lines;
	if (c->wrong != CSV_FINE)
		return say_wrong(c);
	if ((st = check_count(c)) != ST_OK)
		return st;
	if (c->any_doubled)
		undouble(c);
	*cells = c->cells;
	*count = c->count;
	return ST_OK;
}
