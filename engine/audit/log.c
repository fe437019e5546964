/* The audit log: entries, each under a signed checkpoint. */
#include "engine/audit/log.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/audit/log_internal.h"
#include "engine/audit/stored.h"
#include "engine/base/buf.h"
#include "engine/base/civil.h"

enum status audit_open(const struct audit_spec *spec, struct audit **out)
{
	uint8_t public[ED25519_PUBLIC];
	struct audit *a = calloc(1, sizeof(*a));
	enum status st;

	if (a == NULL) {
		db_close(spec->db);
		return fail(ST_NOMEM, "out of memory");
	}
	a->db = spec->db;
	a->control = spec->control;
	a->seed = spec->key;
	st = ed25519_public(spec->key, public);
	if (st == ST_OK)
		st = note_key_make(spec->origin, public, &a->key);
	if (st == ST_OK)
		*out = a;
	else
		audit_close(a);
	return st;
}

void audit_close(struct audit *a)
{
	if (a == NULL)
		return;
	db_close(a->db);
	free(a->tree);
	free(a);
}

const struct note_key *audit_key(const struct audit *a) { return &a->key; }

struct db *audit_db(struct audit *a) { return a->db; }

struct db *audit_control(struct audit *a) { return a->control; }

/* ---- transactions ---- */

static enum status not_the_log(const char *what)
{
	return fail(ST_INTEGRITY,
	    "the audit log %s: nothing is appended to it; `lethe audit verify` "
	    "says more",
	    what);
}

/* Did the log of ${c} begin with that of ${old}? */
static enum status check_grown(
    struct audit *a, const struct checkpoint *c, const struct checkpoint *old)
{
	uint8_t root[MERKLE_HASH];
	struct tile_reader *r = NULL;
	struct merkle_source src;
	enum status st;

	if (old->size > c->size)
		return not_the_log("is older than the last checkpoint that was "
				   "signed");
	st = tile_reader_new(stored_read, a->db, c->size, &r);
	if (st != ST_OK)
		return st;
	src = tile_source(r);
	st = merkle_root(&src, old->size, root);
	free(r);
	if (st == ST_OK && memcmp(root, old->root, MERKLE_HASH) != 0)
		st = not_the_log("is another one than the last checkpoint "
				 "that was signed speaks of");
	return st;
}

/* The control database's checkpoint against the log's own. */
static enum status check_anchor(
    struct audit *a, const struct checkpoint *c, const struct buf *note)
{
	struct buf b = BUF_INIT;
	struct checkpoint old;
	enum status st;

	st = stored_anchor(a->control, &b);
	if (st == ST_OK && strcmp(buf_text(&b), buf_text(note)) != 0) {
		st = checkpoint_open(&a->key, b.data, b.len, &old);
		if (st == ST_OK)
			st = check_grown(a, c, &old);
	}
	buf_release(&b);
	return st == ST_NOTFOUND ? ST_OK : st;
}

/* The stored tree is what the last checkpoint signed, and has every entry. */
static enum status check_tree(struct audit *a, const struct checkpoint *c)
{
	uint8_t root[MERKLE_HASH];
	int64_t entries = 0;
	enum status st;

	st = db_one_int(
	    a->db, "SELECT max(seq) + 1 FROM entry", NOARGS, 0, &entries);
	if (st != ST_OK)
		return st;
	tree_root(a->tree, root);
	if (a->tree->size != c->size ||
	    memcmp(root, c->root, MERKLE_HASH) != 0 ||
	    (uint64_t)entries != c->size)
		return not_the_log("is not what its checkpoint says");
	return ST_OK;
}

static enum status no_checkpoint(struct audit *a)
{
	struct buf b = BUF_INIT;
	enum status st = stored_anchor(a->control, &b);

	buf_release(&b);
	if (st == ST_OK)
		return not_the_log("is older than the last checkpoint that was "
				   "signed");
	if (st != ST_NOTFOUND)
		return st;
	return fail(ST_NOTFOUND,
	    "the audit log has no checkpoint yet: run `lethe init`");
}

/* Has the log of the transaction been signed, and is it what was? */
static enum status check(struct audit *a)
{
	struct buf note = BUF_INIT;
	struct checkpoint c;
	enum status st;

	st = stored_checkpoint(a->db, &note);
	if (st == ST_NOTFOUND)
		return no_checkpoint(a);
	if (st == ST_OK)
		st = checkpoint_open(&a->key, note.data, note.len, &c);
	if (st == ST_OK)
		st = stored_load(a->db, a->tree);
	if (st == ST_OK)
		st = check_tree(a, &c);
	if (st == ST_OK)
		st = check_anchor(a, &c, &note);
	buf_release(&note);
	return st;
}

void audit_leave(struct audit *a)
{
	db_rollback(a->db);
	free(a->tree);
	a->tree = NULL;
}

/* A write transaction with the tree, empty: of a log not yet begun. */
static enum status enter_new(struct audit *a)
{
	enum status st;

	if ((st = db_begin(a->db, DB_WRITE)) != ST_OK)
		return st;
	if ((st = tree_new(stored_put, a->db, &a->tree)) != ST_OK)
		audit_leave(a);
	return st;
}

enum status audit_enter(struct audit *a)
{
	enum status st = enter_new(a);

	if (st == ST_OK && (st = check(a)) != ST_OK)
		audit_leave(a);
	return st;
}

/*
 * Let the control database know, in the transaction that is open there if one
 * is.  The entries are durable by now and the caller is told so: where this
 * fails, the next entry makes up for it, as it does for a crash here.
 */
static void tell_control(
    struct audit *a, const struct checkpoint *c, const char *note)
{
	if (stored_set_anchor(a->control, c, note) != ST_OK)
		status_clear();
}

/* The signature is nowhere but in this transaction before that is durable. */
enum status audit_commit(struct audit *a)
{
	struct buf text = BUF_INIT, note = BUF_INIT;
	struct checkpoint c = { .size = a->tree->size };
	enum status st;

	tree_root(a->tree, c.root);
	checkpoint_add(&c, a->key.name, &text);
	st = tree_flush(a->tree);
	if (st == ST_OK)
		st = buf_status(&text);
	if (st == ST_OK)
		st = note_sign(&a->key, a->seed, buf_text(&text), &note);
	if (st == ST_OK)
		st = stored_set_checkpoint(a->db, &c, buf_text(&note));
	if (st == ST_OK)
		st = db_commit(a->db);
	if (st == ST_OK)
		tell_control(a, &c, buf_text(&note));
	buf_release(&text);
	buf_release(&note);
	return st;
}

static enum status add_leaf(struct audit *a, const char *body, size_t len)
{
	uint8_t leaf[MERKLE_HASH];

	if (len > TILE_ENTRY_MOST)
		return fail(ST_LIMIT,
		    "an entry of the audit log has %zu bytes, %d at most", len,
		    TILE_ENTRY_MOST);
	merkle_leaf(body, len, leaf);
	return tree_add(a->tree, leaf);
}

/* ---- beginning ---- */

static enum status add_all(struct audit *a)
{
	struct stmt *s = NULL;
	enum status st;
	struct val v;

	st = db_query(
	    a->db, "SELECT seq, body FROM entry ORDER BY seq", NOARGS, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		if ((uint64_t)db_int(s, 0) != a->tree->size) {
			st = not_the_log("lacks an entry");
			break;
		}
		v = db_val(s, 1);
		st = add_leaf(a, v.p, v.n);
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status audit_start(struct audit *a)
{
	struct buf b = BUF_INIT;
	enum status st;

	if ((st = enter_new(a)) != ST_OK)
		return st;
	st = stored_checkpoint(a->db, &b);
	buf_release(&b);
	if (st == ST_NOTFOUND) {
		st = stored_anchor(a->control, &b);
		buf_release(&b);
		if (st == ST_OK)
			st = no_checkpoint(a);
		else if (st == ST_NOTFOUND && (st = add_all(a)) == ST_OK)
			st = audit_commit(a);
	}
	audit_leave(a);
	return st;
}

/* ---- entries ---- */

/* A number that is not whole has no one canonical text. */
static int has_real(const json_t *value)
{
	const char *key;
	json_t *v;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)value, key, v)
	{
		if (has_real(v))
			return 1;
	}
	json_array_foreach(value, i, v)
	{
		if (has_real(v))
			return 1;
	}
	return json_is_real(value);
}

static struct val text_of(const json_t *o, const char *name)
{
	return val_text(json_string_value(json_object_get(o, name)));
}

/* The request that it is about, wherever it says so. */
static struct val request_of(const json_t *entry)
{
	static const char *const members[] = { "request", "id", "object" };
	const char *text;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		text = json_string_value(json_object_get(entry, members[i]));
		if (text && (i == 0 || strncmp(text, "Q-", 2) == 0))
			return val_text(text);
	}
	return val_text(NULL);
}

enum status audit_insert(struct audit *a, int64_t at, const char *actor,
    const char *action, const char *source, int64_t evidence, json_t *entry)
{
	int64_t seq = (int64_t)a->tree->size;
	char when[INSTANT_TEXT], *body = NULL;
	enum status st;

	if (has_real(entry))
		return fail(ST_INVALID,
		    "an entry of the audit log has a number that is not whole");
	civil_format_instant(at, when);
	st = json_put(entry, "seq", json_integer(seq));
	if (st == ST_OK && json_object_get(entry, "role") == NULL)
		st = json_put(entry, "role", json_string("operator"));
	if (st == ST_OK)
		st = json_put(entry, "at", json_string(when));
	if (st == ST_OK)
		st = json_put(entry, "actor", json_string(actor));
	if (st == ST_OK)
		st = json_put(entry, "action", json_string(action));
	if (st == ST_OK)
		st = json_canonical(entry, &body);
	if (st == ST_OK)
		st = add_leaf(a, body, strlen(body));
	if (st == ST_OK)
		st = db_exec(a->db,
		    "INSERT INTO entry"
		    " (seq, at, action, source, evidence, run, subject, body,"
		    " actor, request)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		    ARGS(INT(seq), INT(at), TEXT(action), TEXT(source),
			source ? INT(evidence) : NIL, text_of(entry, "run"),
			text_of(entry, "subject"), TEXT(body), TEXT(actor),
			request_of(entry)));
	free(body);
	return st;
}

static enum status append(struct audit *a, int64_t at, const char *actor,
    const struct audit_item *item)
{
	const json_t *details = item->details;
	json_t *entry =
	    details ? json_copy((json_t *)(uintptr_t)details) : json_object();
	enum status st;

	if (entry == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = audit_insert(a, at, actor, item->action, NULL, 0, entry);
	json_decref(entry);
	return st;
}

enum status audit_append_all(struct audit *a, int64_t at, const char *actor,
    const struct audit_item *items, size_t count)
{
	enum status st;
	size_t i;

	if ((st = audit_enter(a)) != ST_OK)
		return st;
	for (i = 0; st == ST_OK && i < count; i++)
		st = append(a, at, actor, &items[i]);
	if (st == ST_OK)
		st = audit_commit(a);
	audit_leave(a);
	return st;
}

enum status audit_append(struct audit *a, int64_t at, const char *actor,
    const char *action, const json_t *details)
{
	struct audit_item one = { action, details };

	return audit_append_all(a, at, actor, &one, 1);
}

enum status audit_sign(struct audit *a, const char *text, struct buf *out)
{
	size_t n = strlen(a->key.name);

	if (strncmp(text, a->key.name, n) == 0 && text[n] == '\n')
		return fail(ST_INVALID,
		    "a text that begins as a checkpoint is not signed");
	return note_sign(&a->key, a->seed, text, out);
}

/* A case, a person, a run have few entries, an actor or a kind many: with a
 * plus before their columns the indexes of the latter are left alone. */
static void add_filter(struct sql *q, const struct audit_filter *f)
{
	int few = f->run || f->request || f->subject;

	sql_add(q, "SELECT body FROM entry WHERE seq >= ");
	sql_bind_int(q, f->first);
	if (f->before) {
		sql_add(q, " AND seq < ");
		sql_bind_int(q, f->before);
	}
	if (f->action) {
		sql_add(q, " AND ");
		if (few)
			sql_add(q, "+");
		sql_add(q, "action = ");
		sql_bind_text(q, f->action);
	}
	if (f->actor) {
		sql_add(q, " AND ");
		if (few)
			sql_add(q, "+");
		sql_add(q, "actor = ");
		sql_bind_text(q, f->actor);
	}
	if (f->run) {
		sql_add(q, " AND run = ");
		sql_bind_text(q, f->run);
	}
	if (f->request) {
		sql_add(q, " AND request = ");
		sql_bind_text(q, f->request);
	}
	if (f->subject) {
		sql_add(q, " AND subject = ");
		sql_bind_text(q, f->subject);
	}
	if (f->since) {
		sql_add(q, " AND at >= ");
		sql_bind_int(q, f->since);
	}
	if (f->until) {
		sql_add(q, " AND at < ");
		sql_bind_int(q, f->until);
	}
	sql_add(q, " ORDER BY seq");
	if (f->order == AUDIT_NEWEST_FIRST)
		sql_add(q, " DESC");
	sql_add(q, " LIMIT ");
	sql_bind_int(q, f->limit ? f->limit : -1);
}

enum status audit_list(struct audit *a, const struct audit_filter *filter,
    enum status (*each)(void *ctx, const char *body), void *ctx)
{
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	enum status st;

	add_filter(&q, filter);
	st = db_query_sql(a->db, &q, &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = each(ctx, db_text(s, 0));
	db_done(s);
	sql_release(&q);
	return st == ST_NOTFOUND ? ST_OK : st;
}

enum status audit_writable(struct audit *a)
{
	enum status st = audit_enter(a);

	if (st == ST_OK)
		audit_leave(a);
	else
		status_prefix("the audit log cannot be written: ");
	return st;
}

enum status audit_actor(char **out)
{
	struct passwd pw, *found = NULL;
	char space[4096];
	char *name;

	if (getpwuid_r(getuid(), &pw, space, sizeof(space), &found) == 0 &&
	    found)
		name = str_format("os:%s", found->pw_name);
	else
		name = str_format("os:%lu", (unsigned long)getuid());
	if (name == NULL)
		return fail(ST_NOMEM, "out of memory");
	*out = name;
	return ST_OK;
}
