/* Records as bytes, and back. */
#include "engine/package/kept_aside.h"

#include <stdlib.h>
#include <string.h>

#include "engine/crypto/hash.h"

/* More than any record has; a length beyond it is damage. */
#define RECORD_MOST ((uint64_t)1 << 31)
#define SEEN_LEN    16

/* ---- there ---- */

static void put_number(struct buf *b, uint64_t n)
{
	for (int i = 0; i < 8; i++)
		buf_addc(b, (char)(n >> (8 * i) & 0xff));
}

static void put_text(struct buf *b, const char *p, size_t n)
{
	put_number(b, n);
	buf_add(b, p, n);
	buf_addc(b, '\0');
}

static void put_value(struct buf *b, const struct val *v)
{
	uint64_t bits;

	put_number(b, (uint64_t)v->type);
	switch (v->type) {
	case VAL_END:
	case VAL_NULL: break;
	case VAL_INT: put_number(b, (uint64_t)v->i); break;
	case VAL_REAL:
		memcpy(&bits, &v->r, sizeof(bits));
		put_number(b, bits);
		break;
	case VAL_TEXT:
	case VAL_BLOB: put_text(b, v->p, v->n); break;
	}
}

static void put_values(
    struct buf *b, const struct collected *c, const struct val *row)
{
	put_number(b, c->column_count);
	for (size_t i = 0; i < c->column_count; i++) {
		const char *name = c->columns[i].column.db->name;

		put_text(b, name, strlen(name));
		put_value(b, &row[i]);
	}
}

static void wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->len);
	buf_release(b);
}

enum status aside_write(struct sealed *to, const struct collected *c,
    const struct val *row, int shared, const struct kept *kept)
{
	struct buf b = BUF_INIT, length = BUF_INIT;
	enum status st;

	put_text(&b, c->store, strlen(c->store));
	put_text(&b, c->collection->name, strlen(c->collection->name));
	put_number(&b, (uint64_t)shared);
	put_text(&b, kept->text, kept->len);
	put_values(&b, c, row);
	put_number(&length, b.len);
	st = buf_status(&b);
	if (st == ST_OK)
		st = buf_status(&length);
	if (st == ST_OK)
		st = sealed_append(to, length.data, length.len);
	if (st == ST_OK)
		st = sealed_append(to, b.data, b.len);
	buf_release(&length);
	wipe(&b);
	return st;
}

/* ---- and back ---- */

struct reader {
	const char *p, *end;
	int bad;
};

static uint64_t get_number(struct reader *r)
{
	uint64_t n = 0;

	if (r->bad || r->end - r->p < 8) {
		r->bad = 1;
		return 0;
	}
	for (int i = 0; i < 8; i++)
		n |= (uint64_t)(unsigned char)r->p[i] << (8 * i);
	r->p += 8;
	return n;
}

static const char *get_text(struct reader *r, size_t *len)
{
	uint64_t n = get_number(r);
	const char *p = r->p;

	if (r->bad || n >= (uint64_t)(r->end - r->p) || p[n] != '\0') {
		r->bad = 1;
		*len = 0;
		return "";
	}
	r->p += n + 1;
	*len = n;
	return p;
}

static struct val get_value(struct reader *r)
{
	uint64_t type = get_number(r), bits;
	struct val v = NIL;

	switch (type) {
	case VAL_NULL: return v;
	case VAL_INT: v.i = (int64_t)get_number(r); break;
	case VAL_REAL:
		bits = get_number(r);
		memcpy(&v.r, &bits, sizeof(bits));
		break;
	case VAL_TEXT:
	case VAL_BLOB: v.p = get_text(r, &v.n); break;
	default: r->bad = 1; return v;
	}
	v.type = type == VAL_INT    ? VAL_INT
		 : type == VAL_REAL ? VAL_REAL
		 : type == VAL_TEXT ? VAL_TEXT
				    : VAL_BLOB;
	return v;
}

static enum status damaged(void)
{
	return fail(ST_INTEGRITY,
	    "the snapshot that was taken at intake is damaged: take another "
	    "with `lethe request snapshot`");
}

static enum status get_values(struct reader *r, struct aside_record *out)
{
	uint64_t count = get_number(r);
	const char **names;
	struct val *values;
	size_t n;

	if (r->bad || count > (uint64_t)(r->end - r->p))
		return damaged();
	names = reallocarray(out->names, count + 1, sizeof(*names));
	if (names)
		out->names = names;
	values = reallocarray(out->values, count + 1, sizeof(*values));
	if (values)
		out->values = values;
	if (names == NULL || values == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (out->count = 0; out->count < count; out->count++) {
		names[out->count] = get_text(r, &n);
		values[out->count] = get_value(r);
	}
	return r->bad || r->p != r->end ? damaged() : ST_OK;
}

static enum status parse(struct aside_record *r)
{
	struct reader reader = { r->bytes.data, r->bytes.data + r->bytes.len,
		0 };
	size_t n;

	r->store = get_text(&reader, &n);
	r->collection = get_text(&reader, &n);
	r->shared = get_number(&reader) != 0;
	r->storage = get_text(&reader, &n);
	return get_values(&reader, r);
}

enum status aside_read(struct sealed *from, int64_t *at, struct aside_record *r)
{
	char head[8];
	struct reader reader = { head, head + sizeof(head), 0 };
	uint64_t n;
	enum status st;

	if (*at >= sealed_size(from))
		return ST_NOTFOUND;
	if ((st = sealed_read(from, *at, head, sizeof(head))) != ST_OK)
		return st;
	if ((n = get_number(&reader)) > RECORD_MOST)
		return damaged();
	buf_clear(&r->bytes);
	if ((st = buf_reserve(&r->bytes, n)) != ST_OK)
		return st;
	st = sealed_read(from, *at + 8, r->bytes.data, n);
	if (st != ST_OK)
		return st;
	r->bytes.len = n;
	*at += 8 + (int64_t)n;
	return parse(r);
}

void aside_release(struct aside_record *r)
{
	wipe(&r->bytes);
	free(r->names);
	free(r->values);
}

struct val aside_value(const struct aside_record *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->names[i], name) == 0)
			return r->values[i];
	return NIL;
}

/* ---- which were met ---- */

/* Hashes with open addressing; at most half full. */
struct aside_seen {
	uint8_t (*slots)[SEEN_LEN];
	size_t size; /* a power of two */
	size_t count;
	struct sha256 *hash;
	struct buf bytes;
};

enum status aside_seen_new(struct aside_seen **out)
{
	struct aside_seen *s = calloc(1, sizeof(*s));
	enum status st;

	if (s == NULL)
		return fail(ST_NOMEM, "out of memory");
	s->size = 1024;
	s->slots = calloc(s->size, SEEN_LEN);
	st = sha256_new(&s->hash);
	if (st == ST_OK && s->slots == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		*out = s;
	else
		aside_seen_free(s);
	return st;
}

void aside_seen_free(struct aside_seen *s)
{
	if (s == NULL)
		return;
	sha256_free(s->hash);
	wipe(&s->bytes);
	free(s->slots);
	free(s);
}

/* Where it is, or would be. */
static uint8_t *slot(const struct aside_seen *s, const uint8_t *key)
{
	static const uint8_t none[SEEN_LEN];
	uint64_t i;

	memcpy(&i, key, sizeof(i));
	while (memcmp(s->slots[i & (s->size - 1)], none, SEEN_LEN) != 0 &&
	       memcmp(s->slots[i & (s->size - 1)], key, SEEN_LEN) != 0)
		i++;
	return s->slots[i & (s->size - 1)];
}

static enum status grow(struct aside_seen *s)
{
	struct aside_seen more = { .size = s->size * 2 };

	if (s->count * 2 < s->size)
		return ST_OK;
	if ((more.slots = calloc(more.size, SEEN_LEN)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (size_t i = 0; i < s->size; i++)
		memcpy(slot(&more, s->slots[i]), s->slots[i], SEEN_LEN);
	free(s->slots);
	s->slots = more.slots;
	s->size = more.size;
	return ST_OK;
}

enum status aside_see(struct aside_seen *s, const struct collected *c,
    const struct val *row, int *new)
{
	uint8_t key[SHA256_LEN], *at;
	enum status st;

	buf_clear(&s->bytes);
	put_text(&s->bytes, c->store, strlen(c->store));
	put_text(&s->bytes, c->collection->name, strlen(c->collection->name));
	put_values(&s->bytes, c, row);
	st = buf_status(&s->bytes);
	if (st != ST_OK || (st = grow(s)) != ST_OK)
		return st;
	sha256_add(s->hash, s->bytes.data, s->bytes.len);
	sha256_end(s->hash, key);
	at = slot(s, key);
	*new = memcmp(at, key, SEEN_LEN) != 0;
	memcpy(at, key, SEEN_LEN);
	s->count += *new != 0;
	return ST_OK;
}
