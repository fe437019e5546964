/* Stored plans, and their approval. */
#include "engine/purge/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/plan/rule_hash.h"
#include "engine/purge/plan_json.h"

void stored_plan_release(struct stored_plan *p)
{
	json_decref(p->body);
	free(p->used_by);
	free(p->replaced_by);
	memset(p, 0, sizeof(*p));
}

int64_t plans_needed(const struct installation *in)
{
	int n = in->config.purge.approvals;

	return n > 1 ? n : 1;
}

/* ---- keeping ---- */

/* As short as it can be, and never that of another plan. */
static enum status name_plan(struct installation *in, const char *hash,
    int64_t now, char id[PLAN_ID_TEXT])
{
	struct civil day = civil_date((int32_t)(now / CIVIL_DAY_SECONDS));
	int64_t taken = 1;
	enum status st = ST_OK;
	int digits;

	for (digits = 4; st == ST_OK && taken && digits <= 64; digits += 4) {
		(void)snprintf(id, PLAN_ID_TEXT, "P-%04d%02d%02d-%.*s",
		    day.year % 10000, day.month % 100, day.day % 100, digits,
		    hash);
		st = db_one_int(in->control, "SELECT 1 FROM plan WHERE id = $1",
		    ARGS(TEXT(id)), 0, &taken);
	}
	return st;
}

static enum status insert(struct installation *in, const json_t *body,
    const char *hash, int in_file, const char *actor, char id[PLAN_ID_TEXT])
{
	const char *store = json_text(body, "store");
	const char *cluster = json_text(body, "cluster");
	int64_t now = when_now();
	char *text = NULL;
	enum status st;

	st = json_canonical(body, &text);
	if (st == ST_OK)
		st = name_plan(in, hash, now, id);
	if (st == ST_OK && !in_file)
		st = db_exec(in->control,
		    "UPDATE plan SET replaced_by = $1"
		    " WHERE store = $2 AND cluster = $3 AND in_file = 0"
		    " AND used_by IS NULL AND replaced_by IS NULL",
		    ARGS(TEXT(id), TEXT(store), TEXT(cluster)));
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO plan (id, hash, created_at, created_by,"
		    " in_file, store, cluster, body)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		    ARGS(TEXT(id), TEXT(hash), INT(now), TEXT(actor),
			INT(in_file), TEXT(store), TEXT(cluster), TEXT(text)));
	free(text);
	return st;
}

static enum status log_kept(struct installation *in, const json_t *body,
    const char *id, const char *hash, const char *actor)
{
	json_t *details = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:s, s:s, s:s, s:s}", "object", id,
	    "plan", id, "hash", hash, "rule_set", json_text(body, "rule_set"),
	    "as_of", json_text(body, "as_of"));
	if (st == ST_OK)
		st = audit_append(
		    in->audit, when_now(), actor, "plan_stored", details);
	json_decref(details);
	return st;
}

enum status plans_keep(struct installation *in, const json_t *body,
    const char *file_hash, const char *actor, char id[PLAN_ID_TEXT])
{
	char hash[SHA256_TEXT];
	enum status st;

	if ((st = plan_json_hash(body, hash)) != ST_OK)
		return st;
	if (file_hash)
		(void)snprintf(hash, sizeof(hash), "%s", file_hash);
	if ((st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = insert(in, body, hash, file_hash != NULL, actor, id);
	if (st == ST_OK)
		st = log_kept(in, body, id, hash, actor);
	if (st == ST_OK)
		st = db_commit(in->control);
	db_rollback(in->control);
	return st;
}

/* ---- finding ---- */

static enum status copy_text(struct stmt *s, int col, char **out)
{
	const char *text = db_text(s, col);

	if (text && (*out = strdup(text)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	return ST_OK;
}

static enum status read_row(struct stmt *s, struct stored_plan *out)
{
	struct stored_plan p = { .in_file = (int)db_int(s, 2) };
	char hash[SHA256_TEXT];
	enum status st;

	(void)snprintf(p.id, sizeof(p.id), "%s", db_text(s, 0));
	(void)snprintf(p.hash, sizeof(p.hash), "%s", db_text(s, 1));
	p.approvals = db_int(s, 6);
	st = json_made(json_loads(db_text(s, 3), 0, NULL), &p.body);
	if (st == ST_OK)
		st = copy_text(s, 4, &p.used_by);
	if (st == ST_OK)
		st = copy_text(s, 5, &p.replaced_by);
	if (st == ST_OK)
		st = plan_json_hash(p.body, hash);
	if (st == ST_OK && !p.in_file && strcmp(hash, p.hash) != 0)
		st = fail(ST_INTEGRITY, "plan %s is not what was stored", p.id);
	if (st == ST_OK)
		*out = p;
	else
		stored_plan_release(&p);
	return st;
}

#define PLAN_COLUMNS                                            \
	"SELECT id, hash, in_file, body, used_by, replaced_by," \
	" (SELECT count(*) FROM plan_approval WHERE plan = id) FROM plan"

enum status plans_find(
    struct installation *in, const char *name, struct stored_plan *out)
{
	struct stmt *s = NULL;
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	st = db_query(in->control, PLAN_COLUMNS " WHERE id = $1 OR hash = $1",
	    ARGS(TEXT(name)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = read_row(s, out);
	else if (st == ST_NOTFOUND)
		st = fail(ST_NOTFOUND,
		    "there is no plan `%s`: `lethe plan list` names them",
		    name);
	db_done(s);
	return st;
}

enum status plans_open(struct installation *in, const char *store,
    const char *cluster, struct stored_plan *out)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    PLAN_COLUMNS " WHERE store = $1 AND cluster = $2 AND in_file = 0"
			 " AND used_by IS NULL AND replaced_by IS NULL",
	    ARGS(TEXT(store), TEXT(cluster)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK)
		st = read_row(s, out);
	db_done(s);
	return st;
}

/* ---- approval ---- */

static const struct rule *find_rule(
    const struct schedule *s, const json_t *item)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		const struct rule *r = &s->rules[i];

		if (strcmp(r->store->config->name, json_text(item, "store")) ==
			0 &&
		    strcmp(r->collection->name,
			json_text(item, "collection")) == 0 &&
		    strcmp(r->terms.cluster->name,
			json_text(item, "cluster")) == 0)
			return r;
	}
	return NULL;
}

/* What people read must be what runs. */
static enum status same_rules(
    const struct schedule *s, const struct stored_plan *p)
{
	char hash[RULE_HASH_TEXT] = "";
	const json_t *item;
	enum status st;
	size_t i;

	json_array_foreach(json_object_get(p->body, "items"), i, item)
	{
		const struct rule *r = find_rule(s, item);

		if (r && (st = rule_hash(r, hash)) != ST_OK)
			return st;
		if (r == NULL || strcmp(hash, json_text(item, "rule")) != 0)
			return fail(ST_DENIED,
			    "the rule of `%s` for %s.%s has changed since "
			    "plan %s was made: run `lethe purge` for a new one",
			    json_text(item, "cluster"),
			    json_text(item, "store"),
			    json_text(item, "collection"), p->id);
	}
	return ST_OK;
}

static enum status approve_rules(
    struct installation *in, const struct stored_plan *p)
{
	enum status st = ST_OK;
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(p->body, "items"), i, item)
	{
		st = db_exec(in->control,
		    "INSERT INTO approved_rule"
		    " (store, collection, cluster, hash, plan, at)"
		    " VALUES ($1, $2, $3, $4, $5, $6)"
		    " ON CONFLICT (store, collection, cluster) DO UPDATE SET"
		    " hash = excluded.hash, plan = excluded.plan,"
		    " at = excluded.at",
		    ARGS(TEXT(json_text(item, "store")),
			TEXT(json_text(item, "collection")),
			TEXT(json_text(item, "cluster")),
			TEXT(json_text(item, "rule")), TEXT(p->id),
			INT(when_now())));
		if (st != ST_OK)
			return st;
	}
	return st;
}

static enum status log_approval(struct installation *in,
    const struct stored_plan *p, int64_t approvals, const char *actor)
{
	json_t *details = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:s, s:s, s:I, s:I}", "object", p->id,
	    "plan", p->id, "hash", p->hash, "approvals", (json_int_t)approvals,
	    "needed", (json_int_t)plans_needed(in));
	if (st == ST_OK)
		st = audit_append(
		    in->audit, when_now(), actor, "plan_approved", details);
	json_decref(details);
	return st;
}

/* In a transaction that the log's entry is part of: without it, nothing. */
static enum status add_approval(
    struct installation *in, struct stored_plan *p, const char *actor)
{
	int64_t n = 0;
	enum status st;

	st = db_exec(in->control,
	    "INSERT INTO plan_approval (plan, actor, at) VALUES ($1, $2, $3)",
	    ARGS(TEXT(p->id), TEXT(actor), INT(when_now())));
	if (st == ST_CONFLICT)
		return fail(ST_DENIED,
		    "%s has approved plan %s already: it needs %lld people, "
		    "so another one must approve it too",
		    actor, p->id, (long long)plans_needed(in));
	if (st == ST_OK)
		st = db_one_int(in->control,
		    "SELECT count(*) FROM plan_approval WHERE plan = $1",
		    ARGS(TEXT(p->id)), 0, &n);
	if (st == ST_OK && n >= plans_needed(in))
		st = approve_rules(in, p);
	if (st == ST_OK)
		st = log_approval(in, p, n, actor);
	if (st == ST_OK)
		p->approvals = n;
	return st;
}

enum status plans_approve(struct installation *in, const struct schedule *s,
    struct stored_plan *p, const char *actor)
{
	enum status st;

	if (p->used_by)
		return fail(ST_DENIED,
		    "plan %s was carried out by run %s: run `lethe purge` for "
		    "a new one",
		    p->id, p->used_by);
	if (p->replaced_by)
		return fail(ST_DENIED,
		    "plan %s was replaced by %s: look at that one", p->id,
		    p->replaced_by);
	if (p->approvals >= plans_needed(in))
		return fail(ST_DENIED,
		    "plan %s has all its approvals: it can be carried out",
		    p->id);
	if ((st = same_rules(s, p)) != ST_OK)
		return st;
	if ((st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = add_approval(in, p, actor);
	if (st == ST_OK)
		st = db_commit(in->control);
	db_rollback(in->control);
	return st;
}

enum status plans_approved_by(struct installation *in,
    const struct stored_plan *p, const char *actor, int64_t *yes)
{
	return db_one_int(in->control,
	    "SELECT 1 FROM plan_approval WHERE plan = $1 AND actor = $2",
	    ARGS(TEXT(p->id), TEXT(actor)), 0, yes);
}

/* Its rules are approved with the last approval; but fewer may be needed now
 * than when they were given. */
enum status plans_use(
    struct installation *in, const struct stored_plan *p, const char *run)
{
	enum status st = ST_OK;

	if (p->approvals >= plans_needed(in))
		st = approve_rules(in, p);
	if (st != ST_OK)
		return st;
	return db_exec(in->control,
	    "UPDATE plan SET used_by = $2 WHERE id = $1",
	    ARGS(TEXT(p->id), TEXT(run)));
}
