/*
 * Evidence rows.  A key is hashed as text, so that the same question can be
 * asked later from a command line: for each column its length, a colon and
 * its bytes.
 */
#include "engine/purge/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/crypto/hash.h"
#include "engine/installation/units.h"

struct evidence {
	const struct plan_item *item;
	enum evidence_action action;
	const char *run;
	const char *rule_set;
	struct pseudonyms *pseudonyms;
	struct buf key;    /* of the record at hand */
	struct buf hashes; /* 16 bytes for each record of the batch */
};

enum status evidence_new(const struct plan_item *item,
    enum evidence_action action, const char *run, const char *rule_set,
    const struct secret_key *key, struct evidence **out)
{
	const struct rule *r = item->rule;
	struct secret_key *own = NULL;
	struct evidence *e;
	char *place;
	enum status st;

	e = calloc(1, sizeof(*e));
	place =
	    str_format("%s/%s", r->store->config->name, r->collection->name);
	if (e == NULL || place == NULL) {
		free(e);
		free(place);
		return fail(ST_NOMEM, "out of memory");
	}
	e->item = item;
	e->action = action;
	e->run = run;
	e->rule_set = rule_set;
	st = secret_derive(key, "record", place, strlen(place), &own);
	if (st == ST_OK)
		st = pseudonyms_new(own, &e->pseudonyms);
	secret_free(own);
	free(place);
	if (st != ST_OK)
		evidence_free(e);
	else
		*out = e;
	return st;
}

void evidence_free(struct evidence *e)
{
	if (e == NULL)
		return;
	pseudonyms_free(e->pseudonyms);
	if (e->key.data)
		explicit_bzero(e->key.data, e->key.size);
	buf_release(&e->key);
	buf_release(&e->hashes);
	free(e);
}

/* "4:1234": most keys of one column fit one cipher block. */
static void add_number(struct buf *b, int64_t v)
{
	char digits[24], *p = digits + sizeof(digits);
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t n;

	do {
		*--p = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (v < 0)
		*--p = '-';
	n = (size_t)(digits + sizeof(digits) - p);
	if (n >= 10)
		buf_addc(b, (char)('0' + n / 10));
	buf_addc(b, (char)('0' + n % 10));
	buf_addc(b, ':');
	buf_add(b, p, n);
}

static void add_value(struct buf *b, struct val v)
{
	char text[40];

	switch (v.type) {
	case VAL_INT: add_number(b, v.i); break;
	case VAL_TEXT:
	case VAL_BLOB:
		buf_addf(b, "%zu:", v.n);
		buf_add(b, v.p, v.n);
		break;
	case VAL_REAL:
		(void)snprintf(text, sizeof(text), "%.17g", v.r);
		buf_addf(b, "%zu:%s", strlen(text), text);
		break;
	case VAL_NULL:
	case VAL_END: buf_adds(b, "-:"); break;
	}
}

enum status evidence_hash(
    struct evidence *e, const struct val *key, uint8_t out[PSEUDONYM_LEN])
{
	enum status st;
	size_t i;

	buf_clear(&e->key);
	for (i = 0; i < e->item->rule->key_count; i++)
		add_value(&e->key, key[i]);
	if ((st = buf_status(&e->key)) != ST_OK)
		return st;
	return pseudonym_of(e->pseudonyms, e->key.data, e->key.len, out);
}

enum status evidence_add(struct evidence *e, const struct val *key)
{
	uint8_t hash[PSEUDONYM_LEN];
	enum status st = evidence_hash(e, key, hash);

	if (st != ST_OK)
		return st;
	buf_add(&e->hashes, hash, sizeof(hash));
	return buf_status(&e->hashes);
}

static const char *action_name(enum evidence_action action)
{
	switch (action) {
	case EVIDENCE_DELETE: return "delete";
	case EVIDENCE_DE_IDENTIFY: return "de_identify";
	case EVIDENCE_MINIMISE: return "minimise";
	}
	return "?";
}

void evidence_words(const struct evidence *e, char cutoff[EVIDENCE_CUTOFF_TEXT],
    struct evidence_words *out)
{
	const struct rule *r = e->item->rule;

	plan_cutoff_text(e->item, cutoff);
	*out = (struct evidence_words){
		.run = e->run,
		.policy = r->policy->name,
		.cluster = r->terms.cluster->name,
		.collection = r->collection->name,
		.action = action_name(e->action),
		.rule_set = e->rule_set,
		.cutoff = cutoff,
		/* In a segment they would go with it. */
		.keeps =
		    r->terms.cluster->evidence == POLICY_EVIDENCE_RECORDS &&
		    units_segment(r->store) == NULL,
	};
}

enum status evidence_insert(struct db *db, const struct evidence_words *w,
    int64_t at, const struct buf *hashes)
{
	uint8_t digest[SHA256_LEN];

	sha256(hashes->data, hashes->len, digest);
	return db_exec(db,
	    "INSERT INTO lethe_evidence (run, at, policy, cluster,"
	    " collection, action, rule_set, cutoff, records, digest, hashes)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
	    ARGS(TEXT(w->run), INT(at), TEXT(w->policy), TEXT(w->cluster),
		TEXT(w->collection), TEXT(w->action), TEXT(w->rule_set),
		TEXT(w->cutoff), INT((int64_t)(hashes->len / PSEUDONYM_LEN)),
		BLOB(digest, sizeof(digest)),
		w->keeps ? BLOB(hashes->data, hashes->len) : NIL));
}

enum status evidence_write(struct evidence *e, int64_t at)
{
	char cutoff[EVIDENCE_CUTOFF_TEXT];
	struct evidence_words w;
	enum status st;

	evidence_words(e, cutoff, &w);
	st = evidence_insert(e->item->rule->store->db, &w, at, &e->hashes);
	if (st == ST_OK)
		evidence_drop(e);
	return st;
}

const struct buf *evidence_hashes(const struct evidence *e)
{
	return &e->hashes;
}

enum evidence_action evidence_action_of(const struct evidence *e)
{
	return e->action;
}

void evidence_drop(struct evidence *e) { buf_clear(&e->hashes); }

enum status evidence_of_whole(const struct plan_item *item, const char *run,
    const char *rule_set, struct db *db, const struct evidence_whole *whole,
    int64_t records)
{
	const struct rule *r = item->rule;
	struct buf what = BUF_INIT;
	uint8_t digest[SHA256_LEN];
	char cutoff[ZONE_TEXT];
	enum status st;

	buf_addf(&what, "%s %s %lld", whole->id, r->collection->name,
	    (long long)records);
	if ((st = buf_status(&what)) == ST_OK)
		sha256(what.data, what.len, digest);
	buf_release(&what);
	if (st != ST_OK)
		return st;
	plan_cutoff_text(item, cutoff);
	return db_exec(db,
	    "INSERT INTO lethe_evidence (run, at, policy, cluster,"
	    " collection, action, rule_set, cutoff, records, digest, segment)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
	    ARGS(TEXT(run), INT(when_now()), TEXT(r->policy->name),
		TEXT(r->terms.cluster->name), TEXT(r->collection->name),
		TEXT(whole->action), TEXT(rule_set), TEXT(cutoff), INT(records),
		BLOB(digest, sizeof(digest)), TEXT(whole->name)));
}
