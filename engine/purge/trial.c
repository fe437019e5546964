/* A reduction tried on some records, and undone. */
#include "engine/purge/trial.h"

#include <stdlib.h>

#include "engine/installation/units.h"
#include "engine/purge/transform.h"

/* db_change_batch() shows no keys here: the row is the columns as they are. */
static enum status each(void *ctx, const struct val *row, struct val *changed)
{
	return transform_row(ctx, row, changed);
}

static enum status try_records(const struct rule *r, const char **columns,
    struct transform *how, int64_t *tried)
{
	struct db *db = r->store->db;
	struct sql where = SQL_INIT;
	struct db_change c = { .table = r->table->name,
		.columns = columns,
		.column_count = r->reduce.count,
		.where = &where,
		.limit = TRIAL_RECORDS,
		.each = each,
		.ctx = how };
	enum status st;

	sql_add(&where, "1 = 1");
	if ((st = db_begin(db, DB_WRITE)) == ST_OK)
		st = db_change_batch(db, &c, tried);
	db_rollback(db);
	sql_release(&where);
	return st;
}

/* In the first file of the store that has records. */
static enum status try_units(const struct rule *r, const char **columns,
    struct transform *how, int64_t *tried)
{
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && *tried == 0 && u < units_count(r->store);
	     u++) {
		if ((st = units_use(r->store, u)) == ST_OK)
			st = try_records(r, columns, how, tried);
	}
	units_rest(r->store);
	return st;
}

static enum status judge(
    const struct rule *r, enum status st, int64_t tried, struct diag *d)
{
	const struct policy_cluster *cl = r->terms.cluster;
	const char *dataset = r->store->dataset->key;

	if (st == ST_CONFLICT) {
		diag_error(d, cl->at,
		    "cluster `%s`: `%s.%s` does not take its records as they "
		    "would become: %s: %s, or change the store",
		    cl->name, dataset, r->collection->name, status_text(),
		    cl->action == POLICY_DE_IDENTIFY
			? "change `de_identify`"
			: "say `on_referenced: wait`");
		status_clear();
		return ST_INVALID;
	}
	if (st == ST_OK && tried == 0 && r->reduce.needs_trial)
		diag_warning(d, cl->at,
		    "cluster `%s`: `%s.%s` has a CHECK or a unique expression "
		    "and no records, so that it could not be tried whether it "
		    "takes what they would become: check again when it has",
		    cl->name, dataset, r->collection->name);
	return st;
}

enum status trial_run(
    const struct rule *r, const struct secret_key *key, struct diag *d)
{
	struct transform *how = NULL;
	const char **columns;
	int64_t tried = 0;
	enum status st;

	if (r->reduce.count == 0)
		return ST_OK;
	columns = calloc(r->reduce.count, sizeof(*columns));
	if (columns == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < r->reduce.count; i++)
		columns[i] = r->reduce.columns[i].column->name;
	st = transform_new(&r->reduce, r->terms.calendar.zone, key, &how);
	if (st == ST_OK) {
		st = try_units(r, columns, how, &tried);
		st = judge(r, st, tried, d);
	}
	transform_free(how);
	free(columns);
	return st;
}

/* What is refused is in ${d}; anything else ends it. */
static enum status try_one(
    const struct installation *in, const struct rule *r, struct diag *d)
{
	struct keyring_key key;
	enum status st;

	if ((st = keyring_find(in->keys, "evidence", &key)) == ST_OK)
		st = trial_run(r, key.secret, d);
	return st == ST_INVALID ? ST_OK : st;
}

enum status trial_all(const struct schedule *s, struct diag *d)
{
	size_t errors = d->errors;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < s->count; i++)
		st = try_one(s->installation, &s->rules[i], d);
	return st == ST_OK ? diag_status_since(d, errors) : st;
}

enum status trial_plan(const struct plan *p, struct diag *d)
{
	size_t errors = d->errors;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < p->count; i++) {
		const struct plan_item *item = &p->items[i];

		if (item->due > 0)
			st = try_one(p->schedule->installation, item->rule, d);
	}
	return st == ST_OK ? diag_status_since(d, errors) : st;
}
