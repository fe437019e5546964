/* lethe dump */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/holds/holds.h"
#include "engine/holds/reason.h"
#include "engine/plan/keys.h"
#include "engine/records/dump.h"

struct options {
	enum dump_format format;
	const char *exception; /* by which restricted records are read, too */
};

static enum status set_format(struct options *o, const char *text)
{
	if (strcmp(text, "csv") == 0)
		o->format = DUMP_CSV;
	else if (strcmp(text, "jsonl") == 0)
		o->format = DUMP_JSONL;
	else
		return fail(ST_USAGE,
		    "--format `%s`: there are `jsonl` and `csv`", text);
	return ST_OK;
}

static enum status parse(
    struct cli *cli, int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "restricted", required_argument, NULL, 'R' },
		CLI_OPTIONS,
	};
	enum status st = ST_OK;
	int c;

	while (
	    st == ST_OK && (c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == 'f')
			st = set_format(o, optarg);
		else if (c == 'R')
			st = holds_exception_check(o->exception = optarg);
		else
			return ST_USAGE;
	}
	if (st != ST_OK || cli->help)
		return st;
	return cli_arguments(argc, 2, 2, "STORE COLLECTION");
}

/* What is restricted is left out, unless Art. 18(2) allows a look at it. */
static enum status write_out(struct cli *cli, const struct options *o,
    struct installation_store *store, const struct collection *collection,
    const struct db_table *table)
{
	struct dump_leave leave = { NULL, 0, 0 };
	const char **keys = NULL;
	enum status st;

	/* What came in since, by others' hands, may be restricted too. */
	st = holds_refresh(&cli->in, NULL);
	if (st == ST_OK)
		st = keys_of(collection, table, &keys, &leave.key_count);
	leave.keys = keys;
	/* A reader that closes early is an error to report, not our end. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (st == ST_OK)
		st = dump_collection(store->db, store->segments, table,
		    collection, o->format, o->exception ? NULL : &leave, stdout,
		    NULL);
	if (st == ST_OK && leave.records)
		(void)fprintf(stderr,
		    "lethe: %lld restricted records are left out: `lethe "
		    "restrictions list` names them\n",
		    (long long)leave.records);
	free(keys);
	return st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	struct options o = { DUMP_JSONL, NULL };
	struct installation_store *store = NULL;
	const struct collection *collection = NULL;
	const struct db_table *table = NULL;
	enum status st;

	if ((st = parse(cli, argc, argv, &o)) != ST_OK || cli->help)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	st = cli_collection(
	    cli, argv[optind], argv[optind + 1], &store, &collection, &table);
	/* A look that the log cannot tell of is not had. */
	if (st == ST_OK)
		st = cli_log(cli, "dumped",
		    json_pack("{s:s++, s:s, s:s, s:s*}", "object", argv[optind],
			".", argv[optind + 1], "store", argv[optind],
			"collection", argv[optind + 1], "exception",
			o.exception));
	return st == ST_OK ? write_out(cli, &o, store, collection, table) : st;
}

const struct command cmd_dump = {
	"dump",
	"every record of a collection, for operators",
	"usage: lethe [-c lethe.yml] dump [--format FORMAT]\n"
	"             [--restricted CODE] STORE COLLECTION\n\n"
	"Writes every record to standard output, in the order of its key, as\n"
	"ingest reads it back.  Mind where you put it: nothing encrypts it.\n"
	"Restricted records are left out, and how many is said.\n\n"
	"  --format FORMAT  jsonl (default) or csv\n"
	"  --restricted CODE  with the restricted ones (GDPR Art. 18(2)): by\n"
	"                   consent, legal_claims, rights_of_others or\n"
	"                   public_interest; the log has the code\n",
	run,
};
