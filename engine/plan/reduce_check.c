/* De-identification against the live schema. */
#include "engine/plan/reduce_check.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/number.h"
#include "engine/base/utf8.h"
#include "engine/base/when.h"
#include "engine/store/column_kind.h"

/* Hexadecimal digits of a keyed hash. */
#define HASH_TEXT 32

/* ---- what the schema says of a column ---- */

int reduce_is_key(const struct reduce_target *t, const struct field *f,
    const struct db_column *c)
{
	if (c->key)
		return 1;
	for (size_t i = 0; i < t->table->column_count; i++)
		if (t->table->columns[i].key)
			return 0;
	/* The table has none: the dataset names it. */
	return f->primary_key;
}

/* Names in a foreign key stand as its author wrote them. */
static int is_among(char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (names[i] && strcasecmp(names[i], name) == 0)
			return 1;
	return 0;
}

int reduce_refers(const struct reduce_target *t, const struct db_column *c)
{
	for (size_t i = 0; i < t->table->foreign_key_count; i++) {
		const struct db_foreign_key *f = &t->table->foreign_keys[i];

		if (is_among(f->from, f->count, c->name))
			return 1;
	}
	return 0;
}

const char *reduce_referred_by(
    const struct reduce_target *t, const struct db_column *c)
{
	for (size_t i = 0; i < t->schema->count; i++) {
		const struct db_table *from = &t->schema->tables[i];

		for (size_t k = 0; k < from->foreign_key_count; k++) {
			const struct db_foreign_key *f = &from->foreign_keys[k];

			if (strcasecmp(f->table, t->table->name) == 0 &&
			    is_among(f->to, f->count, c->name))
				return from->name;
		}
	}
	return NULL;
}

int reduce_is_unique(const struct reduce_target *t, const struct db_column *c)
{
	for (size_t i = 0; i < t->table->index_count; i++) {
		const struct db_index *x = &t->table->indexes[i];

		if (x->unique && is_among(x->columns, x->count, c->name))
			return 1;
	}
	return 0;
}

const struct reduce_kept *reduce_find_kept(
    const struct reduce_target *t, const struct db_column *c)
{
	for (size_t i = 0; i < t->kept_count; i++)
		if (strcmp(t->kept[i].column, c->name) == 0)
			return &t->kept[i];
	return NULL;
}

/* Characters that the column holds at most, by its type and by the dataset;
 * -1: any number. */
static int64_t most_characters(const struct reduce_column *x)
{
	const char *bracket = strchr(x->column->type, '(');
	int64_t most = x->field->length, declared;

	if (bracket && column_kind_of(x->column->type) == COLUMN_TEXT &&
	    number_int(bracket + 1, strspn(bracket + 1, "0123456789"),
		&declared) == ST_OK &&
	    (most < 0 || declared < most))
		most = declared;
	return most;
}

/* ---- refusals ---- */

struct refusal {
	const struct reduce_target *t;
	const struct policy_de_identify *x;
	struct diag *d;
};

static int PRINTF(2, 3) refuse(const struct refusal *r, const char *fmt, ...)
{
	struct buf why = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&why, fmt, ap);
	va_end(ap);
	diag_error(r->d, r->x->at, "`%s: %s` of `%s.%s`: %s", r->x->field,
	    policy_method_name(r->x->method), r->t->dataset,
	    r->t->collection->name, buf_text(&why));
	buf_release(&why);
	return 0;
}

/* ---- whatever the method ---- */

static int check_use(const struct refusal *r, const struct db_column *c)
{
	const struct reduce_kept *k = reduce_find_kept(r->t, c);
	const char *from = reduce_referred_by(r->t, c);

	if (c->generated)
		return refuse(r,
		    "the store computes it from other columns: de-identify "
		    "those, and leave it out here");
	if (k && k->use == REDUCE_STARTS)
		return refuse(r,
		    "the starting point `%s` is read from it: leave it out, "
		    "or let the cluster delete",
		    k->by);
	if (k && k->use == REDUCE_WHOSE)
		return refuse(r,
		    "`valid` of `%s` reads from it whose records are: leave it "
		    "out, or let the cluster delete",
		    k->by);
	if (k)
		return refuse(r,
		    "the rule of `%s` finds its starting point by it: leave "
		    "it out, or let the cluster delete",
		    k->by);
	if (from)
		return refuse(r,
		    "a foreign key of `%s` refers to it: drop the foreign "
		    "key, or let the cluster delete",
		    from);
	if (r->x->method != POLICY_METHOD_NULL && reduce_refers(r->t, c))
		return refuse(r,
		    "it is part of a foreign key, which the new value would "
		    "break: use null, or drop the foreign key");
	return 1;
}

/* What keeps records apart must go on doing so. */
static int check_apart(
    const struct refusal *r, const struct field *f, const struct db_column *c)
{
	int one = r->x->method == POLICY_METHOD_CONSTANT;

	if (r->x->method == POLICY_METHOD_KEYED_HASH)
		return 1;
	if (reduce_is_key(r->t, f, c))
		return refuse(r,
		    "it is part of the primary key: use keyed_hash, or let the "
		    "cluster delete");
	if (r->x->method == POLICY_METHOD_NULL) {
		if (c->not_null)
			return refuse(r,
			    "the column takes no NULL: use a constant, or "
			    "allow NULL in the store");
		return 1;
	}
	if (reduce_is_unique(r->t, c))
		return refuse(r,
		    "the column is unique, and %s would be equal: use null or "
		    "keyed_hash",
		    one ? "all records" : "several records");
	return 1;
}

/* ---- by method ---- */

static int set_constant(const struct refusal *r, struct reduce_column *out)
{
	const char *text = r->x->constant, *type = out->column->type;
	enum column_kind kind = column_kind_of(type);
	size_t len = strlen(text);
	int64_t most = most_characters(out);
	struct when when;

	switch (kind) {
	case COLUMN_BOOLEAN:
		out->constant = INT(strcmp(text, "true") == 0);
		if (out->constant.i || strcmp(text, "false") == 0)
			return 1;
		return refuse(r, "found `%.40s`, expected true or false", text);
	case COLUMN_INTEGER:
	case COLUMN_NUMERIC:
		out->constant = INT(0);
		if (number_int(text, len, &out->constant.i) == ST_OK)
			return 1;
		if (kind == COLUMN_INTEGER)
			return refuse(r,
			    "found `%.40s`, expected a whole number, because "
			    "the column is %s",
			    text, type);
		/* fallthrough */
	case COLUMN_REAL:
		out->constant = REAL(0);
		if (number_real(text, len, &out->constant.r) == ST_OK)
			return 1;
		return refuse(r,
		    "found `%.40s`, expected a number, because the column is "
		    "%s",
		    text, type);
	case COLUMN_BLOB:
	case COLUMN_JSON:
		return refuse(
		    r, "a column of type %s takes no text: use null", type);
	case COLUMN_TEXT:
	case COLUMN_ANY: break;
	}
	out->constant = TEXT(text);
	if (column_type_is_time(type) &&
	    when_parse(text, len, &when) != ST_OK) {
		status_clear();
		return refuse(r,
		    "found `%.40s`, expected a time such as 2000-01-01, "
		    "because the column is %s",
		    text, type);
	}
	if (most >= 0 && utf8_length(text, len) > (uint64_t)most)
		return refuse(r,
		    "the constant has %zu characters and the column takes "
		    "%lld: shorten it",
		    utf8_length(text, len), (long long)most);
	return 1;
}

static int check_truncate(
    const struct refusal *r, const struct reduce_column *out)
{
	enum column_kind kind = column_kind_of(out->column->type);
	int64_t most = most_characters(out);

	if ((kind != COLUMN_TEXT && kind != COLUMN_ANY) ||
	    column_type_is_time(out->column->type))
		return refuse(r,
		    "a column of type %s holds no text: use round, date or "
		    "null",
		    out->column->type);
	if (most >= 0 && out->amount >= most)
		return refuse(r,
		    "the column has no more than %lld characters, so that all "
		    "of it would stay: keep fewer",
		    (long long)most);
	return 1;
}

/* Of a NOT NULL column with a CHECK, what cannot be read could neither stay
 * nor go: then the type must rule it out. */
static int check_readable(const struct refusal *r,
    const struct reduce_column *out, int always, const char *what)
{
	if (out->column->not_null && out->column->checked && !always)
		return refuse(r,
		    "the column takes no NULL and has a CHECK, and its type "
		    "lets in what is no %s: use a constant, or allow NULL in "
		    "the store",
		    what);
	return 1;
}

static int check_round(const struct refusal *r, const struct reduce_column *out)
{
	enum column_kind kind = column_kind_of(out->column->type);

	if (kind == COLUMN_BLOB || kind == COLUMN_JSON ||
	    kind == COLUMN_BOOLEAN || column_type_is_time(out->column->type))
		return refuse(r, "a column of type %s holds no numbers: use %s",
		    out->column->type,
		    column_type_is_time(out->column->type) ? "date or null"
							   : "null");
	if (kind == COLUMN_INTEGER && out->amount >= 0)
		return refuse(r,
		    "the column holds whole numbers, which %lld decimals do "
		    "not change: use -1 for tens, -2 for hundreds",
		    (long long)out->amount);
	return check_readable(r, out,
	    kind == COLUMN_INTEGER || kind == COLUMN_REAL ||
		kind == COLUMN_NUMERIC,
	    "number");
}

static int check_date(const struct refusal *r, const struct reduce_column *out)
{
	enum column_kind kind = column_kind_of(out->column->type);

	if (kind == COLUMN_BLOB || kind == COLUMN_JSON ||
	    kind == COLUMN_BOOLEAN)
		return refuse(r, "a column of type %s holds no times: use null",
		    out->column->type);
	return check_readable(r, out,
	    kind == COLUMN_INTEGER || kind == COLUMN_REAL ||
		column_type_is_time(out->column->type),
	    "time");
}

static int check_hash(const struct refusal *r, const struct reduce_column *out)
{
	enum column_kind kind = column_kind_of(out->column->type);
	int64_t most = most_characters(out);

	if ((kind != COLUMN_TEXT && kind != COLUMN_ANY) ||
	    column_type_is_time(out->column->type))
		return refuse(r, "a hash is text, and the column is %s: use %s",
		    out->column->type,
		    reduce_is_key(r->t, out->field, out->column)
			? "a column of text as the key"
			: "null or a constant");
	if (most >= 0 && most < HASH_TEXT)
		return refuse(r,
		    "a hash has %d characters and the column takes %lld: "
		    "lengthen it in the store and in the dataset, or use null",
		    HASH_TEXT, (long long)most);
	return 1;
}

int reduce_check_method(const struct reduce_target *t,
    const struct policy_de_identify *x, struct diag *d,
    struct reduce_column *out)
{
	const struct refusal r = { t, x, d };

	out->method = x->method;
	out->amount = x->amount;
	out->part = x->part;
	out->unreadable = out->column->not_null ? TEXT("") : NIL;
	if (!check_use(&r, out->column) ||
	    !check_apart(&r, out->field, out->column))
		return 0;
	switch (x->method) {
	case POLICY_METHOD_CONSTANT: return set_constant(&r, out);
	case POLICY_METHOD_TRUNCATE: return check_truncate(&r, out);
	case POLICY_METHOD_ROUND: return check_round(&r, out);
	case POLICY_METHOD_DATE: return check_date(&r, out);
	case POLICY_METHOD_KEYED_HASH: return check_hash(&r, out);
	case POLICY_METHOD_NULL:
	case POLICY_METHOD__MAX: break;
	}
	return 1;
}
