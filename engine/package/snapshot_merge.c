/* What was kept aside, back among a person's records. */
#include <stdlib.h>
#include <string.h>

#include "engine/package/exports.h"
#include "engine/package/kept_aside.h"
#include "engine/package/snapshot.h"
#include "engine/plan/keys.h"

/* Those that can be read, the oldest first. */
static enum status query(const struct collection_set *set, struct stmt **out)
{
	return db_query(set->in->control,
	    "SELECT name, size, taken_at FROM snapshot WHERE request = $1"
	    " AND name IS NOT NULL AND deleted_at IS NULL"
	    " AND revoked_at IS NULL AND expires_at > $2 ORDER BY number",
	    ARGS(INT(set->request), INT(set->now)), out);
}

enum status snapshot_begin(struct collection_set *set)
{
	struct stmt *s = NULL;
	enum status st;

	if (set->request == 0)
		return ST_OK;
	if ((st = query(set, &s)) == ST_OK && (st = db_row(s)) == ST_OK)
		st = aside_seen_new(&set->seen);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status snapshot_see(struct collection_set *set, const struct collected *c,
    const struct val *row)
{
	int new;

	return set->seen ? aside_see(set->seen, c, row, &new) : ST_OK;
}

/* ---- one record ---- */

static enum status no_place(const struct aside_record *r)
{
	return fail(ST_INVALID,
	    "the snapshot that was taken at intake has records of %s.%s, which "
	    "is in no dataset any more: add it again until the request is "
	    "answered",
	    r->store, r->collection);
}

/* The collection that it is of, as the walk would name it. */
static enum status find_place(const struct collection_set *set,
    const struct aside_record *r, struct reach_record *out)
{
	struct installation_store *store = NULL;
	enum status st = installation_find_store(set->in, r->store, &store);

	if (st != ST_OK)
		return no_place(r);
	if ((st = installation_open_store(set->in, store)) != ST_OK)
		return st;
	out->store = store;
	out->table = db_schema_table(&store->schema, r->collection);
	for (size_t i = 0; i < store->dataset->collection_count; i++)
		if (strcmp(store->dataset->collections[i].name,
			r->collection) == 0)
			out->collection = &store->dataset->collections[i];
	return out->table && out->collection ? ST_OK : no_place(r);
}

static enum status find_key(
    const struct aside_record *r, struct reach_record *out, struct val *key)
{
	const char **keys = NULL;
	enum status st =
	    keys_of(out->collection, out->table, &keys, &out->key_count);

	for (size_t i = 0; st == ST_OK && i < out->key_count; i++)
		key[i] = aside_value(r, keys[i]);
	out->key = key;
	out->shared = r->shared;
	free(keys);
	return st;
}

/* It was judged at intake; the words are those of this package. */
static enum status say_kept(const struct collection_set *set,
    const char *storage, json_t **list, char **text)
{
	enum status st = json_made(json_loads(storage, 0, NULL), list);

	if (st == ST_OK)
		st = kept_translate(set, *list);
	if (st == ST_OK && (*text = json_dumps(*list, JSON_COMPACT)) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	return st;
}

static enum status add_new(struct collection_set *set, struct collected *c,
    const struct aside_record *r, const struct reach_record *place,
    struct val *row)
{
	json_t *list = NULL;
	char *text = NULL;
	enum status st = say_kept(set, r->storage, &list, &text);

	if (st == ST_OK)
		st = collected_add(set, c, place, row,
		    &(struct kept){ list, text, strlen(text) });
	json_decref(list);
	free(text);
	return st;
}

static enum status add_row(struct collection_set *set, struct collected *c,
    const struct aside_record *r, const struct reach_record *place)
{
	struct val *row = calloc(c->column_count + 1, sizeof(*row));
	int new = 0;
	enum status st = row ? ST_OK : fail(ST_NOMEM, "out of memory");

	for (size_t i = 0; st == ST_OK && i < c->column_count; i++)
		row[i] = aside_value(r, c->columns[i].column.db->name);
	if (st == ST_OK)
		st = aside_see(set->seen, c, row, &new);
	if (st == ST_OK && new)
		st = add_new(set, c, r, place, row);
	free(row);
	return st;
}

static enum status add(
    struct collection_set *set, const struct aside_record *r, int64_t taken_at)
{
	struct reach_record place = { .store = NULL };
	struct val key[KEYS_MOST];
	struct collected *c = NULL;
	enum status st = find_place(set, r, &place);

	if (st == ST_OK)
		st = find_key(r, &place, key);
	if (st == ST_OK)
		st = collected_of(set, &place, taken_at, &c);
	if (st != ST_OK)
		return st;
	if (set->what == COLLECT_PORTABLE && !collected_portable(c)) {
		set->left_out++;
		return ST_OK;
	}
	return add_row(set, c, r, &place);
}

/* ---- all of them ---- */

static enum status add_file(struct collection_set *set, struct stmt *s)
{
	struct aside_record r = { .bytes = BUF_INIT };
	const struct secret_key *key = NULL;
	struct sealed *file = NULL;
	int64_t at = 0, taken_at = db_int(s, 2);
	char *path = exports_path(set->in, db_text(s, 0));
	enum status st = path ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = exports_key(set->in, db_text(s, 0), &key);
	if (st == ST_OK)
		st = sealed_open(path, key, db_int(s, 1), &file);
	/* Not the end of anything: it should be there. */
	if (st == ST_NOTFOUND)
		st = fail(ST_INTEGRITY,
		    "the snapshot that was taken at intake is gone");
	while (st == ST_OK && (st = aside_read(file, &at, &r)) == ST_OK)
		st = add(set, &r, taken_at);
	aside_release(&r);
	sealed_free(file);
	free(path);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status snapshot_add(struct collection_set *set)
{
	struct stmt *s = NULL;
	enum status st;

	if (set->seen == NULL)
		return ST_OK;
	st = query(set, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = add_file(set, s);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}
