/* Templates rendered: a stack of values, and names looked up in it. */
#include "engine/base/mustache.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/mustache_parse.h"

#define CONTEXTS 128
#define PARTIALS 32         /* in one another */
#define WORK     (64 << 20) /* bytes of templates that one page may take */

struct render {
	const struct mustache *m;
	const json_t *stack[CONTEXTS];
	size_t depth;
	int partials;
	int64_t left; /* of WORK */
	struct buf *out;
};

/* ---- names ---- */

static const json_t *member(const json_t *of, const char *name, size_t len)
{
	return json_is_object(of) ? json_object_getn(of, name, len) : NULL;
}

/* The first part is searched from the innermost value on, the others only in
 * what it is. */
static const json_t *look_up(
    const struct render *r, const char *name, size_t len)
{
	const json_t *found = NULL;
	const char *dot;
	size_t part, i;

	if (len == 1 && *name == '.')
		return r->stack[r->depth - 1];
	dot = memchr(name, '.', len);
	part = dot ? (size_t)(dot - name) : len;
	for (i = r->depth; found == NULL && i > 0; i--)
		found = member(r->stack[i - 1], name, part);
	while (found && part < len) {
		name += part + 1;
		len -= part + 1;
		dot = memchr(name, '.', len);
		part = dot ? (size_t)(dot - name) : len;
		found = member(found, name, part);
	}
	return found;
}

static int is_true(const json_t *v)
{
	if (json_is_array(v))
		return json_array_size(v) > 0;
	if (json_is_string(v))
		return json_string_length(v) > 0;
	return v && !json_is_null(v) && !json_is_false(v);
}

/* ---- values ---- */

static void add_escaped(struct buf *b, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		switch (text[i]) {
		case '&': buf_adds(b, "&amp;"); break;
		case '<': buf_adds(b, "&lt;"); break;
		case '>': buf_adds(b, "&gt;"); break;
		case '"': buf_adds(b, "&quot;"); break;
		case '\'': buf_adds(b, "&#39;"); break;
		default: buf_addc(b, text[i]);
		}
}

/* The shortest text that is read back as the same number. */
static void add_real(struct buf *b, double value)
{
	char text[40];
	int digits;

	for (digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_adds(b, text);
}

static void add_value(
    const struct render *r, const json_t *v, enum mustache_escape escape)
{
	const char *text = json_string_value(v);

	if (text && escape == MUSTACHE_HTML)
		add_escaped(r->out, text, json_string_length(v));
	else if (text)
		buf_add(r->out, text, json_string_length(v));
	else if (json_is_integer(v))
		buf_addf(r->out, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		add_real(r->out, json_real_value(v));
	else if (json_is_boolean(v))
		buf_adds(r->out, json_is_true(v) ? "true" : "false");
}

static enum status render_value(
    const struct render *r, const struct mustache_token *t)
{
	const json_t *v = look_up(r, t->text, t->len);

	if (r->m->missing == MUSTACHE_REFUSE &&
	    (v == NULL || json_is_null(v) || json_is_object(v) ||
		json_is_array(v)))
		return fail(ST_INVALID, "line %d: `%.*s` has no value", t->line,
		    (int)(t->len < 60 ? t->len : 60), t->text);
	add_value(r, v, t->kind == MUSTACHE_RAW ? MUSTACHE_TEXT : r->m->escape);
	return ST_OK;
}

/* ---- tokens ---- */

static enum status render_tokens(
    struct render *r, const struct mustache_tokens *t, size_t from, size_t to);

static enum status render_in(struct render *r, const struct mustache_tokens *t,
    size_t section, const json_t *value)
{
	enum status st;

	if (r->depth == CONTEXTS)
		return fail(
		    ST_LIMIT, "more than %d values in one another", CONTEXTS);
	r->stack[r->depth++] = value;
	st = render_tokens(r, t, section + 1, t->list[section].end);
	r->depth--;
	return st;
}

static enum status render_section(
    struct render *r, const struct mustache_tokens *t, size_t at)
{
	const struct mustache_token *s = &t->list[at];
	const json_t *v = look_up(r, s->text, s->len), *item;
	int wanted = s->kind == MUSTACHE_SECTION;
	enum status st = ST_OK;
	size_t i;

	if (is_true(v) != wanted)
		return ST_OK;
	if (!wanted)
		return render_tokens(r, t, at + 1, s->end);
	if (!json_is_array(v))
		return render_in(r, t, at, v);
	json_array_foreach(v, i, item)
	{
		if ((st = render_in(r, t, at, item)) != ST_OK)
			break;
	}
	return st;
}

/* ${indent} before each line of ${text}. */
static char *indented(const char *text, const char *indent, size_t len)
{
	struct buf b = BUF_INIT;
	int begins = 1;
	char *out;

	buf_adds(&b, "");
	for (; *text; text++) {
		if (begins)
			buf_add(&b, indent, len);
		buf_addc(&b, *text);
		begins = *text == '\n';
	}
	out = buf_take(&b);
	buf_release(&b);
	return out;
}

static enum status render_text(struct render *r, const char *text)
{
	struct mustache_tokens t = { 0 };
	enum status st;

	r->left -= (int64_t)strlen(text);
	st = mustache_parse(text, &t);
	if (st == ST_OK)
		st = render_tokens(r, &t, 0, t.count);
	mustache_tokens_release(&t);
	return st;
}

static enum status render_partial(
    struct render *r, const struct mustache_token *t)
{
	char *name = strndup(t->text, t->len), *text = NULL;
	const char *found;
	enum status st = ST_OK;

	if (name == NULL)
		return fail(ST_NOMEM, "out of memory");
	found = r->m->partial ? r->m->partial(r->m->ctx, name) : NULL;
	if (found && *found) {
		text = indented(found, t->indent, t->indent_len);
		if (text == NULL)
			st = fail(ST_NOMEM, "out of memory");
		else if (r->partials == PARTIALS)
			st = fail(ST_LIMIT,
			    "partials are more than %d deep in one another",
			    PARTIALS);
	}
	if (st == ST_OK && text) {
		r->partials++;
		st = render_text(r, text);
		r->partials--;
		if (st == ST_INVALID)
			status_prefix("partial %s: ", name);
	}
	free(text);
	free(name);
	return st;
}

static enum status render_tokens(
    struct render *r, const struct mustache_tokens *t, size_t from, size_t to)
{
	enum status st = ST_OK;

	for (size_t i = from; st == ST_OK && i < to; i++) {
		const struct mustache_token *token = &t->list[i];

		r->left -= (int64_t)token->len + 1;
		if (r->left < 0)
			return fail(ST_LIMIT, "it does not come to an end");
		switch (token->kind) {
		case MUSTACHE_WORDS:
			buf_add(r->out, token->text, token->len);
			break;
		case MUSTACHE_VALUE:
		case MUSTACHE_RAW: st = render_value(r, token); break;
		case MUSTACHE_SECTION:
		case MUSTACHE_INVERTED:
			st = render_section(r, t, i);
			i = token->end;
			break;
		case MUSTACHE_PARTIAL: st = render_partial(r, token); break;
		case MUSTACHE_END: break;
		}
	}
	return st;
}

enum status mustache_render(const struct mustache *m, const char *text,
    const json_t *data, struct buf *out)
{
	struct render r = {
		.m = m, .stack = { data }, .depth = 1, .left = WORK, .out = out
	};
	enum status st = render_text(&r, text);

	return st == ST_OK ? buf_status(out) : st;
}
