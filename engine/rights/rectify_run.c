/*
 * Rectification carried out.  Every file that is written has one transaction;
 * all changes are made and compared before the first of them commits, and the
 * control database knows by then that they are on their way.  So whoever was
 * killed between two commits finds, once more, each field either as it was or
 * as it is to be, and any other value is a conflict.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/number.h"
#include "engine/holds/holds.h"
#include "engine/installation/units.h"
#include "engine/plan/keys.h"
#include "engine/records/value_text.h"
#include "engine/rights/notification.h"
#include "engine/rights/rectify_book.h"
#include "engine/rights/rectify_field.h"
#include "engine/rights/transition.h"
#include "engine/store/reduced.h"

struct run {
	struct installation *in;
	const struct rights_actor *by;
	const struct request *r;
	json_t *changes;
	int begun; /* before: some may be done */
	struct db **open;
	size_t open_count;
};

/* ---- transactions ---- */

static enum status begin(struct run *x, struct db *db)
{
	struct db **more;
	enum status st;

	if (db_in_transaction(db))
		return ST_OK;
	more = reallocarray(x->open, x->open_count + 1, sizeof(struct db *));
	if (more == NULL)
		return fail(ST_NOMEM, "out of memory");
	x->open = more;
	if ((st = db_begin(db, DB_WRITE)) == ST_OK)
		x->open[x->open_count++] = db;
	return st;
}

/* The rest of a store that is cut was begun first, and commits last. */
static enum status commit_all(struct run *x)
{
	enum status st = ST_OK;

	while (st == ST_OK && x->open_count > 0)
		if ((st = db_commit(x->open[x->open_count - 1])) == ST_OK)
			x->open_count--;
	return st;
}

static void end_all(struct run *x)
{
	while (x->open_count > 0)
		db_rollback(x->open[--x->open_count]);
	free(x->open);
	x->open = NULL;
}

/* ---- one field ---- */

static enum status open_field(
    struct run *x, const json_t *change, struct rectify_field *f)
{
	*f = (struct rectify_field){ .key = json_object_get(change, "key") };
	return rectify_field_open(x->in, f, json_text(change, "store"),
	    json_text(change, "collection"), json_text(change, "field"));
}

struct writing {
	struct run *x;
	struct rectify_field *f;
	const char *old; /* JSON text */
	const char *new;
	int there; /* it is as it is to be */
};

/* 1.50 and 1.5 are one number, however a database writes it. */
static int same_number(const char *a, const char *b)
{
	double x, y;

	return number_real(a, strlen(a), &x) == ST_OK &&
	       number_real(b, strlen(b), &y) == ST_OK && x == y;
}

static int is_value(
    const struct column *col, const char *have, const char *want)
{
	char *a = NULL, *b = NULL;
	int same = strcmp(have, want) == 0;

	if (same || (col->kind != COLUMN_NUMERIC && col->kind != COLUMN_REAL))
		return same;
	a = strdup(have + (*have == '"'));
	b = strdup(want + (*want == '"'));
	if (a && b) {
		a[strcspn(a, "\"")] = '\0';
		b[strcspn(b, "\"")] = '\0';
		same = same_number(a, b);
	}
	free(a);
	free(b);
	return same;
}

static enum status write_value(
    struct writing *w, const char *have, struct val *changed)
{
	const struct column *col = &w->f->column;

	if (is_value(col, have, w->old)) {
		w->there = 1;
		return rectify_field_value(w->f, w->new, changed);
	}
	if (w->x->begun && is_value(col, have, w->new)) {
		w->there = 1;
		return ST_NOTFOUND;
	}
	return fail(ST_CONFLICT,
	    "%s.%s is not what it was when its correction was proposed: "
	    "nothing was changed; look at it and `lethe request propose` anew",
	    w->f->collection->name, w->f->db->name);
}

static enum status each(void *ctx, const struct val *row, struct val *changed)
{
	struct writing *w = ctx;
	struct buf have = BUF_INIT;
	enum status st;

	value_text_json(&have, &w->f->column, &row[w->f->key_count]);
	st = buf_status(&have);
	if (st == ST_OK)
		st = write_value(w, buf_text(&have), changed);
	if (have.data)
		explicit_bzero(have.data, have.size);
	buf_release(&have);
	return st;
}

/* New content is judged anew. */
static enum status forget_mark(const struct rectify_field *f)
{
	struct val key[KEYS_MOST];
	enum status st;
	int any = 0;

	for (size_t i = 0; i < f->key_count && i < KEYS_MOST; i++)
		key[i] = TEXT(json_string_value(json_array_get(f->key, i)));
	st = reduced_any(f->store->db, f->collection->name, &any);
	return st == ST_OK && any ? reduced_forget(f->store->db, f->table,
					f->keys, f->key_count, key)
				  : st;
}

static enum status write_field(struct writing *w)
{
	const struct rectify_field *f = w->f;
	struct sql where = SQL_INIT;
	struct db_change c = {
		.table = f->table->name,
		.keys = f->keys,
		.key_count = f->key_count,
		.columns = (const char *const[]){ f->db->name },
		.column_count = 1,
		.where = &where,
		.limit = 1,
		.each = each,
		.ctx = w,
	};
	int64_t n = 0;
	enum status st;

	sql_add(&where, "TRUE");
	rectify_field_where(f, &where);
	st = db_change_batch(f->store->db, &c, &n);
	if (st == ST_OK && n > 0)
		st = forget_mark(f);
	if (st == ST_OK && !w->there)
		st = fail(ST_CONFLICT,
		    "a record of %s is gone: nothing was changed",
		    f->collection->name);
	sql_release(&where);
	return st;
}

static enum status text_of(const json_t *change, const char *name, char **out)
{
	*out = json_dumps(json_object_get(change, name),
	    JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
	return *out ? ST_OK : fail(ST_NOMEM, "out of memory");
}

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

static enum status change(struct run *x, const json_t *one)
{
	struct rectify_field f;
	struct writing w = { .x = x, .f = &f };
	char *old = NULL, *new = NULL;
	enum status st = open_field(x, one, &f);

	if (st == ST_OK)
		st = text_of(one, "old", &old);
	if (st == ST_OK)
		st = text_of(one, "new", &new);
	w.old = old;
	w.new = new;
	if (st == ST_OK && (st = rectify_field_use(&f)) == ST_NOTFOUND)
		st = ST_CONFLICT;
	if (st == ST_OK)
		st = begin(x, f.store->db);
	if (st == ST_OK)
		st = write_field(&w);
	if (f.store)
		units_rest(f.store);
	wipe(old);
	wipe(new);
	rectify_field_release(&f);
	return st;
}

/* ---- all of them ---- */

/* Whose the records are is asked once nobody else can change it; of what has
 * begun it was, and a corrected address may lead nowhere now. */
static enum status check_owner(struct run *x, const json_t *one)
{
	const struct reach_subject who = { x->r->identity, x->r->value };
	struct rectify_field f;
	enum status st = open_field(x, one, &f);

	if (st == ST_OK)
		st = begin(x, f.store->db);
	if (st == ST_OK && !x->begun)
		st = rectify_field_find(x->in, &who, &f);
	rectify_field_release(&f);
	return st;
}

static enum status for_each(
    struct run *x, enum status (*call)(struct run *x, const json_t *one))
{
	enum status st = ST_OK;
	const json_t *one;
	size_t i;

	json_array_foreach(x->changes, i, one)
	{
		if (st == ST_OK)
			st = call(x, one);
	}
	return st;
}

static enum status work(struct run *x, const char *hash)
{
	enum status st = for_each(x, check_owner);

	if (st == ST_OK)
		st = for_each(x, change);
	if (st == ST_OK)
		st = rectification_begin(x->in, x->r, hash, x->by->now);
	if (st == ST_OK)
		st = commit_all(x);
	end_all(x);
	return st;
}

/* ---- recipients ---- */

/* A change once for each cluster that it is in: a recipient may not have all.
 */
static enum status add_changes(
    const struct installation *in, const json_t *one, json_t *out)
{
	const struct config_store *cs =
	    config_find_store(&in->config, json_text(one, "store"));
	json_t *clusters = NULL, *change = NULL;
	const json_t *cluster;
	enum status st = json_made(json_array(), &clusters);
	size_t i;

	for (size_t k = 0; st == ST_OK && cs && k < in->store_count; k++)
		if (strcmp(in->stores[k].config->name, cs->name) == 0)
			st = notification_clusters(in,
			    in->stores[k].dataset->key,
			    json_text(one, "collection"),
			    json_text(one, "field"), clusters);
	json_array_foreach(clusters, i, cluster)
	{
		if (st == ST_OK)
			st = json_make(&change, "{s:O, s:s, s:O}", "cluster",
			    cluster, "field", json_text(one, "field"), "value",
			    json_object_get(one, "new"));
		if (st == ST_OK)
			st = json_push(out, change);
	}
	json_decref(clusters);
	return st;
}

static enum status changed(
    const struct run *x, json_t *changes, json_t *clusters)
{
	const json_t *one;
	enum status st = ST_OK;
	size_t i;

	json_array_foreach(x->changes, i, one)
	{
		if (st == ST_OK)
			st = add_changes(x->in, one, changes);
	}
	json_array_foreach(changes, i, one)
	{
		if (st == ST_OK)
			st = json_push(clusters,
			    json_incref(json_object_get(one, "cluster")));
	}
	return st;
}

static enum status prepare(const struct run *x, const json_t *reach)
{
	struct notification_order o = { .kind = NOTIFY_RECTIFICATION,
		.request = x->r->number,
		.who = { x->r->identity, x->r->value },
		.reach = reach,
		.at = x->by->now,
		.actor = x->by->name };
	json_t *changes = json_array(), *clusters = json_array();
	enum status st =
	    changes && clusters ? ST_OK : fail(ST_NOMEM, "out of memory");

	if (st == ST_OK)
		st = changed(x, changes, clusters);
	o.changes = changes;
	o.clusters = clusters;
	if (st == ST_OK)
		st = db_begin(x->in->control, DB_WRITE);
	if (st == ST_OK)
		st = notification_prepare(x->in, &o);
	if (st == ST_OK)
		st = db_commit(x->in->control);
	if (st != ST_OK)
		db_rollback(x->in->control);
	json_decref(changes);
	json_decref(clusters);
	return st;
}

/* By what recipients know the person before anything is another: they know the
 * old address. */
static enum status prepare_recipients(const struct run *x)
{
	const struct reach_subject who = { x->r->identity, x->r->value };
	json_t *reach = NULL;
	enum status st;

	if (x->begun)
		return ST_OK;
	st = notification_reach(x->in, &who, &reach);
	if (st == ST_OK)
		st = prepare(x, reach);
	json_decref(reach);
	return st;
}

/* ---- the request ---- */

static enum request_action ending(const struct request *r)
{
	return r->outcome == REQUEST_TO_FULFIL_PARTLY ? REQUEST_FULFIL_PARTLY
						      : REQUEST_FULFIL;
}

/* What the table of transitions would say at the end, it says before anything
 * is changed. */
static enum status executable(const struct rights_actor *by,
    const struct request *r, const struct rectification *x)
{
	unsigned int facts = REQUEST_HAS_REASON;
	enum request_state to;

	if (r->type != REQUEST_RECTIFICATION)
		return fail(
		    ST_USAGE, "%s is no request for rectification", r->id);
	if (r->verified_at)
		facts |= REQUEST_IS_VERIFIED;
	if (r->approved_by && x->approved && !x->done &&
	    (r->outcome == REQUEST_TO_FULFIL ||
		r->outcome == REQUEST_TO_FULFIL_PARTLY))
		facts |= REQUEST_IS_APPROVED;
	return transition_find(r->state, ending(r), by->roles, facts, &to);
}

static enum status finish(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out)
{
	struct step s = { 0 };
	enum status st = step_begin(&s, in, by, id);

	if (st == ST_OK)
		st = rectification_end(&s);
	if (st == ST_OK)
		st = step_go(&s, REQUEST_CORRECT, NULL, NULL);
	if (st == ST_OK)
		st = step_go(&s, ending(&s.r), s.r.reason, NULL);
	if (st == ST_OK)
		st = notification_go(in, s.r.number, by->now, by->name);
	return step_end(&s, st, out);
}

enum status rights_correct(struct installation *in,
    const struct rights_actor *by, const char *id, json_t **out)
{
	struct run x = { .in = in, .by = by };
	struct rectification how;
	struct request r = { 0 };
	enum status st = book_read(in, id, &r);

	x.r = &r;
	if (st == ST_OK)
		st = rectification_read(in, r.number, &how);
	if (st == ST_OK)
		st = executable(by, &r, &how);
	if (st == ST_OK)
		st = change_list(in, r.number, CHANGE_OPEN, &x.changes);
	if (st == ST_OK) {
		x.begun = how.begun;
		st = prepare_recipients(&x);
	}
	if (st == ST_OK) {
		st = work(&x, how.hash);
	}
	/* What a corrected address leads to now may be suspended, too. */
	if (st == ST_OK)
		st = holds_refresh(in, NULL);
	if (st == ST_OK)
		st = finish(in, by, id, out);
	json_decref(x.changes);
	request_release(&r);
	return st;
}
