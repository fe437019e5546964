/* Segments that die whole. */
#include "engine/purge/drop.h"

#include <stdlib.h>
#include <string.h>

#include "engine/installation/units.h"
#include "engine/plan/rule_unit.h"
#include "engine/plan/suspension.h"
#include "engine/purge/drop_ends.h"
#include "engine/purge/evidence.h"
#include "engine/store/count.h"
#include "engine/store/record_move.h"
#include "engine/store/times.h"

/* One collection of the segment in hand. */
struct part {
	const struct rule *rule; /* of its own cluster; NULL: none */
	size_t at;               /* of its item in the plan */
	int64_t records;
	int64_t moved;
};
struct drop {
	struct hand *hand;
	struct run *run; /* these two the hand's */
	struct installation_store *store;
	struct part *parts; /* of the segment in hand: one for each table */
	int due;            /* it may go */
	int dropped;        /* by the commit to come */
	int64_t *gone;      /* records, for each item of the plan */
};

/* Segments that one commit of the rest takes: each waits on the disk. */
#define GROUP 32

/* ---- may it go? ---- */

/* Is anything of this store still to come into a segment that is empty now? */
static int is_over(const struct drop *d)
{
	const struct segment *g = units_segment(d->store);
	const struct schedule *s = d->hand->lane->schedule;
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (s->rules[i].store == d->store &&
		    rule_unit_at(&s->rules[i], d->run->as_of) == RULE_UNIT_RUNS)
			return 0;
	}
	return g->before <= d->run->as_of;
}

static enum status look(struct drop *d)
{
	const struct db_schema *schema = &d->store->schema;
	enum status st = ST_OK;
	int all = 1, any = 0;
	size_t i;

	for (i = 0; st == ST_OK && all && i < schema->count; i++) {
		const struct db_table *t = &schema->tables[i];
		struct part *p = &d->parts[i];
		const struct rule *r;
		int in_plan = 0;

		*p = (struct part){ NULL, 0, 0, 0 };
		st = count_get(d->store->db, t->name, &p->records);
		if (st != ST_OK || p->records == 0)
			continue;
		any = 1;
		r = schedule_rule(
		    d->hand->lane->schedule, d->store->config->name, t->name);
		st = drop_ends(d->hand, r, &in_plan, &p->at, &all);
		p->rule = in_plan ? r : NULL;
	}
	d->due = st == ST_OK && all && (any || is_over(d));
	return st;
}

/* ---- what stays ---- */

static void add_keys(const struct rule *r, struct sql *q)
{
	size_t i;

	sql_add(q, "SELECT ");
	for (i = 0; i < r->key_count; i++) {
		if (i)
			sql_add(q, ", ");
		sql_column(q, "t", r->keys[i]);
	}
	sql_add(q, " FROM ");
}

static enum status move_found(
    struct drop *d, const struct rule *r, const struct sql *q, int64_t *moved)
{
	struct val key[8];
	struct stmt *s = NULL;
	enum status st;
	size_t i;

	/* One at a time: each changes what is asked. */
	do {
		st = db_query_sql(d->store->db, q, &s);
		if (st == ST_OK && (st = db_row(s)) == ST_OK) {
			for (i = 0; i < r->key_count; i++)
				key[i] = db_val(s, (int)i);
			st = record_move(d->store->db,
			    segments_rest(d->store->segments), r->table,
			    r->keys, r->key_count, key);
			*moved += st == ST_OK;
		}
		db_done(s);
		s = NULL;
	} while (st == ST_OK);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status move_suspended(
    struct drop *d, const struct rule *r, int64_t *moved)
{
	struct sql q = SQL_INIT;
	enum status st;

	add_keys(r, &q);
	suspension_from(r, &q);
	sql_add(&q, " LIMIT 1");
	st = move_found(d, r, &q, moved);
	sql_release(&q);
	return st;
}

/* Where ingest vouches for the times, the bounds are those of every record;
 * else each is read, and what has not ended by what it holds stays. */
static enum status move_unread(
    struct drop *d, const struct rule *r, int64_t *moved)
{
	enum db_effort effort = DB_BY_INDEX;
	struct sql q = SQL_INIT;
	enum status st;

	st = times_effort(
	    d->store->db, r->table->name, r->collection->segment_by, &effort);
	if (st != ST_OK || effort == DB_BY_INDEX)
		return st;
	add_keys(r, &q);
	rule_from(r, &q);
	sql_add(&q, " WHERE ");
	st = rule_where(r, RULE_ENDED, d->run->as_of, DB_EVERY, &q);
	sql_add(&q, " IS NOT TRUE LIMIT 1");
	if (st == ST_OK)
		st = move_found(d, r, &q, moved);
	sql_release(&q);
	return st;
}

/* The rest vouches for a time only where the segment did. */
static enum status vouch_less(struct drop *d, const struct db_table *t)
{
	struct db *rest = segments_rest(d->store->segments);
	enum db_effort effort;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < t->column_count; i++) {
		const char *name = t->columns[i].name;

		st = times_effort(d->store->db, t->name, name, &effort);
		if (st == ST_OK && effort == DB_EVERY)
			st = db_exec(rest,
			    "DELETE FROM lethe_time"
			    " WHERE collection = $1 AND name = $2",
			    ARGS(TEXT(t->name), TEXT(name)));
	}
	return st;
}

static enum status move_out(
    struct drop *d, const struct db_table *t, struct part *p)
{
	const struct rule *r = p->rule;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->parts; i++) {
		st = move_suspended(d, rule_part(r, i), &p->moved);
		if (st == ST_OK)
			st = move_unread(d, rule_part(r, i), &p->moved);
	}
	if (st != ST_OK || p->moved == 0)
		return st;
	if ((st = vouch_less(d, t)) != ST_OK)
		return st;
	return count_add(segments_rest(d->store->segments), t->name, p->moved);
}

/* ---- the drop ---- */

static enum status take_part(
    struct drop *d, const struct db_table *t, struct part *p)
{
	char name[SEGMENT_KEY], id[STORE_ID_TEXT];
	struct evidence_whole whole = { "drop_segment",
		units_segment(d->store)->name, id };
	struct run *r = d->run;
	struct plan_item item;
	struct keyring_key key;
	enum status st;

	if (p->records == 0)
		return ST_OK;
	if ((st = move_out(d, t, p)) != ST_OK || p->records == p->moved)
		return st;
	units_key(d->store, name);
	st = keyring_find(segments_keys(d->store->segments), name, &key);
	if (st != ST_OK)
		return st;
	item = hand_item(d->hand, p->at);
	store_write_id(key.id, id);
	return evidence_of_whole(&item, r->id, r->in->rule_set,
	    segments_rest(d->store->segments), &whole, p->records - p->moved);
}

/* Inside write transactions of both files. */
static enum status take(struct drop *d)
{
	const struct db_schema *schema = &d->store->schema;
	enum status st = look(d);
	size_t i;

	for (i = 0; st == ST_OK && d->due && i < schema->count; i++)
		st = take_part(d, &schema->tables[i], &d->parts[i]);
	if (st == ST_OK && d->due)
		st = segments_mark(d->store->segments, units_segment(d->store));
	return st;
}

/* Of one segment, for when it is committed. */
static void account(struct drop *d)
{
	size_t i;

	for (i = 0; i < d->store->schema.count; i++) {
		const struct part *p = &d->parts[i];

		if (p->rule)
			d->gone[p->at] += p->records - p->moved;
	}
	d->dropped++;
}

static void report(struct drop *d)
{
	size_t i;

	hand_dropped(d->hand, d->dropped);
	for (i = 0; i < d->run->plan.count; i++) {
		const struct purge_counts n = { d->gone[i], 0, 0 };

		if (n.deleted == 0)
			continue;
		hand_done(d->hand, i, &n);
		hand_progress(d->hand, &d->run->plan.items[i], n.deleted);
	}
}

/* Inside a write transaction of the rest of its own. */
static enum status at_rest(
    struct installation_store *s, enum status (*work)(struct segments *s))
{
	struct db *rest = segments_rest(s->segments);
	enum status st;

	units_rest(s);
	if ((st = db_begin(rest, DB_WRITE)) != ST_OK)
		return st;
	st = segments_refresh(s->segments);
	if (st == ST_OK)
		st = work(s->segments);
	if (st == ST_OK)
		st = db_commit(rest);
	db_rollback(rest);
	return st;
}

/* Nothing comes into the segment before the rest commits. */
static enum status take_one(struct drop *d)
{
	struct db *own = d->store->db;
	enum status st;

	if ((st = look(d)) != ST_OK || !d->due)
		return st;
	if ((st = run_ship_unit(d->run, d->hand->lane->in, d->store)) !=
		ST_OK ||
	    (st = db_begin(own, DB_WRITE)) != ST_OK)
		return st;
	st = take(d);
	if (st == ST_OK && d->due)
		account(d);
	else
		db_rollback(own);
	return st;
}

static void let_go(struct installation_store *s)
{
	size_t i;

	for (i = 0; i < segments_count(s->segments); i++) {
		struct segment *g = segments_at(s->segments, i);

		if (g->db)
			db_rollback(g->db);
	}
}

/* From the segment ${next} on, as many in a row as one commit takes.  The
 * rest's lock is that of the store. */
static enum status take_some(struct drop *d, size_t next)
{
	enum status st = ST_OK;

	d->due = 1;
	for (; st == ST_OK && d->due && d->dropped < GROUP &&
	       next < units_count(d->store);
	     next++) {
		if ((st = units_use(d->store, next)) == ST_OK)
			st = take_one(d);
	}
	units_rest(d->store);
	return st;
}

static enum status drop_some(struct drop *d, size_t next)
{
	struct db *rest = segments_rest(d->store->segments);
	enum status st;

	d->dropped = 0;
	memset(d->gone, 0, d->run->plan.count * sizeof(*d->gone));
	if ((st = hand_may_go_on(d->hand)) != ST_OK ||
	    (st = db_begin(rest, DB_WRITE)) != ST_OK)
		return st;
	st = segments_refresh(d->store->segments);
	if (st == ST_OK)
		st = take_some(d, next);
	if (st == ST_OK && d->dropped)
		st = db_commit(rest);
	let_go(d->store);
	db_rollback(rest);
	if (st != ST_OK || d->dropped == 0)
		return st;
	report(d);
	return at_rest(d->store, segments_bury);
}

/* Whoever writes waits only where there is something to drop. */
static enum status drop_in_store(struct drop *d)
{
	enum status st = ST_OK;
	size_t next = 1;

	while (st == ST_OK && next < units_count(d->store)) {
		if ((st = units_use(d->store, next)) == ST_OK)
			st = look(d);
		units_rest(d->store);
		d->dropped = 0;
		if (st == ST_OK && d->due)
			st = drop_some(d, next);
		/* What is dropped leaves its place to the one behind it. */
		if (d->dropped == 0)
			next++;
	}
	return st;
}

enum status drop_segments(struct hand *h)
{
	struct drop d = { .hand = h, .run = h->run, .store = h->store };
	enum status st;

	/* What must stay is suspended before anything goes. */
	st = holds_keep_fresh(h->lane->in, h->store, &h->lane->watches[h->at]);
	if (st != ST_OK)
		return st;
	d.gone = calloc(h->run->plan.count + 1, sizeof(*d.gone));
	d.parts = calloc(h->store->schema.count + 1, sizeof(*d.parts));
	if (d.gone == NULL || d.parts == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else
		st = drop_in_store(&d);
	free(d.gone);
	free(d.parts);
	return st;
}

static enum status finish(struct segments *s)
{
	enum status st = segments_bury(s);

	return st == ST_OK ? segments_sweep(s) : st;
}

enum status drop_finish(struct run *r)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < r->in->store_count; i++) {
		struct installation_store *s = &r->in->stores[i];

		if (s->segments && run_takes(r, s))
			st = at_rest(s, finish);
	}
	return st;
}
