/*
 * engine/records/intake_term.c: ends of terms that ingest computes, from the
 * file to what explain and a purge make of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/installation/installation.h"
#include "engine/plan/explain.h"
#include "engine/purge/purge.h"
#include "engine/records/ingest.h"
#include "tests/suites.h"
#include "tests/times.h"

static const char config[] = "installation: ends\n"
			     "time_zone: Asia/Tokyo\n"
			     "data_dir: ./var\n"
			     "key: {file: ./lethe.key}\n"
			     "policies: [policy.yml]\n"
			     "stores:\n"
			     "  crm: {driver: sqlite, dataset: crm.yml,"
			     " schema: crm.sql}\n";

static const char schema[] =
    "CREATE TABLE services (id TEXT NOT NULL PRIMARY KEY,"
    " registered DATE NOT NULL, term TEXT, extension TEXT, notice TEXT,"
    " cancelled DATE, cancel_by DATE, off TEXT, ends DATE, price INTEGER);"
    "CREATE TABLE fixed (id TEXT NOT NULL PRIMARY KEY, since TEXT,"
    " ends TEXT NOT NULL);"
    "CREATE TABLE plain (id TEXT NOT NULL PRIMARY KEY, day DATE);";

static const char dataset[] =
    "dataset:\n"
    "  - fides_key: crm\n"
    "    collections:\n"
    "      - name: services\n"
    "        fields:\n"
    "          - {name: id, data_categories: [user.unique_id],"
    " fides_meta: {primary_key: true}}\n"
    "          - {name: registered, data_categories: [user.account]}\n"
    "          - {name: term, data_categories: [user.account]}\n"
    "          - {name: extension, data_categories: [user.account]}\n"
    "          - {name: notice, data_categories: [user.account]}\n"
    "          - {name: cancelled, data_categories: [user.account]}\n"
    "          - {name: cancel_by, data_categories: [user.account]}\n"
    "          - {name: off, data_categories: [user.account]}\n"
    "          - {name: ends, data_categories: [user.account]}\n"
    "          - {name: price, data_categories: [system.operations]}\n"
    "      - name: fixed\n"
    "        fields:\n"
    "          - {name: id, data_categories: [user.unique_id],"
    " fides_meta: {primary_key: true}}\n"
    "          - {name: since, data_categories: [user.account]}\n"
    "          - {name: ends, data_categories: [user.account]}\n"
    "      - name: plain\n"
    "        fields:\n"
    "          - {name: id, data_categories: [user.unique_id],"
    " fides_meta: {primary_key: true}}\n"
    "          - {name: day, data_categories: [user.account]}\n";

static const char policy_head[] = "policy: ends\n"
				  "revision: 1\n"
				  "title: Ends\n";

static const char policy_rest[] =
    "purposes:\n"
    "  p: {title: P, legal_basis: contract}\n"
    "starting_points:\n"
    "  service_end:\n"
    "    kind: end_of_process\n"
    "    at: crm.services.ends\n"
    "    null_means: open\n"
    "    term: {from: registered, period: term, extension: extension,"
    " notice: notice, cancelled: cancelled, cancel_by: cancel_by,"
    " ended: off, longest: P3Y}\n"
    "  fixed_end: {kind: end_of_process, at: crm.fixed.ends,"
    " term: {from: since, period: P1M}}\n"
    "  day: {kind: collection, at: day}\n"
    "clusters:\n"
    "  services:\n"
    "    covers: [crm.services]\n"
    "    purposes: [p]\n"
    "    deletion_rule: {starting_point: service_end,"
    " regular_deletion_period: P0D}\n"
    "  fixed:\n"
    "    covers: [crm.fixed]\n"
    "    purposes: [p]\n"
    "    deletion_rule: {starting_point: fixed_end,"
    " regular_deletion_period: P0D}\n"
    "  plain:\n"
    "    covers: [crm.plain]\n"
    "    purposes: [p]\n"
    "    deletion_rule: {starting_point: day,"
    " regular_deletion_period: P0D}\n";

struct stage {
	struct installation in;
	struct installation_store *store;
	struct ingest_report report;
	char folder[80];
};

static void write_file(
    const struct stage *s, const char *name, const char *text)
{
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	ck_assert_int_eq(file_replace(path, text, strlen(text), 0600), ST_OK);
}

static void write_policy(
    const struct stage *s, const char *rule, const char *zone)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%scalendar: {rule: %s, time_zone: %s}\n%s", policy_head,
	    rule, zone, policy_rest);
	write_file(s, "policy.yml", buf_text(&b));
	buf_release(&b);
}

static void load(struct stage *s)
{
	char path[200];
	enum status st;

	(void)snprintf(path, sizeof(path), "%s/lethe.yml", s->folder);
	st = installation_load(path, &s->in);
	if (st != ST_OK)
		diag_print(&s->in.diag, stdout);
	ck_assert_msg(st == ST_OK, "%s", status_text());
	ck_assert_int_eq(installation_init(&s->in, NULL, NULL), ST_OK);
	ck_assert_int_eq(
	    installation_find_store(&s->in, "crm", &s->store), ST_OK);
	ck_assert_int_eq(installation_open_store(&s->in, s->store), ST_OK);
}

static void open_stage(struct stage *s, const char *rule, const char *zone)
{
	memset(s, 0, sizeof(*s));
	(void)snprintf(s->folder, sizeof(s->folder), "%s", test_folder());
	write_file(s, "lethe.yml", config);
	write_file(s, "crm.sql", schema);
	write_file(s, "crm.yml", dataset);
	write_policy(s, rule, zone);
	load(s);
}

static void close_stage(struct stage *s)
{
	ingest_report_release(&s->report);
	installation_release(&s->in);
}

static enum status ingest(struct stage *s, const char *collection,
    const char *name, const char *text, enum db_insert_mode mode)
{
	const struct collection *c =
	    dataset_collection(s->store->dataset, collection);
	struct ingest_source source = { .format = INGEST_BY_NAME };
	struct ingest_target target = { .store = NULL };
	struct policy_computed *computed = NULL;
	const char **times = NULL;
	size_t n = 0, m = 0;
	char path[200];
	enum status st;

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	ck_assert_int_eq(file_replace(path, text, strlen(text), 0600), ST_OK);
	source.path = path;
	ingest_report_release(&s->report);
	st = installation_times(&s->in, s->store, c, &times, &n);
	if (st == ST_OK)
		st = ingest_target_init(&target, "crm",
		    db_schema_table(&s->store->schema, collection), c, times,
		    n);
	if (st == ST_OK)
		st = installation_computed(&s->in, s->store, c, &computed, &m);
	if (st == ST_OK)
		st = ingest_target_compute(&target, computed, m);
	if (st == ST_OK)
		st = ingest_file(
		    s->store->db, &target, &source, mode, &s->report);
	ingest_target_release(&target);
	free(computed);
	free(times);
	return st;
}

static void must_ingest(struct stage *s, const char *collection,
    const char *name, const char *text, enum db_insert_mode mode)
{
	enum status st = ingest(s, collection, name, text, mode);

	ck_assert_msg(st == ST_OK, "%s: %s", status_text(),
	    s->report.problem_count ? s->report.problems[0] : "");
}

/* "ENDS CANCEL_BY" of a service, "-" for none. */
static const char *stored(struct stage *s, const char *id)
{
	static char text[64];
	struct stmt *row;

	ck_assert_int_eq(
	    db_query(s->store->db,
		"SELECT coalesce(CAST(ends AS TEXT), '-') || ' ' ||"
		" coalesce(CAST(cancel_by AS TEXT), '-')"
		" FROM services WHERE id = $1",
		ARGS(TEXT(id)), &row),
	    ST_OK);
	ck_assert_int_eq(db_row(row), ST_OK);
	(void)snprintf(text, sizeof(text), "%s", db_text(row, 0));
	db_done(row);
	return text;
}

/* ---- values ---- */

#define HEADER "id,registered,term,extension,notice,cancelled,off\n"
static const struct {
	const char *row, *stored;
} rows[] = {
	{ "s,2024-02-29,P3Y,,,,", "2027-02-28 -" },
	{ "s,2023-08-31,P2Y,P1Y,P6M,,", "2026-08-31 2025-02-28" },
	{ "s,2023-08-31,P2Y,P1Y,P6M,2025-02-28,", "2025-08-31 2025-02-28" },
	{ "s,2023-08-31,P2Y,P1Y,P6M,2025-03-01,", "2026-08-31 2025-02-28" },
	{ "s,2023-08-31,2 years,12 months,P6M,,", "2026-08-31 2025-02-28" },
	/* the last day for a cancellation ends at 24:00 in Tokyo */
	{ "s,2023-08-31,P2Y,P1Y,P6M,2025-02-28T14:59:59Z,",
	    "2025-08-31 2025-02-28" },
	{ "s,2023-08-31,P2Y,P1Y,P6M,2025-02-28T15:00:00Z,",
	    "2026-08-31 2025-02-28" },
	/* registered on the 29th there */
	{ "s,2024-02-28T15:00:00Z,P3M,,,,", "2024-05-31 -" },
	/* without a term nothing but an end ends it */
	{ "s,2023-08-31,,,,,", "- -" },
	{ "s,2023-08-31,,,,,2026-03-01T14:59:59Z", "2026-03-01 -" },
	{ "s,2023-08-31,,,,,2026-03-01T15:00:00Z", "2026-03-02 -" },
	{ "s,2023-08-31,P3Y,,,,2026-08-31T14:59:59Z", "2026-08-31 -" },
	{ "s,2023-08-31,P3Y,,,,2026-08-31T15:00:00Z", "2026-08-31 -" },
	{ "s,2023-08-31,P3Y,,,,2023-08-31", "2023-08-31 -" },
};

START_TEST(an_end_is_computed)
{
	struct stage s;
	char text[300];

	open_stage(&s, "jp_civil_code", "Asia/Tokyo");
	(void)snprintf(text, sizeof(text), HEADER "%s\n", rows[_i].row);
	must_ingest(&s, "services", "one.csv", text, DB_INSERT);
	ck_assert_str_eq(stored(&s, "s"), rows[_i].stored);
	close_stage(&s);
}
END_TEST

#define WHOLE \
	"id,registered,term,extension,notice,cancelled,off,ends,cancel_by\n"
static const struct {
	const char *row, *why;
} refused[] = {
	{ "s,2023-08-31,soon,,,,,,",
	    ":2: field `term`: found text of 4 characters, expected a period" },
	{ "s,2023-08-31,PT24H,,,,,,", "field `term`: found text of 5" },
	{ "s,2023-08-31,P0D,,,,,,", "field `term`: found text of 3" },
	{ "s,2023-08-31,P2Y,x,P6M,,,,", "field `extension`: found text of 1" },
	{ "s,2023-08-31,P2Y,P1Y,6,,,,", "field `notice`: found text of 1" },
	{ "s,2023-08-31,P37M,,,,,,",
	    "field `term`: found a term longer than P3Y" },
	{ "s,2023-08-31,P1097D,,,,,,", "field `term`: found a term longer" },
	{ "s,2023-08-31,P2Y,P13M,P6M,2024-01-01,,,",
	    "field `extension`: found a term longer than P3Y" },
	{ "s,2023-08-31,,P1Y,,,,,",
	    "field `extension`: found an extension of a term that is" },
	{ "s,2023-08-31,P1M,P1M,P6M,,,,",
	    "field `notice`: found a notice longer than the term" },
	{ "s,2023-08-31,P2Y,P1Y,P6M,2023-08-30,,,",
	    "field `cancelled`: found a day before the term begins" },
	{ "s,2023-08-31,P2Y,,,,2023-08-30T14:59:59Z,,",
	    "field `off`: found a day before the term begins" },
	{ "s,1899-12-31,P2Y,,,,,,",
	    "field `registered`: expected a time from" },
	{ "s,,P2Y,,,,,,", "field `registered`: found nothing" },
	{ "s,2023-08-31,P2Y,,,,,2025-09-01,",
	    "field `ends`: found a date 1 day after what the policy computes "
	    "from `registered`, `term`, `extension`, `notice`, `cancelled` and "
	    "`off`: correct those, or leave this field empty" },
	{ "s,2023-08-31,P2Y,P1Y,P6M,,,2025-08-31,",
	    "field `ends`: found a date 365 days before what" },
	{ "s,2023-08-31,P2Y,,,,,2025-08-31T00:00:00Z,",
	    "field `ends`: found no plain date" },
	{ "s,2023-08-31,,,,,,2025-08-31,",
	    "field `ends`: found a date where there is none" },
	{ "s,2023-08-31,P2Y,P1Y,P6M,,,,2025-03-01",
	    "field `cancel_by`: found a date 1 day after" },
	{ "s,2023-08-31,P2Y,,,,,,2025-02-28",
	    "field `cancel_by`: found a date where there is none" },
};

START_TEST(what_does_not_go_together_is_told)
{
	struct stage s;
	char text[300];

	open_stage(&s, "jp_civil_code", "Asia/Tokyo");
	(void)snprintf(text, sizeof(text), WHOLE "%s\n", refused[_i].row);
	ck_assert_int_eq(
	    ingest(&s, "services", "bad.csv", text, DB_INSERT), ST_INVALID);
	ck_assert_uint_eq(s.report.problem_count, 1);
	ck_assert_msg(strstr(s.report.problems[0], refused[_i].why) != NULL,
	    "%s\nlacks: %s", s.report.problems[0], refused[_i].why);
	/* the fields are somebody's: behind the path no value is shown */
	ck_assert_ptr_null(strstr(strrchr(s.report.problems[0], '/'), "2025"));
	close_stage(&s);
}
END_TEST

START_TEST(an_end_that_agrees_is_kept)
{
	struct stage s;

	open_stage(&s, "jp_civil_code", "Asia/Tokyo");
	must_ingest(&s, "services", "dumped.csv",
	    WHOLE "a,2023-08-31,P2Y,P1Y,P6M,,,2026-08-31,2025-02-28\n"
		  "b,2023-08-31,P2Y,P1Y,P6M,,,,2025-02-28\n"
		  "c,2023-08-31,P2Y,,,,,2025-08-31,\n",
	    DB_INSERT);
	ck_assert_str_eq(stored(&s, "a"), "2026-08-31 2025-02-28");
	ck_assert_str_eq(stored(&s, "b"), "2026-08-31 2025-02-28");
	ck_assert_str_eq(stored(&s, "c"), "2025-08-31 -");
	close_stage(&s);
}
END_TEST

START_TEST(a_record_that_is_replaced_is_computed_anew)
{
	struct stage s;

	open_stage(&s, "jp_civil_code", "Asia/Tokyo");
	must_ingest(&s, "services", "a.jsonl",
	    "{\"id\": \"s\", \"registered\": \"2023-08-31\","
	    " \"term\": \"P2Y\", \"extension\": \"P1Y\", \"notice\": \"P6M\"}\n"
	    "{\"id\": \"u\", \"registered\": \"2023-08-31\"}\n",
	    DB_INSERT);
	ck_assert_str_eq(stored(&s, "s"), "2026-08-31 2025-02-28");
	must_ingest(&s, "services", "cancelled.csv",
	    HEADER "s,2023-08-31,P2Y,P1Y,P6M,2025-01-31,\n"
		   "u,2023-08-31,,,,,2025-06-01\n",
	    DB_UPSERT);
	ck_assert_str_eq(stored(&s, "s"), "2025-08-31 2025-02-28");
	ck_assert_str_eq(stored(&s, "u"), "2025-06-01 -");
	must_ingest(&s, "services", "again.csv", HEADER "u,2023-08-31,,,,,\n",
	    DB_UPSERT);
	ck_assert_str_eq(stored(&s, "u"), "- -");
	/* what stays as it is would not be known */
	ck_assert_int_eq(ingest(&s, "services", "part.jsonl",
			     "{\"id\": \"s\", \"registered\": \"2023-08-31\","
			     " \"term\": \"P2Y\", \"extension\": \"P1Y\","
			     " \"notice\": \"P6M\", \"cancelled\": null}\n",
			     DB_UPSERT),
	    ST_INVALID);
	ck_assert_uint_eq(s.report.problem_count, 1);
	ck_assert_ptr_nonnull(strstr(s.report.problems[0],
	    "field `off`: missing, expected it because `ends` is computed"));
	ck_assert_str_eq(stored(&s, "s"), "2025-08-31 2025-02-28");
	close_stage(&s);
}
END_TEST

START_TEST(a_column_that_takes_no_null_is_filled)
{
	struct stage s;

	open_stage(&s, "jp_civil_code", "Asia/Tokyo");
	must_ingest(
	    &s, "fixed", "a.csv", "id,since\na,2026-01-31\n", DB_INSERT);
	must_ingest(
	    &s, "fixed", "b.csv", "id,since,ends\nb,2026-01-31,\n", DB_INSERT);
	ck_assert_int_eq(
	    ingest(&s, "fixed", "c.csv", "id,since\nc,\n", DB_INSERT),
	    ST_INVALID);
	ck_assert_ptr_nonnull(
	    strstr(s.report.problems[0], "field `since`: found nothing"));
	close_stage(&s);
}
END_TEST

START_TEST(a_changed_policy_moves_no_end_that_is_running)
{
	struct stage s;

	open_stage(&s, "jp_civil_code", "Asia/Tokyo");
	must_ingest(&s, "services", "a.csv", HEADER "s,2023-02-28,P1Y,,,,\n",
	    DB_INSERT);
	ck_assert_str_eq(stored(&s, "s"), "2024-02-29 -");
	installation_release(&s.in);
	write_policy(&s, "eu_1182_71", "Asia/Tokyo");
	load(&s);
	ck_assert_str_eq(stored(&s, "s"), "2024-02-29 -");
	must_ingest(&s, "services", "b.csv", HEADER "t,2023-02-28,P1Y,,,,\n",
	    DB_INSERT);
	ck_assert_str_eq(stored(&s, "t"), "2024-02-28 -");
	close_stage(&s);
}
END_TEST

START_TEST(a_column_of_numbers_gets_no_date)
{
	struct stage s;

	open_stage(&s, "jp_civil_code", "Asia/Tokyo");
	ck_assert_int_eq(
	    db_script(s.store->db, "DROP TABLE fixed; CREATE TABLE fixed"
				   " (id TEXT NOT NULL PRIMARY KEY, since TEXT,"
				   " ends INTEGER)"),
	    ST_OK);
	installation_release(&s.in);
	load(&s);
	ck_assert_int_eq(
	    ingest(&s, "fixed", "a.csv", "id,since\na,2026-01-31\n", DB_INSERT),
	    ST_INVALID);
	ck_assert_ptr_nonnull(strstr(status_text(), "declare it as DATE"));
	close_stage(&s);
}
END_TEST

/* ---- vectors, end to end ---- */

/* rule, zone, event, base, extension, notice, cancelled, last day, boundary */
static const struct vector {
	const char *rule, *zone, *event, *base, *extension, *notice, *cancelled;
	const char *last_day, *boundary;
} vectors[] = {
	{ "jp_civil_code", "Asia/Tokyo", "2023-08-31", "P2Y", "P1Y", "P6M", "",
	    "2026-08-31", "2026-08-31T15:00:00Z" },
	{ "jp_civil_code", "Asia/Tokyo", "2024-02-29", "P3Y", "", "", "",
	    "2027-02-28", "2027-02-28T15:00:00Z" },
	{ "jp_civil_code", "Asia/Tokyo", "2023-08-31", "P2Y", "P1Y", "P6M",
	    "2025-02-28", "2025-08-31", "2025-08-31T15:00:00Z" },
	{ "jp_civil_code", "Asia/Tokyo", "2023-08-31", "P2Y", "P1Y", "P6M",
	    "2025-03-01", "2026-08-31", "2026-08-31T15:00:00Z" },
	/* the last day is the one on which clocks go forward */
	{ "eu_1182_71", "Europe/Berlin", "2023-03-29", "P3Y", "", "", "",
	    "2026-03-29", "2026-03-29T22:00:00Z" },
};

static int64_t due_at(struct stage *s, int64_t as_of)
{
	struct purge_options o = { .mode = PURGE_DRY_RUN, .as_of = as_of };
	json_t *report = NULL, *one;
	int64_t due = -1;
	size_t i;

	ck_assert_msg(
	    purge_run(&s->in, &o, &report) == ST_OK, "%s", status_text());
	json_array_foreach(json_object_get(report, "clusters"), i,
	    one) if (strcmp(json_string_value(json_object_get(one, "cluster")),
			 "services") == 0) due =
	    json_integer_value(json_object_get(one, "due"));
	json_decref(report);
	return due;
}

static void check_explain(
    struct stage *s, const struct vector *v, int64_t boundary)
{
	static const char *const key[] = { "s" };
	struct schedule schedule;
	json_t *o = NULL;
	const char *text;

	ck_assert_int_eq(
	    schedule_init(&schedule, &s->in, NULL, &s->in.diag), ST_OK);
	ck_assert_msg(explain_json(&schedule, "crm", "services", key, 1,
			  boundary - 1, &o) == ST_OK,
	    "%s", status_text());
	ck_assert_str_eq(
	    json_string_value(json_object_get(o, "verdict")), "RETAIN");
	ck_assert_str_eq(
	    json_string_value(json_object_get(o, "last_day")), v->last_day);
	text = json_string_value(json_object_get(o, "deletable_from"));
	ck_assert_int_eq(times_when(text).seconds, boundary);
	json_decref(o);
	ck_assert_int_eq(
	    explain_json(&schedule, "crm", "services", key, 1, boundary, &o),
	    ST_OK);
	ck_assert_str_eq(
	    json_string_value(json_object_get(o, "verdict")), "DUE");
	json_decref(o);
	schedule_release(&schedule);
}

static void check_vector(const struct vector *v)
{
	int64_t boundary = times_when(v->boundary).seconds;
	struct stage s;
	char text[300], want[32];

	open_stage(&s, v->rule, v->zone);
	(void)snprintf(text, sizeof(text), HEADER "s,%s,%s,%s,%s,%s,\n",
	    v->event, v->base, v->extension, v->notice, v->cancelled);
	must_ingest(&s, "services", "vector.csv", text, DB_INSERT);
	(void)snprintf(want, sizeof(want), "%s", stored(&s, "s"));
	want[10] = '\0';
	ck_assert_str_eq(want, v->last_day);
	ck_assert_int_eq(due_at(&s, boundary - 1), 0);
	ck_assert_int_eq(due_at(&s, boundary), 1);
	check_explain(&s, v, boundary);
	close_stage(&s);
}

START_TEST(a_term_ends_when_purge_and_explain_say)
{
	check_vector(&vectors[_i]);
}
END_TEST

/* The value of "name=" in "a=1;name=2"; "" if it is not there. */
static void param(const char *params, const char *name, char out[24])
{
	size_t len = strlen(name);
	const char *p = params;

	out[0] = '\0';
	for (; *p; p += strcspn(p, ";"), p += *p == ';')
		if (strncmp(p, name, len) == 0 && p[len] == '=')
			(void)snprintf(out, 24, "%.*s",
			    (int)strcspn(p + len + 1, ";"), p + len + 1);
}

/* id,set,kind,rule,event,zone,holidays,period,params,last_day,due_date,
 * target_date,boundary_utc,... */
static int check_shared_row(char *row)
{
	char *f[13], base[24], extension[24], cancelled[24];
	struct vector v = { 0 };

	for (int i = 0; i < 13; i++)
		ck_assert_ptr_nonnull(f[i] = strsep(&row, ","));
	if (strcmp(f[2], "service_term_end") != 0)
		return 0;
	param(f[8], "base", base);
	param(f[8], "extension", extension);
	param(f[8], "cancelled", cancelled);
	v.rule = f[3];
	v.zone = f[5];
	v.event = f[4];
	v.base = *base ? base : f[7];
	v.extension = extension;
	v.notice = *extension ? "P6M" : ""; /* requirements Q23 */
	v.cancelled = strcmp(cancelled, "none") == 0 ? "" : cancelled;
	v.last_day = f[9];
	v.boundary = f[12];
	check_vector(&v);
	return 1;
}

START_TEST(shared_terms_end_when_purge_and_explain_say)
{
	const char *path = test_shared("vectors/calendar-vectors.csv");
	char row[1024];
	int found = 0;
	FILE *f;

	if (path == NULL)
		return;
	ck_assert_ptr_nonnull(f = fopen(path, "r"));
	while (fgets(row, sizeof(row), f))
		found += check_shared_row(row);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_ge(found, 2); /* V24, V25 */
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *ends_suite(void)
{
	Suite *s = suite_create("ends");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, an_end_is_computed, 0, COUNT(rows));
	tcase_add_loop_test(
	    t, what_does_not_go_together_is_told, 0, COUNT(refused));
	tcase_add_test(t, an_end_that_agrees_is_kept);
	tcase_add_test(t, a_record_that_is_replaced_is_computed_anew);
	tcase_add_test(t, a_column_that_takes_no_null_is_filled);
	tcase_add_test(t, a_changed_policy_moves_no_end_that_is_running);
	tcase_add_test(t, a_column_of_numbers_gets_no_date);
	tcase_add_loop_test(
	    t, a_term_ends_when_purge_and_explain_say, 0, COUNT(vectors));
	tcase_add_test(t, shared_terms_end_when_purge_and_explain_say);
	suite_add_tcase(s, t);
	return s;
}
