/* Typed reading of a tree: shapes, names, lists, and how errors are worded. */
#include "engine/model/read.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 40

/* What stands there, short enough to show, on one line, without the secret
 * that a URL may hold. */
static const char *found(const struct node *n, char *out, size_t size)
{
	const char *scheme;
	size_t len, i;

	if (n->kind == NODE_NULL)
		return "nothing";
	if (n->kind == NODE_LIST)
		return n->count ? "a list" : "an empty list";
	if (n->kind == NODE_MAP)
		return n->count ? "a map" : "an empty map";
	if (*n->text == '\0')
		return "empty text";
	if ((scheme = strstr(n->text, "://")) != NULL)
		return "a URL";
	len = strlen(n->text);
	i = len > SHOWN_MAX ? SHOWN_MAX : len;
	while (len > SHOWN_MAX && i > 0 &&
	       ((unsigned char)n->text[i] & 0xc0) == 0x80)
		i--; /* not in the middle of a character */
	(void)snprintf(out, size, n->plain ? "`%.*s%s`" : "`\"%.*s%s\"`",
	    (int)i, n->text, len > SHOWN_MAX ? "..." : "");
	for (char *p = out; *p; p++)
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	return out;
}

static void mismatch(struct diag *d, const struct node *n, const char *expected,
    const char *what)
{
	if (n->label)
		diag_error(d, n->at, "`%.60s`: expected %s, found %s", n->label,
		    expected, what);
	else
		diag_error(d, n->at, "expected %s, found %s", expected, what);
}

void read_mismatch(struct diag *d, const struct node *n, const char *expected)
{
	char shown[SHOWN_MAX + 10];

	mismatch(d, n, expected, found(n, shown, sizeof(shown)));
}

void read_unknown(struct diag *d, struct place at, const char *what,
    const char *name, const char *const *words)
{
	struct buf known = BUF_INIT;
	const char *near;

	if (d->count >= DIAG_MAX) { /* nobody would see it */
		diag_error(d, at, "unknown %s", what);
		return;
	}
	if (strstr(name, "://"))
		name = "...";
	near = diag_nearest(name, words);
	for (size_t i = 0; i < 30 && words[i]; i++)
		buf_addf(&known, "%s%s", i ? ", " : "", words[i]);
	if (buf_status(&known) != ST_OK)
		diag_nomem(d);
	else if (near)
		diag_error(d, at, "unknown %s `%.60s`: did you mean `%s`?",
		    what, name, near);
	else
		diag_error(d, at, "unknown %s `%.60s`: %s%s", what, name,
		    known.len ? "expected one of " : "there is none",
		    buf_text(&known));
	buf_release(&known);
}

const struct node *read_required(
    struct diag *d, const struct node *map, const char *key)
{
	const struct node *n = node_get(map, key);

	if (n == NULL && map && map->kind == NODE_MAP) {
		if (map->label)
			diag_error(d, map->at, "`%.60s`: `%s` is missing",
			    map->label, key);
		else
			diag_error(d, map->at, "`%s` is missing", key);
	}
	return n;
}

static int is_word(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(*words, word) == 0)
			return 1;
	return 0;
}

/* Of the scalar that stands where a shape is due, nothing is shown: it may be
 * a passphrase. */
static int is_shape(
    struct diag *d, const struct node *n, enum node_kind kind, const char *what)
{
	if (n == NULL || n->kind == NODE_BAD)
		return 0;
	if (n->kind == kind)
		return 1;
	if (n->kind == NODE_SCALAR)
		mismatch(d, n, what, "text");
	else
		read_mismatch(d, n, what);
	return 0;
}

int read_map_of(struct diag *d, const struct node *n, const char *what)
{
	return is_shape(d, n, NODE_MAP, what);
}

int read_list_of(struct diag *d, const struct node *n, const char *what)
{
	return is_shape(d, n, NODE_LIST, what);
}

int read_map(struct diag *d, const struct node *n, const char *const *keys)
{
	struct buf what = BUF_INIT;
	int ok;

	buf_adds(&what, "a map with ");
	for (size_t i = 0; keys[i]; i++)
		buf_addf(&what, "%s%s", i ? ", " : "", keys[i]);
	if (buf_status(&what) != ST_OK)
		diag_nomem(d);
	ok = is_shape(d, n, NODE_MAP, buf_text(&what));
	buf_release(&what);
	for (size_t i = 0; ok && i < n->count; i++)
		if (!is_word(n->keys[i].text, keys))
			read_unknown(
			    d, n->keys[i].at, "key", n->keys[i].text, keys);
	return ok;
}

char *read_copy(struct diag *d, const char *text, size_t len)
{
	char *copy = strndup(text, len);

	if (copy == NULL)
		diag_nomem(d);
	return copy;
}

void *read_array(struct diag *d, size_t count, size_t size)
{
	void *array;

	if (count == 0)
		return NULL;
	if ((array = calloc(count, size)) == NULL)
		diag_nomem(d);
	return array;
}

void read_free_strings(char **strings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(strings[i]);
	free(strings);
}

static int read_strings_of(struct diag *d, const struct node *items, size_t n,
    char ***out, size_t *count)
{
	char **strings = read_array(d, n, sizeof(*strings));
	size_t k = 0;

	if (strings == NULL)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (read_string(d, &items[i], &strings[k]))
			k++;
	read_free_strings(*out, *count);
	*out = strings;
	*count = k;
	return 1;
}

int read_strings(
    struct diag *d, const struct node *n, char ***out, size_t *count)
{
	if (!read_list_of(d, n, "a list of names"))
		return 0;
	return read_strings_of(d, n->items, n->count, out, count);
}

int read_one_or_more(
    struct diag *d, const struct node *n, char ***out, size_t *count)
{
	if (n && n->kind == NODE_SCALAR)
		return read_strings_of(d, n, 1, out, count);
	return read_strings(d, n, out, count);
}
