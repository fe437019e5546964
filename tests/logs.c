/* Audit logs for tests. */
#include "tests/logs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/prune.h"
#include "engine/audit/stored.h"
#include "engine/crypto/crypto.h"
#include "engine/store/store.h"
#include "tests/suites.h"

void logs_db(const struct logs *l, const char *name, const char *migrations,
    struct db **out)
{
	char *path = str_format("%s/%s.db", l->folder, name);
	struct store_spec spec = { .name = name, .key = name, .path = path };

	MUST(store_create(&spec, l->keys, NULL, migrations, NULL) == ST_OK,
	    "%s: %s", name, status_text());
	MUST(store_open(&spec, l->keys, out) == ST_OK, "%s: %s", name,
	    status_text());
	free(path);
}

void logs_open(struct logs *l)
{
	struct audit_spec spec = { .origin = "test.example/log" };

	logs_db(l, "audit", "schemas/audit/", &spec.db);
	logs_db(l, "control", "schemas/control/", &l->control);
	spec.control = l->control;
	spec.key = l->signer;
	MUST(audit_open(&spec, &l->audit) == ST_OK, "%s", status_text());
}

void logs_make(struct logs *l)
{
	char *key, *ring;
	struct keyring_unlock u = { .source = KEYRING_KEY_FILE };

	memset(l, 0, sizeof(*l));
	(void)snprintf(l->folder, sizeof(l->folder), "%s", test_folder());
	u.path = key = str_format("%s/key", l->folder);
	ring = str_format("%s/keyring", l->folder);
	MUST(crypto_init() == ST_OK && keyring_new_key_file(key) == ST_OK &&
		 keyring_create(ring, &u, &l->keys) == ST_OK &&
		 secret_random(&l->signer) == ST_OK,
	    "%s", status_text());
	logs_open(l);
	MUST(audit_start(l->audit) == ST_OK, "%s", status_text());
	free(key);
	free(ring);
}

void logs_shut(struct logs *l)
{
	audit_close(l->audit);
	db_close(l->control);
	l->audit = NULL;
	l->control = NULL;
}

void logs_close(struct logs *l)
{
	logs_shut(l);
	secret_free(l->signer);
	keyring_free(l->keys);
	memset(l, 0, sizeof(*l));
}

void logs_fill(struct logs *l, const char *store, int64_t n)
{
	struct db *db = NULL;
	int64_t shipped = 0;

	logs_db(l, store, "schemas/store/", &db);
	MUST(db_exec(db,
		 "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
		 " SELECT i + 1 FROM n WHERE i < $1)"
		 " INSERT INTO lethe_evidence (run, at, policy, cluster,"
		 " collection, action, rule_set, cutoff, records, digest)"
		 " SELECT 'r1', 1700000000 + i, 'p', 'c', 'customers',"
		 " 'delete', 'h', 't', i, x'01ff' FROM n",
		 ARGS(INT(n))) == ST_OK,
	    "%s", status_text());
	MUST(
	    audit_ship(l->audit, db, store, store, "os:x", &shipped) == ST_OK &&
		shipped == n,
	    "%s", status_text());
	db_close(db);
}

void logs_prune(struct logs *l, int64_t before, uint64_t stay, int64_t want)
{
	const struct prune_rule rule = { before, stay, { .months = 120 } };
	int64_t n = -1;

	MUST(prune(l->audit, &rule, 1700100001, "os:x", &n) == ST_OK &&
		 n == want,
	    "%lld: %s", (long long)n, status_text());
}

char *logs_checkpoint(struct logs *l)
{
	struct buf b = BUF_INIT;

	MUST(stored_checkpoint(audit_db(l->audit), &b) == ST_OK, "%s",
	    status_text());
	return buf_take(&b);
}
