/* The fields of a report, and the categories of their values. */
#include "engine/report/cut.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/model/diag.h"

/* What names a person or a thing that one person has.  A rare value is never
 * named anyway; these are refused because nothing but rare values is in them,
 * or because a value is the person. */
static const char *const identifying[] = {
	"user.unique_id",
	"user.name",
	"user.contact.email",
	"user.contact.phone_number",
	"user.contact.fax_number",
	"user.contact.url",
	"user.contact.address.street",
	"user.account.username",
	"user.authorization",
	"user.biometric",
	"user.device.device_id",
	"user.device.cookie_id",
	"user.device.ip_address",
	"user.government_id",
	"user.financial.bank_account",
	"user.financial.account_number",
	"user.financial.credit_card",
	"user.location.precise",
	NULL,
};

static enum status refuse_identifying(const struct field *f)
{
	const char *why = NULL;

	if (f->identity)
		why = "is an identity";
	else if (f->primary_key)
		why = "is a key";
	else if (f->reference_count)
		why = "refers to a record of a person";
	for (size_t i = 0; why == NULL && i < f->category_count; i++) {
		for (size_t k = 0; identifying[k]; k++) {
			if (category_is(f->categories[i], identifying[k]))
				why = f->categories[i];
		}
	}
	if (why)
		return fail(ST_USAGE,
		    "`%s` identifies people (%s): a report counts by what many "
		    "have in common",
		    f->name, why);
	return ST_OK;
}

static enum status find_field(struct cut *c, const char *name,
    const struct collection *collection, const struct db_table *table)
{
	const char **names =
	    calloc(collection->field_count + 1, sizeof(*names));
	const char *near;

	if (names == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < collection->field_count; i++)
		names[i] = collection->fields[i].name;
	c->field = collection_field(collection, name);
	c->column = db_table_column(table, name);
	near = diag_nearest(name, names);
	free(names);
	if (c->field == NULL)
		return fail(ST_USAGE, "no field `%s` in %s%s%s%s", name,
		    collection->name, near ? ", did you mean `" : "",
		    near ? near : "", near ? "`?" : ": the dataset lists them");
	if (c->column == NULL)
		return fail(ST_USAGE,
		    "`%s` is no column of its own: name one that is", name);
	return refuse_identifying(c->field);
}

static int is_number(const struct cut *c)
{
	static const char *const types[] = { "integer", "float", "double",
		"long", NULL };
	const char *type = c->field->data_type;

	for (size_t i = 0; type && types[i]; i++) {
		if (strcasecmp(type, types[i]) == 0)
			return 1;
	}
	return type == NULL && (strcasestr(c->column->type, "INT") ||
				   strcasestr(c->column->type, "REAL") ||
				   strcasestr(c->column->type, "NUM"));
}

static enum status read_cut(struct cut *c, const char *text)
{
	static const char *const words[] = { "month", "year", "decade", NULL };
	char *end;

	for (size_t i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0) {
			c->kind = (enum cut_kind)(CUT_MONTH + (int)i);
			return ST_OK;
		}
	}
	errno = 0;
	c->amount = strtoll(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || c->amount < 1 ||
	    c->amount > INT64_C(1000000000000))
		return fail(ST_USAGE,
		    "`%s`: cut a field by `month`, `year`, `decade`, or a "
		    "number from 1 on",
		    c->spec);
	c->kind = is_number(c) ? CUT_RANGE : CUT_CHARACTERS;
	return ST_OK;
}

enum status cut_init(struct cut *c, const char *spec,
    const struct collection *collection, const struct db_table *table)
{
	const char *colon = strchr(spec, ':');
	char *name;
	enum status st;

	*c = (struct cut){ .spec = strdup(spec) };
	name = strndup(spec, colon ? (size_t)(colon - spec) : strlen(spec));
	if (c->spec == NULL || name == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else
		st = find_field(c, name, collection, table);
	if (st == ST_OK && colon)
		st = read_cut(c, colon + 1);
	free(name);
	if (st != ST_OK)
		cut_release(c);
	return st;
}

void cut_release(struct cut *c)
{
	free(c->spec);
	*c = (struct cut){ .spec = NULL };
}

/* ---- categories ---- */

static int label_time(
    const struct cut *c, const struct zone *z, struct val v, struct buf *out)
{
	struct when w = db_when(c->column, v);
	struct civil day;

	if (w.kind == WHEN_NONE)
		return 0;
	day = civil_date(w.kind == WHEN_DATE ? w.day : zone_day(z, w.seconds));
	if (c->kind == CUT_MONTH)
		buf_addf(out, "%04d-%02d", day.year, day.month);
	else if (c->kind == CUT_YEAR)
		buf_addf(out, "%04d", day.year);
	else
		buf_addf(out, "%04d-%04d", day.year / 10 * 10,
		    day.year / 10 * 10 + 9);
	return 1;
}

static int label_range(const struct cut *c, struct val v, struct buf *out)
{
	int64_t n, low;

	if (v.type == VAL_INT)
		n = v.i;
	else if (v.type == VAL_REAL && fabs(v.r) < 9e15)
		n = (int64_t)floor(v.r);
	else
		return 0;
	if (n < -INT64_MAX / 2 || n > INT64_MAX / 2)
		return 0;
	low = n / c->amount * c->amount;
	if (low > n)
		low -= c->amount;
	buf_addf(out, "%" PRId64 "..%" PRId64, low, low + c->amount - 1);
	return 1;
}

/* The bytes of the first ${most} characters. */
static size_t characters(const char *text, size_t len, int64_t most)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80 && most-- == 0)
			break;
	}
	return i;
}

static int label_value(const struct cut *c, struct val v, struct buf *out)
{
	size_t len = v.n;

	switch (v.type) {
	case VAL_INT: buf_addf(out, "%" PRId64, v.i); return 1;
	case VAL_REAL: buf_addf(out, "%.15g", v.r); return 1;
	case VAL_TEXT:
		if (c->kind == CUT_CHARACTERS)
			len = characters(v.p, v.n, c->amount);
		buf_add(out, v.p, len);
		return 1;
	case VAL_BLOB:
	case VAL_NULL:
	case VAL_END: break;
	}
	return 0;
}

int cut_label(
    const struct cut *c, const struct zone *z, struct val v, struct buf *out)
{
	buf_clear(out);
	switch (c->kind) {
	case CUT_MONTH:
	case CUT_YEAR:
	case CUT_DECADE: return label_time(c, z, v, out);
	case CUT_RANGE: return label_range(c, v, out);
	case CUT_NONE:
	case CUT_CHARACTERS: return label_value(c, v, out);
	}
	return 0;
}
