/* Load an installation's files and open its databases. */
#include "engine/installation/installation.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/crypto/crypto.h"
#include "engine/installation/rule_files.h"
#include "engine/installation/units.h"
#include "engine/model/config_recipients.h"

/* ---- files ---- */

/* One dataset for each store: the one that bears the store's name, or the
 * only one of its file. */
static enum status pick_dataset(struct installation *in, size_t first,
    const struct config_store *cs, const struct dataset **out)
{
	size_t i;

	for (i = first; i < in->dataset_count; i++) {
		if (strcmp(in->datasets[i].key, cs->name) == 0) {
			*out = &in->datasets[i];
			return ST_OK;
		}
	}
	if (in->dataset_count - first == 1) {
		*out = &in->datasets[first];
		return ST_OK;
	}
	diag_error(&in->diag, cs->at,
	    "store `%s`: %s has %zu datasets and none with the fides_key `%s`: "
	    "name one after the store",
	    cs->name, cs->dataset, in->dataset_count - first, cs->name);
	return ST_INVALID;
}

static enum status add_datasets(
    struct installation *in, const struct config_store *cs, size_t *kept)
{
	struct dataset *list = NULL, *all;
	const struct dataset *picked = NULL;
	size_t n = 0, i, first = in->dataset_count;
	enum status st;

	if ((st = dataset_load(cs->dataset, &in->diag, &list, &n)) != ST_OK)
		return st;
	all = reallocarray(in->datasets, first + n + 1, sizeof(*all));
	if (all == NULL) {
		for (i = 0; i < n; i++)
			dataset_release(&list[i]);
		free(list);
		return fail(ST_NOMEM, "out of memory");
	}
	in->datasets = all;
	if (n > 0)
		memcpy(all + first, list, n * sizeof(*all));
	in->dataset_count = first + n;
	free(list);
	if ((st = pick_dataset(in, first, cs, &picked)) != ST_OK)
		return st;
	/* Of a file that several stores share, only this store's stays. */
	*kept = (size_t)(picked - in->datasets);
	for (i = first; i < in->dataset_count; i++) {
		if (i != *kept)
			dataset_release(&in->datasets[i]);
	}
	in->datasets[first] = in->datasets[*kept];
	in->dataset_count = first + 1;
	*kept = first;
	return ST_OK;
}

static enum status load_datasets(struct installation *in)
{
	struct config *c = &in->config;
	enum status st;
	size_t i, kept = 0;

	in->stores = calloc(c->store_count + 1, sizeof(*in->stores));
	if (in->stores == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < c->store_count; i++) {
		st = add_datasets(in, &c->stores[i], &kept);
		if (st != ST_OK && st != ST_INVALID)
			return st;
		in->stores[i].config = &c->stores[i];
	}
	in->store_count = c->store_count;
	if (in->diag.errors)
		return ST_OK; /* said by the caller, with the rest */
	for (i = 0; i < c->store_count; i++)
		in->stores[i].dataset = &in->datasets[i];
	return ST_OK;
}

static enum status load_policies(struct installation *in)
{
	struct config *c = &in->config;
	enum status st;
	size_t i;

	in->policies = calloc(c->policy_count + 1, sizeof(*in->policies));
	if (in->policies == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < c->policy_count; i++) {
		st = policy_load(
		    c->policies[i], &in->diag, &in->policies[in->policy_count]);
		if (st == ST_OK)
			in->policy_count++;
		else if (st != ST_INVALID)
			return st;
	}
	return ST_OK;
}

static enum status load_consents(struct installation *in)
{
	enum status st = ST_OK;

	if (in->config.consents)
		st = consents_load(
		    in->config.consents, &in->diag, &in->consents);
	return st == ST_INVALID ? ST_OK : st; /* said with the rest */
}

static enum status cross_check(struct installation *in)
{
	const struct dataset **ds;
	const struct policy **ps;
	enum status st = ST_OK;
	size_t i;

	ds = calloc(in->dataset_count + 1, sizeof(*ds));
	ps = calloc(in->policy_count + 1, sizeof(*ps));
	if (ds == NULL || ps == NULL)
		st = fail(ST_NOMEM, "out of memory");
	for (i = 0; st == ST_OK && i < in->dataset_count; i++)
		ds[i] = &in->datasets[i];
	for (i = 0; st == ST_OK && i < in->policy_count; i++)
		ps[i] = &in->policies[i];
	if (st == ST_OK)
		dataset_check(ds, in->dataset_count, &in->diag);
	if (st == ST_OK)
		policy_check(
		    ps, in->policy_count, ds, in->dataset_count, &in->diag);
	if (st == ST_OK)
		consents_check(&in->consents, in->policies, in->policy_count,
		    in->datasets, in->dataset_count, &in->diag);
	if (st == ST_OK)
		config_check_recipients(&in->config, in->policies,
		    in->policy_count, in->datasets, in->dataset_count,
		    &in->diag);
	free(ds);
	free(ps);
	return st;
}

/* The policy called like ${p}; policy_count: none, and a sentence. */
static size_t find_policy(const struct installation *in, const struct policy *p)
{
	const char *names[64], *near;
	size_t i;

	for (i = 0; i < in->policy_count; i++) {
		if (strcmp(in->policies[i].name, p->name) == 0)
			return i;
		if (i < 63)
			names[i] = in->policies[i].name;
	}
	names[i < 63 ? i : 63] = NULL;
	near = diag_nearest(p->name, names);
	status_say("%s is the policy `%s`, and %s has none of that name%s%s%s: "
		   "give a version of a policy that it has",
	    p->path, p->name, in->config.path, near ? ", only `" : "",
	    near ? near : "", near ? "`" : "");
	return i;
}

/* After load_policies(): the file ${path} instead of the one that bears its
 * policy's name. */
static enum status replace_policy(struct installation *in, const char *path)
{
	struct policy p = { 0 };
	char *copy;
	enum status st;
	size_t i;

	st = policy_load(path, &in->diag, &p);
	if (st == ST_INVALID)
		return ST_OK; /* said by the caller, with the rest */
	if (st != ST_OK)
		return st;
	/* A file that does not load leaves no name to look for. */
	if (in->policy_count < in->config.policy_count) {
		policy_release(&p);
		return ST_OK;
	}
	i = find_policy(in, &p);
	copy = strdup(path);
	if (i == in->policy_count || copy == NULL) {
		st = copy ? ST_USAGE : fail(ST_NOMEM, "out of memory");
		policy_release(&p);
		free(copy);
		return st;
	}
	policy_release(&in->policies[i]);
	in->policies[i] = p;
	free(in->config.policies[i]);
	in->config.policies[i] = copy;
	return ST_OK;
}

/* ${policy}: a file that stands in for one of the policies; or NULL. */
static enum status load(
    const char *path, const char *policy, struct installation *in)
{
	enum status st;

	memset(in, 0, sizeof(*in));
	if ((st = crypto_init()) != ST_OK)
		return st;
	if ((st = config_load(path, &in->diag, &in->config)) != ST_OK)
		return st;
	if ((st = zone_open(in->config.time_zone, &in->zone)) != ST_OK)
		return st;
	if ((st = load_datasets(in)) != ST_OK)
		return st;
	if ((st = load_policies(in)) != ST_OK)
		return st;
	if (policy && (st = replace_policy(in, policy)) != ST_OK)
		return st;
	if ((st = load_consents(in)) != ST_OK)
		return st;
	if (in->diag.errors == 0 && (st = cross_check(in)) != ST_OK)
		return st;
	if ((st = diag_status(&in->diag)) != ST_OK)
		return st;
	return rule_files_load(in);
}

enum status installation_load(const char *path, struct installation *in)
{
	return load(path, NULL, in);
}

enum status installation_load_with(
    struct installation *first, const char *policy, struct installation *out)
{
	enum status st;
	size_t i;

	if ((st = load(first->config.path, policy, out)) != ST_OK)
		return st;
	for (i = 0; i < out->store_count; i++) {
		st = installation_open_store(first, &first->stores[i]);
		if (st != ST_OK)
			return st;
		out->stores[i].db = first->stores[i].db;
		out->stores[i].schema = first->stores[i].schema;
		out->stores[i].segments = first->stores[i].segments;
		out->stores[i].borrowed = 1;
	}
	return ST_OK;
}

enum status installation_again(
    const struct installation *first, struct installation *out)
{
	size_t i;

	memset(out, 0, sizeof(*out));
	out->again = 1;
	out->config = first->config;
	out->zone = first->zone;
	out->datasets = first->datasets;
	out->dataset_count = first->dataset_count;
	out->policies = first->policies;
	out->policy_count = first->policy_count;
	out->consents = first->consents;
	memcpy(out->rule_set, first->rule_set, sizeof(out->rule_set));
	out->stores = calloc(first->store_count + 1, sizeof(*out->stores));
	if (out->stores == NULL)
		return fail(ST_NOMEM, "out of memory");
	out->store_count = first->store_count;
	for (i = 0; i < out->store_count; i++) {
		out->stores[i].config = first->stores[i].config;
		out->stores[i].dataset = first->stores[i].dataset;
		/* Rules tell tables apart by where they stand. */
		out->stores[i].schema = first->stores[i].schema;
		out->stores[i].same_schema = first->stores[i].db != NULL;
	}
	return keyring_again(first->keys, &out->keys);
}

static void release_files(struct installation *in)
{
	size_t i;

	for (i = 0; i < in->dataset_count; i++)
		dataset_release(&in->datasets[i]);
	for (i = 0; i < in->policy_count; i++)
		policy_release(&in->policies[i]);
	consents_release(&in->consents);
	rule_files_release(in);
	free(in->datasets);
	free(in->policies);
	zone_free(in->zone);
	config_release(&in->config);
}

void installation_release(struct installation *in)
{
	size_t i;

	for (i = 0; i < in->store_count; i++) {
		if (in->stores[i].borrowed)
			continue;
		if (!in->stores[i].same_schema)
			db_schema_release(&in->stores[i].schema);
		units_rest(&in->stores[i]);
		segments_free(in->stores[i].segments);
		db_close(in->stores[i].db);
	}
	audit_close(in->audit);
	db_close(in->control);
	keyring_free(in->keys);
	free(in->stores);
	diag_release(&in->diag);
	if (!in->again)
		release_files(in);
	memset(in, 0, sizeof(*in));
}

char *installation_path(const struct installation *in, const char *name)
{
	return str_format("%s/%s", in->config.data_dir, name);
}

enum status installation_find_store(
    struct installation *in, const char *name, struct installation_store **out)
{
	const char *names[64];
	const char *near;
	size_t i;

	for (i = 0; i < in->store_count; i++) {
		if (strcmp(in->stores[i].config->name, name) == 0) {
			*out = &in->stores[i];
			return ST_OK;
		}
		if (i < 63)
			names[i] = in->stores[i].config->name;
	}
	names[i < 63 ? i : 63] = NULL;
	near = diag_nearest(name, names);
	return fail(ST_USAGE, "no store `%s` in %s%s%s%s", name,
	    in->config.path, near ? ": did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}
