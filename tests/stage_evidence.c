/* What is proven of a made-up world. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "tests/stage.h"

/* ---- in the store ---- */

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

/* The hashes of what was done to a part: as many as records, none twice. */
static void check_action(
    struct stage *s, int collection, int part, const char *action, size_t done)
{
	const struct world_collection *c = &s->world->collections[collection];
	uint8_t hashes[WORLD_RECORDS + 1][16];
	struct stmt *rows = NULL;
	char cluster[20];
	size_t n = 0, i;
	struct val v;
	enum status st;

	(void)snprintf(cluster, sizeof(cluster), "g%d", c->clusters[part]);
	st = db_query(stage_rule(s, collection, 0)->store->db,
	    "SELECT hashes, records FROM lethe_evidence WHERE collection = $1"
	    " AND cluster = $2 AND action = $3",
	    ARGS(TEXT(c->name), TEXT(cluster), TEXT(action)), &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK) {
		v = db_val(rows, 0);
		MUST(v.n == 16 * (size_t)db_int(rows, 1) &&
			 n + v.n / 16 <= WORLD_RECORDS,
		    SEED("%s: evidence of more than was there"), HERE(s),
		    c->name);
		memcpy(hashes[n], v.p, v.n);
		n += v.n / 16;
	}
	db_done(rows);
	MUST(n == done, SEED("%s, %s: %s of %zu, and %zu in evidence"), HERE(s),
	    c->name, cluster, action, done, n);
	qsort(hashes, n, 16, compare_hashes);
	for (i = 1; i < n; i++)
		MUST(memcmp(hashes[i - 1], hashes[i], 16) != 0,
		    SEED("%s, %s: %s of a record twice in evidence"), HERE(s),
		    c->name, cluster, action);
}

/* ---- in the log ---- */

/* Of a store that is cut: a segment takes its evidence along. */
struct logged {
	const char *cluster, *collection, *action;
	size_t records;
};

static enum status add_entry(void *ctx, const char *body)
{
	struct logged *l = ctx;
	json_t *o = json_loads(body, 0, NULL);

	if (strcmp(json_text(o, "cluster"), l->cluster) == 0 &&
	    strcmp(json_text(o, "collection"), l->collection) == 0)
		l->records += (size_t)json_int(o, "records");
	json_decref(o);
	return ST_OK;
}

static size_t count_logged(struct stage *s, struct logged *l)
{
	struct audit_filter f = { .action = l->action };

	l->records = 0;
	MUST(installation_open_audit(&s->in) == ST_OK &&
		 audit_list(s->in.audit, &f, add_entry, l) == ST_OK,
	    SEED("%s"), HERE(s), status_text());
	return l->records;
}

static void check_logged(
    struct stage *s, int collection, int part, const char *action, size_t done)
{
	const struct world_collection *c = &s->world->collections[collection];
	char cluster[20];
	struct logged l = { cluster, c->name, action, 0 };
	size_t n;

	(void)snprintf(cluster, sizeof(cluster), "g%d", c->clusters[part]);
	n = count_logged(s, &l);
	l.action = "drop_segment";
	if (strcmp(action, "delete") == 0)
		n += count_logged(s, &l);
	MUST(n == done, SEED("%s, %s: %s of %zu, and %zu in the log"), HERE(s),
	    c->name, cluster, action, done, n);
}

/* ---- both ---- */

/* Everything that was done is in exactly one evidence row. */
void stage_check_evidence(
    struct stage *s, int collection, enum stage_ending ending)
{
	const struct world *w = s->world;
	const struct world_collection *c = &w->collections[collection];
	size_t gone = 0, reduced, i;
	int part, cut = w->cut[c->store] != CUT_NOT;

	/* What a run that was stopped did is in the log after the next one. */
	if (cut && ending == STAGE_STOPPED)
		return;
	for (i = 0; i < c->count; i++)
		gone += (size_t)(c->records[i].gone && !c->records[i].lost);
	for (part = 0; part < c->parts; part++) {
		void (*check)(struct stage *, int, int, const char *, size_t) =
		    cut ? check_logged : check_action;
		int changes = w->clusters[c->clusters[part]].de_identify;

		reduced = 0;
		for (i = 0; i < c->count; i++)
			reduced += (size_t)c->records[i].reduced[part];
		check(s, collection, part, "delete", part ? 0 : gone);
		check(s, collection, part, "minimise", changes ? 0 : reduced);
		check(
		    s, collection, part, "de_identify", changes ? reduced : 0);
	}
}
