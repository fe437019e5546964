#ifndef INSTALLATION_UNITS_H
#define INSTALLATION_UNITS_H

#include "engine/installation/installation.h"

/*
 * The files of one store, one after the other.  A store is one database to
 * all that compiles rules and asks for records; where it is cut into segments
 * (engine/store/segments.h), whoever acts on it does so once for each unit:
 *
 *	for (u = 0; st == ST_OK && u < units_count(store); u++)
 *		if ((st = units_use(store, u)) == ST_OK)
 *			st = ...;    as ever, on store->db
 *	units_rest(store);
 *
 * Unit 0 is the rest, or the store itself where nothing cuts it; the segments
 * follow, the oldest first.  Outside of such a loop ${store->db} is the rest.
 * Loops over one store do not nest, and nothing in one refreshes the list.
 */
size_t units_count(const struct installation_store *store);
enum status units_use(struct installation_store *store, size_t unit) MUST_CHECK;
/* The one of this segment, and no other is opened; "": the rest.  ST_NOTFOUND,
 * without a sentence: there is none of that name. */
enum status units_use_segment(
    struct installation_store *store, const char *name) MUST_CHECK;
void units_rest(struct installation_store *store);

/* The segment that is in use; NULL: the rest. */
const struct segment *units_segment(const struct installation_store *store);

/* The key that the file in use is sealed with, by its name in the keyring. */
void units_key(const struct installation_store *store, char out[SEGMENT_KEY]);

#endif /* !INSTALLATION_UNITS_H */
