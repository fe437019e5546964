/*
 * A log is read from its first entry on, and a tree is grown over what is
 * there: each tile that is full must be the stored one, and at the size of each
 * signed checkpoint the root must be what was signed.
 */
#include "engine/audit/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/stored.h"
#include "engine/audit/tree.h"

#define SINCE_MOST 2

struct milestone {
	struct checkpoint c; /* as signed */
	const char *whose;
	uint8_t root[MERKLE_HASH]; /* as the entries have it */
};

struct verifier {
	const struct audit_source *src;
	const struct note_key *key;
	struct verify_report *report;
	const struct verify_watch *watch;
	struct tree *tree;
	struct tile stored;
	struct milestone at[SINCE_MOST + 1]; /* by size */
	size_t count;
	size_t passed;
	/* The bundles that are not there, one behind the other last. */
	uint64_t missing_from, missing_to;
};

const char *verify_word(enum verify_problem p)
{
	switch (p) {
	case VERIFY_SOUND: break;
	case VERIFY_CHECKPOINT: return "checkpoint";
	case VERIFY_ROLLED_BACK: return "rolled_back";
	case VERIFY_REWRITTEN: return "rewritten";
	case VERIFY_MISSING: return "missing";
	case VERIFY_CHANGED: return "changed";
	case VERIFY_OUT_OF_ORDER: return "out_of_order";
	case VERIFY_HASHES: return "hashes";
	case VERIFY_UNSIGNED: return "unsigned";
	case VERIFY_PRUNED: return "pruned";
	case VERIFY__MAX: break;
	}
	return NULL;
}

/* Note a problem; the sentence has been said. */
static enum status found(
    struct verifier *v, enum verify_problem p, uint64_t entry)
{
	if (v->report->problem == VERIFY_SOUND) {
		v->report->problem = p;
		v->report->entry = entry;
	}
	return ST_INTEGRITY;
}

/* What a source says is wrong, as a problem. */
static enum status found_if(
    struct verifier *v, enum status st, enum verify_problem p, uint64_t entry)
{
	return st == ST_INTEGRITY || st == ST_INVALID ? found(v, p, entry) : st;
}

/* ---- milestones ---- */

static enum status read_checkpoints(
    struct verifier *v, const struct verify_since *since, size_t count)
{
	struct milestone *m = v->at;
	struct buf b = BUF_INIT;
	enum status st;
	size_t i;

	st = v->src->checkpoint(v->src->ctx, &b);
	if (st == ST_OK)
		st = checkpoint_open(
		    v->key, b.data, b.len, &v->report->checkpoint);
	buf_release(&b);
	for (i = 0; st == ST_OK && i < count; i++, m++) {
		m->whose = since[i].whose;
		st =
		    checkpoint_open(v->key, since[i].note, since[i].len, &m->c);
		if (st == ST_INTEGRITY || st == ST_INVALID) {
			status_prefix("%s: ", since[i].whose);
			/* Nothing is known of the log by that. */
			return st;
		}
	}
	m->c = v->report->checkpoint;
	m->whose = "its own checkpoint";
	v->count = count + 1;
	return found_if(v, st, VERIFY_CHECKPOINT, 0);
}

static int by_size(const void *a, const void *b)
{
	const struct milestone *x = a, *y = b;

	return (x->c.size > y->c.size) - (x->c.size < y->c.size);
}

static enum status check_sizes(struct verifier *v)
{
	uint64_t size = v->report->checkpoint.size;
	const struct milestone *last = &v->at[v->count - 1];

	qsort(v->at, v->count, sizeof(*v->at), by_size);
	if (last->c.size <= size)
		return ST_OK;
	status_say("the log was rolled back: it ends before entry %" PRIu64
		   ", and %s speaks of %" PRIu64 " entries",
	    size, last->whose, last->c.size);
	return found(v, VERIFY_ROLLED_BACK, size);
}

static void pass(struct verifier *v)
{
	struct milestone *m = &v->at[v->passed];

	for (; v->passed < v->count && m->c.size == v->tree->size;
	     m++, v->passed++)
		tree_root(v->tree, m->root);
}

/* Asked last: where hashes do not fit, they say more. */
static enum status check_roots(struct verifier *v)
{
	const struct milestone *m;
	uint64_t sound = 0, before = 0;

	for (m = v->at; m < v->at + v->count; m++) {
		/* Another one of the same size says nothing of this one. */
		if (m->c.size > before)
			sound = before;
		before = m->c.size;
		if (memcmp(m->root, m->c.root, MERKLE_HASH) == 0)
			continue;
		status_say("the log was rewritten somewhere from entry %" PRIu64
			   " to before %" PRIu64 ": that is not what %s "
			   "speaks of",
		    sound, m->c.size, m->whose);
		return found(v, VERIFY_REWRITTEN, sound);
	}
	return ST_OK;
}

/* ---- entries ---- */

/* The number that an entry's text bears; -1: none. */
static int64_t read_seq(const char *body, size_t len)
{
	static const char key[] = "\"seq\":";
	const char *p = memmem(body, len, key, sizeof(key) - 1);
	const char *end = body + len;
	int64_t n = 0;

	if (p == NULL)
		return -1;
	for (p += sizeof(key) - 1; p < end && *p >= '0' && *p <= '9'; p++) {
		if (n > INT64_MAX / 10 - 1)
			return -1;
		n = n * 10 + (*p - '0');
	}
	return n;
}

static enum status take_entry(void *to, const char *body, size_t len)
{
	struct verifier *v = to;
	uint8_t leaf[MERKLE_HASH];
	uint64_t at = v->tree->size;
	int64_t seq = read_seq(body, len);
	enum status st;

	st = prune_parse(body, len, &v->report->pruned);
	if (st != ST_OK && st != ST_NOTFOUND)
		return st;
	merkle_leaf(body, len, leaf);
	if ((uint64_t)seq != at) {
		if (seq >= 0) {
			status_say("entry %" PRIu64
				   " is out of order: in its place stands "
				   "what says it is %" PRId64,
			    at, seq);
			return found(v, VERIFY_OUT_OF_ORDER, at);
		}
		status_say(
		    "entry %" PRIu64 " was changed: it has no number", at);
		return found(v, VERIFY_CHANGED, at);
	}
	if ((st = tree_add(v->tree, leaf)) == ST_OK)
		pass(v);
	return st;
}

/* ${t} is what the entries make; the log's own must be the same. */
static enum status check_tile(void *ctx, unsigned int level, uint64_t n,
    unsigned int width, const struct tile *t)
{
	struct verifier *v = ctx;
	uint64_t entry = (n * TILE_WIDTH) << (8 * level);
	enum status st;
	size_t i;

	st = v->src->tile(v->src->ctx, level, n, width, &v->stored);
	if (st != ST_OK)
		return found_if(v, st, VERIFY_MISSING, entry);
	for (i = 0; i < width; i++)
		if (memcmp(t->hash[i], v->stored.hash[i], MERKLE_HASH) != 0)
			break;
	if (i == width)
		return ST_OK;
	entry += (uint64_t)i << (8 * level);
	if (level == 0) {
		status_say("entry %" PRIu64
			   " was changed: it is not what its hash was made of",
		    entry);
		return found(v, VERIFY_CHANGED, entry);
	}
	status_say("hashes were changed, and maybe entries %" PRIu64
		   " to %" PRIu64 " with them: those of level %u do not fit",
	    entry, entry + ((uint64_t)1 << (8 * level)) - 1, level);
	return found(v, VERIFY_HASHES, entry);
}

/* ---- what was pruned ---- */

/* The hashes of bundle ${n}, for its entries. */
static enum status take_leaves(struct verifier *v, uint64_t n)
{
	uint64_t first = n * TILE_WIDTH;
	struct tile t;
	enum status st;
	size_t i;

	st = v->src->tile(v->src->ctx, 0, n, TILE_WIDTH, &t);
	if (st != ST_OK)
		return found_if(v, st, VERIFY_MISSING, first);
	if (v->missing_to != first || v->missing_to == 0)
		v->missing_from = first;
	v->missing_to = first + TILE_WIDTH;
	v->report->missing += TILE_WIDTH;
	for (i = 0; st == ST_OK && i < TILE_WIDTH; i++) {
		st = tree_add(v->tree, t.hash[i]);
		if (st == ST_OK)
			pass(v);
	}
	return st;
}

static enum status ignore(void *to, const char *body, size_t len)
{
	(void)to;
	(void)body;
	(void)len;
	return ST_OK;
}

/* Which entries may be missing, one of the later ones says: only now is it
 * known which of the holes was the first that may not be. */
static enum status check_missing(struct verifier *v)
{
	uint64_t n = v->report->pruned.below / TILE_WIDTH;
	enum status st = ST_OK;

	if (v->missing_to <= v->report->pruned.below)
		return ST_OK;
	for (; st == ST_OK; n++)
		st = v->src->entries(v->src->ctx, n, TILE_WIDTH, ignore, NULL);
	if (st != ST_NOTFOUND)
		return st;
	n = (n - 1) * TILE_WIDTH;
	status_say("entry %" PRIu64
		   " and others behind it are missing, and no entry says that "
		   "they were pruned",
	    n);
	return found(v, VERIFY_MISSING, n);
}

static enum status read_bundle(struct verifier *v, uint64_t n)
{
	unsigned int width = tile_width(0, n, v->report->checkpoint.size);
	uint64_t first = n * TILE_WIDTH;
	enum status st;

	st = v->src->entries(v->src->ctx, n, width, take_entry, v);
	if (st == ST_NOTFOUND && width == TILE_WIDTH && v->tree->size == first)
		return take_leaves(v, n);
	if (st == ST_NOTFOUND) {
		/* A hole that reaches to here began earlier. */
		if (v->missing_to == v->tree->size && v->missing_to > 0)
			first = v->missing_from;
		else
			first = v->tree->size;
		return found(v, VERIFY_MISSING, first);
	}
	return st == ST_INTEGRITY ? found(v, VERIFY_CHANGED, v->tree->size)
				  : st;
}

static enum status read_log(struct verifier *v)
{
	uint64_t size = v->report->checkpoint.size, n;
	enum status st = ST_OK;

	pass(v); /* milestones of the empty log */
	for (n = 0; st == ST_OK && n * TILE_WIDTH < size; n++) {
		st = read_bundle(v, n);
		if (st == ST_OK && v->watch)
			st = v->watch->read(v->watch->ctx, v->tree->size, size);
	}
	if (st == ST_OK)
		st = tree_flush(v->tree);
	if (st == ST_OK)
		st = check_missing(v);
	return st == ST_OK ? check_roots(v) : st;
}

enum status verify_source(const struct audit_source *src,
    const struct note_key *key, const struct verify_since *since, size_t count,
    const struct verify_watch *watch, struct verify_report *out)
{
	struct verifier *v = calloc(1, sizeof(*v));
	enum status st;

	memset(out, 0, sizeof(*out));
	if (v == NULL || count > SINCE_MOST) {
		free(v);
		return fail(ST_NOMEM, "out of memory");
	}
	*v = (struct verifier){
		.src = src, .key = key, .report = out, .watch = watch
	};
	st = tree_new(check_tile, v, &v->tree);
	if (st == ST_OK)
		st = read_checkpoints(v, since, count);
	if (st == ST_OK)
		st = check_sizes(v);
	if (st == ST_OK)
		st = read_log(v);
	free(v->tree);
	free(v);
	return st;
}

/* ---- the live log ---- */

static enum status check_end(struct audit *a, struct verify_report *out)
{
	int64_t entries = 0, size = (int64_t)out->checkpoint.size;
	enum status st;

	st = db_one_int(
	    audit_db(a), "SELECT max(seq) + 1 FROM entry", NOARGS, 0, &entries);
	if (st != ST_OK || entries == size)
		return st;
	out->problem = VERIFY_UNSIGNED;
	out->entry = out->checkpoint.size;
	return fail(ST_INTEGRITY,
	    "entries %" PRId64 " to %" PRId64
	    " were added beside the log: no checkpoint speaks of them",
	    size, entries - 1);
}

static enum status not_pruned(
    struct verify_report *out, uint64_t entry, const char *what)
{
	out->problem = VERIFY_PRUNED;
	out->entry = entry;
	return fail(ST_INTEGRITY,
	    "what was pruned is not what entries say of it: %s", what);
}

/* The log's own account of what was pruned, which decides what may be deleted
 * and what evidence is not shipped again. */
static enum status check_pruned(struct audit *a, struct verify_report *out)
{
	char shipped[SHA256_TEXT];
	struct prune_state kept;
	int64_t below = 0, first = 0;
	enum status st;

	st = db_one_int(
	    audit_db(a), "SELECT max(below) FROM pruned", NOARGS, 0, &below);
	if (st != ST_OK)
		return st;
	if ((uint64_t)below != out->pruned.below)
		return not_pruned(
		    out, out->pruned.below, "the table of it says otherwise");
	st = db_one_int(
	    audit_db(a), "SELECT min(seq) FROM entry", NOARGS, below, &first);
	if (st != ST_OK)
		return st;
	if (first < below)
		return not_pruned(out, first > 0 ? (uint64_t)first : 0,
		    "an entry of before that is there");
	if ((st = prune_read(a, &kept)) != ST_OK)
		return st;
	if (strcmp(kept.shipped, out->pruned.shipped) != 0)
		return not_pruned(out, out->pruned.below,
		    "the table of it names another entry");
	if (below == 0)
		return ST_OK;
	if ((st = prune_shipped(a, shipped)) != ST_OK)
		return st;
	return strcmp(shipped, kept.shipped) == 0
		   ? ST_OK
		   : not_pruned(out, out->pruned.below,
			 "the evidence that they had was another");
}

/* ${anchor} is NULL where the control database has none. */
static enum status verify_now(struct audit *a, const struct note_key *key,
    const struct buf *anchor, const struct verify_since *since,
    const struct verify_watch *watch, struct verify_report *out)
{
	struct audit_source src = source_of_log(a);
	struct verify_since all[SINCE_MOST];
	size_t count = 0;
	enum status st;

	if (anchor)
		all[count++] = (struct verify_since){
			"the checkpoint in the control database", anchor->data,
			anchor->len
		};
	if (since)
		all[count++] = *since;
	if ((st = db_begin(audit_db(a), DB_READ)) != ST_OK)
		return st;
	st = verify_source(&src, key, all, count, watch, out);
	if (st == ST_OK)
		st = check_end(a, out);
	if (st == ST_OK)
		st = check_pruned(a, out);
	db_rollback(audit_db(a));
	return st;
}

/* The control database first: what it knows, the log had by then. */
enum status verify_log(struct audit *a, const struct note_key *key,
    const struct verify_since *since, const struct verify_watch *watch,
    struct verify_report *out)
{
	struct buf anchor = BUF_INIT;
	enum status st;

	memset(out, 0, sizeof(*out));
	st = stored_anchor(audit_control(a), &anchor);
	if (st == ST_OK)
		st = verify_now(a, key, &anchor, since, watch, out);
	else if (st == ST_NOTFOUND)
		st = verify_now(a, key, NULL, since, watch, out);
	buf_release(&anchor);
	return st;
}
