/*
 * libyaml's events made into a tree.  The only user of libyaml: an event that
 * was asked for is deleted in the function that asked, whatever happened.
 */
#include "engine/model/node.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "engine/model/characters.h"

struct parse {
	yaml_parser_t yaml;
	struct diag *d;
	const char *file;
	const char *bytes;
	size_t len;
	size_t count; /* of nodes so far */
};

static enum status build(struct parse *p, const yaml_event_t *e,
    const char *label, int depth, struct node *out);

static struct place place_of(const struct parse *p, yaml_mark_t mark)
{
	struct place at = { p->file, (int)mark.line + 1, (int)mark.column + 1 };

	return at;
}

/* Does line ${line} (from 0) begin with blanks that hold a tab? */
static int indented_by_tab(const struct parse *p, size_t line)
{
	const char *at = p->bytes, *end = p->bytes + p->len;

	for (; line > 0; line--) {
		if ((at = memchr(at, '\n', (size_t)(end - at))) == NULL)
			return 0;
		at++;
	}
	while (at < end && *at == ' ')
		at++;
	return at < end && *at == '\t';
}

static enum status syntax_error(const struct parse *p)
{
	const yaml_parser_t *y = &p->yaml;
	const char *what = y->problem ? y->problem : "not YAML";
	struct place at = place_of(p, y->problem_mark);

	if (y->error == YAML_MEMORY_ERROR)
		return fail(ST_NOMEM, "out of memory");
	if (indented_by_tab(p, y->problem_mark.line))
		diag_error(p->d, at, "indented with a tab: use spaces");
	else if (y->context)
		diag_error(p->d, at, "YAML: %s (%s that began in line %zu)",
		    what, y->context, y->context_mark.line + 1);
	else
		diag_error(p->d, at, "YAML: %s", what);
	return fail(ST_INVALID, "%s: YAML: %s", p->file, what);
}

static enum status next(struct parse *p, yaml_event_t *e)
{
	if (!yaml_parser_parse(&p->yaml, e))
		return syntax_error(p);
	return ST_OK;
}

static int is_null(const char *text)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(text, words[i]) == 0)
			return 1;
	return 0;
}

/* Core tags say what we would have read anyway; others mean nothing here. */
static int check_tag(struct parse *p, const yaml_char_t *tag, yaml_mark_t mark)
{
	static const char core[] = "tag:yaml.org,2002:";
	static const char *const names[] = { "str", "int", "float", "bool",
		"null", "seq", "map" };
	const char *text = (const char *)tag;

	if (tag == NULL)
		return 1;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strncmp(text, core, sizeof(core) - 1) == 0 &&
		    strcmp(text + sizeof(core) - 1, names[i]) == 0)
			return 1;
	diag_error(p->d, place_of(p, mark),
	    "tag `%.40s`: only plain YAML is read here: remove the tag", text);
	return 0;
}

static int check_anchor(
    struct parse *p, const yaml_char_t *anchor, yaml_mark_t mark)
{
	if (anchor == NULL)
		return 1;
	diag_error(p->d, place_of(p, mark),
	    "anchor `&%.40s`: anchors and aliases are not read here: write "
	    "the value out where it belongs",
	    (const char *)anchor);
	return 0;
}

static enum status build_scalar(
    struct parse *p, const yaml_event_t *e, struct node *out)
{
	const char *text = (const char *)e->data.scalar.value;
	size_t len = e->data.scalar.length;

	if (memchr(text, '\0', len) != NULL) {
		diag_error(p->d, out->at,
		    "a NUL character (\\0) in a value: remove it");
		return ST_OK;
	}
	if (!check_tag(p, e->data.scalar.tag, e->start_mark) ||
	    !check_anchor(p, e->data.scalar.anchor, e->start_mark))
		return ST_OK;
	out->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		     e->data.scalar.plain_implicit;
	if ((out->text = strdup(text)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	out->kind = out->plain && is_null(text) ? NODE_NULL : NODE_SCALAR;
	return ST_OK;
}

/* One more place in ${n}, at powers of two. */
static enum status grow(struct node *n)
{
	size_t room = n->count ? 2 * n->count : 1;
	struct node_key *keys;
	struct node *items;

	if ((n->count & (n->count - 1)) != 0)
		return ST_OK;
	items = reallocarray(n->items, room, sizeof(*items));
	if (items == NULL)
		return fail(ST_NOMEM, "out of memory");
	n->items = items;
	if (n->kind == NODE_LIST)
		return ST_OK;
	keys = reallocarray(n->keys, room, sizeof(*keys));
	if (keys == NULL)
		return fail(ST_NOMEM, "out of memory");
	n->keys = keys;
	return ST_OK;
}

static enum status build_list(struct parse *p, int depth, struct node *list)
{
	enum status st;
	yaml_event_t e;

	for (;;) {
		if ((st = next(p, &e)) != ST_OK)
			return st;
		if (e.type == YAML_SEQUENCE_END_EVENT)
			break;
		if ((st = grow(list)) == ST_OK)
			st = build(p, &e, list->label, depth + 1,
			    &list->items[list->count++]);
		yaml_event_delete(&e);
		if (st != ST_OK)
			return st;
	}
	yaml_event_delete(&e);
	return ST_OK;
}

/* A key is text; of what else stands there, ${*out} gets none. */
static enum status build_key(
    struct parse *p, const yaml_event_t *e, int depth, struct node_key *out)
{
	struct node n;
	enum status st = build(p, e, NULL, depth + 1, &n);

	if (st == ST_OK && (n.kind == NODE_LIST || n.kind == NODE_MAP)) {
		diag_error(p->d, n.at, "a %s as a key: expected text",
		    n.kind == NODE_LIST ? "list" : "map");
	} else if (st == ST_OK && n.plain && strcmp(n.text, "<<") == 0) {
		diag_error(p->d, n.at,
		    "merge key `<<`: write the keys out where they belong");
	} else if (st == ST_OK && n.kind != NODE_BAD) {
		*out = (struct node_key){ n.text, n.at };
		n.text = NULL;
	}
	node_release(&n);
	return st;
}

/* What stands under a key that was refused is built all the same, so that it
 * is passed and its own errors are reported. */
static enum status build_pair(
    struct parse *p, const yaml_event_t *key, int depth, struct node *map)
{
	struct node_key name = { 0 };
	struct node *item;
	yaml_event_t e;
	enum status st;

	if ((st = grow(map)) != ST_OK)
		return st;
	if ((st = build_key(p, key, depth, &name)) != ST_OK)
		return st;
	item = &map->items[map->count];
	*item = (struct node){ 0 };
	map->keys[map->count++] = name;
	if ((st = next(p, &e)) != ST_OK)
		return st;
	st = build(p, &e, name.text, depth + 1, item);
	yaml_event_delete(&e);
	if (st == ST_OK && name.text == NULL) {
		node_release(item);
		map->count--;
	}
	return st;
}

static enum status check_duplicates(struct parse *p, const struct node *map)
{
	struct diag_name *names;

	names = reallocarray(NULL, map->count + 1, sizeof(*names));
	if (names == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < map->count; i++)
		names[i] =
		    (struct diag_name){ map->keys[i].text, map->keys[i].at };
	diag_duplicates(p->d, names, map->count, "key");
	free(names);
	return ST_OK;
}

static enum status build_map(struct parse *p, int depth, struct node *map)
{
	enum status st;
	yaml_event_t e;

	for (;;) {
		if ((st = next(p, &e)) != ST_OK)
			return st;
		if (e.type == YAML_MAPPING_END_EVENT)
			break;
		st = build_pair(p, &e, depth, map);
		yaml_event_delete(&e);
		if (st != ST_OK)
			return st;
	}
	yaml_event_delete(&e);
	return check_duplicates(p, map);
}

static enum status build_tree(struct parse *p, const yaml_event_t *e, int depth,
    enum node_kind kind, struct node *out)
{
	const yaml_char_t *tag, *anchor;
	enum status st;

	if (depth > NODE_MAX_DEPTH) {
		diag_error(p->d, out->at,
		    "nested deeper than %d: make it flatter", NODE_MAX_DEPTH);
		return fail(ST_INVALID, "%s: nested too deep", p->file);
	}
	tag = kind == NODE_LIST ? e->data.sequence_start.tag
				: e->data.mapping_start.tag;
	anchor = kind == NODE_LIST ? e->data.sequence_start.anchor
				   : e->data.mapping_start.anchor;
	out->kind = kind;
	st = kind == NODE_LIST ? build_list(p, depth, out)
			       : build_map(p, depth, out);
	if (!check_tag(p, tag, e->start_mark) ||
	    !check_anchor(p, anchor, e->start_mark))
		out->kind = NODE_BAD;
	return st;
}

static enum status build(struct parse *p, const yaml_event_t *e,
    const char *label, int depth, struct node *out)
{
	*out =
	    (struct node){ .at = place_of(p, e->start_mark), .label = label };
	if (++p->count > NODE_MAX_COUNT) {
		diag_error(p->d, out->at,
		    "more than %u values in one file: split it",
		    NODE_MAX_COUNT);
		return fail(ST_INVALID, "%s: too many values", p->file);
	}
	switch (e->type) {
	case YAML_SCALAR_EVENT: return build_scalar(p, e, out);
	case YAML_SEQUENCE_START_EVENT:
		return build_tree(p, e, depth, NODE_LIST, out);
	case YAML_MAPPING_START_EVENT:
		return build_tree(p, e, depth, NODE_MAP, out);
	default: /* an alias; the parser lets nothing else stand here */
		diag_error(p->d, out->at,
		    "alias `*%.40s`: anchors and aliases are not read here: "
		    "write the value out",
		    (const char *)e->data.alias.anchor);
		return ST_OK;
	}
}

/* Past the end of the document: there must be nothing. */
static enum status check_end(struct parse *p)
{
	enum status st;
	yaml_event_t e;

	if ((st = next(p, &e)) != ST_OK) /* the document's end */
		return st;
	yaml_event_delete(&e);
	if ((st = next(p, &e)) != ST_OK)
		return st;
	if (e.type != YAML_STREAM_END_EVENT)
		diag_error(p->d, place_of(p, e.start_mark),
		    "a second document: put it into a file of its own");
	yaml_event_delete(&e);
	return ST_OK;
}

static enum status build_file(struct parse *p, struct node *out)
{
	struct place at = { p->file, 0, 0 };
	enum status st;
	yaml_event_t e;

	if ((st = next(p, &e)) != ST_OK) /* the stream's start */
		return st;
	yaml_event_delete(&e);
	if ((st = next(p, &e)) != ST_OK)
		return st;
	if (e.type == YAML_STREAM_END_EVENT) {
		yaml_event_delete(&e);
		diag_error(p->d, at, "the file is empty");
		return fail(ST_INVALID, "%s: empty", p->file);
	}
	yaml_event_delete(&e);
	if ((st = next(p, &e)) != ST_OK)
		return st;
	st = build(p, &e, NULL, 1, out);
	yaml_event_delete(&e);
	if (st == ST_OK && out->kind == NODE_NULL) {
		diag_error(p->d, at, "the file is empty");
		return fail(ST_INVALID, "%s: empty", p->file);
	}
	return st == ST_OK ? check_end(p) : st;
}

enum status node_parse(const char *path, const char *bytes, size_t len,
    struct diag *d, struct node *out)
{
	struct parse p = { .d = d, .bytes = bytes, .len = len };
	struct node root = { 0 };
	enum status st;

	if ((p.file = diag_file(d, path)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (len > NODE_MAX_BYTES) {
		diag_error(d, (struct place){ p.file, 0, 0 },
		    "larger than %u bytes: split it", NODE_MAX_BYTES);
		return fail(ST_INVALID, "%s: too large", path);
	}
	if (!characters_check(d, p.file, bytes, len))
		return fail(ST_INVALID, "%s: not UTF-8 text", path);
	if (!yaml_parser_initialize(&p.yaml))
		return fail(ST_NOMEM, "out of memory");
	yaml_parser_set_encoding(&p.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &p.yaml, (const unsigned char *)bytes, len);
	st = build_file(&p, &root);
	yaml_parser_delete(&p.yaml);
	if (st == ST_OK)
		*out = root;
	else
		node_release(&root);
	return st;
}
