/* lethe purge */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/audit/log.h"
#include "engine/cli/cli.h"
#include "engine/consent/disclosure.h"
#include "engine/consent/sweep.h"
#include "engine/package/package.h"
#include "engine/package/snapshot.h"
#include "engine/purge/purge.h"
#include "engine/rights/erasure.h"
#include "engine/rights/retention.h"

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

/* What a run does not count is null. */
static void number(const json_t *item, const char *key)
{
	if (json_is_null(json_object_get(item, key)))
		printf(" %8s", "-");
	else
		printf(" %8lld", json_int(item, key));
}

static void print_clusters(const json_t *report)
{
	const json_t *item;
	char place[128];
	size_t i;

	printf("%-24s %-28s %8s %8s %8s %8s %9s %8s %8s\n", "cluster",
	    "collection", "due", "deleted", "changed", "held", "undecided",
	    "retained", "active");
	json_array_foreach(json_object_get(report, "clusters"), i, item)
	{
		(void)snprintf(place, sizeof(place), "%s.%s",
		    json_text(item, "store"), json_text(item, "collection"));
		printf("%-24s %-28s", json_text(item, "cluster"), place);
		number(item, "due");
		number(item, "deleted");
		printf(" %8lld %8lld",
		    json_int(item, "de_identified") +
			json_int(item, "minimised"),
		    json_int(item, "held") + json_int(item, "restricted"));
		putchar(' ');
		number(item, "undecided");
		number(item, "retain");
		number(item, "active");
		putchar('\n');
	}
}

static void print_exports(const json_t *report)
{
	if (json_int(report, "exports_deleted"))
		printf("%lld access packages have expired and were "
		       "destroyed\n",
		    json_int(report, "exports_deleted"));
}

static void print_suspensions(const json_t *o)
{
	if (json_int(o, "holds") || json_int(o, "restrictions"))
		printf("active suspensions: %lld hold%s, %lld restriction%s\n",
		    json_int(o, "holds"), json_int(o, "holds") == 1 ? "" : "s",
		    json_int(o, "restrictions"),
		    json_int(o, "restrictions") == 1 ? "" : "s");
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

static void print_attention(const struct cli *cli, const json_t *report)
{
	const json_t *u, *column;
	size_t i;

	if (cli->json)
		return;
	json_array_foreach(json_object_get(report, "unmapped"), i, u)
	{
		column = json_object_get(u, "column");
		printf("UNMAPPED: %s.%s%s%s is in no dataset: describe it, or "
		       "name it under lethe: {ignore: [...]}\n",
		    json_text(u, "store"), json_text(u, "table"),
		    json_is_string(column) ? "." : "", json_text(u, "column"));
	}
	cli_print_unreachable(json_object_get(report, "unreachable"));
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

/* What becomes of records that stay is called what it is. */
static void print_labels(const json_t *report)
{
	int later = json_is_true(json_object_get(report, "dry_run"));
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(report, "clusters"), i, item)
	{
		long long n = json_int(item, later ? "due" : "de_identified");

		if (n && json_is_string(json_object_get(item, "label")))
			printf("%s.%s: %lld record%s of %s %s %s\n",
			    json_text(item, "store"),
			    json_text(item, "collection"), n, n == 1 ? "" : "s",
			    json_text(item, "cluster"),
			    later    ? "would be"
			    : n == 1 ? "is"
				     : "are",
			    json_text(item, "label"));
	}
}

/* What was planned in a file and was not done, or was due besides. */
static void print_skips(const json_t *report)
{
	const json_t *item, *skipped;
	size_t i;

	json_array_foreach(json_object_get(report, "clusters"), i, item)
	{
		skipped = json_object_get(item, "skipped");
		if (json_int(item, "planned") + json_int(item, "unplanned") ==
		    0)
			continue;
		printf("%s.%s: %lld planned, %lld deleted; skipped: %lld gone, "
		       "%lld held, %lld changed; %lld due and not planned\n",
		    json_text(item, "store"), json_text(item, "collection"),
		    json_int(item, "planned"), json_int(item, "deleted"),
		    json_int(skipped, "gone"), json_int(skipped, "held"),
		    json_int(skipped, "changed"), json_int(item, "unplanned"));
	}
}

static void print_plan_file(const json_t *plan, const char *file)
{
	printf("plan %s is in %s: `lethe purge --execute %s` carries it out\n",
	    json_text(plan, "id"), file, file);
}

static void print_consents(const json_t *c)
{
	if (json_int(c, "deleted") || json_int(c, "preferences"))
		printf("%lld records of consent and %lld settings deleted, "
		       "whose time was over\n",
		    json_int(c, "deleted"), json_int(c, "preferences"));
}

static void print_requests(const json_t *o)
{
	if (json_int(o, "due"))
		printf("closed requests whose retention is over: %lld, "
		       "deleted %lld, held %lld\n",
		    json_int(o, "due"), json_int(o, "deleted"),
		    json_int(o, "held"));
}

static enum status print(
    const struct cli *cli, const json_t *report, const struct purge_options *o)
{
	const char *end;

	if (cli->json)
		return cli_print_json(report);
	print_clusters(report);
	putchar('\n');
	print_labels(report);
	print_skips(report);
	end = json_is_object(json_object_get(report, "stopped")) ? ", stopped"
	      : json_is_true(json_object_get(report, "verified"))
		  ? ", verified: nothing that is due is left"
		  : "";
	if (o->mode == PURGE_DRY_RUN)
		printf("dry run as of %s: nothing was touched\n",
		    json_text(report, "as_of"));
	else
		printf("run %s: %lld records deleted in %.1f s%s\n",
		    json_text(report, "run"), json_int(report, "deleted"),
		    json_real_value(json_object_get(report, "seconds")), end);
	print_requests(json_object_get(report, "requests"));
	print_consents(json_object_get(report, "consents"));
	cli_print_pruned(json_object_get(report, "log_pruned"));
	if (o->plan_file)
		print_plan_file(json_object_get(report, "plan"), o->plan_file);
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
		{ "plan", required_argument, NULL, 'p' },
		{ "execute", required_argument, NULL, 'e' },
		{ "approve", no_argument, NULL, 'a' },
		{ "jobs", required_argument, NULL, 'b' },
		CLI_OPTIONS,
	};
	const char *jobs = NULL;
	int64_t n;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'n': o->mode = PURGE_DRY_RUN; break;
		case 't': *as_of = optarg; break;
		case 's': o->store = optarg; break;
		case 'u': o->cluster = optarg; break;
		case 'p': o->plan_file = optarg; break;
		case 'e': o->execute_file = optarg; break;
		case 'a': o->approve = 1; break;
		case 'b': jobs = optarg; break;
		default: return ST_USAGE;
		}
	}
	if (o->execute_file && (*as_of || o->store || o->cluster ||
				   o->plan_file || o->mode == PURGE_DRY_RUN))
		return fail(ST_USAGE,
		    "--execute carries out a plan as it is: only --approve "
		    "goes with it");
	if (o->approve && (o->plan_file || o->mode == PURGE_DRY_RUN))
		return fail(ST_USAGE,
		    "--approve is for a run: `lethe plan approve ID` approves "
		    "the plan of a file");
	if (jobs) {
		if (cli_number("jobs", jobs, 1, CONFIG_JOBS, &n) != ST_OK)
			return ST_USAGE;
		o->jobs = (int)n;
	}
	if (o->plan_file)
		o->mode = PURGE_DRY_RUN;
	return cli_arguments(argc, 0, 0, "none");
}

/* A report is there also where a brake stopped the run. */
static enum status show(struct cli *cli, enum status st, const json_t *report,
    const struct purge_options *o)
{
	char *why = NULL;
	enum status printed;

	if (report == NULL)
		return st;
	if (st == ST_OK) {
		cli->attention =
		    purge_needs_attention(report) ||
		    json_int(json_object_get(report, "snapshots"), "failed");
	} else if ((why = strdup(status_text())) == NULL) {
		return fail(ST_NOMEM, "out of memory");
	}
	printed = print(cli, report, o);
	cli->answered = 1;
	(void)fflush(stdout); /* before the sentence on stderr */
	if (st == ST_OK && printed == ST_OK) {
		if (!cli->json)
			print_exports(report);
		print_attention(cli, report);
	}
	if (why)
		status_say("%s", why);
	free(why);
	return printed == ST_OK ? st : printed;
}

/* What follows from a run for people's requests: of what erasures had to keep,
 * some may have gone now; and copies that wait to be downloaded have a rule of
 * their own, their keys first. */
static enum status follow(struct cli *cli, json_t *report)
{
	struct rights_actor by = { NULL, REQUEST_BY_OPERATOR, when_now() };
	char *actor = NULL;
	int64_t requests = 0, deleted = 0;
	enum status st = audit_actor(&actor);

	by.name = actor;
	if (st == ST_OK)
		st = rights_erase_rest(&cli->in, &by, &requests);
	if (st == ST_OK)
		st = package_sweep(&cli->in, &by, &deleted);
	if (st == ST_OK)
		st = json_put(report, "exports_deleted", json_integer(deleted));
	free(actor);
	return st;
}

/* Part of a run is not about them. */
static enum status no_requests(json_t *report)
{
	enum status st = json_put(report, "consents", json_null());

	if (st == ST_OK)
		st = json_put(report, "disclosures", json_null());
	return st == ST_OK ? json_put(report, "requests", json_null()) : st;
}

/* So are consents, preferences and disclosures. */
static enum status purge_consents(
    struct cli *cli, const struct purge_options *o, json_t *report)
{
	struct rights_actor by = { NULL, REQUEST_BY_OPERATOR, when_now() };
	json_t *consents = NULL, *disclosures = NULL;
	char *actor = NULL;
	enum status st = audit_actor(&actor);

	by.name = actor;
	if (st == ST_OK)
		st = consent_sweep(&cli->in,
		    o->mode == PURGE_DRY_RUN ? SWEEP_LOOK : SWEEP_DELETE, &by,
		    o->as_of, &consents);
	if (st == ST_OK)
		st = json_put(report, "consents", consents);
	if (st == ST_OK)
		st = disclosure_sweep(&cli->in,
		    o->mode == PURGE_DRY_RUN ? SWEEP_LOOK : SWEEP_DELETE, &by,
		    o->as_of, &disclosures);
	free(actor);
	return st == ST_OK ? json_put(report, "disclosures", disclosures) : st;
}

/* The requests' own data is a cluster that no policy has: it goes with a run
 * of everything. */
static enum status purge_requests(
    struct cli *cli, const struct purge_options *o, json_t *report)
{
	json_t *requests = NULL;
	char *actor = NULL;
	enum status st;

	if (o->store || o->cluster || o->plan_file || o->execute_file)
		return no_requests(report);
	st = audit_actor(&actor);
	if (st == ST_OK)
		st = retention_run(&cli->in,
		    o->mode == PURGE_DRY_RUN ? RETENTION_LOOK
					     : RETENTION_DELETE,
		    actor, o->as_of, &requests);
	free(actor);
	if (st == ST_OK)
		st = json_put(report, "requests", requests);
	return st == ST_OK ? purge_consents(cli, o, report) : st;
}

/* What falls due now, and an open request is to be answered with, is kept
 * aside before it goes.  Nothing of that stops a purge; that it failed is
 * said. */
static enum status keep_aside(
    struct cli *cli, const struct purge_options *o, json_t **out)
{
	struct rights_actor by = { NULL, REQUEST_BY_OPERATOR, when_now() };
	char *actor = NULL;
	enum status st;

	if (o->mode == PURGE_DRY_RUN)
		return json_made(json_null(), out);
	st = audit_actor(&actor);
	by.name = actor;
	if (st == ST_OK)
		st = snapshot_renew(&cli->in, &by, o->as_of, out);
	free(actor);
	if (st == ST_OK && json_int(*out, "failed") > 0)
		(void)fprintf(stderr,
		    "lethe: %lld open requests have no snapshot of what falls "
		    "due before they are answered: `lethe request snapshot ID` "
		    "says why\n",
		    json_int(*out, "failed"));
	return st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	struct purge_options o = { .mode = PURGE_EXECUTE };
	const char *as_of = NULL;
	json_t *report = NULL, *aside = NULL;
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
	st = keep_aside(cli, &o, &aside);
	if (st == ST_OK)
		st = purge_run(&cli->in, &o, &report);
	if (st == ST_OK)
		st = json_put(report, "snapshots", json_incref(aside));
	if (st == ST_OK)
		st = purge_requests(cli, &o, report);
	if (o.progress)
		(void)fputs("\r\033[K", stderr);
	if (st == ST_OK && o.mode == PURGE_EXECUTE)
		st = follow(cli, report);
	st = show(cli, st, report, &o);
	json_decref(aside);
	json_decref(report);
	return st;
}

const struct command cmd_purge = {
	"purge",
	"delete what is due, with evidence",
	"usage: lethe [-c lethe.yml] [--json] purge [--dry-run] [--as-of TIME]\n"
	"             [--store STORE] [--cluster CLUSTER] [--plan FILE]\n"
	"             [--execute FILE] [--approve] [--jobs N]\n\n"
	"Deletes every record whose period is over, in bounded batches, each\n"
	"with its evidence, then verifies and scrubs.  Meant for cron; killed\n"
	"at any instant, the next run continues.\n\n"
	"A brake stops it after its plan (exit 3) where a rule is new or has\n"
	"changed, where more of a collection would go than purge.max_share, or\n"
	"where the clock has jumped: see `lethe plan --help`.\n\n"
	"A run of everything also deletes closed requests whose `requests:\n"
	"{retention: ...}` is over, unless their person is suspended.\n\n"
	"  --dry-run          show the plan and touch nothing\n"
	"  --as-of TIME       as if it were TIME (a date or RFC 3339); a run\n"
	"                     that deletes cannot look ahead\n"
	"  --store STORE      only this store\n"
	"  --cluster CLUSTER  only this cluster\n"
	"  --plan FILE        a dry run that writes its plan, and keeps it\n"
	"  --execute FILE     carry that plan out, once: only records in it, and\n"
	"                     only if they are still due; what is gone, held or\n"
	"                     changed since is skipped and reported\n"
	"  --approve          approve what would stop it, as one person\n"
	"  --jobs N           stores, and segments of them, worked on at a\n"
	"                     time; default: purge.jobs in lethe.yml, or as many\n"
	"                     as there are processors\n",
	run,
};
