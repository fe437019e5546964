/* Starting points whose records are gone. */
#include "engine/purge/remember.h"

#include <stdio.h>
#include <string.h>

/* As text, in the way that the store casts it. */
static void add_text(struct buf *b, struct val v)
{
	if (v.type == VAL_INT)
		buf_addf(b, "%lld", (long long)v.i);
	else if (v.type == VAL_REAL)
		buf_addf(b, "%.15g", v.r);
	else if (v.type == VAL_TEXT || v.type == VAL_BLOB)
		buf_add(b, v.p, v.n);
}

/* One column as it is; several as one text, as plan/rule.c reads them. */
static enum status make_key(const struct rule_leaves *l,
    const struct val *matched, struct buf *b, struct val *key)
{
	struct buf one = BUF_INIT;
	enum status st = ST_OK;
	size_t i, k, chars;

	if (l->column_count == 1) {
		*key = matched[0];
		return ST_OK;
	}
	for (i = 0; st == ST_OK && i < l->column_count; i++) {
		buf_clear(&one);
		add_text(&one, matched[i]);
		/* SQL's length() counts characters, not bytes. */
		for (k = 0, chars = 0; k < one.len; k++)
			chars += (one.data[k] & 0xc0) != 0x80;
		buf_addf(b, "%zu:%s", chars, buf_text(&one));
		st = buf_status(&one);
	}
	buf_release(&one);
	*key = (struct val){ .type = VAL_TEXT, .p = b->data, .n = b->len };
	return st == ST_OK ? buf_status(b) : st;
}

/* Does ${b} win over ${a} under the rule's pick? */
static int wins(const struct rule *r, struct val a, struct val b)
{
	struct calendar_end ea, eb;
	struct when wa = db_when(a), wb = db_when(b);

	if (wa.kind == WHEN_NONE || wb.kind == WHEN_NONE)
		return wa.kind == WHEN_NONE;
	ea = calendar_end(&r->terms.calendar, wa, r->terms.start->from,
	    r->terms.cluster->regular_deletion_period);
	eb = calendar_end(&r->terms.calendar, wb, r->terms.start->from,
	    r->terms.cluster->regular_deletion_period);
	return r->terms.start->pick == POLICY_LATEST
		   ? eb.deletable_from > ea.deletable_from
		   : eb.deletable_from < ea.deletable_from;
}

enum status remember(
    const struct rule_leaves *l, const struct val *matched, struct val value)
{
	const struct rule *r = l->for_rule;
	struct db *db = r->store->db;
	struct buf text = BUF_INIT;
	struct stmt *s = NULL;
	struct val key = NIL;
	enum status st;
	int keep = 1;
	size_t i;

	/* NULL equals nothing: no record ran from this one. */
	for (i = 0; i < l->column_count; i++) {
		if (matched[i].type == VAL_NULL)
			return ST_OK;
	}
	st = make_key(l, matched, &text, &key);
	if (st == ST_OK)
		st = db_query(db,
		    "SELECT value FROM lethe_starting_point"
		    " WHERE name = $1 AND key = $2",
		    ARGS(TEXT(r->memory), key), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		keep = wins(r, db_val(s, 0), value);
	db_done(s);
	if (st == ST_NOTFOUND)
		st = ST_OK;
	if (st == ST_OK && keep)
		st = db_exec(db,
		    "INSERT INTO lethe_starting_point (name, key, value)"
		    " VALUES ($1, $2, $3)"
		    " ON CONFLICT (name, key) DO UPDATE SET value = $3",
		    ARGS(TEXT(r->memory), key, value));
	buf_release(&text);
	return st;
}
