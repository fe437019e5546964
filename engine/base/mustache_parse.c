/* Templates into tokens: delimiters, tags that stand alone on a line, and
 * which end belongs to which section. */
#include "engine/base/mustache_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH     64 /* of sections in one another */
#define DELIMITER 64 /* bytes, fewer */

struct parser {
	const char *start;
	const char *at;
	int line; /* of ${at} */
	const char *open;
	size_t open_len;
	const char *close;
	size_t close_len;
	size_t sections[DEPTH]; /* that are open */
	size_t depth;
	struct mustache_tokens *out;
};

/* One tag as it stands. */
struct tag {
	char sign; /* # ^ / ! > = & { or 0: a name */
	const char *name;
	size_t len;
	const char *begins; /* its first and ... */
	const char *ends;   /* ... behind its last byte */
};

static int is_blank(char c) { return c == ' ' || c == '\t'; }
static int is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

static enum status add(struct parser *p, struct mustache_token t)
{
	struct mustache_tokens *o = p->out;
	struct mustache_token *more;

	t.line = p->line;
	if (o->count == o->size) {
		more = reallocarray(o->list, o->size * 2 + 16, sizeof(*more));
		if (more == NULL)
			return fail(ST_NOMEM, "out of memory");
		o->list = more;
		o->size = o->size * 2 + 16;
	}
	o->list[o->count++] = t;
	return ST_OK;
}

static enum status add_words(
    struct parser *p, const char *from, const char *end)
{
	const struct mustache_token t = { .kind = MUSTACHE_WORDS,
		.text = from,
		.len = (size_t)(end - from) };

	return t.len ? add(p, t) : ST_OK;
}

static void move_to(struct parser *p, const char *to)
{
	for (; p->at < to; p->at++)
		p->line += *p->at == '\n';
}

/* ---- one tag ---- */

/* Where the closing delimiter, with ${last} before it, begins; or NULL. */
static const char *find_close(
    const struct parser *p, const char *from, const char *last)
{
	char whole[DELIMITER + 2];

	(void)snprintf(
	    whole, sizeof(whole), "%s%.*s", last, (int)p->close_len, p->close);
	return strstr(from, whole);
}

static enum status read_tag(const struct parser *p, struct tag *t)
{
	const char *name = t->begins + p->open_len, *end;
	char last[2] = "";

	t->sign = strchr("#^/!>=&{", *name) && *name ? *name : 0;
	name += t->sign != 0;
	/* {{{ ends with }}}, and = before the delimiter. */
	if (t->sign == '{')
		*last = '}';
	else if (t->sign == '=')
		*last = '=';
	if ((end = find_close(p, name, last)) == NULL)
		return fail(
		    ST_INVALID, "line %d: a tag is not closed", p->line);
	t->ends = end + strlen(last) + p->close_len;
	while (name < end && is_space(*name))
		name++;
	while (end > name && is_space(end[-1]))
		end--;
	t->name = name;
	t->len = (size_t)(end - name);
	if (t->len == 0 && t->sign != '!')
		return fail(
		    ST_INVALID, "line %d: a tag without a name", p->line);
	return ST_OK;
}

/* Where it is alone on its line (values never are): then the line goes with
 * it, from ${*from} to ${*to}. */
static int stands_alone(const struct parser *p, const struct tag *t,
    const char **from, const char **to)
{
	const char *before = t->begins, *behind = t->ends;

	if (t->sign == 0 || t->sign == '&' || t->sign == '{')
		return 0;
	while (before > p->start && is_blank(before[-1]))
		before--;
	if (before > p->start && before[-1] != '\n')
		return 0;
	while (is_blank(*behind))
		behind++;
	if (behind[0] == '\r' && behind[1] == '\n')
		behind++;
	if (*behind != '\n' && *behind != '\0')
		return 0;
	*from = before;
	*to = behind + (*behind == '\n');
	return 1;
}

/* "=<% %>=": two words. */
static enum status set_delimiters(struct parser *p, const struct tag *t)
{
	size_t a = 0, b = 0;

	while (a < t->len && !is_space(t->name[a]))
		a++;
	while (b < t->len && !is_space(t->name[t->len - 1 - b]))
		b++;
	if (a >= DELIMITER || b >= DELIMITER)
		return fail(
		    ST_LIMIT, "line %d: a delimiter is too long", p->line);
	if (a == t->len || memchr(t->name, '=', t->len))
		return fail(ST_INVALID,
		    "line %d: delimiters are two words without `=`", p->line);
	p->open = t->name;
	p->open_len = a;
	p->close = t->name + t->len - b;
	p->close_len = b;
	return ST_OK;
}

static enum status close_section(struct parser *p, const struct tag *t)
{
	struct mustache_token *begin;

	if (p->depth == 0)
		return fail(ST_INVALID,
		    "line %d: `%.*s` is closed and was not opened", p->line,
		    (int)(t->len < 60 ? t->len : 60), t->name);
	begin = &p->out->list[p->sections[--p->depth]];
	begin->end = p->out->count;
	if (begin->len == t->len && memcmp(begin->text, t->name, t->len) == 0)
		return add(p, (struct mustache_token){ .kind = MUSTACHE_END });
	return fail(ST_INVALID,
	    "line %d: `%.*s` is closed where `%.*s` of line %d is open",
	    p->line, (int)(t->len < 60 ? t->len : 60), t->name,
	    (int)(begin->len < 60 ? begin->len : 60), begin->text, begin->line);
}

static enum status open_section(struct parser *p, struct mustache_token token)
{
	if (p->depth == DEPTH)
		return fail(ST_LIMIT,
		    "line %d: more than %d sections in one another", p->line,
		    DEPTH);
	p->sections[p->depth++] = p->out->count;
	return add(p, token);
}

static enum status add_tag(struct parser *p, const struct tag *t)
{
	struct mustache_token token = {
		.kind = MUSTACHE_VALUE, .text = t->name, .len = t->len
	};

	switch (t->sign) {
	case '!': return ST_OK;
	case '=': return set_delimiters(p, t);
	case '/': return close_section(p, t);
	case '#': token.kind = MUSTACHE_SECTION; return open_section(p, token);
	case '^': token.kind = MUSTACHE_INVERTED; return open_section(p, token);
	case '&':
	case '{': token.kind = MUSTACHE_RAW; break;
	default: break;
	}
	return add(p, token);
}

/* The blanks before a partial that stands alone stand before its lines. */
static enum status add_partial(
    struct parser *p, const struct tag *t, const char *from)
{
	return add(
	    p, (struct mustache_token){ .kind = MUSTACHE_PARTIAL,
		   .text = t->name,
		   .len = t->len,
		   .indent = from ? from : t->begins,
		   .indent_len = from ? (size_t)(t->begins - from) : 0 });
}

/* ---- all of it ---- */

static enum status next(struct parser *p, const char *open)
{
	struct tag t = { .begins = open };
	const char *words = p->at, *from = NULL, *to = NULL;
	int alone;
	enum status st;

	move_to(p, open);
	if ((st = read_tag(p, &t)) != ST_OK)
		return st;
	alone = stands_alone(p, &t, &from, &to);
	if ((st = add_words(p, words, alone ? from : open)) != ST_OK)
		return st;
	st = t.sign == '>' ? add_partial(p, &t, from) : add_tag(p, &t);
	move_to(p, alone ? to : t.ends);
	return st;
}

enum status mustache_parse(const char *text, struct mustache_tokens *out)
{
	struct parser p = { .start = text,
		.at = text,
		.line = 1,
		.open = "{{",
		.open_len = 2,
		.close = "}}",
		.close_len = 2 };
	struct mustache_tokens tokens = { 0 };
	enum status st = ST_OK;
	const char *open;
	char delimiter[DELIMITER];

	p.out = &tokens;
	while (st == ST_OK) {
		memcpy(delimiter, p.open, p.open_len);
		delimiter[p.open_len] = '\0';
		if ((open = strstr(p.at, delimiter)) == NULL)
			break;
		st = next(&p, open);
	}
	if (st == ST_OK)
		st = add_words(&p, p.at, p.at + strlen(p.at));
	if (st == ST_OK && p.depth)
		st = fail(ST_INVALID, "line %d: a section is not closed",
		    tokens.list[p.sections[p.depth - 1]].line);
	if (st == ST_OK)
		*out = tokens;
	else
		mustache_tokens_release(&tokens);
	return st;
}

void mustache_tokens_release(struct mustache_tokens *t)
{
	free(t->list);
	*t = (struct mustache_tokens){ 0 };
}
