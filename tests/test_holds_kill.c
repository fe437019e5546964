/*
 * engine/holds: whoever is killed between the registry, the stores and the log,
 * and a purge that runs meanwhile.  Guards invariant 3 (nothing without
 * evidence, whatever crashed when).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/holds/holds.h"
#include "engine/holds/refresh.h"
#include "engine/holds/registry.h"
#include "engine/purge/purge.h"
#include "tests/attached.h"
#include "tests/holds.h"
#include "tests/suites.h"

static struct holds_site site;
#define IN (&site.in)

static void setup(void) { holds_site_init(&site, 1); }
static void teardown(void) { holds_site_release(&site); }

static void check_rows(const char *id, int64_t crm, int64_t web)
{
	holds_site_check_rows(&site, id, crm, web);
}

static const struct holds_scope person1 = { .identity = "person_id",
	.value = "P1" };

static void in_child(void (*act)(const char *id), const char *id)
{
	int status = 0;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		/* Connections of its own: SQLite's do not survive a fork. */
		struct installation *in = calloc(1, sizeof(*in));

		holds_site_open(&site, in);
		site.in = *in;
		act(id);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void place_registry_only(const char *unused)
{
	json_t *row = json_pack(
	    "{s:s, s:{s:s, s:s}, s:n, s:n, s:s, s:s, s:s, s:s, s:s}", "kind",
	    "hold", "subject", "identity", "person_id", "value", "P1", "record",
	    "cluster", "reason", "audit", "authority", "A", "owner", "os:ada",
	    "review", "2999-01-01", "placed_by", "os:ada");
	char id[REGISTRY_ID_TEXT];

	(void)unused;
	if (installation_open_control(IN) != ST_OK ||
	    registry_add(IN, row, when_now(), id) != ST_OK)
		_exit(1);
}

static void place_without_the_log(const char *unused)
{
	place_registry_only(unused);
	if (refresh_stores(IN, NULL) != ST_OK)
		_exit(1);
}

static void release_registry_only(const char *id)
{
	int released = 0;

	if (registry_release(IN, id, "os:ada", "over", when_now(), &released) !=
		ST_OK ||
	    !released)
		_exit(1);
}

static void only_id(char id[24])
{
	json_t *list = NULL;

	ck_assert_int_eq(
	    registry_read(IN, REGISTRY_ACTIVE, NULL, when_now(), &list), ST_OK);
	ck_assert_uint_eq(json_array_size(list), 1);
	(void)snprintf(id, 24, "%s", json_text(json_array_get(list, 0), "id"));
	json_decref(list);
}

START_TEST(killed_after_the_registry)
{
	char id[24];

	in_child(place_registry_only, NULL);
	only_id(id);
	check_rows(id, 0, 0);
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	check_rows(id, 3, 3);
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	ck_assert_int_eq(holds_site_entries(&site, "hold_placed"), 1);
}
END_TEST

START_TEST(killed_after_the_stores)
{
	char id[24];

	in_child(place_without_the_log, NULL);
	only_id(id);
	check_rows(id, 3, 3);
	ck_assert_int_eq(holds_site_entries(&site, "hold_placed"), 0);
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	ck_assert_int_eq(holds_site_entries(&site, "hold_placed"), 1);
}
END_TEST

/* The log was told, and that it was is not noted yet. */
START_TEST(killed_after_the_log)
{
	char id[24];

	holds_site_place(&site, person1, "litigation", id);
	ck_assert_int_eq(db_exec(IN->control,
			     "UPDATE suspension_entry SET logged = 0", NOARGS),
	    ST_OK);
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	ck_assert_int_eq(holds_site_entries(&site, "hold_placed"), 1);
	ck_assert_int_eq(
	    holds_site_registry(&site, "SELECT logged FROM suspension_entry"),
	    1);
}
END_TEST

START_TEST(killed_in_a_release)
{
	char id[24];

	holds_site_place(&site, person1, "litigation", id);
	in_child(release_registry_only, id);
	check_rows(id, 3, 3);
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	check_rows(id, 0, 0);
	ck_assert_int_eq(holds_site_entries(&site, "hold_released"), 1);
}
END_TEST

/* A store that cannot be opened: placed, said so, and mended later. */
START_TEST(a_store_that_fails)
{
	struct holds_order o = { .scope = person1,
		.reason = "audit",
		.authority = "A",
		.review = HOLDS_NO_DAY };
	struct installation other;
	json_t *out = NULL;
	char from[200], to[200], id[24];

	if (attached()) /* a server is no file to move away */
		return;
	holds_site_close(&site); /* what is open would be found again */
	(void)snprintf(from, sizeof(from), "%s/var/stores/web.db", site.folder);
	(void)snprintf(to, sizeof(to), "%s/away", site.folder);
	ck_assert_int_eq(rename(from, to), 0);
	holds_site_load(&site, &other);
	ck_assert_int_ne(holds_place(&other, &o, "os:ada", &out), ST_OK);
	MUST(strstr(status_text(), "is placed, but not in every store yet"),
	    "%s", status_text());
	installation_release(&other);
	ck_assert_int_eq(rename(to, from), 0);
	holds_site_open(&site, &site.in);
	ck_assert_int_eq(holds_refresh(IN, NULL), ST_OK);
	only_id(id);
	check_rows(id, 3, 3);
	ck_assert_int_eq(holds_site_entries(&site, "hold_placed"), 1);
}
END_TEST

/* ---- beside a purge ---- */

#define VISITS 60
struct meddler {
	struct installation in;
	int64_t before; /* records gone when the hold was placed; -1: not yet */
};

/* Another process's connection, between two batches. */
static void meddle(void *ctx, const char *in, int64_t deleted, int64_t due)
{
	struct holds_order o = { .scope = { .cluster = "visit_data" },
		.reason = "audit",
		.authority = "A court",
		.review = HOLDS_NO_DAY };
	struct meddler *m = ctx;
	json_t *out = NULL;

	(void)due;
	if (m->before >= 0 || strcmp(in, "visit_data") != 0)
		return;
	m->before = deleted;
	MUST(holds_place(&m->in, &o, "os:ada", &out) == ST_OK, "%s",
	    status_text());
	json_decref(out);
}

START_TEST(a_hold_that_is_placed_in_a_run_keeps_what_is_left)
{
	struct meddler m = { .before = -1 };
	struct purge_options o = { .as_of = when_now(),
		.progress = meddle,
		.progress_ctx = &m,
		.cluster = "visit_data" };
	json_t *report = NULL;
	int64_t left;
	int i;

	holds_site_do(&site, WEB, "DELETE FROM visits");
	for (i = 0; i < VISITS; i++)
		ck_assert_int_eq(
		    db_exec(IN->stores[WEB].db,
			"INSERT INTO visits (id, person, at)"
			" VALUES ($1, 'P1', '2020-01-01T00:00:00Z')",
			ARGS(INT(i))),
		    ST_OK);
	holds_site_open(&site, &m.in);
	MUST(purge_run(IN, &o, &report) == ST_OK, "%s", status_text());
	left = holds_site_count(&site, WEB, "SELECT count(*) FROM visits");
	ck_assert_int_gt(m.before, 0);
	ck_assert_int_eq(left, VISITS - m.before);
	ck_assert_int_eq(json_int(report, "deleted"), m.before);
	json_decref(report);
	installation_release(&m.in);
}
END_TEST

/* What is behind is written before the plan: in a dry run it is said. */
START_TEST(a_purge_brings_the_stores_up_first)
{
	struct purge_options o = { .mode = PURGE_DRY_RUN, .as_of = when_now() };
	json_t *report = NULL;
	const json_t *said;
	char id[24];

	in_child(place_registry_only, NULL);
	only_id(id);
	MUST(purge_run(IN, &o, &report) == ST_OK, "%s", status_text());
	said = json_object_get(report, "suspensions");
	ck_assert_int_eq(json_int(said, "holds"), 1);
	ck_assert_int_eq(json_int(said, "behind"), 6);
	check_rows(id, 0, 0);
	ck_assert_int_eq(holds_site_entries(&site, "hold_placed"), 0);
	json_decref(report);
	o.mode = PURGE_EXECUTE;
	MUST(purge_run(IN, &o, &report) == ST_OK, "%s", status_text());
	said = json_object_get(report, "suspensions");
	ck_assert_int_eq(json_int(said, "behind"), 0);
	ck_assert_int_eq(holds_site_entries(&site, "hold_placed"), 1);
	/* Contract 1 and visit 1 are due, and held. */
	ck_assert_int_eq(
	    holds_site_count(&site, CRM, "SELECT count(*) FROM contracts"), 3);
	check_rows(id, 3, 3);
	json_decref(report);
}
END_TEST

Suite *holds_kill_suite(void)
{
	Suite *s = suite_create("holds_kill");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, killed_after_the_registry);
	tcase_add_test(t, killed_after_the_stores);
	tcase_add_test(t, killed_after_the_log);
	tcase_add_test(t, killed_in_a_release);
	tcase_add_test(t, a_store_that_fails);
	tcase_add_test(t, a_hold_that_is_placed_in_a_run_keeps_what_is_left);
	tcase_add_test(t, a_purge_brings_the_stores_up_first);
	suite_add_tcase(s, t);
	return s;
}
