/*
 * A file becomes records.  Values go from the reader's buffer straight to the
 * statement: nothing is allocated for a CSV record.
 */
#include "engine/records/ingest.h"

#include <stdlib.h>
#include <string.h>

#include "engine/records/intake.h"
#include "engine/store/count.h"
#include "engine/store/reduced.h"
#include "engine/store/times.h"

/* ---- what is where ---- */

static void mark_time(struct ingest_target *target, const char *name)
{
	for (size_t i = 0; name && i < target->table->column_count; i++)
		if (strcmp(target->table->columns[i].name, name) == 0)
			target->is_time[i] = 1;
}

enum status ingest_target_init(struct ingest_target *target, const char *store,
    const struct db_table *table, const struct collection *collection,
    const char *const *times, size_t time_count)
{
	*target = (struct ingest_target){
		.store = store, .table = table, .collection = collection
	};
	target->is_time = calloc(table->column_count + 1, 1);
	if (target->is_time == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < table->column_count; i++)
		target->is_time[i] =
		    (char)column_type_is_time(table->columns[i].type);
	for (size_t i = 0; i < time_count; i++)
		mark_time(target, times[i]);
	mark_time(target, collection->segment_by);
	for (size_t i = 0; i < collection->field_count; i++)
		mark_time(target, collection->fields[i].valid_at);
	return ST_OK;
}

/* The table has the column ${name}, of which the field ${of} is computed. */
static enum status need_column(struct ingest_target *target, const char *name,
    const char *of, int computed)
{
	const struct db_column *col = db_table_column(target->table, name);
	enum column_kind kind;

	if (col == NULL)
		return fail(ST_INVALID,
		    "store `%s`: table %s has no column %s, from which a "
		    "policy computes `%s`: add it",
		    target->store, target->table->name, name, of);
	kind = column_kind_of(col->type);
	if (computed && (kind == COLUMN_INTEGER || kind == COLUMN_REAL ||
			    kind == COLUMN_BOOLEAN))
		return fail(ST_INVALID,
		    "store `%s`: column %s.%s holds numbers, and a policy "
		    "computes a date for it: declare it as DATE or TEXT",
		    target->store, target->table->name, name);
	return ST_OK;
}

static enum status need_columns(
    struct ingest_target *target, const struct policy_starting_point *x)
{
	enum status st = need_column(target, x->field, x->field, 1);

	mark_time(target, x->field);
	for (int i = 0; st == ST_OK && i < POLICY_TERM__MAX; i++) {
		const char *name = x->term->parts[i].field;

		if (name == NULL)
			continue;
		st = need_column(
		    target, name, x->field, i == POLICY_TERM_CANCEL_BY);
		if (i != POLICY_TERM_PERIOD && i != POLICY_TERM_EXTENSION &&
		    i != POLICY_TERM_NOTICE)
			mark_time(target, name);
	}
	return st;
}

enum status ingest_target_compute(struct ingest_target *target,
    const struct policy_computed *computed, size_t count)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < count; i++)
		st = need_columns(target, computed[i].point);
	target->computed = computed;
	target->computed_count = count;
	return st;
}

void ingest_target_keys(
    struct ingest_target *target, const char *const *keys, size_t count)
{
	target->keys = keys;
	target->key_count = count;
}

void ingest_target_release(struct ingest_target *target)
{
	free(target->is_time);
	*target = (struct ingest_target){ 0 };
}

/* ---- reading ---- */

static enum status tick(void *ctx)
{
	const struct intake *in = ctx;
	struct ingest_progress p = { .records = in->records, .total = -1 };

	if (in->source->progress == NULL)
		return ST_OK;
	if (in->csv)
		p.bytes = csv_bytes(in->csv, &p.total);
	else if (in->jsonl)
		p.bytes = jsonl_bytes(in->jsonl, &p.total);
	return in->source->progress(in->source->ctx, &p);
}

/* A problem of what the reader has just refused. */
static enum status report_record(struct intake *in)
{
	struct cell_place place = intake_place(in);
	const char *field = NULL;

	if (place.field > 0 && place.field <= in->layouts[0].count)
		field = in->columns[in->layouts[0].columns[place.field - 1]]
			    .db->name;
	if (place.field > 0 && field == NULL)
		return intake_problem(in, ST_INVALID, place.line, NULL,
		    "field %zu: %s", place.field, status_text());
	return intake_problem(
	    in, ST_INVALID, place.line, field, "%s", status_text());
}

/* The first line of a CSV file; ${*usable} tells whether to go on. */
static enum status read_header(struct intake *in, int *usable)
{
	const struct cell *cells;
	enum status st;
	size_t count;

	*usable = 0;
	st = csv_next(in->csv, &cells, &count);
	if (st == ST_NOTFOUND)
		return intake_problem(in, ST_INVALID, 1, NULL,
		    "found an empty file, expected a header line with the "
		    "names of the fields: add it");
	if (st == ST_INVALID)
		return report_record(in);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < count; i++)
		in->names[i] =
		    (struct layout_name){ cells[i].text, cells[i].len };
	return layout_use(in, in->names, count, usable);
}

/* An object's cells, and the layout that its keys make. */
static enum status next_object(struct intake *in, int *usable)
{
	const struct jsonl_member *members;
	enum status st;
	size_t count;

	if ((st = jsonl_next(in->jsonl, &members, &count)) != ST_OK)
		return st;
	for (size_t i = 0; i < count; i++) {
		const char *key = members[i].key;

		in->names[i] = (struct layout_name){ key, strlen(key) };
		in->object[i] = members[i].cell;
	}
	in->cells = in->object;
	return layout_use(in, in->names, count, usable);
}

/*
 * The cells of the next record; ${*usable} tells whether it has any.
 * ST_NOTFOUND: no more.
 */
static enum status next_record(struct intake *in, int *usable)
{
	enum status st;
	size_t count;

	*usable = 1;
	if (in->csv)
		st = csv_next(in->csv, &in->cells, &count);
	else
		st = next_object(in, usable);
	if (st != ST_INVALID)
		return st;
	*usable = 0;
	return report_record(in);
}

/* ---- records ---- */

/* Every value of a record, or a problem for each that does not fit. */
static enum status read_values(struct intake *in, int *usable)
{
	const struct layout *l = &in->layouts[0];
	enum status st;

	for (size_t i = 0; i < l->count; i++) {
		struct column *col = &in->columns[l->columns[i]];

		st = column_read(col, &in->cells[i], &in->vals[i]);
		if (st == ST_OK)
			continue;
		*usable = 0;
		if (st == ST_INVALID)
			st = intake_problem(in, st, intake_place(in).line,
			    col->db->name, "%s", status_text());
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

/* The key of the record in hand; NULL: it is not known, or not needed. */
static const struct val *key_of(struct intake *in)
{
	const struct layout *l = &in->layouts[0];

	if (l->key == NULL)
		return NULL;
	for (size_t i = 0; i < in->lanes.key_count; i++)
		in->key[i] = in->vals[l->key[i]];
	return in->key;
}

static enum status is_there(struct intake *in, size_t lane)
{
	const struct segment *g = in->lanes.list[lane].segment;

	return fail(ST_CONFLICT,
	    "%s: UNIQUE constraint failed: the %s%s has a record of %s with "
	    "this key",
	    in->target->store, g ? "segment " : "part that is not cut",
	    g ? g->name : "", in->target->table->name);
}

/* What names the record in hand, into ${in->key}; 0: the store gives it a key,
 * which no record had. */
static int find_key(struct intake *in)
{
	const struct ingest_target *t = in->target;
	const struct layout *l = &in->layouts[0];
	size_t i, k;

	for (k = 0; k < t->key_count; k++) {
		for (i = 0; i < l->total; i++)
			if (strcmp(in->columns[l->columns[i]].db->name,
				t->keys[k]) == 0)
				break;
		if (i == l->total)
			return 0;
		in->key[k] = in->vals[i];
	}
	return k > 0;
}

/* ST_CONFLICT: the lane has a record of this key, and it is restricted. */
static enum status check_restricted(struct intake *in, size_t number)
{
	const struct ingest_target *t = in->target;
	const struct restricted r = { t->table, t->keys, t->key_count };
	const struct lane *lane = &in->lanes.list[number];
	enum status st;
	int is = 0;

	if (in->mode == DB_INSERT || t->may_change_restricted)
		return ST_OK;
	if ((st = lanes_begin_lane(&in->lanes, number)) != ST_OK)
		return st;
	if (lane->restricted == RESTRICTED_NONE || !find_key(in))
		return ST_OK;
	st = restricted_has(lane->db, &r, in->key, &is);
	if (st != ST_OK || !is)
		return st;
	return fail(ST_CONFLICT,
	    "%s: the record of %s with this key is restricted, and a change "
	    "is more than storing it (GDPR Art. 18(2)): leave it out, or say "
	    "with --restricted CODE what allows it",
	    t->store, t->table->name);
}

/*
 * Where the record in hand goes.  One that is replaced goes with its time: from
 * the lane that has it to that of the new time, or, where the record names no
 * time, it stays.
 */
static enum status choose_lane(
    struct intake *in, const struct val *key, size_t *lane)
{
	const struct layout *l = &in->layouts[0];
	size_t there = SIZE_MAX;
	enum status st = ST_OK;
	/* What is not cut, or no more, goes into lane 0 whatever it says. */
	int timed = l->time != INTAKE_NONE;
	int routed = timed || in->lanes.time == NULL;

	*lane = 0;
	if (in->lanes.segments == NULL)
		return ST_OK;
	if (timed)
		st = lanes_route(&in->lanes, in->vals[l->time], lane);
	if (st == ST_OK && key)
		st = lanes_find(
		    &in->lanes, key, routed ? *lane : SIZE_MAX, &there);
	if (st != ST_OK || there == SIZE_MAX || there == *lane)
		return st;
	if (in->mode == DB_INSERT)
		return is_there(in, there);
	if ((st = check_restricted(in, there)) != ST_OK)
		return st;
	if (routed)
		return lanes_move(&in->lanes, key, there, *lane);
	*lane = there;
	return ST_OK;
}

/* What is new of a record that was reduced is judged as any other. */
static enum status forget_mark(struct intake *in, const struct lane *lane)
{
	const struct ingest_target *t = in->target;
	struct layout *l = &in->layouts[0];
	enum status st;

	if (!lane->any_reduced || t->keys == NULL || !find_key(in))
		return ST_OK;
	/* The record must be there. */
	st = intake_flush(in, l);
	if (st != ST_OK || in->failed != ST_OK)
		return st;
	return reduced_forget(
	    lane->db, t->table, t->keys, t->key_count, in->key);
}

/* ${*insert}: what adds it, once that is known. */
static enum status put(struct intake *in, struct db_insert **insert)
{
	const struct val *key = key_of(in);
	size_t lane = 0;
	enum status st;

	if ((st = choose_lane(in, key, &lane)) != ST_OK)
		return st;
	if ((st = check_restricted(in, lane)) != ST_OK)
		return st;
	if ((st = lanes_begin_lane(&in->lanes, lane)) == ST_OK)
		st = layout_insert(in, &in->layouts[0], lane, insert);
	if (st == ST_OK) {
		db_insert_mark(*insert, intake_place(in).line);
		st = db_insert_row(*insert, in->vals);
	}
	if (st != ST_OK)
		return st;
	in->lanes.list[lane].records++;
	if ((st = lanes_note(&in->lanes, key, lane)) != ST_OK)
		return st;
	return forget_mark(in, &in->lanes.list[lane]);
}

static enum status insert(struct intake *in)
{
	struct db_insert *insert = NULL;
	enum status st;

	if ((st = lanes_begin(&in->lanes)) != ST_OK)
		return st;
	if ((st = put(in, &insert)) == ST_OK)
		in->records++;
	return st == ST_CONFLICT ? intake_refused(in, insert) : st;
}

static enum status one_record(struct intake *in)
{
	enum status st;
	int usable;

	st = next_record(in, &usable);
	if (st == ST_OK && usable)
		st = read_values(in, &usable);
	if (st == ST_OK && usable && in->layouts[0].terms)
		st = term_fill(in, &usable);
	if (st == ST_OK && usable && in->failed == ST_OK)
		st = insert(in);
	return st;
}

static enum status all_records(struct intake *in)
{
	const struct ingest_report *report = in->report;
	enum status st = ST_OK;
	int usable = 1;

	if (in->csv)
		st = read_header(in, &usable);
	while (st == ST_OK && usable &&
	       report->problem_count < INGEST_MOST_PROBLEMS)
		st = one_record(in);
	if (st == ST_LIMIT)
		status_prefix("line %lld: ", (long long)intake_place(in).line);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* Time columns of which no record took an unchecked default. */
static enum status vouch(struct intake *in, const struct lane *lane)
{
	const struct db_table *table = in->target->table;
	size_t n = 0;

	for (size_t i = 0; i < table->column_count; i++)
		if (in->columns[i].is_time && !in->left_out[i])
			in->words[n++] = table->columns[i].name;
	return times_vouch(lane->db, table->name,
	    lane->moved ? 1 : lane->before, in->words, n);
}

static enum status keep_lane(struct intake *in, const struct lane *lane)
{
	const char *collection = in->target->table->name;
	enum status st;

	if (in->mode == DB_INSERT)
		st = count_add(lane->db, collection, lane->records);
	else
		st = count_anew(lane->db, collection);
	return st == ST_OK ? vouch(in, lane) : st;
}

static enum status keep(struct intake *in)
{
	struct lanes *l = &in->lanes;
	enum status st = ST_OK;

	if (l->list[0].db == NULL)
		return ST_OK;
	for (size_t i = 0; st == ST_OK && i < l->count; i++)
		if (l->list[i].db &&
		    (l->segments == NULL || i > 0 || l->list[i].records > 0 ||
			in->mode == DB_UPSERT))
			st = keep_lane(in, &l->list[i]);
	/* An open statement would keep a file from being closed. */
	for (size_t i = 0; i < INTAKE_LAYOUTS; i++)
		layout_close(&in->layouts[i]);
	return st == ST_OK ? lanes_commit(l) : st;
}

static enum status say_problems(const struct intake *in)
{
	size_t n = in->report->problem_count;

	return fail(in->failed,
	    "%s: %zu problem%s%s, nothing was kept: correct the file and "
	    "ingest it again",
	    in->name, n, n == 1 ? "" : "s",
	    n < INGEST_MOST_PROBLEMS ? "" : " and perhaps more");
}

static enum status whole_file(struct intake *in)
{
	enum status st;

	st = all_records(in);
	for (size_t i = 0; st == ST_OK && i < INTAKE_LAYOUTS; i++)
		st = intake_flush(in, &in->layouts[i]);
	if (st == ST_OK && in->failed != ST_OK)
		return say_problems(in);
	if (st == ST_OK)
		st = keep(in);
	if (st != ST_OK) {
		lanes_rollback(&in->lanes);
		status_prefix("%s: nothing was kept: ", in->name);
	}
	return st;
}

enum status ingest_file(struct db *db, const struct ingest_target *target,
    const struct ingest_source *source, enum db_insert_mode mode,
    struct ingest_report *report)
{
	struct intake *in;
	enum status st;

	*report = (struct ingest_report){ 0 };
	if ((in = calloc(1, sizeof(*in))) == NULL)
		return fail(ST_NOMEM, "out of memory");
	in->target = target;
	in->source = source;
	in->mode = mode;
	in->report = report;
	in->watch = (struct feed_watch){ tick, in };
	st = lanes_init(&in->lanes, db, target->segments, target->table,
	    target->collection->segment_by);
	if (st == ST_OK)
		st = intake_init(in);
	if (st == ST_OK)
		st = whole_file(in);
	if (st == ST_OK)
		report->records = in->records;
	intake_release(in);
	free(in);
	return st;
}
