/* The segments of a store: the list, and which of their files are open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/segments_internal.h"

/* Each has its own: many small caches, not many large ones. */
#define CACHE_BYTES ((int64_t)16 << 20)

/* ---- places ---- */

enum status segments_place(
    const struct segments *s, const char *segment, struct segments_place *out)
{
	char *suffix = strrchr(s->path, '.');
	int stem = suffix ? (int)(suffix - s->path) : (int)strlen(s->path);

	memset(out, 0, sizeof(*out));
	(void)snprintf(
	    out->name, sizeof(out->name), "%s/%s", s->store, segment);
	(void)snprintf(
	    out->key, sizeof(out->key), "store/%s/%s", s->store, segment);
	out->path = str_format("%.*s/%s.db", stem, s->path, segment);
	if (out->path == NULL)
		return fail(ST_NOMEM, "out of memory");
	out->spec = (struct store_spec){ .name = out->name,
		.key = out->key,
		.driver = STORE_SQLITE,
		.path = out->path,
		.cache_bytes = CACHE_BYTES };
	return ST_OK;
}

void segments_place_release(struct segments_place *p) { free(p->path); }

void segments_key(
    const struct segments *s, const struct segment *g, char out[SEGMENT_KEY])
{
	(void)snprintf(out, SEGMENT_KEY, "store/%s/%s", s->store, g->name);
}

/* ---- the list ---- */

static void segment_free(struct segment *g)
{
	db_close(g->db);
	free(g);
}

enum status segments_list_add(
    struct segments *s, const struct segment *g, struct segment **out)
{
	struct segment **list, *copy = malloc(sizeof(*copy));
	size_t at = s->count;

	list = reallocarray(s->list, s->count + 1, sizeof(struct segment *));
	if (list)
		s->list = list;
	if (list == NULL || copy == NULL) {
		free(copy);
		return fail(ST_NOMEM, "out of memory");
	}
	*copy = *g;
	while (at > 0 && list[at - 1]->from > g->from)
		at--;
	memmove(list + at + 1, list + at,
	    (s->count - at) * sizeof(struct segment *));
	list[at] = copy;
	s->count++;
	*out = copy;
	return ST_OK;
}

static struct segment *same(
    struct segment **list, size_t n, const struct segment *g)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (list[i] &&
		    memcmp(list[i]->key_id, g->key_id, sizeof(g->key_id)) == 0)
			return list[i];
	}
	return NULL;
}

static struct segment read_row(struct stmt *rows)
{
	struct segment g = { .first_day = (int32_t)db_int(rows, 1),
		.last_day = (int32_t)db_int(rows, 2),
		.from = db_int(rows, 3),
		.before = db_int(rows, 4) };

	struct val id = db_val(rows, 5);

	(void)snprintf(g.name, sizeof(g.name), "%s", db_text(rows, 0));
	if (id.n == sizeof(g.key_id))
		memcpy(g.key_id, id.p, sizeof(g.key_id));
	return g;
}

/* Those that are in both lists stay where they are, open as they are. */
static void keep_known(struct segments *s, struct segment **old, size_t count)
{
	struct segment *was;
	size_t i, k;

	for (i = 0; i < s->count; i++) {
		if ((was = same(old, count, s->list[i])) == NULL)
			continue;
		free(s->list[i]);
		s->list[i] = was;
		for (k = 0; old[k] != was; k++)
			;
		old[k] = NULL;
	}
	for (i = 0; i < count; i++) {
		if (old[i])
			segment_free(old[i]);
	}
	free(old);
}

static enum status read_list(struct segments *s)
{
	struct segment **old = s->list, g, *made;
	size_t count = s->count;
	struct stmt *rows = NULL;
	enum status st;

	s->list = NULL;
	s->count = 0;
	st = db_query(s->spec.rest,
	    "SELECT name, first_day, last_day, from_at, before_at, key_id"
	    " FROM lethe_segment WHERE dropped = 0 ORDER BY from_at",
	    NOARGS, &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK) {
		g = read_row(rows);
		st = segments_list_add(s, &g, &made);
	}
	db_done(rows);
	keep_known(s, old, count);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status segments_refresh(struct segments *s)
{
	int64_t version = 0;
	enum status st = ST_OK;

	/* Inside a transaction nothing changes but by ourselves. */
	if (!db_in_transaction(s->spec.rest))
		st = db_version(s->spec.rest, &version);
	if (st != ST_OK || (version && s->read && version == s->version))
		return st;
	st = read_list(s);
	s->version = version;
	s->read = st == ST_OK && version != 0;
	return st;
}

enum status segments_new(
    const struct segments_spec *spec, struct segments **out)
{
	struct segments *s = calloc(1, sizeof(*s));
	enum status st;

	if (s == NULL)
		return fail(ST_NOMEM, "out of memory");
	s->spec = *spec;
	s->store = strdup(spec->store);
	s->path = strdup(spec->path);
	if (s->store && s->path)
		st = segments_refresh(s);
	else
		st = fail(ST_NOMEM, "out of memory");
	if (st != ST_OK)
		segments_free(s);
	else
		*out = s;
	return st;
}

void segments_free(struct segments *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->count; i++)
		segment_free(s->list[i]);
	free(s->list);
	free(s->store);
	free(s->path);
	free(s);
}

size_t segments_count(const struct segments *s) { return s ? s->count : 0; }

struct segment *segments_at(const struct segments *s, size_t i)
{
	return s->list[i];
}

struct db *segments_rest(const struct segments *s) { return s->spec.rest; }

const struct keyring *segments_keys(const struct segments *s)
{
	return s->spec.keys;
}

static int holds(const struct segment *g, const struct when *w)
{
	if (w->kind == WHEN_DATE)
		return g->first_day <= w->day && w->day <= g->last_day;
	return g->from <= w->seconds && w->seconds < g->before;
}

struct segment *segments_find(const struct segments *s, const struct when *w)
{
	size_t i;

	/* Records come in near the end. */
	for (i = s->count; w->kind != WHEN_NONE && i-- > 0;) {
		if (holds(s->list[i], w))
			return s->list[i];
	}
	return NULL;
}

/* ---- open files ---- */

/* The one that was used longest ago; and how many could be closed. */
static struct segment *oldest_open(
    const struct segments *s, const struct segment * not, size_t *open)
{
	struct segment *oldest = NULL;
	size_t i;

	*open = 0;
	for (i = 0; i < s->count; i++) {
		struct segment *g = s->list[i];

		if (g->db == NULL || g == not || db_in_transaction(g->db))
			continue;
		++*open;
		if (oldest == NULL || g->used < oldest->used)
			oldest = g;
	}
	return oldest;
}

static void make_room(struct segments *s, const struct segment * not )
{
	struct segment *oldest;
	size_t open;

	while ((oldest = oldest_open(s, not, &open)) != NULL &&
	       open >= SEGMENTS_OPEN) {
		db_close(oldest->db);
		oldest->db = NULL;
	}
}

/* The key is not there any more: does the list say why? */
static enum status no_key(const struct segments *s, const struct segment *g)
{
	int64_t listed = 0;
	enum status st;

	st = db_one_int(s->spec.rest,
	    "SELECT count(*) FROM lethe_segment"
	    " WHERE key_id = $1 AND dropped = 0",
	    ARGS(BLOB(g->key_id, sizeof(g->key_id))), 0, &listed);
	if (st != ST_OK)
		return st;
	if (listed == 0)
		return fail(ST_BUSY,
		    "the segment %s/%s was dropped a moment ago: do it again",
		    s->store, g->name);
	return fail(ST_NOTFOUND,
	    "%s: the keyring holds no key for the segment %s: where %s.db was "
	    "restored from a backup, that segment has been dropped since and "
	    "nothing opens it; else restore the keyring from a backup",
	    s->store, g->name, s->store);
}

static int has_key(const struct segments *s, const struct segment *g,
    const struct segments_place *p)
{
	struct keyring_key key;

	return keyring_find(s->spec.keys, p->key, &key) == ST_OK &&
	       memcmp(key.id, g->key_id, sizeof(key.id)) == 0;
}

/* Another process may have made it, or destroyed its key, or made another of
 * the same name, since. */
static enum status open_file(struct segments *s, struct segment *g)
{
	struct segments_place p;
	enum status st;

	if ((st = segments_place(s, g->name, &p)) != ST_OK)
		return st;
	if (!has_key(s, g, &p))
		st = keyring_refresh(s->spec.keys);
	if (st == ST_OK && !has_key(s, g, &p))
		st = no_key(s, g);
	if (st == ST_OK)
		st = store_open(&p.spec, s->spec.keys, &g->db);
	segments_place_release(&p);
	return st;
}

enum status segments_open_db(
    struct segments *s, struct segment *g, struct db **out)
{
	enum status st = ST_OK;

	if (g->db == NULL) {
		make_room(s, g);
		st = open_file(s, g);
	}
	g->used = ++s->clock;
	if (st == ST_OK)
		*out = g->db;
	return st;
}
