/* The files of one store, one after the other. */
#include "engine/installation/units.h"

#include <stdio.h>
#include <string.h>

size_t units_count(const struct installation_store *store)
{
	return 1 + segments_count(store->segments);
}

enum status units_use(struct installation_store *store, size_t unit)
{
	struct segment *g;
	enum status st;

	if (unit == 0) {
		units_rest(store);
		return ST_OK;
	}
	g = segments_at(store->segments, unit - 1);
	st = segments_open_db(store->segments, g, &store->db);
	if (st == ST_OK)
		store->segment = g;
	else
		units_rest(store);
	return st;
}

enum status units_use_segment(
    struct installation_store *store, const char *name)
{
	size_t i;

	if (*name == '\0')
		return units_use(store, 0);
	for (i = 0; i < segments_count(store->segments); i++)
		if (strcmp(segments_at(store->segments, i)->name, name) == 0)
			return units_use(store, 1 + i);
	return ST_NOTFOUND;
}

void units_rest(struct installation_store *store)
{
	store->segment = NULL;
	if (store->segments)
		store->db = segments_rest(store->segments);
}

const struct segment *units_segment(const struct installation_store *store)
{
	return store->segment;
}

void units_key(const struct installation_store *store, char out[SEGMENT_KEY])
{
	if (store->segment)
		segments_key(store->segments, store->segment, out);
	else
		(void)snprintf(
		    out, SEGMENT_KEY, "store/%s", store->config->name);
}
