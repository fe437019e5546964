/* lethe restrictions */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/cli/cli.h"
#include "engine/holds/restrictions.h"

enum format { FORMAT_JSON, FORMAT_CSV };

static void field(const char *text)
{
	(void)putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			(void)putchar('"');
		(void)putchar(*text);
	}
	(void)putchar('"');
}

static enum status json_field(const json_t *v)
{
	char *text = NULL;
	enum status st;

	if (json_is_null(v))
		return ST_OK;
	if ((st = json_canonical(v, &text)) == ST_OK)
		field(text);
	free(text);
	return st;
}

/* A key and purposes are JSON arrays; no key is an empty field. */
static enum status print_csv(const json_t *list)
{
	static const char *const names[] = { "store", "collection", "cluster",
		"since", "reason", "restriction" };
	const json_t *one;
	enum status st;
	size_t i, k;

	puts("store,collection,cluster,since,reason,restriction,purposes,key");
	json_array_foreach(list, i, one)
	{
		for (k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			field(json_text(one, names[k]));
			(void)putchar(',');
		}
		st = json_field(json_object_get(one, "purposes"));
		(void)putchar(',');
		if (st == ST_OK)
			st = json_field(json_object_get(one, "key"));
		(void)putchar('\n');
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status parse(
    struct cli *cli, int argc, char **argv, enum format *format)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'f' },
		CLI_OPTIONS,
	};
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		if (strcmp(optarg, "csv") == 0)
			*format = FORMAT_CSV;
		else if (strcmp(optarg, "json") != 0)
			return fail(ST_USAGE,
			    "--format `%s`: there are `json` and `csv`",
			    optarg);
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 1, 1, "list")) != ST_OK)
		return st;
	return strcmp(argv[optind], "list") == 0
		   ? ST_OK
		   : fail(ST_USAGE,
			 "unknown `restrictions %s`: there is `list`",
			 argv[optind]);
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	enum format format = FORMAT_JSON;
	json_t *out = NULL;
	char *actor = NULL;
	enum status st;

	if ((st = parse(cli, argc, argv, &format)) != ST_OK || cli->help)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	st = audit_actor(&actor);
	if (st == ST_OK)
		st = restrictions_list(&cli->in, actor, when_now(), &out);
	if (st == ST_OK && format == FORMAT_CSV)
		st = print_csv(json_object_get(out, "restrictions"));
	else if (st == ST_OK)
		st = cli_print_json(out);
	json_decref(out);
	free(actor);
	return st;
}

const struct command cmd_restrictions = {
	"restrictions",
	"records whose processing is restricted, for applications to honour",
	"usage: lethe [-c lethe.yml] restrictions list [--format FORMAT]\n\n"
	"Every restricted record by its key (GDPR Art. 18): since when, why, and\n"
	"for which purposes nothing may be done with it.  An empty key is every\n"
	"record of the cluster.  Keys are personal data: each look is in the\n"
	"audit log.\n\n"
	"  --format FORMAT  json (default) or csv\n",
	run,
};
