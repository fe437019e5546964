/* The end of a consent, written where rules find it. */
#include "engine/consent/ends.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/civil.h"
#include "engine/base/zone.h"
#include "engine/consent/history.h"
#include "engine/plan/keys.h"
#include "engine/subjects/subjects.h"

/* One field of one store, and the person's records that have it. */
struct mark {
	struct installation_store *store;
	char collection[128];
	const char *field;
	const char *notice;
	int64_t end;
	struct sql *updates;
	size_t count;
};

static struct val value_for(
    const struct db_column *column, int64_t end, const char *text)
{
	if (end == CONSENT_NO_END)
		return NIL;
	return strstr(column->type, "INT") ? INT(end) : TEXT(text);
}

/* It changes what is not so already: done again, it does nothing. */
static enum status make_update(
    const struct mark *m, const struct reach_record *r, struct sql *q)
{
	const struct db_column *column = db_table_column(r->table, m->field);
	char text[INSTANT_TEXT];
	const char **keys = NULL;
	struct val end;
	size_t n = 0;
	enum status st;

	if (column == NULL)
		return fail(ST_INVALID, "%s.%s has no column %s",
		    m->store->config->name, m->collection, m->field);
	if ((st = keys_of(r->collection, r->table, &keys, &n)) != ST_OK)
		return st;
	civil_format_instant(m->end, text);
	end = value_for(column, m->end, text);
	sql_add(q, "UPDATE ");
	sql_name(q, r->table->name);
	sql_add(q, " SET ");
	sql_name(q, m->field);
	sql_add(q, " = ");
	sql_bind(q, end);
	sql_add(q, " WHERE ");
	for (size_t i = 0; i < n && i < r->key_count; i++) {
		sql_name(q, keys[i]);
		sql_add(q, " = ");
		sql_bind(q, r->key[i]);
		sql_add(q, " AND ");
	}
	sql_name(q, m->field);
	sql_add(q, " IS DISTINCT FROM ");
	sql_bind(q, end);
	free(keys);
	return buf_status(&q->text);
}

static enum status each(void *ctx, const struct reach_record *r)
{
	struct mark *m = ctx;
	struct sql *more;

	if (r->store != m->store || r->shared ||
	    strcmp(r->collection->name, m->collection) != 0)
		return ST_OK;
	more = reallocarray(m->updates, m->count + 1, sizeof(*more));
	if (more == NULL)
		return fail(ST_NOMEM, "out of memory");
	m->updates = more;
	more[m->count] = (struct sql)SQL_INIT;
	return make_update(m, r, &more[m->count++]);
}

/* ---- written ---- */

static enum status evidence(
    struct installation *in, const struct mark *m, int64_t records, int64_t now)
{
	char text[ZONE_TEXT] = "none", what[512], digest[SHA256_TEXT];

	if (m->end != CONSENT_NO_END)
		zone_format(in->zone, m->end, text);
	(void)snprintf(what, sizeof(what), "%s.%s %s %lld", m->collection,
	    m->field, text, (long long)records);
	sha256_hex(what, strlen(what), digest);
	return db_exec(m->store->db,
	    "INSERT INTO lethe_evidence (run, at, policy, cluster, collection,"
	    " action, rule_set, cutoff, records, digest) VALUES ('consents',"
	    " $1, 'consents', $2, $3, 'consent_end_set', $4, $5, $6, $7)",
	    ARGS(INT(now), TEXT(m->notice), TEXT(m->collection),
		TEXT(in->rule_set), TEXT(text), INT(records),
		BLOB(digest, SHA256_TEXT - 1)));
}

static enum status write_all(
    struct installation *in, const struct mark *m, int64_t now)
{
	int64_t changed, records = 0;
	enum status st = db_begin(m->store->db, DB_WRITE);

	for (size_t i = 0; st == ST_OK && i < m->count; i++) {
		changed = 0;
		st = db_exec_sql(m->store->db, &m->updates[i], &changed);
		records += changed;
	}
	if (st == ST_OK && records)
		st = evidence(in, m, records, now);
	if (st == ST_OK)
		st = db_commit(m->store->db);
	if (st != ST_OK)
		db_rollback(m->store->db);
	return st;
}

static enum status ship(struct installation *in, const struct mark *m,
    const struct rights_actor *by)
{
	char id[STORE_ID_TEXT];
	enum status st = installation_unit_id(in, m->store, id);

	return st == ST_OK ? audit_ship(in->audit, m->store->db, id,
				 m->store->config->name, by->name, NULL)
			   : st;
}

static enum status set(struct installation *in, const struct rights_actor *by,
    const struct reach_subject *who, struct mark *m)
{
	enum status st = installation_open_store(in, m->store);

	if (st == ST_OK)
		st = reach_walk(in, who, each, m);
	if (st == ST_OK && m->count)
		st = write_all(in, m, by->now);
	if (st == ST_OK && m->count)
		st = ship(in, m, by);
	for (size_t i = 0; i < m->count; i++)
		sql_release(&m->updates[i]);
	free(m->updates);
	m->updates = NULL;
	m->count = 0;
	return st;
}

/* "dataset.collection.field", as the file of consents has been checked. */
static enum status set_path(struct installation *in,
    const struct rights_actor *by, const struct reach_subject *who,
    const char *path, struct mark *m)
{
	const char *dot = strchr(path, '.');
	const char *second = strchr(dot + 1, '.');
	enum status st = ST_OK;

	(void)snprintf(m->collection, sizeof(m->collection), "%.*s",
	    (int)(second - dot - 1), dot + 1);
	m->field = second + 1;
	for (size_t i = 0; st == ST_OK && i < in->store_count; i++) {
		const char *key = in->stores[i].dataset->key;

		if (strlen(key) != (size_t)(dot - path) ||
		    strncmp(key, path, strlen(key)) != 0)
			continue;
		m->store = &in->stores[i];
		st = set(in, by, who, m);
	}
	return st;
}

/* ---- which ---- */

struct open_record {
	int64_t number; /* the last that is not marked */
	int64_t subject;
	char notice[64];
	char identity[64];
};

static enum status next(struct installation *in, struct open_record *o)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT c.subject, c.notice, s.identity, max(c.number)"
	    " FROM consent_record AS c JOIN subject AS s ON s.id = c.subject"
	    " WHERE c.marked = 0 GROUP BY c.subject, c.notice, s.identity"
	    " ORDER BY 4 LIMIT 1",
	    NOARGS, &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		o->subject = db_int(s, 0);
		o->number = db_int(s, 3);
		(void)snprintf(
		    o->notice, sizeof(o->notice), "%s", db_text(s, 1));
		(void)snprintf(
		    o->identity, sizeof(o->identity), "%s", db_text(s, 2));
	}
	db_done(s);
	return st;
}

static enum status marked(struct installation *in, const struct open_record *o)
{
	return db_exec(in->control,
	    "UPDATE consent_record SET marked = 1"
	    " WHERE subject = $1 AND notice = $2 AND number <= $3",
	    ARGS(INT(o->subject), TEXT(o->notice), INT(o->number)));
}

static enum status mark_one(struct installation *in,
    const struct rights_actor *by, const struct open_record *o)
{
	const struct consent_notice *n =
	    consents_notice(&in->consents, o->notice, 0);
	struct reach_subject who = { o->identity, NULL };
	struct mark m = { .notice = o->notice };
	struct history h = { 0 };
	char *value = NULL;
	enum status st = ST_OK;

	if (n && n->end_count) {
		st = subjects_value(in, o->subject, &value);
		who.value = value;
		if (st == ST_OK)
			st = history_read(in, o->subject, o->notice, &h);
		m.end = consent_end(h.events, h.count, by->now);
		for (size_t i = 0; st == ST_OK && i < n->end_count; i++)
			st = set_path(in, by, &who, n->ends[i], &m);
		history_release(&h);
		free(value);
	}
	return st == ST_OK ? marked(in, o) : st;
}

enum status ends_mark(struct installation *in, const struct rights_actor *by)
{
	struct open_record o;
	enum status st = installation_open_audit(in);

	while (st == ST_OK && (st = next(in, &o)) == ST_OK)
		st = mark_one(in, by, &o);
	return st == ST_NOTFOUND ? ST_OK : st;
}
