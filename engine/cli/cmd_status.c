/* lethe status */
#include <stdio.h>

#include "engine/accounts/accounts.h"
#include "engine/cli/cli.h"
#include "engine/purge/overview.h"
#include "engine/rights/erasure.h"
#include "engine/rights/list.h"
#include "engine/rights/metrics.h"
#include "engine/rights/notification.h"
#include "engine/rights/outbox.h"

static void print_runs(const json_t *o)
{
	const json_t *run;
	size_t i;

	json_array_foreach(json_object_get(o, "runs"), i, run)
	{
		if (json_is_string(json_object_get(run, "finished_at")))
			printf("run %s: %lld records, exit %lld\n",
			    json_text(run, "run"), json_int(run, "records"),
			    json_int(run, "exit_code"));
		else
			printf("run %s: running, or stopped in the middle: "
			       "the next run continues it\n",
			    json_text(run, "run"));
	}
	if (i == 0)
		puts("no purge has run yet");
}

static void print_suspensions(const json_t *o)
{
	printf("%lld hold%s and %lld restriction%s active; %lld review%s "
	       "overdue\n",
	    json_int(o, "holds"), json_int(o, "holds") == 1 ? "" : "s",
	    json_int(o, "restrictions"),
	    json_int(o, "restrictions") == 1 ? "" : "s",
	    json_int(o, "reviews_overdue"),
	    json_int(o, "reviews_overdue") == 1 ? "" : "s");
	if (json_int(o, "liftings_due"))
		printf("%lld restriction%s announced to be lifted: `lethe "
		       "request lift` does it\n",
		    json_int(o, "liftings_due"),
		    json_int(o, "liftings_due") == 1 ? "" : "s");
}

static void print_requests(const json_t *o)
{
	const json_t *outbox = json_object_get(o, "outbox");
	const json_t *recipients = json_object_get(o, "recipients"), *id;
	size_t i;

	printf("%lld request%s open: %lld at risk, %lld OVERDUE, %lld "
	       "suspended%s%s\n",
	    json_int(o, "open"), json_int(o, "open") == 1 ? "" : "s",
	    json_int(o, "at_risk"), json_int(o, "overdue"),
	    json_int(o, "suspended"),
	    json_int(o, "open") ? "; the next is due " : "",
	    json_text(o, "next_due_date"));
	if (json_int(outbox, "waiting") || json_int(outbox, "dead"))
		printf("outbox: %lld waiting, %lld GIVEN UP: `lethe outbox "
		       "list` says why\n",
		    json_int(outbox, "waiting"), json_int(outbox, "dead"));
	if (json_int(recipients, "open"))
		printf("%lld recipients have yet to confirm, %lld of them are "
		       "tasks: `lethe recipient list`\n",
		    json_int(recipients, "open"),
		    json_int(recipients, "tasks"));
	json_array_foreach(json_object_get(o, "freed"), i, id)
	    printf("%s: what was held of its erasure is held no longer: "
		   "`lethe request reopen` takes it up again\n",
		json_string_value(id));
	if (json_int(o, "holidays_missing"))
		printf("%lld of them due in a year without known holidays: add "
		       "it to the file that lethe.yml names\n",
		    json_int(o, "holidays_missing"));
}

static void print_brakes(const json_t *o)
{
	const json_t *stopped = json_object_get(o, "stopped"), *id;
	const char *reason = json_text(stopped, "reason");
	size_t i;

	if (json_is_object(stopped))
		printf("STOPPED by %s at %s%s%s: `lethe resume` lets purges "
		       "run again\n",
		    json_text(stopped, "actor"), json_text(stopped, "at"),
		    *reason ? ": " : "", reason);
	json_array_foreach(json_object_get(o, "plans_waiting"), i, id)
	    printf("plan %s waits for approval: `lethe plan show %s`\n",
		json_string_value(id), json_string_value(id));
	if (json_is_string(json_object_get(o, "clock")))
		printf("the last run saw the clock at %s\n",
		    json_text(o, "clock"));
}

static enum status print(const struct cli *cli, const json_t *o)
{
	const json_t *store, *c;
	size_t i, k;

	if (cli->json)
		return cli_print_json(o);
	printf("%s as of %s\n\n", json_text(o, "installation"),
	    json_text(o, "as_of"));
	printf("%-24s %-24s %9s %9s %9s %9s\n", "collection", "cluster",
	    "records", "due", "overdue", "undecided");
	json_array_foreach(json_object_get(o, "stores"), i, store)
	{
		printf("%s\n", json_text(store, "store"));
		json_array_foreach(json_object_get(store, "collections"), k, c)
		    printf("  %-22s %-24s %9lld %9lld %9lld %9lld\n",
			json_text(c, "collection"), json_text(c, "cluster"),
			json_int(c, "records"), json_int(c, "due"),
			json_int(c, "overdue"), json_int(c, "undecided"));
	}
	printf("\n%lld due, of which %lld OVERDUE; %lld UNDECIDED; %lld "
	       "UNMAPPED\n",
	    json_int(o, "due"), json_int(o, "overdue"),
	    json_int(o, "undecided"), json_int(o, "unmapped"));
	cli_print_unreachable(json_object_get(o, "unreachable"));
	print_suspensions(json_object_get(o, "suspensions"));
	print_requests(json_object_get(o, "requests"));
	if (json_array_size(json_object_get(o, "alerts")))
		printf("%zu ALERT%s of unusual reading: `lethe user alerts`\n",
		    json_array_size(json_object_get(o, "alerts")),
		    json_array_size(json_object_get(o, "alerts")) == 1 ? ""
								       : "S");
	print_runs(o);
	print_brakes(o);
	return ST_OK;
}

static int needs_looking(const json_t *requests)
{
	return json_int(requests, "overdue") ||
	       json_int(json_object_get(requests, "outbox"), "dead") ||
	       json_array_size(json_object_get(requests, "freed")) ||
	       json_int(requests, "holidays_missing");
}

/* The metrics are of now, whatever is asked. */
static enum status put_requests(
    struct cli *cli, const char *as_of, int64_t now, json_t *o)
{
	json_t *requests = NULL, *outbox = NULL, *recipients = NULL;
	json_t *freed = NULL;
	enum status st = list_summary(&cli->in, now, &requests);

	if (st == ST_OK)
		st = outbox_summary(&cli->in, &outbox);
	if (st == ST_OK)
		st = json_put(requests, "outbox", outbox);
	if (st == ST_OK)
		st = notification_summary(&cli->in, &recipients);
	if (st == ST_OK)
		st = json_put(requests, "recipients", recipients);
	if (st == ST_OK)
		st = rights_erase_freed(&cli->in, &freed);
	if (st == ST_OK)
		st = json_put(requests, "freed", freed);
	if (st == ST_OK && as_of == NULL)
		st = metrics_write(&cli->in, requests);
	if (st != ST_OK) {
		json_decref(requests);
		return st;
	}
	return json_put(o, "requests", requests);
}

/* As they are now. */
static enum status put_alerts(struct cli *cli, json_t *o)
{
	json_t *alerts = NULL;
	enum status st = accounts_alerts(&cli->in, &alerts);

	if (st == ST_OK && json_object_update(o, alerts) != 0)
		st = fail(ST_NOMEM, "out of memory");
	json_decref(alerts);
	return st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "as-of", required_argument, NULL, 't' },
		CLI_OPTIONS,
	};
	const char *as_of = NULL;
	int64_t now = 0;
	json_t *o = NULL;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		as_of = optarg;
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 0, 0, "none")) != ST_OK)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	if ((st = cli_as_of(cli, as_of, &now)) != ST_OK)
		return st;
	st = overview_json(&cli->in, now, &o);
	if (st == ST_OK)
		st = put_requests(cli, as_of, now, o);
	if (st == ST_OK)
		st = put_alerts(cli, o);
	if (st == ST_OK)
		st = print(cli, o);
	if (st == ST_OK)
		cli->attention =
		    json_int(o, "overdue") || json_int(o, "undecided") ||
		    json_int(o, "unmapped") ||
		    json_array_size(json_object_get(o, "unreachable")) ||
		    json_array_size(json_object_get(o, "alerts")) ||
		    needs_looking(json_object_get(o, "requests"));
	json_decref(o);
	return st;
}

const struct command cmd_status = {
	"status",
	"stores, last runs, requests, what is overdue or undecided",
	"usage: lethe [-c lethe.yml] [--json] status [--as-of TIME]\n\n"
	"Writes requests.prom beside metrics.prom, unless --as-of is given.\n\n"
	"  --as-of TIME  as if it were TIME (a date or RFC 3339)\n",
	run,
};
