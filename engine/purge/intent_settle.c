/*
 * Open intents, settled.  A server may still be at a deletion that nobody
 * waits for any more: its commit was on its way when we were cut off.  So each
 * record is asked for with a lock, which waits for whoever has it; only then
 * it is there, or gone for good.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/keys.h"
#include "engine/plan/unreachable.h"
#include "engine/purge/intent.h"
#include "engine/store/count.h"

#define KEYS_AT_ONCE 500
#define MOST_TRIES   5

struct settling {
	struct db *db;
	const struct installation_store *store;
	int64_t id;
	/* of the intent: its columns, as text */
	json_t *words;
	const struct db_table *table; /* NULL: it is not there any more */
	const struct db_part *part;   /* NULL: the same; all of the table */
	const char **keys;
	size_t key_count;
	int64_t gone;
};

/* ---- which are still there ---- */

/* Those of the next records that are there lose their row; what remains of the
 * intent's is gone. */
static enum status still_there(struct settling *x, const struct val *key)
{
	struct val k[KEYS_MOST];

	keys_fill(key, x->key_count, k);
	return db_exec(x->db,
	    "DELETE FROM lethe_intent_record WHERE intent = $1"
	    " AND k1 = $2 AND k2 = $3 AND k3 = $4 AND k4 = $5",
	    ARGS(INT(x->id), k[0], k[1], k[2], k[3]));
}

/* SELECT the keys of those of ${records} (a statement at its first row) that
 * are there; ${*n} of them are asked for. */
static enum status add_question(
    struct settling *x, struct stmt *records, struct sql *q, int *n)
{
	enum status st = ST_OK;
	size_t i;

	sql_add(q, "SELECT ");
	for (i = 0; i < x->key_count; i++) {
		if (i)
			sql_add(q, ", ");
		sql_column(q, "t", x->keys[i]);
	}
	sql_add(q, " FROM ");
	db_add_from(q, x->table->name, x->part);
	sql_add(q, " WHERE FALSE");
	for (*n = 0; *n < KEYS_AT_ONCE && (st = db_row(records)) == ST_OK;
	     ++*n) {
		sql_add(q, " OR (TRUE");
		for (i = 0; i < x->key_count; i++) {
			sql_add(q, " AND ");
			sql_column(q, "t", x->keys[i]);
			sql_add(q, " = ");
			sql_bind_text(q, db_text(records, (int)i));
		}
		sql_add(q, ")");
	}
	db_add_lock(x->db, q);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status ask(struct settling *x, const struct sql *q)
{
	struct val key[KEYS_MOST];
	struct stmt *s = NULL;
	enum status st;
	size_t i;

	st = db_query_sql(x->db, q, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		for (i = 0; i < x->key_count && i < KEYS_MOST; i++)
			key[i] = db_val(s, (int)i);
		st = still_there(x, key);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status find_there(struct settling *x)
{
	struct stmt *records = NULL;
	enum status st;
	int n = KEYS_AT_ONCE;

	st = db_query(x->db,
	    "SELECT k1, k2, k3, k4 FROM lethe_intent_record"
	    " WHERE intent = $1",
	    ARGS(INT(x->id)), &records);
	while (st == ST_OK && n == KEYS_AT_ONCE) {
		struct sql q = SQL_INIT;

		st = add_question(x, records, &q, &n);
		if (st == ST_OK && n > 0)
			st = ask(x, &q);
		sql_release(&q);
	}
	db_done(records);
	return st;
}

/* ---- the evidence ---- */

static enum status collect_gone(struct settling *x, struct buf *hashes)
{
	struct stmt *s = NULL;
	struct val v;
	enum status st;

	st = db_query(x->db,
	    "SELECT hash FROM lethe_intent_record WHERE intent = $1"
	    " ORDER BY hash",
	    ARGS(INT(x->id)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		v = db_val(s, 0);
		buf_add(hashes, v.p, v.n);
		x->gone++;
	}
	db_done(s);
	return st == ST_NOTFOUND ? buf_status(hashes) : st;
}

/* That they were reduced once is forgotten with them. */
static enum status unmark(struct settling *x)
{
	return db_exec(x->db,
	    "DELETE FROM lethe_reduced WHERE collection = $2 AND EXISTS"
	    " (SELECT 1 FROM lethe_intent_record AS g WHERE g.intent = $1"
	    "  AND g.k1 = lethe_reduced.k1 AND g.k2 = lethe_reduced.k2"
	    "  AND g.k3 = lethe_reduced.k3 AND g.k4 = lethe_reduced.k4)",
	    ARGS(INT(x->id), TEXT(json_text(x->words, "collection"))));
}

static enum status write_evidence(struct settling *x, const struct buf *hashes)
{
	const struct evidence_words w = {
		.run = json_text(x->words, "run"),
		.policy = json_text(x->words, "policy"),
		.cluster = json_text(x->words, "cluster"),
		.collection = json_text(x->words, "collection"),
		.action = json_text(x->words, "action"),
		.rule_set = json_text(x->words, "rule_set"),
		.cutoff = json_text(x->words, "cutoff"),
		.keeps = json_int(x->words, "keeps") != 0,
	};
	enum status st;

	st = evidence_insert(x->db, &w, json_int(x->words, "at"), hashes);
	if (st == ST_OK)
		st = unmark(x);
	if (st == ST_OK)
		st = count_add_kept(x->db, w.collection, -x->gone);
	return st;
}

/* ---- one intent ---- */

static enum status settle(struct settling *x)
{
	struct buf hashes = BUF_INIT;
	enum status st;

	x->gone = 0;
	if ((st = db_begin(x->db, DB_WRITE)) != ST_OK)
		return st;
	/* A table that is gone took its records along. */
	if (x->table)
		st = find_there(x);
	if (st == ST_OK)
		st = collect_gone(x, &hashes);
	if (st == ST_OK && x->gone > 0)
		st = write_evidence(x, &hashes);
	if (st == ST_OK)
		st = intent_remove(x->db, x->id);
	if (st == ST_OK)
		st = db_commit(x->db);
	db_rollback(x->db);
	buf_release(&hashes);
	return st;
}

/* Whose deletion we waited for has undone ours, which only read. */
static enum status settle_again(struct settling *x)
{
	enum status st = settle(x);
	int tries;

	for (tries = 1; st == ST_BUSY && tries < MOST_TRIES && db_undone(x->db);
	     tries++)
		st = settle(x);
	return st;
}

static const struct db_part *part_of(const struct db_table *t, const char *name)
{
	size_t i;

	for (i = 0; t && i < t->part_count; i++) {
		if (strcmp(t->parts[i].name, name) == 0)
			return &t->parts[i];
	}
	return NULL;
}

static enum status prepare(struct settling *x)
{
	const char *name = json_text(x->words, "collection");
	const struct collection *c;

	c = dataset_collection(x->store->dataset, name);
	x->id = json_int(x->words, "id");
	x->table = db_schema_table(&x->store->schema, name);
	x->part = part_of(x->table, json_text(x->words, "part"));
	if (x->table == NULL)
		return ST_OK;
	if (c == NULL)
		return fail(ST_INVALID,
		    "%s: deletions of %s are to be settled, which no dataset "
		    "describes any more: describe it",
		    x->store->config->name, name);
	return keys_of(c, x->table, &x->keys, &x->key_count);
}

/* ---- all of them ---- */

static enum status read_row(struct stmt *s, json_t *list)
{
	json_t *one = NULL;
	enum status st;

	st = json_make(&one,
	    "{s:I, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "id",
	    (json_int_t)db_int(s, 0), "part", db_text(s, 1), "run",
	    db_text(s, 2), "at", (json_int_t)db_int(s, 3), "policy",
	    db_text(s, 4), "cluster", db_text(s, 5), "collection",
	    db_text(s, 6), "action", db_text(s, 7), "rule_set", db_text(s, 8),
	    "cutoff", db_text(s, 9), "keeps", (json_int_t)db_int(s, 10));
	return st == ST_OK ? json_push(list, one) : st;
}

static enum status read_open(struct db *db, json_t *list)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(db,
	    "SELECT id, part, run, at, policy, cluster, collection, action,"
	    " rule_set, cutoff, keeps FROM lethe_intent ORDER BY id",
	    NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = read_row(s, list);
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static int is_asked(
    const json_t *one, const char *collection, const struct db_part *part)
{
	return (collection == NULL ||
		   strcmp(json_text(one, "collection"), collection) == 0) &&
	       (part == NULL ||
		   strcmp(json_text(one, "part"), part->name) == 0);
}

static enum status settle_one(struct installation_store *store, json_t *words,
    const char *run, json_t *unreachable, int64_t *records)
{
	struct settling x = { store->db, store, .words = words };
	enum status st;

	if ((st = prepare(&x)) == ST_OK)
		st = settle_again(&x);
	if (st == ST_OK && strcmp(json_text(words, "run"), run) == 0)
		*records += x.gone;
	free(x.keys);
	if (unreachable)
		st = unreachable_part(unreachable, st, store,
		    json_text(words, "collection"), x.part);
	return st;
}

enum status intent_settle(struct installation_store *store,
    const char *collection, const struct db_part *part, const char *run,
    json_t *unreachable, int64_t *records)
{
	json_t *list = json_array(), *one;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	if (st == ST_OK)
		st = read_open(store->db, list);
	json_array_foreach(list, i, one)
	{
		if (st == ST_OK && is_asked(one, collection, part))
			st = settle_one(store, one, run, unreachable, records);
	}
	json_decref(list);
	return st;
}
