/* lethe outbox */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/rights/outbox.h"

static void print_list(const json_t *o)
{
	const json_t *m;
	size_t i;

	json_array_foreach(json_object_get(o, "messages"), i, m)
	{
		printf("%lld  %s  %s  %s, tried %lld times, next %s\n",
		    json_int(m, "number"), json_text(m, "kind"),
		    json_text(m, "request"), json_text(m, "state"),
		    json_int(m, "attempts"), json_text(m, "next_at"));
		if (json_is_string(json_object_get(m, "problem")))
			printf("    %s\n", json_text(m, "problem"));
	}
	if (i == 0)
		puts("nothing waits");
}

static enum status list(struct cli *cli)
{
	json_t *o = NULL;
	enum status st = outbox_list(&cli->in, &o);

	if (st == ST_OK && cli->json)
		st = cli_print_json(o);
	else if (st == ST_OK)
		print_list(o);
	json_decref(o);
	return st;
}

static enum status send(struct cli *cli)
{
	json_t *o = NULL;
	enum status st = outbox_send(&cli->in, when_now(), &o);

	if (st == ST_OK && cli->json)
		st = cli_print_json(o);
	else if (st == ST_OK)
		printf("%lld sent, %lld to be tried again, %lld given up\n",
		    json_int(o, "sent"), json_int(o, "failed"),
		    json_int(o, "dead"));
	if (st == ST_OK)
		cli->attention = json_int(o, "failed") || json_int(o, "dead");
	json_decref(o);
	return st;
}

static enum status retry(struct cli *cli, const char *text)
{
	int64_t number = 0;
	enum status st = ST_OK;

	if (text)
		st = cli_number("number", text, 1, INT64_MAX, &number);
	if (st == ST_OK)
		st = outbox_retry(&cli->in, number, when_now());
	return st == ST_OK ? send(cli) : st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = { CLI_OPTIONS };
	const char *what;
	enum status st;

	while (cli_option(cli, argc, argv, options) != -1)
		if (!cli->help)
			return ST_USAGE;
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 1, 2, "what to do: list, send, retry");
	if (st != ST_OK)
		return st;
	what = argv[optind];
	if (strcmp(what, "retry") != 0)
		st = cli_arguments(argc, 1, 1, "only what to do");
	if (st == ST_OK)
		st = cli_load(cli);
	if (st != ST_OK)
		return st;
	if (strcmp(what, "list") == 0)
		return list(cli);
	if (strcmp(what, "send") == 0)
		return send(cli);
	if (strcmp(what, "retry") == 0)
		return retry(cli, argv[optind + 1]);
	return fail(ST_USAGE,
	    "unknown `outbox %s`: there are list, send and retry", what);
}

const struct command cmd_outbox = {
	"outbox",
	"what leaves: list, send, retry",
	"usage: lethe [-c lethe.yml] [--json] outbox list\n"
	"       lethe [-c lethe.yml] [--json] outbox send\n"
	"       lethe [-c lethe.yml] [--json] outbox retry [NUMBER]\n\n"
	"Letters and codes wait here until they are sent: by the command that\n"
	"makes them, and, where that did not work, by `send`, which is for cron,\n"
	"every minute.  The time between attempts doubles, up to six hours; after\n"
	"12 of them a message is given up (`dead`), which `lethe status` shows.\n"
	"`retry` begins anew.  They leave through the server under `mail:` in\n"
	"lethe.yml, or as files in the folder requests.outbox.\n\n"
	"Exit 4: something could not be sent.\n",
	run,
};
