/* lethe plan list, show, approve */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/cli/cli.h"
#include "engine/purge/plans.h"

static void print_plan_line(const json_t *p)
{
	printf("%-16s  %s  %-8s  %9lld due  %zu of %lld approvals%s\n",
	    json_text(p, "id"), json_text(p, "created_at"),
	    json_text(p, "state"), json_int(p, "due"),
	    json_array_size(json_object_get(p, "approvals")),
	    json_int(p, "needed"),
	    json_is_true(json_object_get(p, "in_file")) ? "  in a file" : "");
}

static enum status list(struct cli *cli)
{
	json_t *o = NULL;
	const json_t *p;
	enum status st;
	size_t i;

	if ((st = plans_list_json(&cli->in, &o)) != ST_OK)
		return st;
	if (cli->json) {
		st = cli_print_json(o);
	} else {
		json_array_foreach(json_object_get(o, "plans"), i, p)
		    print_plan_line(p);
		if (i == 0)
			puts("no plans: a run keeps one where a brake stops "
			     "it, and `lethe purge --plan FILE` does");
	}
	json_decref(o);
	return st;
}

static void print_stop(const json_t *stop)
{
	const char *brake = json_text(stop, "brake");

	if (strcmp(brake, "clock") == 0)
		printf("stopped: the clock says %s, the last run saw %s\n",
		    json_text(stop, "now"), json_text(stop, "seen"));
	else if (strcmp(brake, "share") == 0)
		printf("stopped: %lld of the %lld records of %s.%s would go\n",
		    json_int(stop, "due"), json_int(stop, "records"),
		    json_text(stop, "store"), json_text(stop, "collection"));
	else
		printf("stopped: the rule of %s for %s.%s is not approved\n",
		    json_text(stop, "cluster"), json_text(stop, "store"),
		    json_text(stop, "collection"));
}

static void print_plan(const json_t *p)
{
	const json_t *body = json_object_get(p, "plan"), *one;
	char place[128];
	size_t i;

	print_plan_line(p);
	printf("as of %s, hash %s\n\n", json_text(p, "as_of"),
	    json_text(p, "hash"));
	printf("%-24s %-28s %9s %9s  %s\n", "cluster", "collection", "records",
	    "due", "what lies before");
	json_array_foreach(json_object_get(body, "items"), i, one)
	{
		(void)snprintf(place, sizeof(place), "%s.%s",
		    json_text(one, "store"), json_text(one, "collection"));
		printf("%-24s %-28s %9lld %9lld  %s\n",
		    json_text(one, "cluster"), place, json_int(one, "records"),
		    json_int(one, "due"), json_text(one, "cutoff"));
	}
	putchar('\n');
	json_array_foreach(json_object_get(body, "stopped_by"), i, one)
	    print_stop(one);
	json_array_foreach(json_object_get(p, "approvals"), i, one)
	    printf("approved by %s at %s\n", json_text(one, "actor"),
		json_text(one, "at"));
	if (json_is_string(json_object_get(p, "used_by")))
		printf("carried out by run %s\n", json_text(p, "used_by"));
	if (json_is_string(json_object_get(p, "replaced_by")))
		printf("replaced by %s\n", json_text(p, "replaced_by"));
}

static enum status show(struct cli *cli, const char *id)
{
	json_t *o = NULL;
	enum status st = plans_show_json(&cli->in, id, &o);

	if (st == ST_OK && cli->json)
		st = cli_print_json(o);
	else if (st == ST_OK)
		print_plan(o);
	json_decref(o);
	return st;
}

static enum status approve(struct cli *cli, const char *id)
{
	struct stored_plan p = { .body = NULL };
	struct schedule s = { .rules = NULL };
	char *actor = NULL;
	enum status st;

	if ((st = installation_open_audit(&cli->in)) != ST_OK)
		return st;
	st = plans_find(&cli->in, id, &p);
	if (st == ST_OK)
		st = schedule_init(&s, &cli->in, NULL, &cli->in.diag);
	if (st == ST_OK)
		st = audit_actor(&actor);
	if (st == ST_OK)
		st = plans_approve(&cli->in, &s, &p, actor);
	if (st == ST_OK && !cli->json)
		printf("plan %s: approval %lld of %lld, by %s\n", p.id,
		    (long long)p.approvals, (long long)plans_needed(&cli->in),
		    actor);
	else if (st == ST_OK)
		st = show(cli, p.id);
	free(actor);
	schedule_release(&s);
	stored_plan_release(&p);
	return st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = { CLI_OPTIONS };
	static const char expected[] = "list, show ID or approve ID";
	const char *what;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 1, 2, expected)) != ST_OK)
		return st;
	what = argv[optind];
	if (strcmp(what, "list") != 0 && strcmp(what, "show") != 0 &&
	    strcmp(what, "approve") != 0)
		return fail(ST_USAGE,
		    "unknown `plan %s`: there is `list`, `show` and `approve`",
		    what);
	c = strcmp(what, "list") == 0 ? 1 : 2;
	if ((st = cli_arguments(argc, c, c, expected)) != ST_OK)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	if (c == 1)
		return list(cli);
	return strcmp(what, "show") == 0 ? show(cli, argv[optind + 1])
					 : approve(cli, argv[optind + 1]);
}

const struct command cmd_plan = {
	"plan",
	"plans that runs stopped after: list, show, approve",
	"usage: lethe [-c lethe.yml] [--json] plan list\n"
	"       lethe [-c lethe.yml] [--json] plan show ID\n"
	"       lethe [-c lethe.yml] [--json] plan approve ID\n\n"
	"A run stops after its plan where a rule is new or changed, where it\n"
	"would delete more of a collection than `purge.max_share`, or where\n"
	"the clock has jumped.  Approving the plan lets the next run go on; so\n"
	"many people must approve it as `purge.approvals` says.  An approval\n"
	"is for the plan as it stands: its rules must not have changed since,\n"
	"and of no collection may go a tenth more than it shows.\n",
	run,
};
