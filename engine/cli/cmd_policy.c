/* lethe policy show, lethe policy test */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/plan/policy_show.h"
#include "engine/plan/policy_test.h"

static void print_cluster(const json_t *c)
{
	const json_t *item;
	size_t i;

	printf("\n%s (%s)\n", json_text(c, "title"), json_text(c, "cluster"));
	printf("  rule      %s%s\n", json_text(c, "rule"),
	    json_is_true(json_object_get(c, "own_rule")) ? " (our own rule)"
							 : "");
	if (json_is_string(json_object_get(c, "retention_period")))
		printf("  kept      at least %s\n",
		    json_text(c, "retention_period"));
	if (*json_text(c, "source"))
		printf("  source    %s\n", json_text(c, "source"));
	fputs("  covers   ", stdout);
	json_array_foreach(json_object_get(c, "covers"), i, item)
	    printf(" %s", json_string_value(item));
	putchar('\n');
	json_array_foreach(json_object_get(c, "purposes"), i, item)
	    printf("  purpose   %s (%s%s%s)\n", json_text(item, "title"),
		json_text(item, "legal_basis"),
		*json_text(item, "reference") ? ", " : "",
		json_text(item, "reference"));
}

static enum status show(struct cli *cli, const char *language)
{
	const json_t *p, *c;
	json_t *o = NULL;
	enum status st;
	size_t i, k;

	if ((st = policy_show_json(&cli->in, language, &o)) != ST_OK)
		return st;
	if (cli->json) {
		st = cli_print_json(o);
		json_decref(o);
		return st;
	}
	json_array_foreach(json_object_get(o, "policies"), i, p)
	{
		printf("%s%s (%s, revision %lld)\n", i ? "\n" : "",
		    json_text(p, "title"), json_text(p, "policy"),
		    json_int(p, "revision"));
		printf("periods are counted by %s in %s\n",
		    json_text(p, "calendar"), json_text(p, "time_zone"));
		json_array_foreach(json_object_get(p, "clusters"), k, c)
		    print_cluster(c);
	}
	json_decref(o);
	return ST_OK;
}

static enum status test(struct cli *cli)
{
	json_t *o = NULL, *f;
	enum status st;
	size_t i;

	if ((st = policy_test_json(&cli->in, &o)) != ST_OK)
		return st;
	if (cli->json)
		st = cli_print_json(o);
	json_array_foreach(json_object_get(o, "failures"), i, f)
	{
		if (!cli->json)
			printf("%s:%lld: %s with %s at %s: expected %s, found "
			       "%s\n",
			    json_text(f, "file"), json_int(f, "line"),
			    json_text(f, "cluster"),
			    json_is_string(json_object_get(f, "starting_point"))
				? json_text(f, "starting_point")
				: "null",
			    json_text(f, "at"), json_text(f, "expected"),
			    json_text(f, "found"));
	}
	if (!cli->json)
		printf("%lld passed, %lld failed\n", json_int(o, "passed"),
		    json_int(o, "failed"));
	if (st == ST_OK && json_int(o, "failed"))
		st = fail(ST_CONFLICT,
		    "the policy does not do what its tests expect: correct "
		    "one or the other");
	json_decref(o);
	return st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "language", required_argument, NULL, 'l' },
		CLI_OPTIONS,
	};
	const char *language = "en", *what;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		language = optarg;
	}
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 1, 1, "what to do: show or test");
	if (st != ST_OK)
		return st;
	what = argv[optind];
	if (strcmp(what, "show") != 0 && strcmp(what, "test") != 0)
		return fail(ST_USAGE,
		    "unknown `policy %s`: there are `show` and `test`", what);
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	return strcmp(what, "show") == 0 ? show(cli, language) : test(cli);
}

const struct command cmd_policy = {
	"policy",
	"show the policies in words; run the tests they bring",
	"usage: lethe [-c lethe.yml] [--json] policy show [--language LANG]\n"
	"       lethe [-c lethe.yml] [--json] policy test\n\n"
	"  --language LANG  en, ja, de or another that the policy has "
	"(default en)\n",
	run,
};
