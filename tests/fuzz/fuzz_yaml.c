/* Every YAML file that people write: the tree, and the three loaders. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/model/config.h"
#include "engine/model/dataset.h"
#include "engine/model/node.h"
#include "engine/model/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was said must be printable: a report is part of the answer. */
static void print(struct diag *d)
{
	char *said = NULL;
	size_t len;
	FILE *f = open_memstream(&said, &len);

	if (f == NULL)
		abort();
	diag_print(d, f);
	(void)fclose(f);
	free(said);
}

static void read_datasets(
    const char *yaml, size_t len, struct diag *d, const struct policy *p)
{
	struct dataset *all = NULL;
	const struct dataset *list[64];
	size_t n = 0, k = 0;

	if (dataset_parse("fuzz.yml", yaml, len, d, &all, &n) != ST_OK)
		return;
	for (; k < n && k < 64; k++)
		list[k] = &all[k];
	dataset_check(list, k, d);
	policy_check(&p, 1, list, k, d);
	for (size_t i = 0; i < n; i++)
		dataset_release(&all[i]);
	free(all);
}

/* A policy to hold datasets against; a dataset to hold policies against. */
static const char some_policy[] =
    "policy: p\nrevision: 1\ntitle: P\n"
    "calendar: {rule: eu_1182_71, time_zone: UTC}\n"
    "purposes: {p: {title: P, legal_basis: consent}}\n"
    "starting_points: {s: {kind: collection, at: id}}\n"
    "clusters: {c: {covers: [crm.a, crm.*, crm.a.id], purposes: [p],\n"
    "  deletion_rule: {starting_point: s, regular_deletion_period: P1Y},\n"
    "  action: {de_identify: {id: null}}}}\n";
static const char some_dataset[] =
    "dataset: [{fides_key: crm, collections: [{name: a, fields:\n"
    "  [{name: id, fields: [{name: b}]}, {name: booked_on}]}]}]\n";

static void read_policy(const char *yaml, size_t len, struct diag *d)
{
	struct policy p = { 0 };

	if (policy_parse("fuzz.yml", yaml, len, d, &p) != ST_OK)
		return;
	read_datasets(some_dataset, sizeof(some_dataset) - 1, d, &p);
	policy_release(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *yaml = (const char *)data;
	struct diag d = DIAG_INIT;
	struct node root = { 0 };
	struct config c = { 0 };
	struct policy p = { 0 };

	if (node_parse("fuzz.yml", yaml, size, &d, &root) == ST_OK)
		node_release(&root);
	if (config_parse("fuzz.yml", yaml, size, &d, &c) == ST_OK)
		config_release(&c);
	read_policy(yaml, size, &d);
	if (policy_parse("some.yml", some_policy, sizeof(some_policy) - 1, &d,
		&p) != ST_OK)
		abort();
	read_datasets(yaml, size, &d, &p);
	policy_release(&p);
	print(&d);
	diag_release(&d);
	return 0;
}
