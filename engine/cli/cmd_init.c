/* lethe init */
#include <stdio.h>

#include "engine/cli/cli.h"
#include "engine/subjects/subjects.h"

static void made(void *ctx, const char *what)
{
	json_t *list = ctx;

	(void)json_array_append_new(list, json_string(what));
}

static enum status print(const struct cli *cli, const json_t *list)
{
	const json_t *item;
	json_t *o = NULL;
	enum status st;
	size_t i;

	if (cli->json) {
		if ((st = json_make(&o, "{s:O}", "made", list)) != ST_OK)
			return st;
		st = cli_print_json(o);
		json_decref(o);
		return st;
	}
	json_array_foreach(list, i, item)
	    printf("made %s\n", json_string_value(item));
	if (json_array_size(list) == 0)
		puts("nothing to do: the installation is complete");
	return ST_OK;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = { CLI_OPTIONS };
	json_t *list;
	enum status st;

	if (cli_option(cli, argc, argv, options) == '?')
		return ST_USAGE;
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 0, 0, "none: lethe init");
	if (st != ST_OK || (st = cli_load(cli)) != ST_OK)
		return st;
	if ((list = json_array()) == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = installation_init(&cli->in, made, list);
	if (st == ST_OK)
		st = subjects_adopt(&cli->in);
	if (st == ST_OK)
		st = print(cli, list);
	json_decref(list);
	return st;
}

const struct command cmd_init = {
	"init",
	"make key file, keyring, databases and missing stores",
	"usage: lethe [-c lethe.yml] init\n\n"
	"Makes what the installation lacks: the key file, the keyring, the\n"
	"control database, the audit log and the managed stores.  Safe to "
	"repeat.\n\n"
	"Keep a copy of the key file where the data is not: without it nobody\n"
	"can read the stores again.\n",
	run,
};
