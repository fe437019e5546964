/* The transactions of an erasure. */
#include <stdlib.h>
#include <string.h>

#include "engine/holds/holds.h"
#include "engine/installation/units.h"
#include "engine/plan/keys.h"
#include "engine/plan/suspension.h"
#include "engine/purge/batch.h"
#include "engine/purge/erasing.h"

/* ---- beginning ---- */

static const struct purge_options as_it_is = { .mode = PURGE_EXECUTE };

enum status erasing_init(
    struct erasing *e, struct installation *in, const struct erase_subject *s)
{
	struct run *r = &e->run;
	enum status st;

	e->subject = s;
	r->in = in;
	r->options = &as_it_is;
	r->as_of = s->as_of;
	r->lock = -1;
	if (pthread_mutex_init(&r->mutex, NULL) != 0)
		return fail(ST_NOMEM, "out of memory");
	(void)clock_gettime(CLOCK_MONOTONIC, &r->started);
	if ((st = run_reach_new(r)) != ST_OK ||
	    (st = installation_unlock(in)) != ST_OK ||
	    (st = run_lock(r)) != ST_OK ||
	    (st = run_check_seals(r, in, NULL, SEALS_LIST)) != ST_OK ||
	    (st = run_name(r)) != ST_OK ||
	    (st = holds_refresh(in, &r->holds)) != ST_OK)
		return st;
	/* Who cannot be asked may have what nobody would find later. */
	st = schedule_init(&r->schedule, in, NULL, &in->diag);
	if (st != ST_OK)
		return st;
	e->sets = calloc(r->schedule.count + 1, sizeof(*e->sets));
	return e->sets ? ST_OK : fail(ST_NOMEM, "out of memory");
}

void erasing_release(struct erasing *e)
{
	size_t i, k;

	erasing_undo(e);
	for (i = 0; e->sets && i < e->run.schedule.count; i++) {
		for (k = 0; k < ERASE_ACTIONS; k++)
			buf_release(&e->sets[i].done[k]);
		buf_release(&e->sets[i].stays);
	}
	free(e->sets);
	free(e->gone);
	free(e->open);
	asked_release(&e->asked);
	asked_release(&e->stays);
	run_release(&e->run);
}

/* For as long as the registry has them, they come back for what stays. */
static enum status end_restrictions(const struct erasing *e, struct db *db)
{
	const char *const *ids = e->subject->ends;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && ids && ids[i]; i++)
		st = suspension_clear(db, ids[i]);
	return st;
}

static enum status open_one(struct erasing *e, struct db *db)
{
	struct db **list;
	enum status st;

	if (db_in_transaction(db))
		return ST_OK;
	list = reallocarray(e->open, e->open_count + 1, sizeof(*list));
	if (list == NULL)
		return fail(ST_NOMEM, "out of memory");
	e->open = list;
	if ((st = db_begin(db, DB_WRITE)) == ST_OK)
		e->open[e->open_count++] = db;
	return st == ST_OK ? end_restrictions(e, db) : st;
}

/* From here on nobody writes to what references lead through. */
static enum status open_all(struct erasing *e)
{
	struct installation *in = e->run.in;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < in->store_count; i++)
		st = open_one(e, in->stores[i].db);
	return st;
}

void erasing_undo(struct erasing *e)
{
	while (e->open_count > 0)
		db_rollback(e->open[--e->open_count]);
}

/* Segments before the rest that lists them. */
enum status erasing_commit(struct erasing *e)
{
	enum status st = ST_OK;

	while (st == ST_OK && e->open_count > 0) {
		st = db_commit(e->open[e->open_count - 1]);
		if (st == ST_OK)
			e->open_count--;
	}
	erasing_undo(e);
	return st;
}

/* ---- each collection of each file ---- */

typedef enum status (*each_place)(struct erasing *e, const struct rule *r);

/* ${act} for the rule in every file that has records of the person. */
static enum status everywhere(
    struct erasing *e, const struct rule *r, each_place act)
{
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(r->store); u++) {
		if ((st = units_use(r->store, u)) != ST_OK)
			break;
		if (asked_here(r) == NULL)
			continue;
		st = open_one(e, r->store->db);
		if (st == ST_OK)
			st = act(e, r);
	}
	units_rest(r->store);
	return st;
}

static struct erase_sets *sets_of(struct erasing *e, const struct rule *r)
{
	return &e->sets[r - e->run.schedule.rules];
}

static enum status wrote(void *ctx, const struct plan_item *item,
    enum evidence_action action, const struct buf *hashes)
{
	struct buf *to = &sets_of(ctx, item->rule)->done[action];

	buf_add(to, hashes->data, hashes->len);
	return buf_status(to);
}

static enum status erase_here(struct erasing *e, const struct rule *r)
{
	struct run *run = &e->run;
	const struct buf *deleted = &sets_of(e, r)->done[EVIDENCE_DELETE];
	size_t before = deleted->len;
	struct purge_counts done;
	const struct plan_item item = { .rule = r };
	struct purge_context c = {
		.schedule = &run->schedule,
		.run = run->id,
		.rule_set = run->in->rule_set,
		.batch = INT64_MAX,
		.whole = 1,
		.wrote = wrote,
		.wrote_ctx = e,
		.unreachable = run->outcome.unreachable,
	};
	struct keyring_key key;
	enum status st;

	if ((st = keyring_find(run->in->keys, "evidence", &key)) != ST_OK)
		return st;
	c.evidence_key = key.secret;
	st = purge_item(&c, &item, run->as_of, &done);
	e->gone[asked_here(r) - e->asked.lists] +=
	    (deleted->len - before) / PSEUDONYM_LEN;
	return st;
}

/* ---- what is still there ---- */

struct staying {
	struct erasing *e;
	const struct rule *rule; /* of the collection itself */
	struct asked_list place;
	struct plan_item item;
	struct evidence *hasher; /* all parts of a row hash its key alike */
};

static enum status new_hasher(struct staying *s)
{
	const struct run *run = &s->e->run;
	struct keyring_key k;
	enum status st = keyring_find(run->in->keys, "evidence", &k);

	if (st != ST_OK)
		return st;
	return evidence_new(&s->item, EVIDENCE_DELETE, run->id,
	    run->in->rule_set, k.secret, &s->hasher);
}

static enum status stays(struct staying *s, const struct val *key)
{
	uint8_t hash[PSEUDONYM_LEN];
	enum status st = asked_add(&s->e->stays, &s->place, key);
	size_t i;

	if (st == ST_OK)
		st = evidence_hash(s->hasher, key, hash);
	for (i = 0; st == ST_OK && i < s->rule->parts; i++) {
		struct buf *to = &sets_of(s->e, rule_part(s->rule, i))->stays;

		buf_add(to, hash, sizeof(hash));
		st = buf_status(to);
	}
	return st;
}

static void add_keys(const struct rule *r, const char *alias, struct sql *q)
{
	size_t k;

	for (k = 0; k < r->key_count; k++) {
		if (k)
			sql_add(q, ", ");
		sql_column(q, alias, r->keys[k]);
	}
}

static enum status ask_staying(const struct rule *r, struct stmt **out)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT ");
	add_keys(r, "t", &q);
	sql_add(&q, " FROM ");
	rule_from(r, &q);
	sql_add(&q, " WHERE (");
	add_keys(r, "t", &q);
	sql_add(&q, ") IN (SELECT ");
	add_keys(r, "c", &q);
	sql_add(&q, " FROM lethe_collected AS c)");
	st = db_query_sql(r->store->db, &q, out);
	sql_release(&q);
	return st;
}

/* Nothing is asked of where all that was asked for was deleted. */
static enum status staying_here(struct erasing *e, const struct rule *r)
{
	struct staying s = { e, r, *asked_here(r), { .rule = r }, NULL };
	struct val key[KEYS_MOST];
	struct stmt *rows = NULL;
	int64_t asked = 0;
	enum status st;
	size_t k;

	if (e->gone[asked_here(r) - e->asked.lists] == s.place.count)
		return ST_OK;
	st = rule_collect(r, RULE_GOES, e->run.as_of, INT64_MAX, &asked);
	if (st == ST_OK)
		st = new_hasher(&s);
	if (st == ST_OK)
		st = ask_staying(r, &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK) {
		for (k = 0; k < r->key_count; k++)
			key[k] = db_val(rows, (int)k);
		st = stays(&s, key);
	}
	db_done(rows);
	evidence_free(s.hasher);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* ---- the whole ---- */

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, PSEUDONYM_LEN);
}

static void sort(struct buf *hashes)
{
	if (hashes->len > 0)
		qsort(hashes->data, erasing_count(hashes), PSEUDONYM_LEN,
		    compare);
}

static enum status find_targets(struct erasing *e)
{
	const struct buf *t = e->subject->targets;
	enum status st;

	st = t ? asked_read(e->run.in, t->data, t->len, &e->asked)
	       : asked_of(e->run.in, &e->subject->who, &e->asked);
	if (st != ST_OK)
		return st;
	e->asked.clusters = e->subject->clusters;
	e->gone = calloc(e->asked.count + 1, sizeof(*e->gone));
	return e->gone ? ST_OK : fail(ST_NOMEM, "out of memory");
}

/* Starting points that no record needs any more. */
static enum status forget(struct erasing *e)
{
	const struct schedule *s = &e->run.schedule;
	enum status st = ST_OK;
	size_t i, k;

	for (i = 0; st == ST_OK && i < s->count; i++) {
		for (k = 0; k < s->rules[i].clock_count; k++) {
			if (s->rules[i].clocks[k].path.count == 0)
				continue;
			st = rule_forget(s, &s->rules[i]);
			break;
		}
	}
	return st;
}

enum status erasing_act(struct erasing *e)
{
	struct schedule *s = &e->run.schedule;
	enum status st;
	size_t i, k;

	if ((st = open_all(e)) != ST_OK || (st = find_targets(e)) != ST_OK)
		return st;
	asked_mark(s, &e->asked);
	for (i = 0; st == ST_OK && i < s->count; i++)
		st = everywhere(e, &s->rules[i], erase_here);
	for (i = 0; st == ST_OK && i < s->count; i++) {
		if (s->rules[i].part == 0)
			st = everywhere(e, &s->rules[i], staying_here);
	}
	asked_mark(s, NULL);
	if (st == ST_OK)
		st = forget(e);
	for (i = 0; st == ST_OK && i < s->count; i++) {
		for (k = 0; k < ERASE_ACTIONS; k++)
			sort(&e->sets[i].done[k]);
		sort(&e->sets[i].stays);
	}
	return st;
}

/* ---- sets ---- */

size_t erasing_count(const struct buf *hashes)
{
	return hashes->len / PSEUDONYM_LEN;
}

static size_t common(const struct buf *a, const struct buf *b)
{
	size_t i, n = 0;

	if (b->len == 0)
		return 0;
	for (i = 0; i < erasing_count(a); i++)
		n += bsearch(a->data + i * PSEUDONYM_LEN, b->data,
			 erasing_count(b), PSEUDONYM_LEN, compare) != NULL;
	return n;
}

int erasing_all_in(const struct buf *a, const struct buf *b)
{
	return common(a, b) == erasing_count(a);
}

int erasing_none_in(const struct buf *a, const struct buf *b)
{
	return common(a, b) == 0;
}
