/* What an installation consists of, in the audit log when it changes. */
#include "engine/installation/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/when.h"
#include "engine/crypto/hash.h"

#define FILE_MAX ((size_t)4 << 20)

/* One entry, and the note that it was made.  Were we killed between the two,
 * it would be told twice, which says nothing that is wrong. */
static enum status tell(struct installation *in, const char *action,
    const char *name, const char *before, const char *now)
{
	json_t *details = NULL;
	char *actor = NULL;
	enum status st;

	st = json_make(&details, "{s:s, s:s, s:s?, s:s}", "object", name,
	    "name", name, "before", before, "now", now);
	if (st == ST_OK)
		st = audit_actor(&actor);
	if (st == ST_OK)
		st =
		    audit_append(in->audit, when_now(), actor, action, details);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO logged_state (action, name, state)"
		    " VALUES ($1, $2, $3)"
		    " ON CONFLICT (action, name) DO UPDATE"
		    " SET state = excluded.state",
		    ARGS(TEXT(action), TEXT(name), TEXT(now)));
	free(actor);
	json_decref(details);
	return st;
}

static enum status compare(struct installation *in, const char *action,
    const char *name, const char *now)
{
	struct stmt *s = NULL;
	char *before = NULL;
	enum status st;
	int same = 0;

	st = db_query(in->control,
	    "SELECT state FROM logged_state WHERE action = $1 AND name = $2",
	    ARGS(TEXT(action), TEXT(name)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		same = strcmp(db_text(s, 0), now) == 0;
		if ((before = strdup(db_text(s, 0))) == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	db_done(s);
	if ((st == ST_OK && !same) || st == ST_NOTFOUND)
		st = tell(in, action, name, before, now);
	free(before);
	return st;
}

static enum status compare_file(struct installation *in, const char *action,
    const char *name, const char *path)
{
	struct buf b = BUF_INIT;
	char hash[SHA256_TEXT];
	enum status st;

	if ((st = file_read(path, FILE_MAX, &b)) == ST_OK) {
		sha256_hex(b.data, b.len, hash);
		st = compare(in, action, name, hash);
	}
	buf_release(&b);
	return st;
}

/* ${store} is NULL for a key that is called ${name} alone. */
static enum status compare_key(
    struct installation *in, const char *name, const char *store)
{
	struct keyring_key key;
	char id[2 * sizeof(key.id) + 1];
	char *full = str_format("%s%s", name, store ? store : "");
	enum status st = ST_OK;
	size_t i;

	if (full == NULL)
		return fail(ST_NOMEM, "out of memory");
	/* What it lacks is said by whoever needs it. */
	if (keyring_find(in->keys, full, &key) == ST_OK) {
		for (i = 0; i < sizeof(key.id); i++)
			(void)snprintf(
			    id + 2 * i, 3, "%02x", (unsigned int)key.id[i]);
		st = compare(in, "key_changed", full, id);
	} else {
		status_clear();
	}
	free(full);
	return st;
}

static enum status compare_all(struct installation *in)
{
	static const char *const keys[] = { "audit-signature", "audit",
		"control", "evidence", "subjects" };
	const struct config *c = &in->config;
	enum status st;
	size_t i;

	st =
	    compare_file(in, "configuration_changed", c->installation, c->path);
	for (i = 0; st == ST_OK && i < in->policy_count; i++)
		st = compare_file(
		    in, "policy_changed", in->policies[i].name, c->policies[i]);
	for (i = 0; st == ST_OK && i < c->store_count; i++)
		st = compare_file(in, "dataset_changed", c->stores[i].name,
		    c->stores[i].dataset);
	for (i = 0; st == ST_OK && i < sizeof(keys) / sizeof(*keys); i++)
		st = compare_key(in, keys[i], NULL);
	for (i = 0; st == ST_OK && i < c->store_count; i++)
		st = compare_key(in, "store/", c->stores[i].name);
	return st;
}

/* Under the write lock, so that two processes do not both tell it. */
enum status changes_log(struct installation *in)
{
	enum status st;

	if ((st = installation_open_audit(in)) != ST_OK)
		return st;
	if ((st = db_begin(in->control, DB_WRITE)) != ST_OK)
		return st;
	st = compare_all(in);
	if (st == ST_OK)
		st = db_commit(in->control);
	db_rollback(in->control);
	return st;
}
