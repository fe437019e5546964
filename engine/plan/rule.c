/*
 * A rule as SQL: its clocks joined, and what stands beside the records: what
 * is suspended, what was reduced, what is still referred to.
 */
#include "engine/plan/rule.h"

#include "engine/installation/units.h"
#include "engine/plan/asked.h"
#include "engine/plan/keys.h"
#include "engine/plan/rule_clock.h"
#include "engine/plan/rule_unit.h"
#include "engine/plan/suspension.h"

/* What is asked, and at which instants. */
struct asking {
	int64_t now;
	enum db_effort effort;
	enum clock_side side;
	struct sql *q;
	enum status st; /* the first failure sticks */
};

static void take(struct asking *w, enum status st)
{
	if (w->st == ST_OK)
		w->st = st;
}

const struct rule *rule_part(const struct rule *r, size_t part)
{
	return r - r->part + part;
}

const char *rule_label(const struct rule *r)
{
	return r->terms.cluster->action == POLICY_DE_IDENTIFY && r->reduce.count
		   ? reduce_label_name(r->reduce.label)
		   : NULL;
}

static int deletes(const struct rule *r)
{
	return r->terms.cluster->action == POLICY_DELETE;
}

int rule_reduces_for_good(const struct rule *r)
{
	return !deletes(r) && !deletes(rule_part(r, 0));
}

static int waits(const struct rule *r)
{
	return r->terms.cluster->on_referenced == POLICY_WAIT;
}

/* ---- the clocks ---- */

static void add_clock(struct asking *w, const struct rule *r, size_t at,
    enum clock_class class, int64_t now)
{
	struct clock_question x = { r, now, w->effort, w->side };

	take(w, clock_where(&x, &r->clocks[at], class, w->q));
}

static void add_any(
    struct asking *w, const struct rule *r, enum clock_class class);

/* No clock is still to begin, and all can be read. */
static void add_begun(struct asking *w, const struct rule *r)
{
	if (r->clock_count == 0) {
		sql_add(w->q, "FALSE");
		return;
	}
	sql_add(w->q, "(");
	add_any(w, r, CLOCK_ACTIVE);
	sql_add(w->q, " IS NOT TRUE AND ");
	add_any(w, r, CLOCK_UNDECIDED);
	sql_add(w->q, " IS NOT TRUE)");
}

/* All clocks have ended; or, where a person asks for it, what the policy says
 * may go then. */
static void add_ended(struct asking *w, const struct rule *r, int64_t now)
{
	size_t i;

	if (r->asked && !asked_wants(r->asked, r->terms.cluster->name)) {
		sql_add(w->q, "FALSE");
		return;
	}
	if (r->asked) {
		switch (r->terms.cluster->erasure.on_request) {
		case POLICY_ERASE_AT_ONCE: sql_add(w->q, "TRUE"); return;
		case POLICY_ERASE_ONCE_BEGUN: add_begun(w, r); return;
		case POLICY_ERASE_KEEP:
		case POLICY_ERASE__MAX: break;
		}
	}

	if (r->clock_count == 0)
		sql_add(w->q, "FALSE");
	for (i = 0; i < r->clock_count; i++) {
		if (i)
			sql_add(w->q, " AND ");
		add_clock(w, r, i, CLOCK_ENDED, now);
	}
}

static void add_any(
    struct asking *w, const struct rule *r, enum clock_class class)
{
	size_t i;

	sql_add(w->q, "(");
	if (r->clock_count == 0)
		sql_add(w->q, "FALSE");
	for (i = 0; i < r->clock_count; i++) {
		if (i)
			sql_add(w->q, " OR ");
		add_clock(w, r, i, class, w->now);
	}
	sql_add(w->q, ")");
}

/* What nobody can read stands before what has not begun (verdict.h). */
static void add_active(struct asking *w, const struct rule *r)
{
	enum clock_side side = w->side;

	if (r->clock_count == 0) {
		sql_add(w->q, "TRUE");
		return;
	}
	add_any(w, r, CLOCK_ACTIVE);
	if (r->clock_count == 1)
		return;
	w->side = CLOCK_FROM_RECORD;
	sql_add(w->q, " AND ");
	add_any(w, r, CLOCK_UNDECIDED);
	sql_add(w->q, " IS NOT TRUE");
	w->side = side;
}

/* ---- what stands beside the records ---- */

static void add_free(struct asking *w, const struct rule *r)
{
	struct suspensions s = { 0, 0, 0 };

	take(w, suspension_read(r, &s));
	suspension_where_not(r, &s, w->q);
}

/* Was any record of the rule reduced? */
static int any_reduced(struct asking *w, const struct rule *r)
{
	int64_t any = 0;

	take(w, db_one_int(r->store->db,
		    "SELECT 1 FROM lethe_reduced WHERE collection = $1"
		    " AND cluster = $2 LIMIT 1",
		    ARGS(TEXT(r->table->name), TEXT(r->terms.cluster->name)), 0,
		    &any));
	return any != 0;
}

static void add_reduced(const struct rule *r, struct sql *q)
{
	sql_add(q, "EXISTS (SELECT 1 FROM lethe_reduced AS d WHERE"
		   " d.collection = ");
	sql_bind_text(q, r->table->name);
	sql_add(q, " AND d.cluster = ");
	sql_bind_text(q, r->terms.cluster->name);
	keys_match(r->store->db, r->table, r->keys, r->key_count, "d", q);
	sql_add(q, ")");
}

void rule_was_reduced(const struct rule *r, struct sql *q)
{
	sql_add(q, " AND ");
	add_reduced(r, q);
}

/* Of a record that is done with nobody asks when it begins, or whether that
 * can be read: what led there may be gone with the rest. */
static void add_not_done(struct asking *w, const struct rule *r)
{
	if (rule_reduces_for_good(r) && any_reduced(w, r)) {
		sql_add(w->q, " AND NOT ");
		add_reduced(r, w->q);
	}
}

/* ---- the row ---- */

/* Every part of the row is due, and none is suspended. */
static void add_row_due(struct asking *w, const struct rule *r)
{
	size_t i;

	sql_add(w->q, "(");
	for (i = 0; i < r->parts; i++) {
		const struct rule *part = rule_part(r, i);

		if (i)
			sql_add(w->q, " AND ");
		add_ended(w, part, w->now);
		add_free(w, part);
	}
	sql_add(w->q, ")");
}

/* Nothing of the row is done apart: it goes whole, now or, where references
 * are waited for, as soon as it can. */
static void add_row_goes(struct asking *w, const struct rule *r)
{
	const struct rule *base = rule_part(r, 0);

	if (!deletes(base)) {
		sql_add(w->q, "FALSE");
		return;
	}
	sql_add(w->q, "(");
	add_row_due(w, r);
	if (base->referenced && !waits(base))
		rule_unreferenced(base, w->q);
	sql_add(w->q, ")");
}

/* For use behind other conditions: asked of each record that they leave. */
static void add_row_goes_not(struct asking *w, const struct rule *r)
{
	enum clock_side side = w->side;

	w->side = CLOCK_FROM_RECORD;
	sql_add(w->q, " AND ");
	add_row_goes(w, r);
	sql_add(w->q, " IS NOT TRUE");
	w->side = side;
}

static void add_goes(struct asking *w, const struct rule *r)
{
	if (r->part > 0 || !deletes(r)) {
		sql_add(w->q, "FALSE");
		return;
	}
	add_row_due(w, r);
	if (r->referenced)
		rule_unreferenced(r, w->q);
}

/* There is nothing in it to change, or, alone in its row, a cluster that is
 * deleted is only ever reduced because something refers to the record. */
static int never_reduces(const struct rule *r)
{
	return r->reduce.count == 0 ||
	       (r->parts == 1 && deletes(r) && (!r->referenced || waits(r)));
}

static void add_reduces(struct asking *w, const struct rule *r)
{
	if (never_reduces(r)) {
		sql_add(w->q, "FALSE");
		return;
	}
	add_ended(w, r, w->now);
	add_free(w, r);
	if (any_reduced(w, r)) {
		sql_add(w->q, " AND NOT ");
		add_reduced(r, w->q);
	}
	if (deletes(rule_part(r, 0)))
		add_row_goes_not(w, r);
}

/* While the row stays and there is nothing to change in it, nothing is due;
 * but what only waits for those that refer to it is. */
static void add_due(struct asking *w, const struct rule *r)
{
	enum clock_side side = w->side;
	int simple = r->parts == 1 && (!r->referenced || waits(r));

	if (r->part > 0 || !deletes(r)) {
		add_reduces(w, r);
		return;
	}
	add_ended(w, r, w->now);
	add_free(w, r);
	if (simple || (r->reduce.count > 0 && !any_reduced(w, r)))
		return;
	w->side = CLOCK_FROM_RECORD;
	sql_add(w->q, " AND (");
	if (r->reduce.count > 0) {
		sql_add(w->q, "NOT ");
		add_reduced(r, w->q);
		sql_add(w->q, " OR ");
	}
	add_row_goes(w, r);
	sql_add(w->q, ")");
	w->side = side;
}

/* ---- the classes ---- */

static void add_class(
    struct asking *w, const struct rule *r, enum rule_class class)
{
	sql_add(w->q, "(");
	switch (class) {
	case RULE_DUE: add_due(w, r); break;
	case RULE_GOES: add_goes(w, r); break;
	case RULE_REDUCES: add_reduces(w, r); break;
	case RULE_UNDECIDED:
		add_any(w, r, CLOCK_UNDECIDED);
		add_free(w, r);
		add_not_done(w, r);
		break;
	case RULE_ACTIVE:
		add_active(w, r);
		add_free(w, r);
		add_not_done(w, r);
		break;
	case RULE_ENDED: add_ended(w, r, w->now); break;
	case RULE_CLOCKS_UNDECIDED: add_any(w, r, CLOCK_UNDECIDED); break;
	case RULE_CLOCKS_ACTIVE: add_active(w, r); break;
	}
	sql_add(w->q, ")");
}

enum status rule_where(const struct rule *r, enum rule_class class, int64_t now,
    enum db_effort effort, struct sql *q)
{
	struct asking w = { now, effort, CLOCK_FROM_VALUES, q, ST_OK };

	add_class(&w, r, class);
	return w.st;
}

enum status rule_where_one(
    const struct rule *r, enum rule_class class, int64_t now, struct sql *q)
{
	struct asking w = { now, DB_EVERY, CLOCK_FROM_RECORD, q, ST_OK };

	add_class(&w, r, class);
	return w.st;
}

int rule_is_range(const struct rule *r)
{
	return r->asked == NULL && r->parts == 1 && deletes(r) &&
	       !r->referenced && r->clock_count == 1 &&
	       r->clocks[0].path.count == 0;
}

void rule_from(const struct rule *r, struct sql *q)
{
	db_add_from(q, r->table->name, r->table->only);
}

void rule_narrow(const struct rule *r, const struct db_part *part)
{
	struct db_table *tables = r->store->schema.tables;

	tables[r->table - tables].only = part;
}

/* ---- counts ---- */

/* A question that stands alone, as a count. */
static enum status count(
    const struct rule *r, const struct sql *where, int64_t *records)
{
	struct sql q = SQL_INIT;
	enum status st;

	sql_add(&q, "SELECT count(*) FROM ");
	rule_from(r, &q);
	sql_add(&q, " WHERE ");
	sql_join(&q, where);
	st = db_one_int_sql(r->store->db, &q, 0, records);
	sql_release(&q);
	return st;
}

/* The one clock of a rule, asked in two where that costs less. */
static enum status count_clock(const struct rule *r, enum clock_class class,
    int64_t now, enum db_effort effort, int64_t *records)
{
	struct clock_question x = { r, now, effort, CLOCK_FROM_VALUES };
	struct sql where[2] = { SQL_INIT, SQL_INIT };
	struct asking w = { now, effort, CLOCK_FROM_VALUES, NULL, ST_OK };
	int64_t some = 0;
	enum status st;
	int parts = 0, i;

	st = clock_where_apart(&x, &r->clocks[0], class, where, &parts);
	*records = 0;
	for (i = 0; st == ST_OK && i < parts; i++) {
		w.q = &where[i];
		add_free(&w, r);
		add_not_done(&w, r);
		st = w.st == ST_OK ? count(r, &where[i], &some) : w.st;
		*records += some;
	}
	sql_release(&where[0]);
	sql_release(&where[1]);
	return st;
}

/* In the unit that is in use. */
static enum status count_class(const struct rule *r, enum rule_class class,
    int64_t now, enum db_effort effort, int64_t *records)
{
	struct sql where = SQL_INIT;
	enum status st;

	if (effort == DB_BY_INDEX) {
		int known;

		st = rule_unit_count(r, class, now, &known, records);
		if (st != ST_OK || known)
			return st;
	}
	if (r->clock_count == 1 && class == RULE_ACTIVE)
		return count_clock(r, CLOCK_ACTIVE, now, effort, records);
	if (r->clock_count == 1 && class == RULE_UNDECIDED)
		return count_clock(r, CLOCK_UNDECIDED, now, effort, records);
	st = rule_where(r, class, now, effort, &where);
	if (st == ST_OK)
		st = count(r, &where, records);
	sql_release(&where);
	return st;
}

/* A row of several parts may be due only since the last of them is: then it
 * was not yet when the window began, whatever this part's own clock says. */
static enum status count_overdue(
    const struct rule *r, int64_t now, int64_t *records)
{
	int64_t then = now - r->terms.window_seconds - 1;
	struct sql where = SQL_INIT;
	enum status st;

	if (r->parts == 1)
		return count_class(r, RULE_DUE, then, DB_BY_INDEX, records);
	st = rule_where(r, RULE_DUE, now, DB_BY_INDEX, &where);
	sql_add(&where, " AND ");
	if (st == ST_OK)
		st = rule_where_one(r, RULE_DUE, then, &where);
	if (st == ST_OK)
		st = count(r, &where, records);
	sql_release(&where);
	return st;
}

enum status rule_count(const struct rule *r, enum rule_class class, int64_t now,
    enum db_effort effort, int64_t *records)
{
	int64_t sum = 0, n = 0;
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(r->store); u++) {
		if ((st = units_use(r->store, u)) == ST_OK)
			st = count_class(r, class, now, effort, &n);
		sum += n;
	}
	units_rest(r->store);
	if (st == ST_OK)
		*records = sum;
	return st;
}

enum status rule_count_overdue(
    const struct rule *r, int64_t now, int64_t *records)
{
	int64_t sum = 0, n = 0;
	enum status st = ST_OK;
	size_t u;

	for (u = 0; st == ST_OK && u < units_count(r->store); u++) {
		if ((st = units_use(r->store, u)) == ST_OK)
			st = count_overdue(r, now, &n);
		sum += n;
	}
	units_rest(r->store);
	if (st == ST_OK)
		*records = sum;
	return st;
}
