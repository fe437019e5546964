/* What browsers send, taken apart. */
#include "engine/web/fields.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/base/utf8.h"

static enum status begin(const char *text, size_t len, struct fields *out)
{
	out->text = malloc(len + 1);
	out->list = calloc(FIELDS_MOST, sizeof(*out->list));
	if (out->text == NULL || out->list == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (len)
		memcpy(out->text, text, len);
	out->text[len] = '\0';
	return ST_OK;
}

void fields_release(struct fields *f)
{
	free(f->text);
	free(f->list);
	*f = (struct fields){ NULL, NULL, 0 };
}

const char *fields_get(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].name && strcmp(f->list[i].name, name) == 0)
			return f->list[i].value;
	return NULL;
}

/* ---- forms ---- */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') ||
		    c == 0x7f)
			return 0;
	}
	return utf8_valid(text, len);
}

/* In place: what is decoded is never longer. */
static enum status decode(char *text)
{
	size_t to = 0;
	int high, low;

	for (const char *p = text; *p; p++) {
		if (*p != '%') {
			text[to++] = *p == '+' ? ' ' : *p;
			continue;
		}
		high = hex(p[1]);
		low = high < 0 ? -1 : hex(p[2]);
		if (low < 0)
			return fail(ST_INVALID,
			    "a form has half an escape (%%XX): send it again");
		text[to++] = (char)(high * 16 + low);
		p += 2;
	}
	text[to] = '\0';
	if (is_plain(text, to))
		return ST_OK;
	return fail(ST_INVALID,
	    "a form has bytes that are no text: write it in UTF-8, without "
	    "control characters");
}

static enum status add(struct fields *f, const char *name, const char *value)
{
	if (fields_get(f, name))
		return fail(
		    ST_INVALID, "a form has one name twice: send each once");
	if (f->count == FIELDS_MOST)
		return fail(
		    ST_LIMIT, "a form has more than %d fields", FIELDS_MOST);
	f->list[f->count++] = (struct fields_item){ name, value };
	return ST_OK;
}

enum status fields_parse_form(const char *text, size_t len, struct fields *out)
{
	enum status st = begin(text, len, out);
	char *part, *rest, *value;

	if (st == ST_OK && memchr(out->text, '\0', len) != NULL)
		st = fail(ST_INVALID, "a form has a zero byte");
	for (rest = out->text; st == ST_OK && rest && *rest;) {
		part = rest;
		rest = strchr(part, '&');
		if (rest)
			*rest++ = '\0';
		if (*part == '\0')
			continue;
		value = strchr(part, '=');
		if (value)
			*value++ = '\0';
		else
			value = part + strlen(part);
		st = decode(part);
		if (st == ST_OK && *value)
			st = decode(value);
		if (st == ST_OK)
			st = add(out, part, value);
	}
	return st;
}

/* ---- cookies ---- */

enum status fields_parse_cookies(
    const char *text, size_t len, struct fields *out)
{
	enum status st = begin(text, len, out);
	char *part, *rest, *value, *end;

	if (st != ST_OK)
		return st;
	for (rest = out->text; rest && out->count < FIELDS_MOST;) {
		part = rest + strspn(rest, " \t");
		rest = strchr(part, ';');
		if (rest)
			*rest++ = '\0';
		value = strchr(part, '=');
		if (value == NULL || value == part)
			continue;
		*value++ = '\0';
		end = value + strlen(value);
		while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
			*--end = '\0';
		if (fields_get(out, part) == NULL)
			out->list[out->count++] =
			    (struct fields_item){ part, value };
	}
	return ST_OK;
}

/* ---- what is wanted ---- */

/* ";q=0.8" among the parameters, in thousandths; 1000 where there is none. */
static int quality(const char *p, const char *end)
{
	int q = 0, unit = 1000;

	for (; p < end; p++) {
		p += strspn(p, " \t;");
		if (end - p >= 2 && (*p | 0x20) == 'q' && p[1] == '=')
			break;
		p += strcspn(p, ";,");
	}
	if (p >= end)
		return 1000;
	for (p += 2; p < end && unit > 0; p++) {
		if (*p == '.')
			continue;
		if (*p < '0' || *p > '9')
			break;
		q += (*p - '0') * unit;
		unit /= 10;
	}
	return q > 1000 ? 1000 : q;
}

/* How exactly a range names ${what}: 0 not at all. */
static int names(const char *range, size_t len, const char *what)
{
	const char *slash = strchr(what, '/');
	size_t type = slash ? (size_t)(slash - what) + 1 : 0;
	size_t whole = strlen(what);

	if (len == whole && strncasecmp(range, what, len) == 0)
		return 3;
	if (slash == NULL && len > whole && range[whole] == '-' &&
	    strncasecmp(range, what, whole) == 0)
		return 2;
	if (slash && len == type + 1 && range[type] == '*' &&
	    strncasecmp(range, what, type) == 0)
		return 2;
	return (len == 3 && memcmp(range, "*/*", 3) == 0) ||
	       (len == 1 && *range == '*');
}

int fields_wanted(const char *header, const char *what)
{
	int best = 0, found = 0, how, q;
	const char *p = header, *end;
	size_t len;

	while (p && *p) {
		p += strspn(p, " \t,");
		end = p + strcspn(p, ",");
		len = strcspn(p, " \t;,");
		how = len ? names(p, len, what) : 0;
		q = how ? quality(p + len, end) : 0;
		if (how > found || (how == found && q > best)) {
			found = how;
			best = q;
		}
		p = end;
	}
	return best;
}
