/* Trees of YAML: reading the file, finding what stands under a key. */
#include "engine/model/node.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"

enum status node_read_file(const char *path, struct diag *d, struct buf *out)
{
	struct place at = { diag_file(d, path), 0, 0 };
	enum status st;

	if (at.file == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = file_read(path, NODE_MAX_BYTES, out);
	if (st == ST_OK || st == ST_NOMEM)
		return st;
	diag_error(d, at, "%s", status_text());
	return ST_INVALID;
}

void node_release(struct node *n)
{
	for (size_t i = 0; i < n->count; i++) {
		node_release(&n->items[i]);
		if (n->keys)
			free(n->keys[i].text);
	}
	free(n->items);
	free(n->keys);
	free(n->text);
	*n = (struct node){ 0 };
}

const struct node *node_get(const struct node *map, const char *key)
{
	if (map == NULL || map->kind != NODE_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->keys[i].text, key) == 0)
			return &map->items[i];
	return NULL;
}

const struct node *node_given(const struct node *map, const char *key)
{
	const struct node *n = node_get(map, key);

	return n && n->kind == NODE_NULL ? NULL : n;
}
