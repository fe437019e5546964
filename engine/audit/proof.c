/* Proofs to keep: what each line of C2SP tlog-proof says. */
#include "engine/audit/proof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/merkle.h"
#include "engine/audit/prune.h"
#include "engine/base/base64.h"

#define HEAD "c2sp.org/tlog-proof@v1\n"

/* ---- writing ---- */

static void add_text(uint64_t index, const struct merkle_proof *p,
    const struct buf *note, struct buf *out)
{
	size_t i;

	buf_addf(out, HEAD "index %" PRIu64 "\n", index);
	for (i = 0; i < p->count; i++) {
		base64_add(out, p->hash[i], MERKLE_HASH);
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
	buf_add(out, note->data, note->len);
}

static enum status take(void *to, const char *body, size_t len)
{
	buf_add(to, body, len);
	return buf_status(to);
}

static enum status no_entry(struct audit *a, uint64_t index)
{
	struct prune_state pruned;
	enum status st = prune_read(a, &pruned);

	if (st != ST_OK)
		return st;
	if (index >= pruned.below)
		return fail(
		    ST_INTEGRITY, "entry %" PRIu64 " is missing", index);
	return fail(ST_USAGE,
	    "entry %" PRIu64 " was pruned at %s by the rule %s: the log's "
	    "first entry is %" PRIu64,
	    index, pruned.at, pruned.rule, pruned.below);
}

static enum status read_entry(struct audit *a, uint64_t index, struct buf *out)
{
	struct stmt *s = NULL;
	enum status st;
	struct val v;

	st = db_query(audit_db(a), "SELECT body FROM entry WHERE seq = $1",
	    ARGS(INT((int64_t)index)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		v = db_val(s, 0);
		st = take(out, v.p, v.n);
	}
	db_done(s);
	return st == ST_NOTFOUND ? no_entry(a, index) : st;
}

struct prover {
	struct audit *audit;
	struct buf note;
	struct checkpoint c;
	struct tile_reader *tiles;
};

static enum status load(struct prover *p)
{
	struct audit_source live = source_of_log(p->audit);
	enum status st;

	st = live.checkpoint(live.ctx, &p->note);
	if (st == ST_OK)
		st = checkpoint_open(
		    audit_key(p->audit), p->note.data, p->note.len, &p->c);
	if (st == ST_OK)
		st = tile_reader_new(live.tile, live.ctx, p->c.size, &p->tiles);
	return st;
}

enum status prover_new(struct audit *a, struct prover **out)
{
	struct prover *p;
	enum status st;

	if ((st = db_begin(audit_db(a), DB_READ)) != ST_OK)
		return st;
	if ((p = calloc(1, sizeof(*p))) == NULL) {
		db_rollback(audit_db(a));
		return fail(ST_NOMEM, "out of memory");
	}
	p->audit = a;
	if ((st = load(p)) == ST_OK)
		*out = p;
	else
		prover_free(p);
	return st;
}

void prover_free(struct prover *p)
{
	if (p == NULL)
		return;
	db_rollback(audit_db(p->audit));
	free(p->tiles);
	buf_release(&p->note);
	free(p);
}

const struct checkpoint *prover_checkpoint(const struct prover *p)
{
	return &p->c;
}

const char *prover_note(const struct prover *p) { return buf_text(&p->note); }

enum status prover_prove(
    struct prover *p, uint64_t index, struct buf *out, struct buf *entry)
{
	struct merkle_source tree = tile_source(p->tiles);
	uint8_t leaf[MERKLE_HASH];
	struct merkle_proof proof;
	size_t start = entry->len;
	enum status st;

	if (index >= p->c.size)
		return fail(ST_USAGE,
		    "there is no entry %" PRIu64 ": the log has %" PRIu64
		    ", numbered from 0",
		    index, p->c.size);
	st = merkle_prove_entry(&tree, index, p->c.size, &proof);
	if (st == ST_OK)
		st = read_entry(p->audit, index, entry);
	if (st != ST_OK)
		return st;
	merkle_leaf(entry->data + start, entry->len - start, leaf);
	st = merkle_check_entry(leaf, index, p->c.size, p->c.root, &proof);
	if (st == ST_INTEGRITY)
		return fail(ST_INTEGRITY,
		    "entry %" PRIu64
		    " or hashes above it were changed: `lethe audit verify` "
		    "says more",
		    index);
	if (st == ST_OK)
		add_text(index, &proof, &p->note, out);
	return st == ST_OK ? buf_status(out) : st;
}

enum status proof_make(
    struct audit *a, uint64_t index, struct buf *out, struct buf *entry)
{
	struct prover *p = NULL;
	enum status st = prover_new(a, &p);

	if (st == ST_OK)
		st = prover_prove(p, index, out, entry);
	prover_free(p);
	return st;
}

/* ---- reading ---- */

static enum status no_proof(const char *why)
{
	return fail(ST_INVALID, "not a proof of an entry: %s", why);
}

/* The line at ${*at}, without its newline; NULL where none ends. */
static const char *next_line(
    const char *text, size_t len, size_t *at, size_t *n)
{
	const char *line = text + *at;
	const char *end = memchr(line, '\n', len - *at);

	if (end == NULL)
		return NULL;
	*n = (size_t)(end - line);
	*at += *n + 1;
	return line;
}

static int read_index(const char *line, size_t n, uint64_t *out)
{
	static const char word[] = "index ";
	size_t i = sizeof(word) - 1;
	uint64_t value = 0;

	if (n <= i || n > i + 19 || memcmp(line, word, i) != 0 ||
	    (line[i] == '0' && n > i + 1))
		return 0;
	for (; i < n; i++) {
		if (line[i] < '0' || line[i] > '9')
			return 0;
		value = value * 10 + (uint64_t)(line[i] - '0');
	}
	*out = value;
	return 1;
}

static enum status read_hash(
    const char *line, size_t n, struct merkle_proof *out)
{
	struct buf b = BUF_INIT;
	enum status st;

	if (out->count == MERKLE_LEVELS)
		return no_proof("it has more hashes than any tree");
	st = base64_decode(&b, line, n);
	if (st == ST_INVALID || (st == ST_OK && b.len != MERKLE_HASH))
		st = no_proof("a line is not the Base64 of a hash");
	if (st == ST_OK)
		memcpy(out->hash[out->count++], b.data, MERKLE_HASH);
	buf_release(&b);
	return st;
}

/* Up to the empty line; ${*at} is behind it then. */
static enum status read_head(const char *text, size_t len, size_t *at,
    uint64_t *index, struct merkle_proof *out)
{
	const char *line;
	enum status st;
	size_t n = 0;

	*at = sizeof(HEAD) - 1;
	if (len < *at || memcmp(text, HEAD, *at) != 0)
		return no_proof("its first line is not " HEAD);
	line = next_line(text, len, at, &n);
	if (line && n > 6 && memcmp(line, "extra ", 6) == 0)
		line = next_line(text, len, at, &n);
	if (line == NULL || !read_index(line, n, index))
		return no_proof("it has no index");
	out->count = 0;
	while ((line = next_line(text, len, at, &n)) != NULL && n > 0)
		if ((st = read_hash(line, n, out)) != ST_OK)
			return st;
	return line ? ST_OK : no_proof("it breaks off");
}

enum status proof_check(const struct note_key *key, const char *text,
    size_t len, const void *entry, size_t entry_len, uint64_t *index)
{
	uint8_t leaf[MERKLE_HASH];
	struct merkle_proof p;
	struct checkpoint c;
	uint64_t at_index;
	enum status st;
	size_t at;

	if ((st = read_head(text, len, &at, &at_index, &p)) != ST_OK)
		return st;
	if ((st = checkpoint_open(key, text + at, len - at, &c)) != ST_OK)
		return st;
	merkle_leaf(entry, entry_len, leaf);
	st = merkle_check_entry(leaf, at_index, c.size, c.root, &p);
	if (st == ST_OK)
		*index = at_index;
	return st;
}
