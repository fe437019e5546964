/* Segments come and go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/discard.h"
#include "engine/base/file.h"
#include "engine/store/segments_internal.h"

/* ---- periods ---- */

/* ISO 8601: the week belongs to the year that its Thursday lies in. */
static void name_week(int32_t monday, char out[SEGMENT_NAME])
{
	struct civil thursday = civil_date(monday + 3);
	int32_t first =
	    civil_day((struct civil){ .year = thursday.year, 1, 1 });

	(void)snprintf(out, SEGMENT_NAME, "%04d-W%02d", thursday.year % 10000,
	    ((monday + 3 - first) / 7 + 1) % 100);
}

void segments_period(const struct segments *s, int32_t day, struct segment *out)
{
	const struct period *every = &s->spec.every;
	struct civil c = civil_date(day);

	memset(out, 0, sizeof(*out));
	out->first_day = out->last_day = day;
	if (every->months) {
		out->first_day = day - (c.day - 1);
		out->last_day =
		    out->first_day + civil_month_length(c.year, c.month) - 1;
		(void)snprintf(out->name, SEGMENT_NAME, "%04d-%02d",
		    c.year % 10000, c.month % 100);
	} else if (every->days == 7) {
		out->first_day = day - civil_weekday(day);
		out->last_day = out->first_day + 6;
		name_week(out->first_day, out->name);
	} else {
		civil_format(day, out->name);
	}
	out->from = zone_midnight(s->spec.zone, out->first_day);
	out->before = zone_midnight(s->spec.zone, out->last_day + 1);
}

/* ---- made ---- */

/* The tables as they are in the rest, not as a file has them today. */
static enum status read_tables(struct db *rest, struct buf *out)
{
	struct stmt *rows = NULL;
	enum status st;

	st = db_query(rest,
	    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
	    " AND tbl_name NOT LIKE 'lethe\\_%' ESCAPE '\\'"
	    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
	    NOARGS, &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK)
		buf_addf(out, "%s;\n", db_text(rows, 0));
	db_done(rows);
	return st == ST_NOTFOUND ? buf_status(out) : st;
}

#define FILES 6 /* that there may be of one segment */

static enum status name_files(const char *path, char *out[FILES])
{
	static const char *const suffixes[FILES] = { "", "-wal", "-shm", ".new",
		".new-wal", ".new-shm" };
	size_t i;

	for (i = 0; i < FILES; i++) {
		out[i] = str_format("%s%s", path, suffixes[i]);
		if (out[i] == NULL)
			return fail(ST_NOMEM, "out of memory");
	}
	return ST_OK;
}

static enum status remove_files(
    const struct segments_place *places, size_t count)
{
	char **paths = calloc(FILES * count + 1, sizeof(*paths));
	enum status st = ST_OK;
	size_t i;

	if (paths == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < count; i++)
		st = name_files(places[i].path, paths + FILES * i);
	if (st == ST_OK)
		st = discard_files((const char *const *)paths, FILES * count);
	for (i = 0; i < FILES * count; i++)
		free(paths[i]);
	free(paths);
	return st == ST_OK ? file_sync_folder(places[0].path) : st;
}

/* The keys first: what is left of the files then is noise. */
static enum status destroy(
    struct segments *s, const struct segments_place *places, size_t count)
{
	const char **keys = calloc(count + 1, sizeof(*keys));
	enum status st;
	size_t i;

	if (keys == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < count; i++)
		keys[i] = places[i].key;
	st = keyring_destroy_all(s->spec.keys, keys, count);
	free(keys);
	return st == ST_OK ? remove_files(places, count) : st;
}

/* What a maker that did not commit left behind has never existed. */
static enum status make_file(struct segments *s, struct segment *g)
{
	struct buf tables = BUF_INIT;
	struct segments_place p;
	struct keyring_key key;
	enum status st;

	if ((st = segments_place(s, g->name, &p)) != ST_OK)
		return st;
	st = keyring_refresh(s->spec.keys);
	if (st == ST_OK && (file_exists(p.path) || keyring_find(s->spec.keys,
						       p.key, &key) == ST_OK))
		st = destroy(s, &p, 1);
	status_clear();
	if (st == ST_OK)
		st = read_tables(s->spec.rest, &tables);
	if (st == ST_OK)
		st = store_create(&p.spec, s->spec.keys, buf_text(&tables),
		    "schemas/store/", NULL);
	if (st == ST_OK)
		st = keyring_find(s->spec.keys, p.key, &key);
	if (st == ST_OK)
		memcpy(g->key_id, key.id, sizeof(key.id));
	buf_release(&tables);
	segments_place_release(&p);
	return st;
}

enum status segments_add(
    struct segments *s, const struct when *w, struct segment **out)
{
	struct segment g;
	int64_t taken = 0;
	enum status st;

	*out = NULL;
	if (w->kind == WHEN_NONE ||
	    (s->spec.every.months == 0 && s->spec.every.days == 0))
		return ST_OK;
	segments_period(s,
	    w->kind == WHEN_DATE ? w->day : zone_day(s->spec.zone, w->seconds),
	    &g);
	st = db_one_int(s->spec.rest,
	    "SELECT 1 FROM lethe_segment WHERE name = $1", ARGS(TEXT(g.name)),
	    0, &taken);
	/* Of another zone: its bounds do not have this record. */
	if (st != ST_OK || taken)
		return st;
	/* Should the rest not commit, the list is read again. */
	s->read = 0;
	if ((st = make_file(s, &g)) != ST_OK)
		return st;
	st = db_exec(s->spec.rest,
	    "INSERT INTO lethe_segment"
	    " (name, first_day, last_day, from_at, before_at, key_id)"
	    " VALUES ($1, $2, $3, $4, $5, $6)",
	    ARGS(TEXT(g.name), INT(g.first_day), INT(g.last_day), INT(g.from),
		INT(g.before), BLOB(g.key_id, sizeof(g.key_id))));
	return st == ST_OK ? segments_list_add(s, &g, out) : st;
}

enum status segments_changed(struct segments *s)
{
	/* Read again once it is committed, or rolled back. */
	s->read = 0;
	return db_exec(s->spec.rest,
	    "INSERT INTO lethe_segment_change (one, changes) VALUES (1, 1)"
	    " ON CONFLICT (one) DO UPDATE SET changes = changes + 1",
	    NOARGS);
}

/* ---- gone ---- */

enum status segments_mark(struct segments *s, const struct segment *g)
{
	enum status st;

	st = db_exec(s->spec.rest,
	    "UPDATE lethe_segment SET dropped = 1 WHERE name = $1",
	    ARGS(TEXT(g->name)));
	if (st == ST_OK)
		st = db_exec(s->spec.rest,
		    "DELETE FROM lethe_segment_key WHERE segment = $1",
		    ARGS(TEXT(g->name)));
	return st == ST_OK ? segments_changed(s) : st;
}

/* Segments that are to go. */
struct dead {
	struct segments_place *list;
	size_t count;
};

static enum status dead_add(
    struct segments *s, struct dead *d, const char *name)
{
	struct segments_place *grown;
	enum status st;

	grown = reallocarray(d->list, d->count + 1, sizeof(*grown));
	if (grown == NULL)
		return fail(ST_NOMEM, "out of memory");
	d->list = grown;
	st = segments_place(s, name, &grown[d->count]);
	d->count += st == ST_OK;
	return st;
}

static void dead_release(struct dead *d)
{
	size_t i;

	for (i = 0; i < d->count; i++)
		segments_place_release(&d->list[i]);
	free(d->list);
}

enum status segments_bury(struct segments *s)
{
	struct dead dead = { NULL, 0 };
	struct stmt *rows = NULL;
	enum status st;

	st = db_query(s->spec.rest,
	    "SELECT name FROM lethe_segment WHERE dropped = 1", NOARGS, &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK)
		st = dead_add(s, &dead, db_text(rows, 0));
	db_done(rows);
	if (st == ST_NOTFOUND)
		st = ST_OK;
	if (st == ST_OK && dead.count > 0)
		st = destroy(s, dead.list, dead.count);
	if (st == ST_OK && dead.count > 0)
		st = db_exec(s->spec.rest,
		    "DELETE FROM lethe_segment WHERE dropped = 1", NOARGS);
	dead_release(&dead);
	return st;
}

/* Is the key ${name} that of a segment of this store?  Its name, or NULL. */
static const char *segment_of(const struct segments *s, const char *name)
{
	size_t len = strlen(s->store);

	if (strncmp(name, "store/", 6) != 0 ||
	    strncmp(name + 6, s->store, len) != 0 || name[6 + len] != '/')
		return NULL;
	return name + 6 + len + 1;
}

static enum status is_listed(struct segments *s, const char *name, int *listed)
{
	int64_t n = 0;
	enum status st;

	st = db_one_int(s->spec.rest,
	    "SELECT count(*) FROM lethe_segment WHERE name = $1",
	    ARGS(TEXT(name)), 0, &n);
	*listed = n > 0;
	return st;
}

enum status segments_sweep(struct segments *s)
{
	struct dead dead = { NULL, 0 };
	const char *key, *name;
	enum status st;
	size_t i;
	int listed;

	st = keyring_refresh(s->spec.keys);
	for (i = 0; st == ST_OK && (key = keyring_name(s->spec.keys, i)); i++) {
		if ((name = segment_of(s, key)) == NULL)
			continue;
		st = is_listed(s, name, &listed);
		if (st == ST_OK && !listed)
			st = dead_add(s, &dead, name);
	}
	if (st == ST_OK && dead.count > 0)
		st = destroy(s, dead.list, dead.count);
	dead_release(&dead);
	return st;
}
