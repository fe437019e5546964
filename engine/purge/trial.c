/* A reduction tried on some records, and undone. */
#include "engine/purge/trial.h"

#include <stdlib.h>

#include "engine/purge/transform.h"

/* db_change_batch() shows no keys here: the row is the columns as they are. */
static enum status each(void *ctx, const struct val *row, struct val *changed)
{
	return transform_row(ctx, row, changed);
}

static enum status try_records(struct db *db, const struct reduce_target *t,
    const struct reduce *r, const char **columns, struct transform *how,
    int64_t *tried)
{
	struct sql where = SQL_INIT;
	struct db_change c = { .table = t->table->name,
		.columns = columns,
		.column_count = r->count,
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

static enum status judge(const struct reduce_target *t, const struct reduce *r,
    enum status st, int64_t tried, struct diag *d)
{
	if (st == ST_CONFLICT) {
		diag_error(d, t->cluster->at,
		    "cluster `%s`: `%s.%s` does not take its records as they "
		    "would become: %s: change `de_identify`, or the store",
		    t->cluster->name, t->dataset, t->collection->name,
		    status_text());
		status_clear();
		return ST_INVALID;
	}
	if (st == ST_OK && tried == 0 && r->needs_trial)
		diag_warning(d, t->cluster->at,
		    "cluster `%s`: `%s.%s` has a CHECK or a unique expression "
		    "and no records, so that it could not be tried whether it "
		    "takes what they would become: check again when it has",
		    t->cluster->name, t->dataset, t->collection->name);
	return st;
}

enum status trial_run(struct db *db, const struct reduce_target *t,
    const struct reduce *r, const struct secret_key *key, struct diag *d)
{
	struct transform *how = NULL;
	const char **columns;
	int64_t tried = 0;
	enum status st;

	if (r->count == 0)
		return ST_OK;
	if ((columns = calloc(r->count, sizeof(*columns))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < r->count; i++)
		columns[i] = r->columns[i].column->name;
	st = transform_new(r, t->policy->zone, key, &how);
	if (st == ST_OK) {
		st = try_records(db, t, r, columns, how, &tried);
		st = judge(t, r, st, tried, d);
	}
	transform_free(how);
	free(columns);
	return st;
}
