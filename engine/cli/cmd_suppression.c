/* lethe suppression */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/rights/suppression.h"

static void print_text(const json_t *o)
{
	const json_t *one;
	size_t i;

	if (json_object_get(o, "suppressed") &&
	    !json_is_array(json_object_get(o, "suppressed"))) {
		if (json_is_true(json_object_get(o, "suppressed")))
			printf("suppressed since %s: do not advertise\n",
			    json_text(o, "since"));
		else
			puts("not suppressed");
		return;
	}
	json_array_foreach(json_object_get(o, "suppressed"), i, one)
	    printf("%s  %s  %s\n", json_text(one, "since"),
		json_text(one, "identity"), json_text(one, "hash"));
}

static enum status ask(
    struct cli *cli, const struct rights_actor *by, void *subject, json_t **out)
{
	struct reach_subject who = { NULL, NULL };
	enum status st;

	if (subject == NULL)
		return suppression_list(&cli->in, by, out);
	st = cli_subject("identity", subject, &who);
	return st == ST_OK ? suppression_check(
				 &cli->in, by, who.identity, who.value, out)
			   : st;
}

static enum status parse(struct cli *cli, int argc, char **argv, char **subject)
{
	static const struct option options[] = {
		{ "identity", required_argument, NULL, 'i' },
		CLI_OPTIONS,
	};
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		*subject = optarg;
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 1, 1, "check or list")) != ST_OK)
		return st;
	if (strcmp(argv[optind], "check") == 0 && *subject)
		return ST_OK;
	if (strcmp(argv[optind], "list") == 0 && *subject == NULL)
		return ST_OK;
	return fail(
	    ST_USAGE, "expected `check --identity KIND=VALUE` or `list`");
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	char *subject = NULL;
	enum status st = parse(cli, argc, argv, &subject);

	if (st != ST_OK || cli->help)
		return st;
	return cli_act(cli, ask, subject, print_text);
}

const struct command cmd_suppression = {
	"suppression",
	"whom nobody advertises to any more: check, list",
	"usage: lethe [-c lethe.yml] [--json] suppression check --identity "
	"KIND=VALUE\n"
	"       lethe [-c lethe.yml] [--json] suppression list\n\n"
	"Who objected to direct marketing (GDPR Art. 21(2), (3)) is kept as a\n"
	"keyed hash of each e-mail address and phone number: check says whether\n"
	"an address is on the list before anything is sent to it, list shows\n"
	"the hashes.  Each look is in the audit log.\n",
	run,
};
