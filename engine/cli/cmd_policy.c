/* lethe policy show, record, test, diff */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/cli/cli_policy.h"
#include "engine/plan/policy_record.h"
#include "engine/plan/policy_show.h"
#include "engine/plan/policy_test.h"

struct given {
	const char *what;
	const char *language;
	const char *format; /* "text", "json" or "markdown" */
	const char *as_of;
	const char *files[2];
};

/* A page, or the JSON that it is made from; takes ${o}. */
static enum status print_page(const struct cli *cli, const struct given *g,
    json_t *o,
    void (*write)(const json_t *o, const char *language, struct document *d))
{
	struct document d = DOCUMENT_INIT(DOCUMENT_TEXT);
	enum status st;

	if (strcmp(g->format, "markdown") == 0)
		d.format = DOCUMENT_MARKDOWN;
	if (cli->json || strcmp(g->format, "json") == 0) {
		st = cli_print_json(o);
	} else {
		write(o, g->language, &d);
		if ((st = document_end(&d)) == ST_OK &&
		    fputs(buf_text(&d.out), stdout) == EOF)
			st = fail(ST_IO, "write to stdout");
	}
	document_release(&d);
	json_decref(o);
	return st;
}

static enum status show(struct cli *cli, const struct given *g)
{
	json_t *o = NULL;
	enum status st;

	if ((st = cli_load(cli)) != ST_OK ||
	    (st = policy_show_json(&cli->in, g->language, &o)) != ST_OK)
		return st;
	return print_page(cli, g, o, policy_show_write);
}

static enum status record(struct cli *cli, const struct given *g)
{
	json_t *o = NULL;
	enum status st;

	if ((st = cli_load(cli)) != ST_OK ||
	    (st = policy_record_json(&cli->in, g->language, &o)) != ST_OK)
		return st;
	return print_page(cli, g, o, policy_record_write);
}

static enum status test(struct cli *cli, const struct given *g)
{
	json_t *o = NULL, *f;
	enum status st;
	size_t i;

	(void)g;
	if ((st = cli_load(cli)) != ST_OK ||
	    (st = policy_test_json(&cli->in, &o)) != ST_OK)
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

static enum status diff(struct cli *cli, const struct given *g)
{
	return cli_policy_diff(cli, g->files[0], g->files[1], g->as_of);
}

static const struct {
	const char *name;
	int files;
	enum status (*run)(struct cli *cli, const struct given *g);
	const char *options; /* that it takes, by their letters */
} commands[] = {
	{ "show", 0, show, "lf" },
	{ "record", 0, record, "lf" },
	{ "test", 0, test, "" },
	{ "diff", 2, diff, "t" },
};
#define COMMANDS (sizeof(commands) / sizeof(*commands))

static enum status unknown(const char *what)
{
	const char *names[COMMANDS + 1] = { NULL }, *near;

	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i].name;
	near = diag_nearest(what, names);
	return fail(ST_USAGE,
	    "unknown `policy %s`%s%s%s: there are show, record, test and diff",
	    what, near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

/* Which letters of options were given, as a string in ${used}. */
static enum status read_options(
    struct cli *cli, int argc, char **argv, struct given *g, char used[8])
{
	static const struct option options[] = {
		{ "language", required_argument, NULL, 'l' },
		{ "format", required_argument, NULL, 'f' },
		{ "as-of", required_argument, NULL, 't' },
		CLI_OPTIONS,
	};
	static const char *const formats[] = { "text", "json", "markdown" };
	size_t i;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		*(c == 'l'     ? &g->language
		    : c == 'f' ? &g->format
			       : &g->as_of) = optarg;
		if (strchr(used, c) == NULL)
			used[strlen(used)] = (char)c;
	}
	for (i = 0; i < 3 && strcmp(formats[i], g->format) != 0; i++)
		;
	if (i == 3)
		return fail(ST_USAGE,
		    "unknown format `%s`: there are text, json and markdown",
		    g->format);
	return ST_OK;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	struct given g = { NULL, "en", "text", NULL, { NULL, NULL } };
	char used[8] = "";
	enum status st;
	size_t i;
	int n;

	if ((st = read_options(cli, argc, argv, &g, used)) != ST_OK ||
	    cli->help)
		return st;
	st =
	    cli_arguments(argc, 1, 3, "what to do: show, record, test or diff");
	if (st != ST_OK)
		return st;
	for (i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, argv[optind]) == 0)
			break;
	}
	if (i == COMMANDS)
		return unknown(argv[optind]);
	optind++;
	n = commands[i].files;
	st = cli_arguments(
	    argc, n, n, n ? "two policy files: OLD and NEW" : "none");
	if (st != ST_OK)
		return st;
	if (strspn(used, commands[i].options) != strlen(used))
		return fail(ST_USAGE,
		    "`policy %s` does not take all of these options: "
		    "`lethe policy --help` says which",
		    commands[i].name);
	for (int k = 0; k < n; k++)
		g.files[k] = argv[optind + k];
	return commands[i].run(cli, &g);
}

const struct command cmd_policy = {
	"policy",
	"show the policies in words, test them, compare two versions",
	"usage: lethe [-c lethe.yml] [--json] policy show [--format FORMAT] "
	"[--language LANG]\n"
	"       lethe [-c lethe.yml] [--json] policy record [--format FORMAT] "
	"[--language LANG]\n"
	"       lethe [-c lethe.yml] [--json] policy test\n"
	"       lethe [-c lethe.yml] [--json] policy diff OLD NEW "
	"[--as-of TIME]\n\n"
	"  show    what is kept how long and why, cluster by cluster\n"
	"  record  the record of processing activities (GDPR Art. 30(1)), and "
	"what the\n"
	"          policy does not say for it\n"
	"  test    run the tests that stand in the policies\n"
	"  diff    what changed from OLD to NEW, two files of one policy of "
	"the\n"
	"          installation, and how many records become due or stop being "
	"due;\n"
	"          nothing is written\n\n"
	"  --format FORMAT  text (default), json or markdown\n"
	"  --language LANG  en (default), ja, de; of what the policy says, any "
	"that it has\n"
	"  --as-of TIME     as if it were TIME (a date or RFC 3339)\n",
	run,
};
