#ifndef MODEL_NODE_H
#define MODEL_NODE_H

#include <stddef.h>

#include "engine/base/buf.h"
#include "engine/base/status.h"
#include "engine/model/diag.h"

/*
 * A YAML file as a tree in which every node knows its place.
 *
 * Less than YAML on purpose: one document; no anchors, aliases, merge keys or
 * tags of one's own (a small file cannot become a large tree, and what is
 * written is what is meant); every key is text and stands once in its map.
 * Values keep their text: whether `2024-02-29` is a date and `1` a number is
 * for the reader of that key to say (engine/model/read.h).
 */
#define NODE_MAX_BYTES (4u << 20)
#define NODE_MAX_COUNT 200000u
#define NODE_MAX_DEPTH 32

enum node_kind {
	NODE_BAD, /* refused and reported: readers say no more about it */
	NODE_NULL,
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAP
};

struct node_key {
	char *text;
	struct place at;
};

struct node {
	enum node_kind kind;
	struct place at;
	const char *label;     /* its key; its list's for an item; or NULL */
	int plain;             /* scalar: written without quotes */
	char *text;            /* scalar */
	struct node_key *keys; /* map: one for each item */
	struct node *items;    /* list and map */
	size_t count;
};

/* Append the bytes of ${path} to ${out}.  What is wrong goes to ${d}. */
enum status node_read_file(
    const char *path, struct diag *d, struct buf *out) MUST_CHECK;

/*
 * Parse the ${len} bytes of ${path}; the caller releases ${*out}.  ST_OK also
 * where errors in ${d} left NODE_BAD in the tree, so that a reader finds what
 * else is wrong; ST_INVALID where there is no tree.  Places point into ${d}.
 */
enum status node_parse(const char *path, const char *bytes, size_t len,
    struct diag *d, struct node *out) MUST_CHECK;
void node_release(struct node *n);

/* What stands under ${key}; NULL where nothing does or ${map} is no map. */
const struct node *node_get(const struct node *map, const char *key);
/* The same; an explicit null counts as nothing. */
const struct node *node_given(const struct node *map, const char *key);

#endif /* !MODEL_NODE_H */
