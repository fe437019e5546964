/* lethe stop, lethe resume */
#include <stdio.h>
#include <stdlib.h>

#include "engine/audit/log.h"
#include "engine/cli/cli.h"
#include "engine/purge/stop.h"

/* {"stopped": null} or with who, when and why. */
static enum status print(struct cli *cli)
{
	json_t *stopped = NULL, *o = NULL;
	enum status st = stop_read(&cli->in, &stopped);

	if (st == ST_OK && cli->json) {
		st = json_make(&o, "{s:O?}", "stopped", stopped);
		if (st == ST_OK)
			st = cli_print_json(o);
	} else if (st == ST_OK) {
		puts(stopped ? "every purge is stopped: `lethe resume` lets "
			       "them run again"
			     : "purges run again");
	}
	json_decref(o);
	json_decref(stopped);
	return st;
}

static enum status run_stop(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "reason", required_argument, NULL, 'r' },
		CLI_OPTIONS,
	};
	const char *reason = NULL;
	char *actor = NULL;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		reason = optarg;
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 0, 0, "none")) != ST_OK)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	st = audit_actor(&actor);
	if (st == ST_OK)
		st = stop_set(&cli->in, actor, reason);
	free(actor);
	return st == ST_OK ? print(cli) : st;
}

static enum status run_resume(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = { CLI_OPTIONS };
	char *actor = NULL;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 0, 0, "none")) != ST_OK)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	st = audit_actor(&actor);
	if (st == ST_OK)
		st = stop_lift(&cli->in, actor);
	free(actor);
	return st == ST_OK ? print(cli) : st;
}

const struct command cmd_stop = {
	"stop",
	"stop every purge, also one that is at work",
	"usage: lethe [-c lethe.yml] [--json] stop [--reason TEXT]\n\n"
	"No purge deletes until `lethe resume`; one that is at work ends\n"
	"before its next batch, with what it did in evidence and report.\n\n"
	"  --reason TEXT  for those who find it stopped; not in the audit log\n",
	run_stop,
};

const struct command cmd_resume = {
	"resume",
	"let purges run again after `lethe stop`",
	"usage: lethe [-c lethe.yml] [--json] resume\n",
	run_resume,
};
