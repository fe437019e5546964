/* Words, days and numbers as a language writes them. */
#include "engine/web/words.h"

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

struct dress {
	const json_t *words;
	const json_t *labels;
	const struct zone *zone;
};

/* "date" has D (day), N (month's name), Y (year) behind a percent sign. */
static void add_day(const struct dress *d, int32_t day, struct buf *b)
{
	const struct civil c = civil_date(day);
	const json_t *months = json_object_get(d->words, "months");

	for (const char *p = json_text(d->words, "date"); *p; p++) {
		if (*p != '%') {
			buf_addc(b, *p);
			continue;
		}
		switch (*++p) {
		case 'D': buf_addf(b, "%d", c.day); break;
		case 'M': buf_addf(b, "%d", c.month); break;
		case 'N':
			buf_adds(b, json_string_value(json_array_get(
					months, (size_t)c.month - 1)));
			break;
		default: buf_addf(b, "%d", c.year); break;
		}
	}
}

static enum status time_text(
    const struct dress *d, const char *text, struct buf *b)
{
	struct when w = { .kind = WHEN_NONE };
	char local[ZONE_TEXT];
	enum status st = when_parse(text, strlen(text), &w);

	if (st == ST_INVALID || w.kind == WHEN_NONE) {
		buf_adds(b, text);
		return buf_status(b);
	}
	if (w.kind == WHEN_DATE) {
		add_day(d, w.day, b);
		return buf_status(b);
	}
	zone_format(d->zone, w.seconds, local);
	add_day(d, zone_day(d->zone, w.seconds), b);
	buf_addc(b, ' ');
	buf_add(b, local + 11, 5);
	return buf_status(b);
}

static enum status number_text(
    const struct dress *d, json_int_t n, struct buf *b)
{
	const char *group = json_text(d->words, "group");
	char digits[24];
	size_t len;

	(void)snprintf(digits, sizeof(digits), "%lld", (long long)n);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		if (i > (digits[0] == '-') && (len - i) % 3 == 0)
			buf_adds(b, group);
		buf_addc(b, digits[i]);
	}
	return buf_status(b);
}

static int ends_in(const char *key, const char *end)
{
	size_t len = strlen(key), n = strlen(end);

	return len > n && strcmp(key + len - n, end) == 0;
}

static int is_time(const char *key)
{
	return ends_in(key, "_at") || ends_in(key, "_date") ||
	       strcmp(key, "at") == 0 || strcmp(key, "as_of") == 0 ||
	       strcmp(key, "cutoff") == 0 || strcmp(key, "notice_due") == 0;
}

/* A template cannot ask whether a number is 0, or a list empty, without going
 * through it. */
static enum status put_any(json_t *more, const char *key, const json_t *v)
{
	struct buf name = BUF_INIT;
	int any = json_is_integer(v) ? json_integer_value(v) != 0
				     : json_array_size(v) > 0;
	enum status st;

	if (!json_is_integer(v) && !json_is_array(v))
		return ST_OK;
	buf_adds(&name, key);
	buf_adds(&name, "_any");
	st = json_put(more, buf_text(&name), json_boolean(any));
	buf_release(&name);
	return st;
}

/* What ${v} is for people, added to ${b}; nothing where it is that already. */
static enum status text_of(
    const struct dress *d, const char *key, const json_t *v, struct buf *b)
{
	const char *label;

	if (json_is_integer(v))
		return number_text(d, json_integer_value(v), b);
	if (!json_is_string(v))
		return ST_OK;
	label = json_string_value(json_object_get(
	    json_object_get(d->labels, key), json_string_value(v)));
	if (label)
		buf_adds(b, label);
	else if (is_time(key))
		return time_text(d, json_string_value(v), b);
	else if (json_object_get(d->labels, key))
		buf_adds(b, json_string_value(v));
	return buf_status(b);
}

static enum status dress_any(const struct dress *d, json_t *v);

static enum status dress_object(const struct dress *d, json_t *o)
{
	struct buf b = BUF_INIT, name = BUF_INIT;
	enum status st = ST_OK;
	json_t *more = NULL, *v;
	const char *key;

	if ((st = json_made(json_object(), &more)) != ST_OK)
		return st;
	json_object_foreach(o, key, v)
	{
		buf_clear(&b);
		buf_clear(&name);
		st = text_of(d, key, v, &b);
		buf_adds(&name, key);
		buf_adds(&name, "_text");
		if (st == ST_OK && b.len)
			st = json_put(
			    more, buf_text(&name), json_string(buf_text(&b)));
		if (st == ST_OK)
			st = put_any(more, key, v);
		if (st == ST_OK)
			st = dress_any(d, v);
		if (st != ST_OK)
			break;
	}
	if (st == ST_OK && json_object_update(o, more) != 0)
		st = fail(ST_NOMEM, "out of memory");
	json_decref(more);
	buf_release(&b);
	buf_release(&name);
	return st;
}

static enum status dress_any(const struct dress *d, json_t *v)
{
	enum status st = ST_OK;
	json_t *one;
	size_t i;

	if (json_is_object(v))
		return dress_object(d, v);
	json_array_foreach(v, i, one)
	{
		if ((st = dress_any(d, one)) != ST_OK)
			return st;
	}
	return ST_OK;
}

enum status words_dress(const struct words *w, const char *language,
    const struct zone *zone, json_t *value)
{
	const json_t *words = words_of(w, language);
	const struct dress d = { words, json_object_get(words, "labels"),
		zone };

	return dress_any(&d, value);
}
