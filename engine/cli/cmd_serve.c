/* lethe serve */
#include <stdio.h>

#include "engine/cli/cli.h"
#include "engine/web/server.h"

static void ready(void *ctx, const char *url)
{
	const struct cli *cli = ctx;

	printf(
	    cli->json ? "{\"listening\": \"%s\"}\n" : "listening on %s\n", url);
	(void)fflush(stdout);
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = { CLI_OPTIONS };
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1)
		if (c == '?')
			return ST_USAGE;
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 0, 0, "none");
	if (st == ST_OK)
		st = cli_load(cli);
	if (st == ST_OK)
		st = installation_unlock(&cli->in);
	if (st == ST_OK)
		st = server_run(&cli->in, web_auth_accounts(), ready, cli);
	return st;
}

const struct command cmd_serve = {
	"serve",
	"the web UI and API",
	"usage: lethe [-c lethe.yml] [--json] serve\n\n"
	"Listens where `web: {listen: HOST:PORT}` says (127.0.0.1:8080), says so\n"
	"on standard output, and ends with SIGTERM or SIGINT, after what is at\n"
	"work.  On another address than this machine's own it wants `web: {tls:\n"
	"{certificate, key}}`.  Behind a proxy on the same machine name its\n"
	"address in `web: {trusted_proxies: [...]}`: else what it says of clients\n"
	"is not believed.\n\n"
	"Every page is JSON, too, for who asks with `Accept: application/json`;\n"
	"schemas/openapi.json describes them.\n",
	run,
};
