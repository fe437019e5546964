/* lethe explain */
#include <stdio.h>

#include "engine/cli/cli.h"
#include "engine/plan/explain.h"

static void line(const char *what, const json_t *o, const char *key)
{
	if (json_is_string(json_object_get(o, key)))
		printf("%-16s %s\n", what, json_text(o, key));
}

static void print_start(const json_t *o)
{
	const json_t *start = json_object_get(o, "starting_point");

	if (json_is_object(start))
		printf("%-16s %s, from %s%s%s\n", "starting point",
		    json_text(start, "name"), json_text(start, "from"),
		    json_is_string(json_object_get(start, "value")) ? ": " : "",
		    json_text(start, "value"));
}

static void print_reasons(const json_t *o)
{
	const json_t *reason;
	size_t i;

	json_array_foreach(json_object_get(o, "reasons"), i, reason)
	    printf("%-16s %s\n", i ? "" : "because", json_string_value(reason));
}

static void print_suspensions(const json_t *o)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(o, "suspensions"), i, one)
	{
		printf("%-16s %s %s", i ? "" : "suspended by",
		    json_text(one, "kind"), json_text(one, "id"));
		if (json_is_string(json_object_get(one, "reason")))
			printf(": %s", json_text(one, "reason"));
		if (json_is_string(json_object_get(one, "authority")))
			printf(" (%s)", json_text(one, "authority"));
		if (json_is_string(json_object_get(one, "review")))
			printf(
			    ", to be reviewed on %s", json_text(one, "review"));
		putchar('\n');
	}
}

/* Where several purposes have ends of their own: every clock. */
static void print_purposes(const json_t *o)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(o, "purposes"), i, one)
	{
		printf("\npurpose %s\n", json_text(one, "purpose"));
		line("verdict", one, "verdict");
		print_start(one);
		line("period", one, "period");
		line("last day", one, "last_day");
		line("ends", one, "deletable_from");
		print_reasons(one);
	}
}

static void print_rule(const json_t *o)
{
	line("verdict", o, "verdict");
	line("cluster", o, "cluster");
	line("rule", o, "rule");
	print_start(o);
	line("last day", o, "last_day");
	line("deletable from", o, "deletable_from");
	line("deletion due", o, "deletion_due");
	print_reasons(o);
	print_suspensions(o);
	print_purposes(o);
}

static enum status print(const struct cli *cli, const json_t *o)
{
	const json_t *part;
	size_t i;

	if (cli->json)
		return cli_print_json(o);
	print_rule(o);
	json_array_foreach(json_object_get(o, "parts"), i, part)
	{
		puts("\nsome of its fields are in another cluster");
		print_rule(part);
	}
	return ST_OK;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "as-of", required_argument, NULL, 't' },
		CLI_OPTIONS,
	};
	const char *as_of = NULL;
	struct schedule s;
	json_t *o = NULL;
	int64_t now = 0;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		as_of = optarg;
	}
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 3, 64, "STORE COLLECTION KEY...");
	if (st != ST_OK || (st = cli_load(cli)) != ST_OK)
		return st;
	if ((st = cli_as_of(cli, as_of, &now)) != ST_OK)
		return st;
	st = schedule_init(&s, &cli->in, argv[optind], &cli->in.diag);
	if (st != ST_OK)
		return st;
	st = explain_json(&s, argv[optind], argv[optind + 1],
	    (const char *const *)argv + optind + 2, (size_t)(argc - optind - 2),
	    now, &o);
	if (st == ST_OK)
		st = cli_log(cli, "record_explained",
		    json_pack("{s:s++, s:s, s:s}", "object", argv[optind], ".",
			argv[optind + 1], "store", argv[optind], "collection",
			argv[optind + 1]));
	if (st == ST_OK)
		st = print(cli, o);
	json_decref(o);
	schedule_release(&s);
	return st;
}

const struct command cmd_explain = {
	"explain",
	"why a record stays or goes: verdict, dates, rule",
	"usage: lethe [-c lethe.yml] [--json] explain [--as-of TIME]\n"
	"             STORE COLLECTION KEY...\n\n"
	"Says of one record what the engine says of it, and why.  KEY is the\n"
	"primary key; of several columns, one KEY for each, in their order.\n\n"
	"  --as-of TIME  as if it were TIME (a date or RFC 3339)\n",
	run,
};
