/* lethe dump */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/records/dump.h"

static enum status parse(
    struct cli *cli, int argc, char **argv, enum dump_format *format)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'f' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		if (strcmp(optarg, "csv") == 0)
			*format = DUMP_CSV;
		else if (strcmp(optarg, "jsonl") == 0)
			*format = DUMP_JSONL;
		else
			return fail(ST_USAGE,
			    "--format `%s`: there are `jsonl` and `csv`",
			    optarg);
	}
	return cli->help ? ST_OK
			 : cli_arguments(argc, 2, 2, "STORE COLLECTION");
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	enum dump_format format = DUMP_JSONL;
	struct installation_store *store = NULL;
	const struct collection *collection = NULL;
	const struct db_table *table = NULL;
	enum status st;

	if ((st = parse(cli, argc, argv, &format)) != ST_OK || cli->help)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	st = cli_collection(
	    cli, argv[optind], argv[optind + 1], &store, &collection, &table);
	/* A look that the log cannot tell of is not had. */
	if (st == ST_OK)
		st = cli_log(cli, "dumped",
		    json_pack("{s:s++, s:s, s:s}", "object", argv[optind], ".",
			argv[optind + 1], "store", argv[optind], "collection",
			argv[optind + 1]));
	/* A reader that closes early is an error to report, not our end. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (st == ST_OK)
		st = dump_collection(store->db, store->segments, table,
		    collection, format, stdout, NULL);
	return st;
}

const struct command cmd_dump = {
	"dump",
	"every record of a collection, for operators",
	"usage: lethe [-c lethe.yml] dump [--format FORMAT] STORE COLLECTION\n\n"
	"Writes every record to standard output, in the order of its key, as\n"
	"ingest reads it back.  Mind where you put it: nothing encrypts it.\n\n"
	"  --format FORMAT  jsonl (default) or csv\n",
	run,
};
