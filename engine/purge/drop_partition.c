/* Partitions that die whole. */
#include "engine/purge/drop_partition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/number.h"
#include "engine/purge/drop_ends.h"
#include "engine/purge/evidence.h"

/* More than that would keep readers out for too long while they move. */
#define STAY_MOST 1000
/* What somebody uses is tried again so often. */
#define MOST_TRIES 5

struct drop {
	struct hand *hand;
	struct run *run; /* the hand's */
	const struct rule *rule;
	const struct db_partition *partition;
	size_t at; /* of its item in the plan */
	int64_t records;
	int64_t stay;
};

/* ---- bounds ---- */

/* "2024-01-01 00:00:00+00" and "1704067200" are written otherwise as values. */
static struct when time_of(const struct db_column *c, const char *bound)
{
	char text[40], *zone;
	int64_t seconds;

	if (number_int(bound, strlen(bound), &seconds) == ST_OK)
		return db_when(c, INT(seconds));
	(void)snprintf(text, sizeof(text), "%s", bound);
	zone = strstr(text, "+00");
	if (zone && zone[3] == '\0' && strlen(text) > 10) {
		memcpy(zone, "Z", 2);
		text[10] = 'T';
	}
	return db_when(c, TEXT(text));
}

/* Its bounds as a segment's: of what the column does not hold, the widest. */
static int bounds_of(const struct drop *d, struct segment *g)
{
	const struct rule *r = d->rule;
	const struct db_column *c =
	    db_table_column(r->table, r->collection->segment_by);
	struct when w = time_of(c, d->partition->before);

	memset(g, 0, sizeof(*g));
	g->first_day = g->last_day = INT32_MIN;
	g->from = g->before = INT64_MIN;
	if (w.kind == WHEN_NONE)
		return 0;
	if (w.kind == WHEN_DATE)
		g->last_day = w.day - 1;
	else
		g->before = w.seconds;
	return 1;
}

static enum status look(struct drop *d, int *all)
{
	struct installation_store *s = d->rule->store;
	struct segment bounds;
	enum status st;
	int in_plan = 0;

	*all = 0;
	if (!bounds_of(d, &bounds))
		return ST_OK;
	s->segment = &bounds;
	st = drop_ends(d->hand, d->rule, &in_plan, &d->at, all);
	s->segment = NULL;
	*all = *all && in_plan;
	return st;
}

/* ---- what stays ---- */

static void add_range(const struct drop *d, struct sql *q)
{
	const struct rule *r = d->rule;
	const struct db_partition *p = d->partition;

	rule_from(r, q);
	sql_add(q, " WHERE ");
	sql_column(q, "t", r->collection->segment_by);
	sql_add(q, " < ");
	sql_bind_text(q, p->before);
	if (*p->from) {
		sql_add(q, " AND ");
		sql_column(q, "t", r->collection->segment_by);
		sql_add(q, " >= ");
		sql_bind_text(q, p->from);
	}
}

/* By every part of it, as it is now. */
static enum status add_stays(const struct drop *d, struct sql *q)
{
	enum status st = ST_OK;
	size_t i;

	sql_add(q, "(");
	for (i = 0; st == ST_OK && i < d->rule->parts; i++) {
		if (i)
			sql_add(q, " OR ");
		sql_add(q, "(");
		st = rule_where(rule_part(d->rule, i), RULE_DUE, d->run->as_of,
		    DB_EVERY, q);
		sql_add(q, ") IS NOT TRUE");
	}
	sql_add(q, ")");
	return st;
}

static enum status count(struct drop *d)
{
	struct db *db = d->rule->store->db;
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;

	sql_add(&q, "SELECT count(*), count(*) FILTER (WHERE ");
	st = add_stays(d, &q);
	sql_add(&q, ") FROM ");
	add_range(d, &q);
	if (st == ST_OK)
		st = db_query_sql(db, &q, &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		d->records = db_int(s, 0);
		d->stay = db_int(s, 1);
	}
	db_done(s);
	sql_release(&q);
	return st;
}

/* ---- the drop ---- */

static enum status prove(struct drop *d)
{
	const struct installation_store *s = d->rule->store;
	struct plan_item item = hand_item(d->hand, d->at);
	char number[STORE_ID_TEXT];
	struct evidence_whole whole = { "drop_partition", d->partition->name,
		NULL };
	char *id = NULL;
	enum status st;

	st = installation_unit_id(d->hand->lane->in, s, number);
	if (st != ST_OK)
		return st;
	if ((id = str_format("%s/%s", number, d->partition->id)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	whole.id = id;
	st = evidence_of_whole(&item, d->run->id, d->run->in->rule_set, s->db,
	    &whole, d->records - d->stay);
	free(id);
	return st;
}

static enum status drop_it(struct drop *d)
{
	struct db *db = d->rule->store->db;
	struct sql stays = SQL_INIT;
	enum status st = prove(d);

	if (st == ST_OK && d->stay) {
		add_range(d, &stays);
		sql_add(&stays, " AND ");
		st = add_stays(d, &stays);
	}
	if (st == ST_OK)
		st = db_partition_drop(
		    db, d->rule->table, d->partition, d->stay ? &stays : NULL);
	sql_release(&stays);
	return st == ST_OK ? db_commit(db) : st;
}

/* ${*gone}: dropped. */
static enum status take(struct drop *d, int *gone)
{
	struct db *db = d->rule->store->db;
	enum status st;

	*gone = 0;
	if ((st = hand_may_go_on(d->hand)) != ST_OK ||
	    (st = db_begin(db, DB_WRITE)) != ST_OK)
		return st;
	if ((st = db_partition_lock(db, d->partition)) == ST_OK)
		st = count(d);
	if (st == ST_OK && d->records > d->stay && d->stay <= STAY_MOST) {
		st = drop_it(d);
		*gone = st == ST_OK;
	}
	db_rollback(db);
	return st;
}

/* One that others use, or that others depend on, is left to the batches. */
static enum status take_or_leave(struct drop *d, int *gone)
{
	enum status st = take(d, gone);
	int tries;

	for (tries = 1; (st == ST_BUSY ||
			    (st == ST_IO && db_undone(d->rule->store->db))) &&
			tries < MOST_TRIES;
	     tries++)
		st = take(d, gone);
	if (st == ST_BUSY || st == ST_CONFLICT ||
	    (st == ST_DENIED && !hand_is_stopped(d->hand))) {
		status_clear();
		return ST_OK;
	}
	return st;
}

static void report(struct drop *d)
{
	struct purge_counts n = { .deleted = d->records - d->stay };
	struct plan_item item = hand_item(d->hand, d->at);

	hand_partition_dropped(d->hand);
	hand_done(d->hand, d->at, &n);
	hand_progress(d->hand, &item, n.deleted);
}

static enum status drop_of_rule(struct hand *h, const struct rule *r)
{
	struct db_partitions all = { NULL, 0 };
	enum status st;
	size_t i;

	st = db_partitions(
	    r->store->db, r->table->name, r->collection->segment_by, &all);
	/* What must stay is suspended before anything goes. */
	if (st == ST_OK && all.count)
		st = holds_keep_fresh(
		    h->lane->in, h->store, &h->lane->watches[h->at]);
	for (i = 0; st == ST_OK && i < all.count; i++) {
		struct drop d = { .hand = h,
			.run = h->run,
			.rule = r,
			.partition = &all.list[i] };
		int gone = 0;

		if ((st = look(&d, &gone)) == ST_OK && gone)
			st = take_or_leave(&d, &gone);
		if (st == ST_OK && gone)
			report(&d);
	}
	db_partitions_release(&all);
	return st;
}

enum status drop_partitions(struct hand *h)
{
	const struct schedule *s = h->lane->schedule;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < s->count; i++) {
		const struct rule *r = &s->rules[i];

		if (r->store == h->store && r->part == 0 &&
		    r->collection->segment_by)
			st = drop_of_rule(h, r);
	}
	return st;
}
