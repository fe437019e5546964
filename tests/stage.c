/* The stores of a made-up world, compared with what should be in them. */
#include "tests/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "tests/oracle.h"

void stage_open(struct stage *s)
{
	MUST(installation_load(s->config, &s->in) == ST_OK, SEED("%s"), HERE(s),
	    status_text());
	if (schedule_init(&s->schedule, &s->in, NULL, &s->in.diag) == ST_OK)
		return;
	diag_print(&s->in.diag, stderr);
	ck_abort_msg(SEED("%s"), HERE(s), status_text());
}

void stage_close(struct stage *s)
{
	schedule_release(&s->schedule);
	installation_release(&s->in);
}

const struct rule *stage_rule(const struct stage *s, int collection, int part)
{
	const struct world_collection *c = &s->world->collections[collection];
	char cluster[20];
	size_t i;

	(void)snprintf(cluster, sizeof(cluster), "g%d", c->clusters[part]);
	for (i = 0; i < s->schedule.count; i++) {
		const struct rule *r = &s->schedule.rules[i];

		if (strcmp(r->collection->name, c->name) == 0 &&
		    strcmp(r->terms.cluster->name, cluster) == 0)
			return r;
	}
	ck_abort_msg(SEED("%s, %s: no rule"), HERE(s), c->name, cluster);
	return NULL;
}

int stage_part(const struct stage *s, int collection, int cluster)
{
	const struct world_collection *c = &s->world->collections[collection];
	int i;

	for (i = 0; i < c->parts && c->clusters[i] != cluster; i++)
		;
	MUST(i < c->parts, SEED("%s is not under g%d"), HERE(s), c->name,
	    cluster);
	return i;
}

static struct installation_store *store_of(
    const struct stage *s, int collection)
{
	return stage_rule(s, collection, 0)->store;
}

static struct db *db_of(const struct stage *s, int collection)
{
	return store_of(s, collection)->db;
}

/* ---- records ---- */

static struct world_record *find_record(
    struct world_collection *c, const char *k1, const char *k2)
{
	char t1[32], t2[32];
	size_t i;

	for (i = 0; i < c->count; i++) {
		world_key_text(c, c->records[i].key[0], t1);
		world_key_text(c, c->records[i].key[1], t2);
		if (strcmp(t1, k1) == 0 &&
		    (!c->has[COLUMN_K2] || strcmp(t2, k2) == 0))
			return &c->records[i];
	}
	return NULL;
}

/* Column 0 and 1 the key as text, then every column as SQL writes it. */
static enum status select_records(
    const struct stage *s, int collection, struct stmt **out)
{
	const struct world_collection *c = &s->world->collections[collection];
	struct sql q = SQL_INIT;
	enum status st;
	int i;

	sql_add(&q, "SELECT CAST(k1 AS TEXT)");
	if (c->has[COLUMN_K2])
		sql_add(&q, ", CAST(k2 AS TEXT)");
	else
		sql_add(&q, ", ''");
	for (i = 0; i < COLUMN__MAX; i++) {
		if (!c->has[i]) {
			sql_add(&q, ", ''");
			continue;
		}
		sql_add(&q, ", quote(");
		sql_name(&q, world_column_name((enum world_column)i));
		sql_add(&q, ")");
	}
	sql_add(&q, " FROM ");
	sql_name(&q, c->name);
	st = db_query_sql(db_of(s, collection), &q, out);
	sql_release(&q);
	return st;
}

/* In the file that is in use. */
static void read_records_here(struct stage *s, int collection, char *there,
    char values[WORLD_RECORDS][COLUMN__MAX][80])
{
	struct world_collection *c = &s->world->collections[collection];
	struct stmt *rows = NULL;
	struct world_record *found;
	enum status st = select_records(s, collection, &rows);
	int i;

	while (st == ST_OK && (st = db_row(rows)) == ST_OK) {
		found = find_record(c, db_text(rows, 0), db_text(rows, 1));
		MUST(found != NULL, SEED("%s: a record out of nowhere"),
		    HERE(s), c->name);
		MUST(!there[found - c->records],
		    SEED("%s: a record in two files"), HERE(s), c->name);
		there[found - c->records] = 1;
		for (i = 0; i < COLUMN__MAX; i++)
			(void)snprintf(values[found - c->records][i], 80, "%s",
			    db_text(rows, 2 + i));
	}
	MUST(st == ST_NOTFOUND, SEED("%s"), HERE(s), status_text());
	db_done(rows);
}

/* What the records hold now; ${there} tells which are there at all. */
static void read_records(struct stage *s, int collection, char *there,
    char values[WORLD_RECORDS][COLUMN__MAX][80])
{
	struct installation_store *store = store_of(s, collection);
	size_t u;

	memset(there, 0, WORLD_RECORDS);
	for (u = 0; u < units_count(store); u++) {
		MUST(units_use(store, u) == ST_OK, SEED("%s"), HERE(s),
		    status_text());
		read_records_here(s, collection, there, values);
	}
	units_rest(store);
}

int stage_is_reduced(const struct world_record *r)
{
	int i, any = 0;

	for (i = 0; i < WORLD_PARTS; i++)
		any |= r->reduced[i];
	return any;
}

void stage_note(struct stage *s)
{
	char there[WORLD_RECORDS], values[WORLD_RECORDS][COLUMN__MAX][80];
	int c, i;

	for (c = 0; c < s->world->collection_count; c++) {
		read_records(s, c, there, values);
		for (i = 0; i < WORLD_RECORDS; i++) {
			if (there[i] &&
			    !stage_is_reduced(
				&s->world->collections[c].records[i]))
				memcpy(s->stored[c][i], values[i],
				    sizeof(values[i]));
		}
	}
}

/* ---- what has been reduced ---- */

/* What the file in use says of the records that are there. */
static void read_reduced_here(struct stage *s, int collection,
    const char *there, char reduced[WORLD_RECORDS][WORLD_PARTS])
{
	struct world_collection *c = &s->world->collections[collection];
	struct stmt *rows = NULL;
	struct world_record *r;
	enum status st;
	int part;

	st = db_query(db_of(s, collection),
	    "SELECT cluster, CAST(k1 AS TEXT), CAST(k2 AS TEXT)"
	    " FROM lethe_reduced WHERE collection = $1",
	    ARGS(TEXT(c->name)), &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK) {
		r = find_record(c, db_text(rows, 1), db_text(rows, 2));
		MUST(r != NULL && there[r - c->records],
		    SEED("%s: remembers to have reduced %s, which is gone"),
		    HERE(s), c->name, db_text(rows, 1));
		part = stage_part(s, collection, atoi(db_text(rows, 0) + 1));
		reduced[r - c->records][part] = 1;
	}
	MUST(st == ST_NOTFOUND, SEED("%s"), HERE(s), status_text());
	db_done(rows);
}

static void read_reduced(struct stage *s, int collection, const char *there,
    char reduced[WORLD_RECORDS][WORLD_PARTS])
{
	struct installation_store *store = store_of(s, collection);
	size_t u;

	memset(reduced, 0, WORLD_RECORDS * WORLD_PARTS);
	for (u = 0; u < units_count(store); u++) {
		MUST(units_use(store, u) == ST_OK, SEED("%s"), HERE(s),
		    status_text());
		read_reduced_here(s, collection, there, reduced);
	}
	units_rest(store);
}

/* ---- values ---- */

/* A keyed hash: not what stood there, and the same for the same. */
static int is_hashed(const struct stage *s, int collection, enum world_column k,
    const char *was, const char *is,
    char values[WORLD_RECORDS][COLUMN__MAX][80])
{
	const struct world_collection *c = &s->world->collections[collection];
	size_t i;

	if (strcmp(was, "NULL") == 0)
		return strcmp(is, "NULL") == 0;
	if (strcmp(was, is) == 0 || strcmp(is, "NULL") == 0)
		return 0;
	for (i = 0; i < c->count; i++) {
		if (!c->records[i].gone &&
		    c->records[i].reduced[c->part_of[k]] &&
		    (strcmp(s->stored[collection][i][k], was) == 0) !=
			(strcmp(values[i][k], is) == 0))
			return 0;
	}
	return 1;
}

/* What says nothing, where the column takes no NULL. */
static const char *empty(const struct world_collection *c, enum world_column k)
{
	if (k < COLUMN_F0 || !c->not_null[k - COLUMN_F0])
		return "NULL";
	return k == COLUMN_F1 ? "0" : "''";
}

static int is_right(const struct stage *s, int collection, size_t record,
    enum world_column k, char values[WORLD_RECORDS][COLUMN__MAX][80])
{
	const struct world_collection *c = &s->world->collections[collection];
	const char *was = s->stored[collection][record][k];
	const char *is = values[record][k];
	enum world_method method = METHOD_NONE;
	int null = strcmp(was, "NULL") == 0;

	if (c->records[record].reduced[c->part_of[k]])
		method = oracle_becomes(s->world, collection, k);
	switch (method) {
	case METHOD_NONE: return strcmp(is, was) == 0;
	case METHOD_NULL: return strcmp(is, empty(c, k)) == 0;
	case METHOD_CONSTANT: return strcmp(is, "'gone'") == 0;
	case METHOD_TRUNCATE:
		return null ? strcmp(is, "NULL") == 0
			    : strlen(is) == 4 && strncmp(is, was, 3) == 0;
	case METHOD_KEYED_HASH:
		return is_hashed(s, collection, k, was, is, values);
	}
	return 0;
}

static void check_values(struct stage *s, int collection,
    char values[WORLD_RECORDS][COLUMN__MAX][80])
{
	const struct world_collection *c = &s->world->collections[collection];
	size_t i;
	int k;

	for (i = 0; i < c->count; i++) {
		for (k = 0; k < COLUMN__MAX && !c->records[i].gone; k++)
			MUST(!c->has[k] || is_right(s, collection, i,
					       (enum world_column)k, values),
			    SEED("%s.%s of %s is %s and was %s; reduced: %d"),
			    HERE(s), c->name,
			    world_column_name((enum world_column)k),
			    values[i][COLUMN_K1], values[i][k],
			    s->stored[collection][i][k],
			    c->records[i].reduced[c->part_of[k]]);
	}
}

/* ---- after a run ---- */

/* One part of a record that is there. */
static void settle_part(struct stage *s, const struct oracle_part *p,
    int expected, int reduced, int64_t now, enum stage_ending ending)
{
	struct world_collection *c = &s->world->collections[p->collection];
	struct world_record *r = &c->records[p->record - c->records];
	char key[32];

	world_key_text(c, r->key[0], key);
	MUST(reduced || !r->reduced[p->part],
	    SEED("%s %s, g%d: what was reduced is forgotten"), HERE(s), c->name,
	    key, c->clusters[p->part]);
	MUST(!reduced || expected,
	    SEED("%s %s, g%d was reduced at %lld and is %s"), HERE(s), c->name,
	    key, c->clusters[p->part], (long long)now,
	    oracle_name(oracle_clocks(s->world, p, now, NULL)));
	MUST(reduced || !expected || ending == STAGE_STOPPED,
	    SEED("%s %s, g%d is to be reduced at %lld and was not"), HERE(s),
	    c->name, key, c->clusters[p->part], (long long)now);
	r->reduced[p->part] = reduced;
}

static void settle_collection(struct stage *s, int collection,
    const struct world *expected, int64_t now, enum stage_ending ending)
{
	struct world_collection *c = &s->world->collections[collection];
	char there[WORLD_RECORDS], reduced[WORLD_RECORDS][WORLD_PARTS];
	char values[WORLD_RECORDS][COLUMN__MAX][80], key[32];
	size_t i;

	read_records(s, collection, there, values);
	read_reduced(s, collection, there, reduced);
	for (i = 0; i < c->count; i++) {
		const struct world_record *want =
		    &expected->collections[collection].records[i];
		struct world_record *r = &c->records[i];
		struct oracle_part p = { collection, 0, r };

		world_key_text(c, r->key[0], key);
		MUST(!(r->gone && there[i]), SEED("%s %s came back"), HERE(s),
		    c->name, key);
		MUST(there[i] || want->gone,
		    SEED("%s %s went at %lld and is %s"), HERE(s), c->name, key,
		    (long long)now,
		    oracle_name(oracle_judge(s->world, &p, now)));
		MUST(!there[i] || !want->gone || ending == STAGE_STOPPED,
		    SEED("%s %s is due at %lld and still there"), HERE(s),
		    c->name, key, (long long)now);
		for (; p.part < c->parts && there[i]; p.part++)
			settle_part(s, &p, want->reduced[p.part],
			    reduced[i][p.part], now, ending);
	}
	for (i = 0; i < c->count; i++)
		c->records[i].gone = !there[i];
	check_values(s, collection, values);
	stage_check_evidence(s, collection, ending);
}

void stage_settle(struct stage *s, const struct world *expected, int64_t now,
    enum stage_ending ending)
{
	int c;

	for (c = 0; c < s->world->collection_count; c++)
		settle_collection(s, c, expected, now, ending);
}
