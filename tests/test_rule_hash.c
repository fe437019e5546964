/*
 * engine/plan/rule_hash.c: what people approve of a rule.  Each thing that
 * decides what goes and when changes the hash; words about it do not.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/crypto/crypto.h"
#include "engine/plan/rule_hash.h"
#include "tests/suites.h"

static const char dataset[] =
    "dataset:\n"
    "  - fides_key: crm\n"
    "    name: Customers\n"
    "    collections:\n"
    "      - name: people\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - {name: name, data_categories: [user.name]}\n"
    "          - {name: phone, data_categories: [user.contact]}\n"
    "          - {name: left, data_categories: [user.account]}\n"
    "      - name: notes\n"
    "        fields:\n"
    "          - {name: id, fides_meta: {primary_key: true}}\n"
    "          - {name: at, data_categories: [user.account]}\n";

static const char policy[] =
    "policy: hashes\n"
    "revision: 1\n"
    "title: A test\n"
    "calendar: {rule: jp_civil_code, time_zone: Asia/Tokyo}\n"
    "purposes:\n"
    "  p: {title: A purpose, legal_basis: contract}\n"
    "  q: {title: Another, legal_basis: contract}\n"
    "starting_points:\n"
    "  gone: {kind: end_of_relationship, at: left, pick: latest}\n"
    "  other: {kind: end_of_relationship, at: crm.notes.at}\n"
    "clusters:\n"
    "  people_data:\n"
    "    purposes: [p]\n"
    "    covers: [crm.people]\n"
    "    retention_period: P1M\n"
    "    deletion_rule: {starting_point: gone, regular_deletion_period: P1Y}\n"
    "    action: {de_identify: {name: null, phone: {truncate: 3}}}\n"
    "  notes_data:\n"
    "    covers: [crm.notes]\n"
    "    purposes:\n"
    "      p: {starting_point: other, period: P3Y}\n"
    "      q: {starting_point: other, period: P2Y}\n";

/* One place of the policy written otherwise, and the cluster of whose rule
 * the hash is; "" : nothing changes. */
static const struct {
	const char *from, *to;
	const char *collection;
	int changes;
} edits[] = {
	{ "", "", "people", 0 },
	/* what decides */
	{ "jp_civil_code", "eu_1182_71", "people", 1 },
	{ "Asia/Tokyo", "Europe/Berlin", "people", 1 },
	{ "at: left", "at: crm.people.left", "people", 1 },
	{ "at: left", "at: id", "people", 1 },
	{ "pick: latest", "pick: earliest", "people", 1 },
	{ "pick: latest", "null_means: open", "people", 1 },
	{ "pick: latest", "from: end_of_calendar_year", "people", 1 },
	{ "pick: latest", "via: [crm.notes.id]", "people", 1 },
	{ "P1Y", "P2Y", "people", 1 },
	{ "retention_period: P1M", "retention_period: P2M", "people", 1 },
	{ "    retention_period: P1M\n", "", "people", 1 },
	{ "action: {de_identify: {name: null, phone: {truncate: 3}}}",
	    "action: delete", "people", 1 },
	{ "name: null", "name: {constant: x}", "people", 1 },
	{ "truncate: 3", "truncate: 4", "people", 1 },
	{ "truncate: 3", "round: 3", "people", 1 },
	{ "    action", "    on_referenced: wait\n    action", "people", 1 },
	{ "covers: [crm.notes]", "covers: [crm.notes, crm.people.phone]",
	    "people", 1 },
	{ "period: P3Y", "period: P4Y", "notes", 1 },
	{ "      q: {starting_point: other, period: P2Y}\n", "", "notes", 1 },
	{ "starting_point: other, period: P2Y",
	    "starting_point: gone, period: P2Y", "notes", 1 },
	{ "at: crm.notes.at", "at: crm.notes.id", "notes", 1 },
	/* what does not */
	{ "policy:", "# a comment\npolicy:", "people", 0 },
	{ "revision: 1", "revision: 2", "people", 0 },
	{ "title: A test", "title: {en: A test, de: Ein Test}", "people", 0 },
	{ "title: A purpose", "title: Its purpose", "people", 0 },
	{ "legal_basis: contract", "legal_basis: consent", "people", 0 },
	{ "purposes: [p]", "purposes: [p, q]", "people", 0 },
	{ "purposes: [p]", "title: A cluster\n    purposes: [p]", "people", 0 },
	{ "P1Y", "1 year", "people", 0 }, { "P1Y", "P12M", "people", 0 },
	{ ", pick: latest", "", "people", 0 }, { "gone", "ended", "people", 0 },
	{ "    action", "    evidence: digest\n    action", "people", 0 },
	{ "P3Y", "P4Y", "people", 0 }, /* of another cluster */
};

struct fixture {
	struct diag diag;
	struct dataset *datasets;
	size_t count;
	struct config_store config;
	struct installation_store store;
	struct policy policy;
	struct rule_clock clocks[4];
	struct rule rule;
};

/* All places of ${from} in the text. */
static char *edited(const char *from, const char *to)
{
	struct buf b = BUF_INIT;
	const char *p = policy, *at;

	while (*from && (at = strstr(p, from)) != NULL) {
		buf_add(&b, p, (size_t)(at - p));
		buf_adds(&b, to);
		p = at + strlen(from);
	}
	buf_adds(&b, p);
	return buf_take(&b);
}

static void set_up(struct fixture *f, const char *text, const char *collection)
{
	static char crm[] = "crm";
	size_t i;

	memset(f, 0, sizeof(*f));
	ck_assert_int_eq(crypto_init(), ST_OK);
	MUST(dataset_parse("crm.yml", dataset, sizeof(dataset) - 1, &f->diag,
		 &f->datasets, &f->count) == ST_OK,
	    "%s", status_text());
	if (policy_parse("p.yml", text, strlen(text), &f->diag, &f->policy) !=
	    ST_OK)
		diag_print(&f->diag, stdout);
	ck_assert_uint_eq(f->diag.errors, 0);
	f->config.name = crm;
	f->store.config = &f->config;
	f->store.dataset = f->datasets;
	f->rule.policy = &f->policy;
	f->rule.store = &f->store;
	f->rule.collection = dataset_collection(f->datasets, collection);
	f->rule.terms.calendar.rule = f->policy.rule;
	f->rule.terms.calendar.zone = f->policy.zone;
	ck_assert_int_eq(policy_cluster_of(&f->policy, "crm", collection, NULL,
			     &f->rule.terms.cluster),
	    ST_OK);
	f->rule.clocks = f->clocks;
	f->rule.clock_count = verdict_clocks(f->rule.terms.cluster);
	for (i = 0; i < f->rule.clock_count; i++)
		f->clocks[i].terms =
		    verdict_clock_of(&f->rule.terms, &f->policy, i);
}

static void tear_down(struct fixture *f)
{
	policy_release(&f->policy);
	dataset_release(f->datasets);
	free(f->datasets);
	diag_release(&f->diag);
}

static void hash_of(
    const char *text, const char *collection, char out[RULE_HASH_TEXT])
{
	struct fixture f;

	set_up(&f, text, collection);
	ck_assert_int_eq(rule_hash(&f.rule, out), ST_OK);
	tear_down(&f);
}

START_TEST(what_decides_changes_the_hash_and_words_do_not)
{
	char before[RULE_HASH_TEXT], after[RULE_HASH_TEXT], *text;

	hash_of(policy, edits[_i].collection, before);
	ck_assert_uint_eq(strlen(before), 64);
	text = edited(edits[_i].from, edits[_i].to);
	hash_of(text, edits[_i].collection, after);
	ck_assert_msg((strcmp(before, after) != 0) == edits[_i].changes,
	    "`%s` for `%s`: %s", edits[_i].to, edits[_i].from,
	    edits[_i].changes ? "nothing changed" : "it changed");
	free(text);
}
END_TEST

START_TEST(the_columns_of_the_reference_path_are_part_of_it)
{
	const char *from[] = { "id", "name" }, *to[] = { "id", "at" };
	char hashes[7][RULE_HASH_TEXT];
	struct path_interval v = { PATH_BEFORE, "at", "since", "until", 0 };
	struct path_hop hop = { NULL, from, to, 1, &v, 0 };
	struct fixture f;
	size_t i, k;

	set_up(&f, policy, "people");
	ck_assert_int_eq(rule_hash(&f.rule, hashes[0]), ST_OK);
	hop.to = dataset_collection(f.datasets, "notes");
	f.clocks[0].path.hops = &hop;
	f.clocks[0].path.count = 1;
	ck_assert_int_eq(rule_hash(&f.rule, hashes[1]), ST_OK);
	hop.count = 2;
	ck_assert_int_eq(rule_hash(&f.rule, hashes[2]), ST_OK);
	to[0] = "at";
	ck_assert_int_eq(rule_hash(&f.rule, hashes[3]), ST_OK);
	hop.interval_count = 1;
	ck_assert_int_eq(rule_hash(&f.rule, hashes[4]), ST_OK);
	v.at_side = PATH_REACHED;
	ck_assert_int_eq(rule_hash(&f.rule, hashes[5]), ST_OK);
	v.until = "other";
	ck_assert_int_eq(rule_hash(&f.rule, hashes[6]), ST_OK);
	for (i = 0; i < 7; i++) {
		for (k = 0; k < i; k++)
			ck_assert_str_ne(hashes[i], hashes[k]);
	}
	tear_down(&f);
}
END_TEST

START_TEST(running_out_of_memory_is_said)
{
	char hash[RULE_HASH_TEXT];
	enum status st = ST_NOMEM;
	struct fixture f;
	long n;

	set_up(&f, policy, "people");
	for (n = 0; st != ST_OK; n++) {
		test_alloc_fuse(n);
		st = rule_hash(&f.rule, hash);
		ck_assert(st == ST_OK || test_alloc_blown());
		test_alloc_fuse(-1);
		ck_assert(st == ST_OK || st == ST_NOMEM);
	}
	tear_down(&f);
}
END_TEST

Suite *rule_hash_suite(void)
{
	Suite *s = suite_create("rule_hash");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, what_decides_changes_the_hash_and_words_do_not,
	    0, sizeof(edits) / sizeof(edits[0]));
	tcase_add_test(t, the_columns_of_the_reference_path_are_part_of_it);
	tcase_add_test(t, running_out_of_memory_is_said);
	suite_add_tcase(s, t);
	return s;
}
