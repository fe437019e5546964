/* One file into one collection, for the commands that ingest. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/cli/cli.h"
#include "engine/holds/holds.h"
#include "engine/plan/keys.h"

static enum status bar(void *ctx, const struct ingest_progress *p)
{
	const struct cli_ingest *what = ctx;

	if (p->total > 0)
		(void)fprintf(stderr, "\r%s: %lld records, %lld %%", what->path,
		    (long long)p->records,
		    (long long)(p->bytes * 100 / p->total));
	else
		(void)fprintf(stderr, "\r%s: %lld records", what->path,
		    (long long)p->records);
	(void)fflush(stderr);
	return ST_OK;
}

enum status cli_collection(struct cli *cli, const char *store,
    const char *collection, struct installation_store **out_store,
    const struct collection **out, const struct db_table **table)
{
	struct installation_store *s;
	enum status st;

	if ((st = installation_find_store(&cli->in, store, &s)) != ST_OK)
		return st;
	*out = dataset_collection(s->dataset, collection);
	if (*out == NULL)
		return fail(ST_USAGE,
		    "no collection `%s` in the dataset of store `%s`: %s lists "
		    "them",
		    collection, store, s->config->dataset);
	if ((st = installation_open_store(&cli->in, s)) != ST_OK)
		return st;
	if ((*table = db_schema_table(&s->schema, collection)) == NULL)
		return fail(ST_INVALID,
		    "store `%s` has no table `%s`, though the dataset "
		    "describes it: add it to the store",
		    store, collection);
	*out_store = s;
	return ST_OK;
}

static enum status ingest(const struct cli *cli, const struct cli_ingest *what,
    struct installation_store *store, const struct ingest_target *target,
    int64_t *records)
{
	struct ingest_source source = { .path = what->path,
		.format = what->format,
		.ctx = (void *)(uintptr_t)what };
	struct ingest_report report = { .records = 0 };
	enum status st;
	size_t i;

	if (!cli->json && isatty(STDERR_FILENO))
		source.progress = bar;
	st = ingest_file(store->db, target, &source, what->mode, &report);
	if (source.progress)
		(void)fputs("\r\033[K", stderr);
	for (i = 0; i < report.note_count; i++)
		(void)fprintf(stderr, "%s\n", report.notes[i]);
	for (i = 0; i < report.problem_count; i++)
		(void)fprintf(stderr, "%s\n", report.problems[i]);
	if (st == ST_OK)
		*records = report.records;
	ingest_report_release(&report);
	return st;
}

/* Records of what is held come in held. */
static enum status suspend(struct cli *cli, const struct cli_ingest *what)
{
	enum status st = holds_refresh(&cli->in, NULL);

	if (st != ST_OK)
		status_prefix("%s is ingested, but what holds reach in it is "
			      "not suspended yet; no purge begins before it "
			      "is: ",
		    what->path);
	return st;
}

enum status cli_ingest(
    struct cli *cli, const struct cli_ingest *what, int64_t *records)
{
	struct installation_store *store = NULL;
	const struct collection *collection = NULL;
	const struct db_table *table = NULL;
	struct ingest_target target = { .store = NULL };
	struct policy_computed *computed = NULL;
	const char **times = NULL, **keys = NULL;
	size_t count = 0, computed_count = 0, key_count = 0;
	enum status st;

	st = cli_collection(
	    cli, what->store, what->collection, &store, &collection, &table);
	if (st != ST_OK)
		return st;
	/* What came in by others' hands may be restricted, too. */
	if (what->mode == DB_UPSERT)
		st = holds_refresh(&cli->in, NULL);
	if (st == ST_OK)
		st = installation_times(
		    &cli->in, store, collection, &times, &count);
	if (st == ST_OK)
		st = ingest_target_init(
		    &target, what->store, table, collection, times, count);
	if (st == ST_OK)
		st = installation_computed(
		    &cli->in, store, collection, &computed, &computed_count);
	if (st == ST_OK)
		st = ingest_target_compute(&target, computed, computed_count);
	target.segments = store->segments;
	if (st == ST_OK)
		st = keys_of(collection, table, &keys, &key_count);
	if (st == ST_OK) {
		ingest_target_keys(&target, keys, key_count);
		target.may_change_restricted = what->exception != NULL;
		st = ingest(cli, what, store, &target, records);
	}
	if (st == ST_OK)
		st = suspend(cli, what);
	if (st == ST_OK)
		st = cli_log(cli, "ingested",
		    json_pack("{s:s++, s:s, s:s, s:I, s:s*}", "object",
			what->store, ".", what->collection, "store",
			what->store, "collection", what->collection, "records",
			(json_int_t)*records, "exception", what->exception));
	ingest_target_release(&target);
	free(computed);
	free(times);
	free(keys);
	return st;
}
