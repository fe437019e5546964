/* The log's own retention: what is due is the bundles before the first entry
 * that must stay. */
#include "engine/audit/prune.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/audit/log_internal.h"
#include "engine/base/base64.h"

/* ---- what went ---- */

static enum status not_json(void)
{
	return fail(ST_INTEGRITY,
	    "an entry of the audit log does not say what was pruned: `lethe "
	    "audit verify` says more");
}

enum status prune_parse(const char *body, size_t len, struct prune_state *out)
{
	/* Canonical: "action" sorts before all that an entry may have. */
	static const char head[] = "{\"action\":\"" PRUNE_ACTION "\"";
	struct prune_state p = { 0 };
	json_t *o;

	if (len < sizeof(head) || memcmp(body, head, sizeof(head) - 1) != 0)
		return ST_NOTFOUND;
	if ((o = json_loadb(body, len, 0, NULL)) == NULL)
		return not_json();
	p.below = (uint64_t)json_int(o, "below");
	(void)snprintf(p.at, sizeof(p.at), "%s", json_text(o, "at"));
	(void)snprintf(p.rule, sizeof(p.rule), "%s", json_text(o, "rule"));
	(void)snprintf(
	    p.shipped, sizeof(p.shipped), "%s", json_text(o, "shipped"));
	json_decref(o);
	*out = p;
	return ST_OK;
}

enum status prune_read(struct audit *a, struct prune_state *out)
{
	struct stmt *s = NULL;
	enum status st;
	struct val v;

	st = db_query(audit_db(a),
	    "SELECT p.below, e.body FROM pruned AS p"
	    " LEFT JOIN entry AS e ON e.seq = p.entry"
	    " ORDER BY p.below DESC LIMIT 1",
	    NOARGS, &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		v = db_val(s, 1);
		st = v.type == VAL_TEXT ? prune_parse(v.p, v.n, out)
					: ST_NOTFOUND;
		if (st == ST_NOTFOUND ||
		    (st == ST_OK && out->below != (uint64_t)db_int(s, 0)))
			st = not_json();
	} else if (st == ST_NOTFOUND) {
		*out = (struct prune_state){ 0 };
		st = ST_OK;
	}
	db_done(s);
	return st;
}

enum status prune_shipped(struct audit *a, char out[SHA256_TEXT])
{
	struct buf list = BUF_INIT;
	struct stmt *s = NULL;
	enum status st;

	st = db_query(audit_db(a),
	    "SELECT source, evidence FROM shipped ORDER BY source", NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		buf_addf(
		    &list, "%s %" PRId64 "\n", db_text(s, 0), db_int(s, 1));
	db_done(s);
	if (st == ST_NOTFOUND && (st = buf_status(&list)) == ST_OK)
		sha256_hex(list.data, list.len, out);
	buf_release(&list);
	return st;
}

/* ---- what is due ---- */

/*
 * Where the log would begin if it is pruned to before ${most} at the furthest.
 * Numbers are in the order in which entries came, not always in that of their
 * times: so they are read from the oldest on, which costs what goes.
 */
static enum status find_due(struct audit *a, const struct prune_rule *rule,
    uint64_t from, uint64_t most, uint64_t *below)
{
	uint64_t until = rule->stay < most ? rule->stay : most;
	int64_t first = 0;
	enum status st;

	if (until <= from) {
		*below = from;
		return ST_OK;
	}
	st = db_one_int(audit_db(a),
	    "SELECT seq FROM entry WHERE seq >= $1 AND seq < $2 AND +at >= $3"
	    " ORDER BY seq LIMIT 1",
	    ARGS(INT((int64_t)from), INT((int64_t)until), INT(rule->before)),
	    (int64_t)until, &first);
	if (st == ST_OK)
		*below = (uint64_t)first / TILE_WIDTH * TILE_WIDTH;
	return st;
}

static enum status log_size(struct audit *a, uint64_t *size)
{
	int64_t n = 0;
	enum status st;

	st = db_one_int(
	    audit_db(a), "SELECT max(seq) + 1 FROM entry", NOARGS, 0, &n);
	if (st == ST_OK)
		*size = (uint64_t)n;
	return st;
}

enum status prune_due(
    struct audit *a, const struct prune_rule *rule, uint64_t *below)
{
	struct prune_state now;
	uint64_t size = 0;
	enum status st;

	st = prune_read(a, &now);
	if (st == ST_OK)
		st = log_size(a, &size);
	return st == ST_OK ? find_due(a, rule, now.below, size, below) : st;
}

/* ---- removing it ---- */

struct step {
	const struct prune_rule *rule;
	uint64_t from;
	uint64_t below;
};

static enum status entry_json(
    struct audit *a, const struct step *p, json_t **out)
{
	char rule[PERIOD_TEXT], before[INSTANT_TEXT], shipped[SHA256_TEXT];
	uint8_t root[MERKLE_HASH];
	struct buf b = BUF_INIT;
	enum status st;

	period_format(p->rule->age, rule);
	civil_format_instant(p->rule->before, before);
	tree_root(a->tree, root);
	base64_add(&b, root, sizeof(root));
	st = buf_status(&b);
	if (st == ST_OK)
		st = prune_shipped(a, shipped);
	if (st == ST_OK)
		st = json_make(out,
		    "{s:s, s:I, s:I, s:I, s:s, s:s, s:I, s:s, s:s}", "object",
		    "audit log", "from", (json_int_t)p->from, "below",
		    (json_int_t)p->below, "entries",
		    (json_int_t)(p->below - p->from), "rule", rule, "before",
		    before, "size", (json_int_t)a->tree->size, "root",
		    buf_text(&b), "shipped", shipped);
	buf_release(&b);
	return st;
}

static enum status keep_shipped(struct audit *a, const struct step *p)
{
	return db_exec(a->db,
	    "INSERT INTO shipped (source, evidence)"
	    " SELECT source, max(evidence) FROM entry"
	    " WHERE seq < $1 AND source IS NOT NULL GROUP BY source"
	    " ON CONFLICT (source) DO UPDATE SET evidence = excluded.evidence"
	    " WHERE excluded.evidence > shipped.evidence",
	    ARGS(INT((int64_t)p->below)));
}

/* The entry first: the table of what is pruned takes nothing without it, and
 * no entry goes that is not below what that table has. */
static enum status remove_entries(
    struct audit *a, const struct step *p, int64_t now, const char *actor)
{
	int64_t seq = (int64_t)a->tree->size;
	json_t *entry = NULL;
	enum status st;

	st = keep_shipped(a, p);
	if (st == ST_OK)
		st = entry_json(a, p, &entry);
	if (st == ST_OK)
		st = audit_insert(a, now, actor, PRUNE_ACTION, NULL, 0, entry);
	if (st == ST_OK)
		st = db_exec(a->db,
		    "INSERT INTO pruned (below, entry) VALUES ($1, $2)",
		    ARGS(INT((int64_t)p->below), INT(seq)));
	if (st == ST_OK)
		st = db_exec(a->db, "DELETE FROM entry WHERE seq < $1",
		    ARGS(INT((int64_t)p->below)));
	json_decref(entry);
	return st == ST_OK ? audit_commit(a) : st;
}

static enum status take_step(struct audit *a, const struct prune_rule *rule,
    int64_t now, const char *actor, uint64_t *entries)
{
	struct step p = { .rule = rule };
	struct prune_state before;
	uint64_t most;
	enum status st;

	*entries = 0;
	if ((st = audit_enter(a)) != ST_OK)
		return st;
	if ((st = prune_read(a, &before)) == ST_OK) {
		p.from = before.below;
		most = p.from + PRUNE_STEP;
		if (most > a->tree->size)
			most = a->tree->size;
		st = find_due(a, rule, p.from, most, &p.below);
	}
	if (st == ST_OK && p.below > p.from) {
		st = remove_entries(a, &p, now, actor);
		if (st == ST_OK)
			*entries = p.below - p.from;
	}
	audit_leave(a);
	return st;
}

enum status prune(struct audit *a, const struct prune_rule *rule, int64_t now,
    const char *actor, int64_t *entries)
{
	uint64_t went = 0;
	enum status st;

	*entries = 0;
	do {
		st = take_step(a, rule, now, actor, &went);
		*entries += (int64_t)went;
	} while (st == ST_OK && went > 0);
	return st;
}
