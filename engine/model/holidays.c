/* Public holidays from a CSV file. */
#include "engine/model/holidays.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/model/node.h"

/* A line, and where the columns are in it. */
struct lines {
	struct diag *d;
	struct place at;
	const char *want; /* calendar, or NULL */
	int date;
	int calendar; /* -1: no such column */
	char *only;   /* the calendar of the first line */
	int told;     /* that there are several: once */
	struct holidays *h;
	size_t size;
};

/* The ${n}th field of a line, or NULL; ${*len} its length. */
static const char *field(const char *line, size_t end, int n, size_t *len)
{
	const char *p = line, *stop = line + end, *comma;

	while (n-- > 0) {
		comma = memchr(p, ',', (size_t)(stop - p));
		if (comma == NULL)
			return NULL;
		p = comma + 1;
	}
	comma = memchr(p, ',', (size_t)(stop - p));
	*len = (size_t)((comma ? comma : stop) - p);
	return p;
}

static int is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

static void read_header(struct lines *l, const char *line, size_t end)
{
	const char *p;
	size_t len = 0;

	l->date = l->calendar = -1;
	for (int i = 0; (p = field(line, end, i, &len)) != NULL; i++) {
		if (is(p, len, "date"))
			l->date = i;
		else if (is(p, len, "calendar"))
			l->calendar = i;
	}
	if (l->date < 0)
		diag_error(l->d, l->at,
		    "the first line names no column `date`: begin the file "
		    "with `date,name`");
	else if (l->calendar < 0 && l->want)
		diag_error(
		    l->d, l->at, "the first line names no column `calendar`");
}

/* 1 if the line is of the calendar that is read. */
static int is_mine(struct lines *l, const char *line, size_t end)
{
	const char *p;
	size_t len = 0;

	if (l->calendar < 0)
		return 1;
	if ((p = field(line, end, l->calendar, &len)) == NULL)
		return 0;
	if (l->want)
		return is(p, len, l->want);
	if (l->only == NULL && (l->only = strndup(p, len)) == NULL)
		diag_nomem(l->d);
	if (l->only == NULL || is(p, len, l->only))
		return 1;
	if (!l->told++)
		diag_error(l->d, l->at,
		    "a second calendar, `%.*s`: keep one calendar in a file",
		    (int)(len < 40 ? len : 40), p);
	return 0;
}

static void add_day(struct lines *l, int32_t day)
{
	struct holidays *h = l->h;
	int32_t *more;

	if (h->count == l->size) {
		more = reallocarray(h->days, l->size * 2 + 64, sizeof(*more));
		if (more == NULL) {
			diag_nomem(l->d);
			return;
		}
		h->days = more;
		l->size = l->size * 2 + 64;
	}
	h->days[h->count++] = day;
}

static void read_line(struct lines *l, const char *line, size_t end)
{
	const char *p;
	size_t len = 0;
	int32_t day;

	if (l->at.line == 1) {
		read_header(l, line, end);
		return;
	}
	if (end == 0 || l->date < 0 || !is_mine(l, line, end))
		return;
	p = field(line, end, l->date, &len);
	if (p && civil_parse(p, len, &day) == ST_OK)
		add_day(l, day);
	else
		diag_error(l->d, l->at,
		    "`%.*s` is not a date such as 2026-12-25",
		    p ? (int)(len < 40 ? len : 40) : 0, p ? p : "");
}

static int by_day(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static void sort(struct holidays *h)
{
	size_t n = 0;

	if (h->count)
		qsort(h->days, h->count, sizeof(*h->days), by_day);
	for (size_t i = 0; i < h->count; i++)
		if (n == 0 || h->days[i] != h->days[n - 1])
			h->days[n++] = h->days[i];
	h->count = n;
}

enum status holidays_parse(const char *path, const char *bytes, size_t len,
    const char *calendar, struct diag *d, struct holidays *out)
{
	struct holidays h = { NULL, 0 };
	struct lines l = { .d = d,
		.at = { diag_file(d, path), 0, 1 },
		.want = calendar,
		.h = &h };
	const char *p = bytes, *stop = bytes + len, *next;
	size_t errors = d->errors, end;
	enum status st;

	while (p < stop) {
		next = memchr(p, '\n', (size_t)(stop - p));
		end = (size_t)((next ? next : stop) - p);
		l.at.line++;
		read_line(&l, p, end && p[end - 1] == '\r' ? end - 1 : end);
		p = next ? next + 1 : stop;
	}
	if (d->errors == errors && h.count == 0)
		diag_error(d, l.at, "no holiday is in it");
	free(l.only);
	sort(&h);
	if ((st = diag_status_since(d, errors)) == ST_OK)
		*out = h;
	else
		holidays_release(&h);
	return st;
}

enum status holidays_load(const char *path, const char *calendar,
    struct diag *d, struct holidays *out)
{
	struct buf bytes = BUF_INIT;
	enum status st = node_read_file(path, d, &bytes);

	if (st == ST_OK)
		st = holidays_parse(
		    path, buf_text(&bytes), bytes.len, calendar, d, out);
	buf_release(&bytes);
	return st;
}

void holidays_release(struct holidays *h)
{
	free(h->days);
	*h = (struct holidays){ NULL, 0 };
}

/* The first of them that is not before ${day}. */
static size_t first_from(const struct holidays *h, int32_t day)
{
	size_t low = 0, high = h->count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (h->days[mid] < day)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

int holidays_has(const struct holidays *h, int32_t day)
{
	size_t i = first_from(h, day);

	return i < h->count && h->days[i] == day;
}

int holidays_know(const struct holidays *h, int year)
{
	size_t i = first_from(h, civil_day((struct civil){ year, 1, 1 }));

	return i < h->count && civil_date(h->days[i]).year == year;
}
