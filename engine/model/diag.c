/* What is wrong with files that people wrote, kept until all of it is known. */
#include "engine/model/diag.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"

const char *diag_file(struct diag *d, const char *path)
{
	char **files, *copy;

	for (size_t i = 0; i < d->file_count; i++)
		if (strcmp(d->files[i], path) == 0)
			return d->files[i];
	files = reallocarray(d->files, d->file_count + 1, sizeof(*files));
	if (files == NULL) {
		diag_nomem(d);
		return NULL;
	}
	d->files = files;
	if ((copy = strdup(path)) == NULL) {
		diag_nomem(d);
		return NULL;
	}
	return files[d->file_count++] = copy;
}

void diag_nomem(struct diag *d) { d->failed = 1; }

/* Room for one more at powers of two. */
static struct diag_item *next_item(struct diag *d)
{
	struct diag_item *items = d->items;

	if ((d->count & (d->count - 1)) == 0) {
		items = reallocarray(
		    items, d->count ? 2 * d->count : 1, sizeof(*items));
		if (items == NULL)
			return NULL;
		d->items = items;
	}
	return &items[d->count];
}

static void PRINTF(4, 0) add(struct diag *d, enum diag_level level,
    struct place at, const char *fmt, va_list ap)
{
	struct buf text = BUF_INIT;
	struct diag_item *item;

	if (level == DIAG_ERROR)
		d->errors++;
	else
		d->warnings++;
	if (d->count >= DIAG_MAX)
		return;
	if ((item = next_item(d)) == NULL) {
		diag_nomem(d);
		return;
	}
	buf_addv(&text, fmt, ap);
	*item = (struct diag_item){ level, at, buf_take(&text), d->count };
	if (item->text == NULL)
		diag_nomem(d);
	else
		d->count++;
}

void diag_error(struct diag *d, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, DIAG_ERROR, at, fmt, ap);
	va_end(ap);
}

void diag_warning(struct diag *d, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, DIAG_WARNING, at, fmt, ap);
	va_end(ap);
}

enum status diag_status(const struct diag *d)
{
	return diag_status_since(d, 0);
}

enum status diag_status_since(const struct diag *d, size_t errors)
{
	size_t n = d->errors - errors;

	if (d->failed)
		return fail(ST_NOMEM, "out of memory");
	if (n == 0)
		return ST_OK;
	return fail(ST_INVALID,
	    "%zu error%s in the configuration: correct what is listed", n,
	    n == 1 ? "" : "s");
}

static int compare_places(const struct place *a, const struct place *b)
{
	int n = strcmp(a->file ? a->file : "", b->file ? b->file : "");

	if (n == 0)
		n = (a->line > b->line) - (a->line < b->line);
	if (n == 0)
		n = (a->column > b->column) - (a->column < b->column);
	return n;
}

static int compare_items(const void *x, const void *y)
{
	const struct diag_item *a = x, *b = y;
	int n = compare_places(&a->at, &b->at);

	return n ? n : (a->order > b->order) - (a->order < b->order);
}

void diag_print(struct diag *d, FILE *to)
{
	static const char *const levels[] = { "error", "warning" };
	size_t all = d->errors + d->warnings;

	if (d->count > 0)
		qsort(d->items, d->count, sizeof(*d->items), compare_items);
	for (size_t i = 0; i < d->count; i++) {
		const struct diag_item *item = &d->items[i];

		if (item->at.file)
			(void)fprintf(to, "%s:", item->at.file);
		if (item->at.line > 0)
			(void)fprintf(
			    to, "%d:%d:", item->at.line, item->at.column);
		(void)fprintf(to, "%s%s: %s\n", item->at.file ? " " : "",
		    levels[item->level], item->text);
	}
	if (all > d->count)
		(void)fprintf(to, "and %zu more\n", all - d->count);
}

void diag_release(struct diag *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->items[i].text);
	for (size_t i = 0; i < d->file_count; i++)
		free(d->files[i]);
	free(d->items);
	free(d->files);
	*d = (struct diag)DIAG_INIT;
}

#define WORD_MAX 64

/* The edits between two words, two letters swapped counting as one. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		const size_t *two = rows[(i + 1) % 3];
		const size_t *one = rows[(i + 2) % 3];
		size_t *now = rows[i % 3];

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = one[j - 1] + (a[i - 1] != b[j - 1]);

			if (one[j] + 1 < best)
				best = one[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && two[j - 2] + 1 < best)
				best = two[j - 2] + 1;
			now[j] = best;
		}
	}
	return rows[n % 3][m];
}

const char *diag_nearest(const char *word, const char *const *words)
{
	size_t n = strlen(word), limit = n < 4 ? 1 : n < 8 ? 2 : 3;
	const char *nearest = NULL;

	if (n > WORD_MAX)
		return NULL;
	for (; *words; words++) {
		size_t m = strlen(*words), far;

		if (m > WORD_MAX || m + limit < n || n + limit < m)
			continue;
		far = distance(word, n, *words, m);
		if (far > limit || far >= n)
			continue;
		if (far == 0)
			return *words;
		nearest = *words;
		limit = far - 1;
	}
	return nearest;
}

static int compare_names(const void *x, const void *y)
{
	const struct diag_name *a = x, *b = y;
	int n = strcmp(a->text, b->text);

	return n ? n : compare_places(&a->at, &b->at);
}

void diag_duplicates(
    struct diag *d, struct diag_name *names, size_t count, const char *what)
{
	size_t first = 0;

	if (count == 0)
		return;
	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(names[i].text, names[first].text) != 0)
			first = i;
		else if (*names[i].text == '\0')
			continue; /* missing, which was reported */
		else if (names[i].at.file == names[first].at.file)
			diag_error(d, names[i].at,
			    "duplicate %s `%.60s`: the first is in line %d",
			    what, names[i].text, names[first].at.line);
		else
			diag_error(d, names[i].at,
			    "duplicate %s `%.60s`: the first is in %s:%d", what,
			    names[i].text, names[first].at.file,
			    names[first].at.line);
	}
}
