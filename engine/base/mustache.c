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

struct mustache_set {
	size_t count;
	struct {
		const char *text;
		struct mustache_tokens tokens;
	} list[];
};

struct render {
	const struct mustache *m;
	const json_t *stack[CONTEXTS];
	size_t depth;
	int partials;
	int64_t left;       /* of WORK */
	json_t *derived;    /* a list: values that live as long as this */
	enum status lookup; /* how deriving went; checked at each token */
	struct buf *out;
};

/* ---- names ---- */

/* What is made on the way goes into a list, which has it from there on. */
static const json_t *derive(
    struct render *r, const json_t *of, const char *name, size_t len)
{
	json_t *made = NULL;
	enum status st;

	if (r->m->derived == NULL || r->lookup != ST_OK)
		return NULL;
	st = r->m->derived(r->m->ctx, of, name, len, &made);
	if (st == ST_OK && made)
		st = json_push(r->derived, made);
	r->lookup = st;
	return st == ST_OK ? made : NULL;
}

static const json_t *member(
    struct render *r, const json_t *of, const char *name, size_t len)
{
	const json_t *found;

	if (!json_is_object(of))
		return NULL;
	found = json_object_getn(of, name, len);
	return found ? found : derive(r, of, name, len);
}

/* The first part is searched from the innermost value on, the others only in
 * what it is. */
static const json_t *look_up(struct render *r, const char *name, size_t len)
{
	const json_t *found = NULL;
	const char *dot;
	size_t part, i;

	if (len == 1 && *name == '.')
		return r->stack[r->depth - 1];
	dot = memchr(name, '.', len);
	part = dot ? (size_t)(dot - name) : len;
	for (i = r->depth; found == NULL && i > 0; i--)
		found = member(r, r->stack[i - 1], name, part);
	while (found && part < len) {
		name += part + 1;
		len -= part + 1;
		dot = memchr(name, '.', len);
		part = dot ? (size_t)(dot - name) : len;
		found = member(r, found, name, part);
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

static const char *escape_of(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

static void add_escaped(struct buf *b, const char *text, size_t len)
{
	size_t plain = 0; /* from here on nothing is added yet */
	const char *escaped;

	for (size_t i = 0; i < len; i++) {
		if ((escaped = escape_of(text[i])) == NULL)
			continue;
		buf_add(b, text + plain, i - plain);
		buf_adds(b, escaped);
		plain = i + 1;
	}
	buf_add(b, text + plain, len - plain);
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
    struct render *r, const struct mustache_token *t)
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

static const struct mustache_tokens *parsed(
    const struct mustache_set *s, const char *text)
{
	for (size_t i = 0; s && i < s->count; i++)
		if (s->list[i].text == text)
			return &s->list[i].tokens;
	return NULL;
}

static enum status render_text(struct render *r, const char *text)
{
	const struct mustache_tokens *kept = parsed(r->m->parsed, text);
	struct mustache_tokens t = { 0 };
	enum status st;

	r->left -= (int64_t)strlen(text);
	if (kept)
		return render_tokens(r, kept, 0, kept->count);
	st = mustache_parse(text, &t);
	if (st == ST_OK)
		st = render_tokens(r, &t, 0, t.count);
	mustache_tokens_release(&t);
	return st;
}

/* The indentation is part of what is parsed. */
static enum status render_indented(
    struct render *r, const struct mustache_token *t, const char *found)
{
	char *text = indented(found, t->indent, t->indent_len);
	enum status st;

	if (text == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = render_text(r, text);
	free(text);
	return st;
}

static enum status render_partial(
    struct render *r, const struct mustache_token *t)
{
	char *name = strndup(t->text, t->len);
	const char *found;
	enum status st = ST_OK;

	if (name == NULL)
		return fail(ST_NOMEM, "out of memory");
	found = r->m->partial ? r->m->partial(r->m->ctx, name) : NULL;
	if (found && *found && r->partials == PARTIALS) {
		st = fail(ST_LIMIT,
		    "partials are more than %d deep in one another", PARTIALS);
	} else if (found && *found) {
		r->partials++;
		st = t->indent_len ? render_indented(r, t, found)
				   : render_text(r, found);
		r->partials--;
		if (st == ST_INVALID)
			status_prefix("partial %s: ", name);
	}
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
		if (r->lookup != ST_OK)
			return r->lookup;
	}
	return st;
}

enum status mustache_render(const struct mustache *m, const char *text,
    const json_t *data, struct buf *out)
{
	struct render r = {
		.m = m, .stack = { data }, .depth = 1, .left = WORK, .out = out
	};
	enum status st = ST_OK;

	if (m->derived)
		st = json_made(json_array(), &r.derived);
	if (st == ST_OK)
		st = render_text(&r, text);
	json_decref(r.derived);
	return st == ST_OK ? buf_status(out) : st;
}

/* ---- sets ---- */

enum status mustache_set_new(
    const char *const *texts, struct mustache_set **out)
{
	struct mustache_set *s;
	enum status st = ST_OK;
	size_t count = 0;

	while (texts[count])
		count++;
	s = calloc(1, sizeof(*s) + count * sizeof(s->list[0]));
	if (s == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (; st == ST_OK && s->count < count; s->count++) {
		s->list[s->count].text = texts[s->count];
		st = mustache_parse(texts[s->count], &s->list[s->count].tokens);
	}
	if (st == ST_OK)
		*out = s;
	else
		mustache_set_free(s);
	return st;
}

void mustache_set_free(struct mustache_set *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++)
		mustache_tokens_release(&s->list[i].tokens);
	free(s);
}
