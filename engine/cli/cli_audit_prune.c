/* lethe audit prune */
#include <stdio.h>

#include "engine/base/when.h"
#include "engine/cli/cli_audit.h"
#include "engine/purge/pruning.h"

void cli_print_pruned(const json_t *o)
{
	long long n = json_int(o, "entries");

	if (n)
		printf("audit log: %lld entries from before %s %s by the rule "
		       "%s; it begins with entry %lld\n",
		    n, json_text(o, "before"),
		    json_is_true(json_object_get(o, "dry_run")) ? "would go"
								: "went",
		    json_text(o, "retention"), json_int(o, "first"));
}

static void print(const json_t *o)
{
	if (json_is_null(json_object_get(o, "retention")))
		puts("nothing is pruned: lethe.yml has no audit: {retention}");
	else if (json_int(o, "entries") == 0)
		printf("nothing is due: no 256 entries in a row from before "
		       "%s\n",
		    json_text(o, "before"));
	cli_print_pruned(o);
	if (json_is_false(json_object_get(o, "scrubbed")))
		puts("pruned, not yet scrubbed: a reader still holds an older "
		     "state; repeat it later");
}

enum status cli_audit_prune(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "as-of", required_argument, NULL, 't' },
		{ "dry-run", no_argument, NULL, 'n' },
		CLI_OPTIONS,
	};
	enum pruning_mode mode = PRUNING_CARRY_OUT;
	const char *as_of = NULL;
	json_t *o = NULL;
	int64_t at = 0;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		if (c == 'n')
			mode = PRUNING_LOOK;
		else
			as_of = optarg;
	}
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 1, 1, "nothing more: lethe audit prune");
	if (st != ST_OK || (st = cli_load(cli)) != ST_OK ||
	    (st = cli_as_of(cli, as_of, &at)) != ST_OK)
		return st;
	if ((st = pruning_run(&cli->in, at, mode, &o)) != ST_OK)
		return st;
	cli->attention = json_is_false(json_object_get(o, "scrubbed"));
	if (cli->json)
		st = cli_print_json(o);
	else
		print(o);
	json_decref(o);
	return st;
}
