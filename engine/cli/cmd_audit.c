/* lethe audit list */
#include <stdio.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/cli/cli.h"

struct listing {
	json_t *entries; /* --json: all of them; else printed as they come */
};

static void print_entry(const json_t *o)
{
	printf("%6lld  %s  %-14s %s", json_int(o, "seq"), json_text(o, "at"),
	    json_text(o, "action"), json_text(o, "run"));
	if (json_object_get(o, "cutoff"))
		printf("  %s: %lld records of %s before %s",
		    json_text(o, "cluster"), json_int(o, "records"),
		    json_text(o, "collection"), json_text(o, "cutoff"));
	putchar('\n');
}

static enum status each(void *ctx, const char *body)
{
	struct listing *l = ctx;
	json_t *o = json_loads(body, 0, NULL);

	if (o == NULL)
		return fail(ST_INTEGRITY, "an audit entry is not JSON");
	if (l->entries)
		return json_push(l->entries, o);
	print_entry(o);
	json_decref(o);
	return ST_OK;
}

static enum status list(
    struct cli *cli, const char *action, int64_t first, int64_t limit)
{
	struct listing l = { NULL };
	json_t *o = NULL;
	enum status st;

	if (cli->json && (l.entries = json_array()) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = installation_open_audit(&cli->in);
	if (st == ST_OK)
		st = audit_list(cli->in.audit, first, limit, action, each, &l);
	if (st == ST_OK && cli->json)
		st = json_make(&o, "{s:O}", "entries", l.entries);
	if (st == ST_OK && cli->json)
		st = cli_print_json(o);
	json_decref(o);
	json_decref(l.entries);
	return st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "action", required_argument, NULL, 'a' },
		{ "from", required_argument, NULL, 'f' },
		{ "limit", required_argument, NULL, 'l' },
		CLI_OPTIONS,
	};
	const char *action = NULL, *from = "0", *most = "0";
	int64_t first = 0, limit = 0;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		*(c == 'a' ? &action : c == 'f' ? &from : &most) = optarg;
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 1, 1, "what to do: list")) != ST_OK)
		return st;
	if (strcmp(argv[optind], "list") != 0)
		return fail(ST_USAGE, "unknown `audit %s`: there is `list`",
		    argv[optind]);
	st = cli_number("from", from, 0, INT64_MAX, &first);
	if (st == ST_OK)
		st = cli_number("limit", most, 0, INT64_MAX, &limit);
	if (st != ST_OK || (st = cli_load(cli)) != ST_OK)
		return st;
	return list(cli, action, first, limit);
}

const struct command cmd_audit = {
	"audit",
	"the audit log: list",
	"usage: lethe [-c lethe.yml] [--json] audit list [--action ACTION]\n"
	"             [--from SEQ] [--limit N]\n\n"
	"Shows what was done: runs, and the evidence of every deletion.\n\n"
	"  --action ACTION  only entries of this action (delete, "
	"purge_started, ...)\n"
	"  --from SEQ       from this entry on\n"
	"  --limit N        at most so many\n",
	run,
};
