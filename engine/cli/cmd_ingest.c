/* lethe ingest */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/holds/reason.h"

static enum status add_file(json_t *files, const char *path, int64_t records)
{
	json_t *one = NULL;
	enum status st = json_make(
	    &one, "{s:s, s:I}", "path", path, "records", (json_int_t)records);

	return st == ST_OK ? json_push(files, one) : st;
}

static enum status all_files(struct cli *cli, struct cli_ingest *what,
    int count, char **paths, json_t *files)
{
	int64_t records = 0, sum = 0;
	json_t *o = NULL;
	enum status st = ST_OK;
	int i;

	for (i = 0; st == ST_OK && i < count; i++) {
		what->path = paths[i];
		st = cli_ingest(cli, what, &records);
		if (st != ST_OK && i > 0)
			(void)fprintf(stderr,
			    "lethe: the %d file%s before this one are kept\n",
			    i, i == 1 ? "" : "s");
		if (st != ST_OK)
			return st;
		sum += records;
		st = add_file(files, paths[i], records);
		if (!cli->json)
			printf("%s.%s: %lld records from %s\n", what->store,
			    what->collection, (long long)records, paths[i]);
	}
	if (st != ST_OK || !cli->json)
		return st;
	st = json_make(&o, "{s:s, s:s, s:I, s:O}", "store", what->store,
	    "collection", what->collection, "records", (json_int_t)sum, "files",
	    files);
	if (st == ST_OK)
		st = cli_print_json(o);
	json_decref(o);
	return st;
}

static enum status parse_format(const char *text, enum ingest_format *out)
{
	if (strcmp(text, "csv") == 0)
		*out = INGEST_CSV;
	else if (strcmp(text, "jsonl") == 0)
		*out = INGEST_JSONL;
	else
		return fail(ST_USAGE,
		    "--format `%s`: there are `csv` and `jsonl`", text);
	return ST_OK;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "upsert", no_argument, NULL, 'u' },
		{ "format", required_argument, NULL, 'f' },
		{ "restricted", required_argument, NULL, 'R' },
		CLI_OPTIONS,
	};
	struct cli_ingest what = { .mode = DB_INSERT };
	json_t *files;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		if (c == 'u')
			what.mode = DB_UPSERT;
		else if (c == 'R')
			what.exception = optarg;
		else if ((st = parse_format(optarg, &what.format)) != ST_OK)
			return st;
	}
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 3, 100000, "STORE COLLECTION FILE...");
	if (st == ST_OK && what.exception)
		st = holds_exception_check(what.exception);
	if (st != ST_OK || (st = cli_load(cli)) != ST_OK)
		return st;
	what.store = argv[optind];
	what.collection = argv[optind + 1];
	if ((files = json_array()) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = all_files(cli, &what, argc - optind - 2, argv + optind + 2, files);
	json_decref(files);
	return st;
}

const struct command cmd_ingest = {
	"ingest",
	"records from CSV or JSON lines into a store",
	"usage: lethe [-c lethe.yml] [--json] ingest [--upsert] [--format "
	"FORMAT]\n"
	"             [--restricted CODE] STORE COLLECTION FILE...\n\n"
	"Takes .csv (RFC 4180, the first line names the fields; an empty field\n"
	"is NULL, \"\" is empty text) and .jsonl (one object a line); - is\n"
	"standard input.  All of a file or nothing; whatever is wrong is named\n"
	"with file, line and field.  Ends of terms are computed (`term` of a\n"
	"policy's starting point): leave them empty.\n\n"
	"  --upsert         replace records whose key is there already\n"
	"  --format FORMAT  csv or jsonl, whatever the file is called\n"
	"  --restricted CODE  replace restricted records too (GDPR Art. 18(2)):\n"
	"                   by consent, legal_claims, rights_of_others or\n"
	"                   public_interest; the log has the code\n",
	run,
};
