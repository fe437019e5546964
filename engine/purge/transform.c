/* The methods of de-identification, on values. */
#include "engine/purge/transform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/base/number.h"
#include "engine/base/utf8.h"
#include "engine/crypto/pseudonym.h"

#define HASH_TEXT (2 * PSEUDONYM_LEN)

struct transform {
	const struct reduce *reduce;
	const struct zone *zone;
	struct pseudonyms *pseudonyms; /* NULL where nothing is hashed */
	struct buf *bytes;             /* one for each column */
};

/* ---- life ---- */

static int hashes(const struct reduce *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->columns[i].method == POLICY_METHOD_KEYED_HASH)
			return 1;
	return 0;
}

/* One key for all: what was equal must stay equal, wherever it stands. */
static enum status set_pseudonyms(
    struct transform *t, const struct secret_key *key)
{
	struct secret_key *own = NULL;
	enum status st;

	st = secret_derive(key, "de_identify", "", 0, &own);
	if (st == ST_OK)
		st = pseudonyms_new(own, &t->pseudonyms);
	secret_free(own);
	return st;
}

enum status transform_new(const struct reduce *r, const struct zone *zone,
    const struct secret_key *key, struct transform **out)
{
	struct transform *t = calloc(1, sizeof(*t));
	enum status st = ST_OK;

	if (t == NULL)
		return fail(ST_NOMEM, "out of memory");
	t->reduce = r;
	t->zone = zone;
	t->bytes = calloc(r->count + 1, sizeof(*t->bytes));
	if (t->bytes == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK && hashes(r))
		st = set_pseudonyms(t, key);
	if (st != ST_OK)
		transform_free(t);
	else
		*out = t;
	return st;
}

void transform_free(struct transform *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; t->bytes && i < t->reduce->count; i++) {
		if (t->bytes[i].data)
			explicit_bzero(t->bytes[i].data, t->bytes[i].size);
		buf_release(&t->bytes[i]);
	}
	free(t->bytes);
	pseudonyms_free(t->pseudonyms);
	free(t);
}

/* ---- text of any value ---- */

static struct val text_of(const struct buf *b)
{
	return (struct val){ .type = VAL_TEXT, .p = buf_text(b), .n = b->len };
}

/* A number as it prints, in ${b}; text and blobs are their own bytes. */
static struct val printed(struct val in, struct buf *b)
{
	char real[NUMBER_TEXT];

	if (in.type == VAL_INT) {
		buf_addf(b, "%lld", (long long)in.i);
		return text_of(b);
	}
	if (in.type == VAL_REAL) {
		number_format(in.r, real);
		buf_adds(b, real);
		return text_of(b);
	}
	return in;
}

/* ---- methods ---- */

static enum status truncate_text(
    int64_t characters, struct val in, struct buf *b, struct val *out)
{
	const char *p;
	uint32_t c;
	size_t n = 0, step;

	in = printed(in, b);
	p = in.p;
	for (; characters > 0 && n < in.n; characters--, n += step)
		if ((step = utf8_decode(p + n, in.n - n, &c)) == 0)
			break;
	*out = (struct val){ .type = VAL_TEXT, .p = p, .n = n };
	return buf_status(b);
}

/* Half away from zero; what would not fit is cut off instead. */
static int64_t round_int(int64_t v, int64_t decimals)
{
	int64_t unit = 1, rest, whole, rounded;

	for (; decimals < 0; decimals++)
		unit *= 10;
	rest = v % unit;
	whole = v - rest;
	if (rest >= unit - rest && rest > 0 &&
	    !__builtin_add_overflow(whole, unit, &rounded))
		return rounded;
	if (-rest >= unit + rest && rest < 0 &&
	    !__builtin_sub_overflow(whole, unit, &rounded))
		return rounded;
	return whole;
}

static enum status round_value(const struct reduce_column *x, struct val in,
    struct buf *b, struct val *out)
{
	char text[NUMBER_TEXT];
	enum status st = ST_INVALID;
	double rounded;

	if (in.type == VAL_INT) {
		*out = INT(round_int(in.i, x->amount));
		return ST_OK;
	}
	if (in.type == VAL_TEXT)
		st = number_round(in.p, in.n, (int)x->amount, b);
	if (in.type == VAL_REAL && isfinite(in.r)) {
		number_format(in.r, text);
		st = number_round(text, strlen(text), (int)x->amount, b);
	}
	if (st != ST_OK) {
		*out = x->unreadable;
		return st == ST_INVALID ? ST_OK : st;
	}
	*out = text_of(b);
	if (in.type == VAL_TEXT)
		return ST_OK;
	/* Rounded up, the largest double of all has none above it. */
	if (number_real(b->data, b->len, &rounded) != ST_OK)
		*out = x->unreadable;
	else
		*out = REAL(rounded);
	return ST_OK;
}

static int32_t first_day(enum policy_date_part part, int32_t day)
{
	struct civil c = civil_date(day);

	switch (part) {
	case POLICY_DATE_YEAR: c.month = 1; /* fallthrough */
	case POLICY_DATE_MONTH: c.day = 1; break;
	case POLICY_DATE_DAY: break;
	}
	return civil_day(c);
}

/* A fraction was rounded up, which at midnight makes it another day's. */
static int64_t second_of(const struct when *w, struct val in)
{
	const char *fraction;
	size_t i;

	if (in.type == VAL_REAL)
		return (int64_t)floor(in.r);
	if (in.type != VAL_TEXT || (fraction = memchr(in.p, '.', in.n)) == NULL)
		return w->seconds;
	i = (size_t)(fraction - (const char *)in.p);
	while (++i < in.n && ((const char *)in.p)[i] == '0')
		;
	return w->seconds - (i < in.n && ((const char *)in.p)[i] >= '1' &&
				((const char *)in.p)[i] <= '9');
}

static enum status cut_date(const struct transform *t,
    const struct reduce_column *x, struct val in, struct buf *b,
    struct val *out)
{
	struct when w = db_when(x->column, in);
	char text[INSTANT_TEXT];
	int64_t second;

	switch (w.kind) {
	case WHEN_NONE: *out = x->unreadable; return ST_OK;
	case WHEN_DATE: civil_format(first_day(x->part, w.day), text); break;
	case WHEN_INSTANT:
		second = zone_midnight(t->zone,
		    first_day(x->part, zone_day(t->zone, second_of(&w, in))));
		*out = INT(second);
		if (in.type != VAL_TEXT)
			return ST_OK;
		civil_format_instant(second, text);
		break;
	}
	buf_adds(b, text);
	*out = text_of(b);
	return buf_status(b);
}

/* What differs in type differs, so that unique columns stay so. */
static enum status hash_value(
    const struct transform *t, struct val in, struct buf *b, struct val *out)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t hash[PSEUDONYM_LEN];
	struct buf message = BUF_INIT;
	char text[HASH_TEXT];
	enum status st;

	buf_addc(&message, in.type == VAL_TEXT   ? 't'
			   : in.type == VAL_BLOB ? 'b'
						 : 'n');
	in = printed(in, b);
	buf_add(&message, in.p, in.n);
	st = buf_status(&message);
	if (st == ST_OK && (st = buf_status(b)) == ST_OK)
		st = pseudonym_of(
		    t->pseudonyms, message.data, message.len, hash);
	if (message.data)
		explicit_bzero(message.data, message.size);
	buf_release(&message);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < PSEUDONYM_LEN; i++) {
		text[2 * i] = digits[hash[i] >> 4];
		text[2 * i + 1] = digits[hash[i] & 15];
	}
	buf_clear(b);
	buf_add(b, text, sizeof(text));
	*out = text_of(b);
	return buf_status(b);
}

static enum status apply(const struct transform *t,
    const struct reduce_column *x, struct val in, struct buf *b,
    struct val *out)
{
	buf_clear(b);
	if (x->method == POLICY_METHOD_CONSTANT) {
		*out = x->constant;
		return ST_OK;
	}
	*out = NIL;
	if (in.type == VAL_NULL)
		return ST_OK;
	switch (x->method) {
	case POLICY_METHOD_TRUNCATE:
		return truncate_text(x->amount, in, b, out);
	case POLICY_METHOD_ROUND: return round_value(x, in, b, out);
	case POLICY_METHOD_DATE: return cut_date(t, x, in, b, out);
	case POLICY_METHOD_KEYED_HASH: return hash_value(t, in, b, out);
	case POLICY_METHOD_NULL:
	case POLICY_METHOD_CONSTANT:
	case POLICY_METHOD__MAX: break;
	}
	return ST_OK;
}

enum status transform_row(
    struct transform *t, const struct val *in, struct val *out)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < t->reduce->count; i++)
		st = apply(
		    t, &t->reduce->columns[i], in[i], &t->bytes[i], &out[i]);
	return st;
}
