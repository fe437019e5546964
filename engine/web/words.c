/* Words, days and numbers as a language writes them. */
#include "engine/web/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/base/when.h"
#include "engine/web/files.h"

const char *const words_languages[] = { "en", "ja", "de", NULL };
#define LANGUAGES (sizeof(words_languages) / sizeof(words_languages[0]) - 1)

struct words {
	json_t *of[LANGUAGES];
};

enum status words_load(struct words **out)
{
	struct words *w = calloc(1, sizeof(*w));
	json_error_t error;
	char name[32];
	const char *text;

	if (w == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < LANGUAGES; i++) {
		(void)snprintf(
		    name, sizeof(name), "words.%s.json", words_languages[i]);
		text = files_text(name);
		w->of[i] = text ? json_loads(text, 0, &error) : NULL;
		if (w->of[i] == NULL) {
			words_free(w);
			return fail(ST_INVALID, "web/%s, line %d: %s", name,
			    text ? error.line : 0,
			    text ? error.text : "no such file");
		}
	}
	*out = w;
	return ST_OK;
}

void words_free(struct words *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < LANGUAGES; i++)
		json_decref(w->of[i]);
	free(w);
}

const json_t *words_of(const struct words *w, const char *language)
{
	for (size_t i = 1; i < LANGUAGES; i++)
		if (strcmp(words_languages[i], language) == 0)
			return w->of[i];
	return w->of[0];
}

const char *words_text(
    const struct words *w, const char *language, const char *key)
{
	return json_text(json_object_get(words_of(w, language), "w"), key);
}

/* ---- as the language writes it ---- */

/* With ${group} between thousands.  A page has hundreds of numbers: printf
 * would take longer than all the rest of their way. */
static void add_number(struct buf *b, json_int_t n, const char *group)
{
	/* In two's complement, the smallest number too. */
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	char digits[24];
	size_t len = 0;

	do
		digits[len++] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (n < 0)
		buf_addc(b, '-');
	for (size_t i = len; i > 0; i--) {
		if (i < len && i % 3 == 0)
			buf_adds(b, group);
		buf_addc(b, digits[i - 1]);
	}
}

/* "date" has D (day), N (month's name), Y (year) behind a percent sign. */
static void add_day(const json_t *words, int32_t day, struct buf *b)
{
	const struct civil c = civil_date(day);
	const json_t *months = json_object_get(words, "months");

	for (const char *p = json_text(words, "date"); *p; p++) {
		if (*p != '%') {
			buf_addc(b, *p);
			continue;
		}
		switch (*++p) {
		case 'D': add_number(b, c.day, ""); break;
		case 'M': add_number(b, c.month, ""); break;
		case 'N':
			buf_adds(b, json_string_value(json_array_get(
					months, (size_t)c.month - 1)));
			break;
		default: add_number(b, c.year, ""); break;
		}
	}
}

static enum status time_text(
    const struct dress *d, const char *text, struct buf *b)
{
	const json_t *words = words_of(d->words, d->language);
	struct when w = { .kind = WHEN_NONE };
	char local[ZONE_TEXT];
	enum status st = when_parse(text, strlen(text), &w);

	if (st == ST_INVALID || w.kind == WHEN_NONE) {
		buf_adds(b, text);
		return buf_status(b);
	}
	if (w.kind == WHEN_DATE) {
		add_day(words, w.day, b);
		return buf_status(b);
	}
	zone_format(d->zone, w.seconds, local);
	add_day(words, zone_day(d->zone, w.seconds), b);
	buf_addc(b, ' ');
	buf_add(b, local + 11, 5);
	return buf_status(b);
}

static enum status number_text(
    const struct dress *d, json_int_t n, struct buf *b)
{
	add_number(b, n, json_text(words_of(d->words, d->language), "group"));
	return buf_status(b);
}

static int ends_in(const char *key, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len > n && memcmp(key + len - n, end, n) == 0;
}

static int is_time(const char *key, size_t len)
{
	static const char *const times[] = { "at", "as_of", "cutoff",
		"notice_due" };

	if (ends_in(key, len, "_at") || ends_in(key, len, "_date"))
		return 1;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (strlen(times[i]) == len && memcmp(times[i], key, len) == 0)
			return 1;
	return 0;
}

/* What ${v} is for people, added to ${b}; nothing where it is that already. */
static enum status text_of(const struct dress *d, const char *key, size_t len,
    const json_t *v, struct buf *b)
{
	const json_t *labels;
	const char *label;

	if (json_is_integer(v))
		return number_text(d, json_integer_value(v), b);
	if (!json_is_string(v))
		return ST_OK;
	labels = json_object_get(words_of(d->words, d->language), "labels");
	labels = json_object_getn(labels, key, len);
	label =
	    json_string_value(json_object_get(labels, json_string_value(v)));
	if (label)
		buf_adds(b, label);
	else if (is_time(key, len))
		return time_text(d, json_string_value(v), b);
	else if (labels)
		buf_adds(b, json_string_value(v));
	return buf_status(b);
}

static enum status make_text(const struct dress *d, const char *key, size_t len,
    const json_t *v, json_t **out)
{
	struct buf b = BUF_INIT;
	enum status st = text_of(d, key, len, v, &b);

	if (st == ST_OK && b.len)
		st = json_made(json_stringn(b.data, b.len), out);
	buf_release(&b);
	return st;
}

/* A template cannot ask whether a number is 0, or a list empty, without going
 * through it. */
static enum status make_any(const json_t *v, json_t **out)
{
	if (json_is_integer(v))
		return json_made(json_boolean(json_integer_value(v) != 0), out);
	if (json_is_array(v))
		return json_made(json_boolean(json_array_size(v) > 0), out);
	return ST_OK;
}

enum status words_dress(const struct dress *d, const json_t *of,
    const char *name, size_t len, json_t **out)
{
	if (ends_in(name, len, "_text")) {
		len -= strlen("_text");
		return make_text(
		    d, name, len, json_object_getn(of, name, len), out);
	}
	if (ends_in(name, len, "_any"))
		return make_any(
		    json_object_getn(of, name, len - strlen("_any")), out);
	return ST_OK;
}
