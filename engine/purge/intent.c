/* Deletions on other servers: declared, carried out, settled. */
#include "engine/purge/intent.h"

#include <stdlib.h>
#include <string.h>

#include "engine/plan/keys.h"

/* Records of one INSERT. */
#define ROWS_MOST 500

struct intent {
	struct evidence *evidence;
	const struct rule *rule;
	const struct db_part *part;
	int64_t id;
	struct sql rows; /* of the INSERT at hand */
	size_t row_count;
	struct buf hashes; /* sorted once it is declared */
};

enum status intent_new(struct evidence *e, const struct rule *r,
    const struct db_part *part, struct intent **out)
{
	struct intent *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return fail(ST_NOMEM, "out of memory");
	x->evidence = e;
	x->rule = r;
	x->part = part;
	*out = x;
	return ST_OK;
}

void intent_free(struct intent *x)
{
	if (x == NULL)
		return;
	sql_release(&x->rows);
	buf_release(&x->hashes);
	free(x);
}

/* ---- declaring ---- */

/* Its number is taken when the first record is there. */
static enum status insert_intent(struct intent *x)
{
	char cutoff[EVIDENCE_CUTOFF_TEXT];
	struct db *db = x->rule->store->db;
	struct evidence_words w;
	struct stmt *s = NULL;
	enum status st;

	evidence_words(x->evidence, cutoff, &w);
	st = db_query(db,
	    "INSERT INTO lethe_intent (part, run, at, policy, cluster,"
	    " collection, action, rule_set, cutoff, keeps)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
	    ARGS(TEXT(x->part->name), TEXT(w.run), INT(when_now()),
		TEXT(w.policy), TEXT(w.cluster), TEXT(w.collection),
		TEXT(w.action), TEXT(w.rule_set), TEXT(w.cutoff), INT(w.keeps)),
	    &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		x->id = db_int(s, 0);
	db_done(s);
	return st;
}

static enum status flush(struct intent *x)
{
	enum status st = ST_OK;

	if (x->row_count > 0)
		st = db_exec_sql(x->rule->store->db, &x->rows, NULL);
	sql_clear(&x->rows);
	x->row_count = 0;
	return st;
}

static void add_row(
    struct intent *x, const struct val *key, const uint8_t *hash)
{
	struct val k[KEYS_MOST];
	size_t i;

	if (x->row_count++ == 0)
		sql_add(&x->rows, "INSERT INTO lethe_intent_record"
				  " (intent, hash, k1, k2, k3, k4) VALUES (");
	else
		sql_add(&x->rows, ", (");
	sql_bind_int(&x->rows, x->id);
	sql_add(&x->rows, ", ");
	sql_bind(&x->rows, BLOB(hash, PSEUDONYM_LEN));
	keys_fill(key, x->rule->key_count, k);
	for (i = 0; i < KEYS_MOST; i++) {
		sql_add(&x->rows, ", ");
		sql_bind(&x->rows, k[i]);
	}
	sql_add(&x->rows, ")");
}

enum status intent_add(struct intent *x, const struct val *key)
{
	uint8_t hash[PSEUDONYM_LEN];
	enum status st = evidence_hash(x->evidence, key, hash);

	if (st == ST_OK && x->hashes.len == 0)
		st = insert_intent(x);
	if (st != ST_OK)
		return st;
	buf_add(&x->hashes, hash, sizeof(hash));
	add_row(x, key, hash);
	return x->row_count < ROWS_MOST ? buf_status(&x->hashes) : flush(x);
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, PSEUDONYM_LEN);
}

enum status intent_declare(struct intent *x)
{
	enum status st = flush(x);

	if (st == ST_OK && x->hashes.len > 0)
		qsort(x->hashes.data, x->hashes.len / PSEUDONYM_LEN,
		    PSEUDONYM_LEN, compare);
	return st;
}

enum status intent_has(
    const struct intent *x, const uint8_t hash[PSEUDONYM_LEN])
{
	if (x->hashes.len > 0 &&
	    bsearch(hash, x->hashes.data, x->hashes.len / PSEUDONYM_LEN,
		PSEUDONYM_LEN, compare))
		return ST_OK;
	return ST_NOTFOUND;
}

enum status intent_remove(struct db *db, int64_t id)
{
	enum status st;

	st = db_exec(db, "DELETE FROM lethe_intent_record WHERE intent = $1",
	    ARGS(INT(id)));
	if (st == ST_OK)
		st = db_exec(db, "DELETE FROM lethe_intent WHERE id = $1",
		    ARGS(INT(id)));
	return st;
}

enum status intent_close(struct intent *x)
{
	return intent_remove(x->rule->store->db, x->id);
}
