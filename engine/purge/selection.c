/* Records that a plan file names, as sorted keyed hashes. */
#include "engine/purge/selection.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/base64.h"
#include "engine/crypto/pseudonym.h"
#include "engine/installation/units.h"
#include "engine/plan/suspension.h"
#include "engine/purge/evidence.h"

enum fate {
	FATE_NONE, /* not seen yet; in the end: it is gone */
	FATE_DELETED,
	FATE_WAITING,
	FATE_HELD,
	FATE_CHANGED,
};

enum status selection_init(struct selection *s, const struct plan_item *item,
    const struct secret_key *key)
{
	memset(s, 0, sizeof(*s));
	s->item = item;
	return evidence_new(item, EVIDENCE_DELETE, "", "", key, &s->hasher);
}

void selection_release(struct selection *s)
{
	evidence_free(s->hasher);
	buf_release(&s->hashes);
	free(s->fates);
	memset(s, 0, sizeof(*s));
}

/* ---- scans ---- */

/* Call ${each} with the keys of the records t that ${where} leaves (NULL: of
 * all), of the whole collection. */
static enum status scan(struct selection *s, const struct sql *where,
    enum status (*each)(struct selection *s, const struct val *key, void *ctx),
    void *ctx)
{
	const struct rule *r = s->item->rule;
	struct val *key = calloc(r->key_count, sizeof(*key));
	struct sql q = SQL_INIT;
	struct stmt *rows = NULL;
	enum status st;
	size_t i;

	if (key == NULL)
		return fail(ST_NOMEM, "out of memory");
	sql_add(&q, "SELECT ");
	for (i = 0; i < r->key_count; i++) {
		if (i)
			sql_add(&q, ", ");
		sql_column(&q, "t", r->keys[i]);
	}
	sql_add(&q, " FROM ");
	rule_from(r, &q);
	if (where) {
		sql_add(&q, " WHERE ");
		sql_join(&q, where);
	}
	st = db_query_sql(r->store->db, &q, &rows);
	while (st == ST_OK && (st = db_row(rows)) == ST_OK) {
		for (i = 0; i < r->key_count; i++)
			key[i] = db_val(rows, (int)i);
		st = each(s, key, ctx);
	}
	db_done(rows);
	sql_release(&q);
	free(key);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status scan_due(struct selection *s, int64_t as_of,
    enum status (*each)(struct selection *s, const struct val *key, void *ctx),
    void *ctx)
{
	const struct rule *r = s->item->rule;
	struct sql where = SQL_INIT;
	enum status st;

	if (r->clock_count == 0)
		return ST_OK;
	st = rule_where(r, RULE_DUE, as_of, DB_BY_INDEX, &where);
	if (st == ST_OK)
		st = scan(s, &where, each, ctx);
	sql_release(&where);
	return st;
}

void selection_over(struct selection *s, const struct plan_item *item)
{
	s->item = item;
}

/* A scan of each of the store's files, each in one read transaction. */
struct scan {
	enum status (*scan)(struct selection *s, int64_t as_of,
	    enum status (*each)(
		struct selection *s, const struct val *key, void *ctx),
	    void *ctx);
	int64_t as_of;
	enum status (*each)(
	    struct selection *s, const struct val *key, void *ctx);
	void *ctx;
};

static enum status scan_units(struct selection *s, const struct scan *how)
{
	struct installation_store *store = s->item->rule->store;
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(store); u++) {
		if ((st = units_use(store, u)) != ST_OK ||
		    (st = db_begin(store->db, DB_READ)) != ST_OK)
			break;
		st = how->scan(s, how->as_of, how->each, how->ctx);
		db_rollback(store->db);
	}
	units_rest(store);
	return st;
}

/* ---- what is in it ---- */

static enum status keep(struct selection *s, const struct val *key, void *ctx)
{
	uint8_t hash[PSEUDONYM_LEN];
	enum status st = evidence_hash(s->hasher, key, hash);

	(void)ctx;
	if (st != ST_OK)
		return st;
	buf_add(&s->hashes, hash, sizeof(hash));
	return buf_status(&s->hashes);
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, PSEUDONYM_LEN);
}

enum status selection_collect(struct selection *s, int64_t as_of)
{
	struct scan due = { scan_due, as_of, keep, NULL };
	enum status st;

	st = scan_units(s, &due);
	s->count = s->hashes.len / PSEUDONYM_LEN;
	if (s->count > 0)
		qsort(s->hashes.data, s->count, PSEUDONYM_LEN, compare);
	return st;
}

void selection_write(const struct selection *s, struct buf *out)
{
	base64_add(out, s->hashes.data, s->hashes.len);
}

enum status selection_read(struct selection *s, const char *text)
{
	enum status st = base64_decode(&s->hashes, text, strlen(text));
	size_t i;

	if (st != ST_OK)
		return st;
	s->count = s->hashes.len / PSEUDONYM_LEN;
	if (s->hashes.len % PSEUDONYM_LEN != 0)
		return ST_INVALID;
	for (i = 1; i < s->count; i++) {
		const char *at = s->hashes.data + i * PSEUDONYM_LEN;

		if (compare(at - PSEUDONYM_LEN, at) >= 0)
			return ST_INVALID;
	}
	s->fates = calloc(s->count + 1, sizeof(*s->fates));
	return s->fates ? ST_OK : fail(ST_NOMEM, "out of memory");
}

/* The fate of the record ${key}; NULL: it is not in the selection. */
static enum status find(
    struct selection *s, const struct val *key, uint8_t **fate)
{
	uint8_t hash[PSEUDONYM_LEN];
	enum status st = evidence_hash(s->hasher, key, hash);
	const char *at = NULL;

	if (st != ST_OK)
		return st;
	if (s->count > 0)
		at = bsearch(
		    hash, s->hashes.data, s->count, PSEUDONYM_LEN, compare);
	*fate = at ? s->fates + (size_t)(at - s->hashes.data) / PSEUDONYM_LEN
		   : NULL;
	return ST_OK;
}

enum status selection_may_go(void *selection, const struct val *key)
{
	uint8_t *fate = NULL;
	enum status st = find(selection, key, &fate);

	if (st != ST_OK)
		return st;
	if (fate == NULL)
		return ST_NOTFOUND;
	*fate = FATE_DELETED;
	return ST_OK;
}

/* ---- what became of it ---- */

static enum status mark(struct selection *s, const struct val *key, void *ctx)
{
	const enum fate *now = ctx;
	uint8_t *fate = NULL;
	enum status st = find(s, key, &fate);

	if (st != ST_OK)
		return st;
	if (fate && *fate == FATE_NONE)
		*fate = (uint8_t)*now;
	else if (fate == NULL && *now == FATE_WAITING)
		s->unplanned++;
	return ST_OK;
}

static int any_unseen(const struct selection *s)
{
	return s->count > 0 && memchr(s->fates, FATE_NONE, s->count) != NULL;
}

static enum status scan_suspended(struct selection *s, int64_t as_of,
    enum status (*each)(struct selection *s, const struct val *key, void *ctx),
    void *ctx)
{
	struct sql where = SQL_INIT;
	struct suspensions any;
	enum status st;

	(void)as_of;
	if ((st = suspension_read(s->item->rule, &any)) != ST_OK)
		return st;
	sql_add(&where, "NOT (TRUE");
	suspension_where_not(s->item->rule, &any, &where);
	sql_add(&where, ")");
	st = scan(s, &where, each, ctx);
	sql_release(&where);
	return st;
}

static enum status scan_all(struct selection *s, int64_t as_of,
    enum status (*each)(struct selection *s, const struct val *key, void *ctx),
    void *ctx)
{
	(void)as_of;
	return scan(s, NULL, each, ctx);
}

static enum status mark_all(struct selection *s, int64_t as_of)
{
	enum fate waiting = FATE_WAITING, held = FATE_HELD,
		  changed = FATE_CHANGED;
	struct scan due = { scan_due, as_of, mark, &waiting };
	struct scan suspended = { scan_suspended, as_of, mark, &held };
	struct scan all = { scan_all, as_of, mark, &changed };
	enum status st;

	st = scan_units(s, &due);
	if (st == ST_OK && any_unseen(s))
		st = scan_units(s, &suspended);
	if (st == ST_OK && any_unseen(s))
		st = scan_units(s, &all);
	return st;
}

enum status selection_account(
    struct selection *s, int64_t as_of, struct selection_counts *out)
{
	struct selection_counts n = { .planned = (int64_t)s->count };
	enum status st;
	size_t i;

	st = mark_all(s, as_of);
	for (i = 0; i < s->count; i++) {
		n.deleted += s->fates[i] == FATE_DELETED;
		n.waiting += s->fates[i] == FATE_WAITING;
		n.held += s->fates[i] == FATE_HELD;
		n.changed += s->fates[i] == FATE_CHANGED;
		n.gone += s->fates[i] == FATE_NONE;
	}
	n.unplanned = s->unplanned;
	if (st == ST_OK)
		*out = n;
	return st;
}
