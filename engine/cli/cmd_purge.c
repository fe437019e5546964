/* lethe purge */
#include <stdio.h>
#include <unistd.h>

#include "engine/cli/cli.h"
#include "engine/purge/purge.h"

static void bar(void *ctx, const char *cluster, int64_t deleted, int64_t due)
{
	int filled = due > 0 ? (int)(deleted * 30 / due) : 30;

	(void)ctx;
	if (filled > 30)
		filled = 30;
	(void)fprintf(stderr, "\r[%.*s%*s] %lld of %lld  %-24.24s", filled,
	    "##############################", 30 - filled, "",
	    (long long)deleted, (long long)due, cluster);
	(void)fflush(stderr);
}

static void print_clusters(const json_t *report)
{
	const json_t *item;
	char place[128];
	size_t i;

	printf("%-24s %-28s %9s %9s %9s %9s %9s\n", "cluster", "collection",
	    "due", "deleted", "retained", "active", "undecided");
	json_array_foreach(json_object_get(report, "clusters"), i, item)
	{
		(void)snprintf(place, sizeof(place), "%s.%s",
		    json_text(item, "store"), json_text(item, "collection"));
		printf("%-24s %-28s %9lld %9lld %9lld %9lld %9lld\n",
		    json_text(item, "cluster"), place, json_int(item, "due"),
		    json_int(item, "deleted"), json_int(item, "retain"),
		    json_int(item, "active"), json_int(item, "undecided"));
	}
}

static void print_suspensions(const json_t *o)
{
	if (json_int(o, "holds") || json_int(o, "restrictions"))
		printf("%lld holds and %lld restrictions are active\n",
		    json_int(o, "holds"), json_int(o, "restrictions"));
	if (json_int(o, "reviews_overdue"))
		printf("review overdue: %lld of them: `lethe hold list` names "
		       "them\n",
		    json_int(o, "reviews_overdue"));
	if (json_int(o, "behind"))
		printf("suspensions: %lld rows are not in the stores yet, or "
		       "still: a run brings them there first, so that it may "
		       "keep more, or less, than this\n",
		    json_int(o, "behind"));
}

static void print_attention(const json_t *report)
{
	const json_t *u, *column;
	size_t i;

	json_array_foreach(json_object_get(report, "unmapped"), i, u)
	{
		column = json_object_get(u, "column");
		printf("UNMAPPED: %s.%s%s%s is in no dataset: describe it, or "
		       "name it under lethe: {ignore: [...]}\n",
		    json_text(u, "store"), json_text(u, "table"),
		    json_is_string(column) ? "." : "", json_text(u, "column"));
	}
	print_suspensions(json_object_get(report, "suspensions"));
	if (json_int(report, "undecided"))
		printf("UNDECIDED: %lld records have no readable starting "
		       "point: `lethe check` names the places\n",
		    json_int(report, "undecided"));
	if (json_int(report, "overdue"))
		printf("OVERDUE: %lld records should have gone%s\n",
		    json_int(report, "overdue"),
		    json_is_true(json_object_get(report, "dry_run"))
			? " already: run `lethe purge`"
			: " and are still there: other records refer to them, "
			  "or they came in meanwhile");
	if (json_is_false(json_object_get(report, "scrubbed")))
		puts("deleted, not yet scrubbed: a reader still holds an older "
		     "state; the next run scrubs");
}

static enum status print(const struct cli *cli, const json_t *report)
{
	int dry = json_is_true(json_object_get(report, "dry_run"));

	if (cli->json)
		return cli_print_json(report);
	print_clusters(report);
	if (dry)
		printf("\ndry run as of %s: nothing was touched\n",
		    json_text(report, "as_of"));
	else
		printf("\nrun %s: %lld records deleted in %.1f s%s\n",
		    json_text(report, "run"), json_int(report, "deleted"),
		    json_real_value(json_object_get(report, "seconds")),
		    json_is_true(json_object_get(report, "verified"))
			? ", verified: nothing that is due is left"
			: "");
	print_attention(report);
	return ST_OK;
}

static enum status parse(struct cli *cli, int argc, char **argv,
    struct purge_options *o, const char **as_of)
{
	static const struct option options[] = {
		{ "dry-run", no_argument, NULL, 'n' },
		{ "as-of", required_argument, NULL, 't' },
		{ "store", required_argument, NULL, 's' },
		{ "cluster", required_argument, NULL, 'u' },
		{ "approve", no_argument, NULL, 'a' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'n': o->mode = PURGE_DRY_RUN; break;
		case 't': *as_of = optarg; break;
		case 's': o->store = optarg; break;
		case 'u': o->cluster = optarg; break;
		case 'a': /* every plan is approved as yet */ break;
		default: return ST_USAGE;
		}
	}
	return cli_arguments(argc, 0, 0, "none");
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	struct purge_options o = { .mode = PURGE_EXECUTE };
	const char *as_of = NULL;
	json_t *report = NULL;
	enum status st;

	st = parse(cli, argc, argv, &o, &as_of);
	if (cli->help)
		return ST_OK;
	if (st != ST_OK || (st = cli_load(cli)) != ST_OK)
		return st;
	if ((st = cli_as_of(cli, as_of, &o.as_of)) != ST_OK)
		return st;
	if (!cli->json && isatty(STDERR_FILENO))
		o.progress = bar;
	st = purge_run(&cli->in, &o, &report);
	if (o.progress)
		(void)fputs("\r\033[K", stderr);
	if (st == ST_OK)
		st = print(cli, report);
	if (st == ST_OK)
		cli->attention = purge_needs_attention(report);
	json_decref(report);
	return st;
}

const struct command cmd_purge = {
	"purge",
	"delete what is due, with evidence",
	"usage: lethe [-c lethe.yml] [--json] purge [--dry-run] [--as-of TIME]\n"
	"             [--store STORE] [--cluster CLUSTER] [--approve]\n\n"
	"Deletes every record whose period is over, in bounded batches, each\n"
	"with its evidence, then verifies and scrubs.  Meant for cron; killed\n"
	"at any instant, the next run continues.\n\n"
	"  --dry-run          show the plan and touch nothing\n"
	"  --as-of TIME       as if it were TIME (a date or RFC 3339); a run\n"
	"                     that deletes cannot look ahead\n"
	"  --store STORE      only this store\n"
	"  --cluster CLUSTER  only this cluster\n"
	"  --approve          approve the plan as it is carried out\n",
	run,
};
