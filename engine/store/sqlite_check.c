/*
 * Which columns the CHECK constraints of a table speak of.  SQLite does not
 * tell; it keeps the words of CREATE TABLE, which it has parsed itself, so that
 * finding the brackets behind each CHECK and the names in them is enough.
 */
#include <string.h>

#include "engine/store/sqlite.h"

/* A piece of SQL; names and strings without their quotes. */
struct token {
	enum {
		TOKEN_END,
		TOKEN_WORD,
		TOKEN_NAME,
		TOKEN_STRING,
		TOKEN_OTHER
	} kind;
	char c; /* the first character */
	const char *p;
	size_t len;
};

/* Written in one byte each, whatever the locale; all of UTF-8 counts. */
static int is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '$' ||
	       (unsigned char)c >= 0x80;
}

static const char *skip_blanks(const char *p)
{
	const char *end;

	for (;;) {
		p += strspn(p, " \t\r\n\f");
		if (strncmp(p, "--", 2) == 0) {
			p += strcspn(p, "\n");
		} else if (strncmp(p, "/*", 2) == 0) {
			end = strstr(p + 2, "*/");
			p = end ? end + 2 : p + strlen(p);
		} else {
			return p;
		}
	}
}

static const char *next_token(const char *p, struct token *t)
{
	char close;

	p = skip_blanks(p);
	*t = (struct token){ TOKEN_END, *p, p, 1 };
	if (*p == '\0')
		return p;
	if (strchr("\"'`[", *p)) {
		/* A doubled quote parts a name in two, of which neither is
		 * likely to be a column. */
		close = *p == '[' ? ']' : *p;
		t->kind = *p == '\'' ? TOKEN_STRING : TOKEN_NAME;
		t->p = ++p;
		while (*p && *p != close)
			p++;
		t->len = (size_t)(p - t->p);
		return *p ? p + 1 : p;
	}
	t->kind = is_word(*p) ? TOKEN_WORD : TOKEN_OTHER;
	for (t->len = 1; t->kind == TOKEN_WORD && is_word(p[t->len]);)
		t->len++;
	return p + t->len;
}

static int is_name(const struct token *t, const char *name)
{
	return (t->kind == TOKEN_WORD || t->kind == TOKEN_NAME) &&
	       t->len == strlen(name) && strncasecmp(t->p, name, t->len) == 0;
}

int sqlite_check_mentions(const char *create, const char *column)
{
	const char *p = create;
	struct token t;
	int depth;

	for (p = next_token(p, &t); t.kind != TOKEN_END;
	     p = next_token(p, &t)) {
		/* A column of that name must stand in quotes. */
		if (t.kind != TOKEN_WORD || !is_name(&t, "CHECK"))
			continue;
		depth = 0;
		do {
			p = next_token(p, &t);
			if (t.kind == TOKEN_OTHER)
				depth += (t.c == '(') - (t.c == ')');
			else if (is_name(&t, column))
				return 1;
		} while (t.kind != TOKEN_END && depth > 0);
	}
	return 0;
}
