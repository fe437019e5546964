/* lethe check */
#include <stdio.h>

#include "engine/cli/cli.h"
#include "engine/consent/consent.h"
#include "engine/holds/holds.h"
#include "engine/plan/check.h"
#include "engine/purge/trial.h"
#include "engine/rights/terms.h"

static enum status print(const struct cli *cli, const json_t *o)
{
	const json_t *item, *column;
	size_t i;

	if (cli->json)
		return cli_print_json(o);
	json_array_foreach(json_object_get(o, "warnings"), i, item)
	    printf("warning: %s\n", json_string_value(item));
	json_array_foreach(json_object_get(o, "unmapped"), i, item)
	{
		column = json_object_get(item, "column");
		printf("error: UNMAPPED: %s.%s%s%s is in no dataset: describe "
		       "it, or name it under lethe: {ignore: [...]}\n",
		    json_text(item, "store"), json_text(item, "table"),
		    json_is_string(column) ? "." : "",
		    json_text(item, "column"));
	}
	json_array_foreach(json_object_get(o, "undecided"), i, item) printf(
	    "error: UNDECIDED: %lld records of %s.%s have no "
	    "readable starting point `%s`: correct the data\n",
	    json_int(item, "records"), json_text(item, "store"),
	    json_text(item, "collection"), json_text(item, "starting_point"));
	json_array_foreach(json_object_get(o, "grants"), i, item)
	    printf("error: %s: Lethe lacks a privilege, and its records were "
		   "not looked at: %s\n",
		json_text(item, "store"), json_text(item, "sql"));
	json_array_foreach(json_object_get(o, "integrity"), i, item)
	{
		if (json_int(item, "pages"))
			printf("%s: %lld pages read, all authentic\n",
			    json_text(item, "database"),
			    json_int(item, "pages"));
		else
			printf("%s: its server answers, which keeps its "
			       "pages\n",
			    json_text(item, "database"));
	}
	puts(check_needs_attention(o) ? "done, but see above"
				      : "everything fits together");
	return ST_OK;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "integrity", no_argument, NULL, 'i' },
		CLI_OPTIONS,
	};
	enum check_depth depth = CHECK_RULES;
	struct schedule s;
	json_t *o = NULL;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		depth = CHECK_INTEGRITY;
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 0, 0, "none")) != ST_OK)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	if ((st = schedule_init(&s, &cli->in, NULL, &cli->in.diag)) != ST_OK)
		return st;
	if ((st = trial_all(&s, &cli->in.diag)) == ST_OK)
		st = check_json(&cli->in, &s, depth, &o);
	/* What failed is said with all the rest. */
	if (st == ST_OK && cli->in.diag.count)
		diag_print(&cli->in.diag, stderr);
	if (st == ST_OK)
		st = holds_check(&cli->in, json_object_get(o, "warnings"));
	if (st == ST_OK)
		st = terms_check(
		    &cli->in, when_now(), json_object_get(o, "warnings"));
	if (st == ST_OK)
		st = consent_check(&cli->in);
	if (st == ST_OK)
		st = print(cli, o);
	if (st == ST_OK)
		cli->attention = check_needs_attention(o);
	json_decref(o);
	schedule_release(&s);
	return st;
}

const struct command cmd_check = {
	"check",
	"policies against datasets, datasets against live stores",
	"usage: lethe [-c lethe.yml] [--json] check [--integrity]\n\n"
	"Loads every file and opens every store; names what does not fit.\n"
	"Of an attached database it says what has to be granted, as SQL.\n"
	"What a policy does to records that stay is tried on some of them and\n"
	"undone, because a CHECK or a trigger may refuse it.  It says when the\n"
	"holidays known end before the last due date of a request.\n\n"
	"  --integrity  also read and authenticate every page of every file\n",
	run,
};
