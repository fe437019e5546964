/* lethe forecast */
#include <stdio.h>

#include "engine/cli/cli.h"
#include "engine/plan/forecast.h"

#define BAR 40 /* the longest, in characters */

static void print_sums(const char *name, const json_t *o)
{
	printf("%-24s %12lld %12lld\n", name, json_int(o, "due_now"),
	    json_int(o, "total"));
}

/* One line a day; whatever is there has a bar. */
static void print_days(const json_t *days)
{
	static const char bar[] = "########################################";
	const json_t *day;
	long long n, most = 1;
	size_t i;

	json_array_foreach(days, i, day)
	{
		n = json_int(day, "records");
		most = n > most ? n : most;
	}
	if (json_array_size(days))
		printf("\n%-10s %12s\n", "day", "records");
	json_array_foreach(days, i, day)
	{
		n = json_int(day, "records");
		printf("%-10s %12lld  %.*s\n", json_text(day, "date"), n,
		    (int)((n * BAR + most - 1) / most), bar);
	}
}

static enum status print(const struct cli *cli, const json_t *o)
{
	const json_t *all = json_object_get(o, "all"), *cluster;
	size_t i;

	if (cli->json)
		return cli_print_json(o);
	printf("records that fall due in the next %lld days (as of %s)\n\n",
	    json_int(o, "days"), json_text(o, "as_of"));
	printf("%-24s %12s %12s\n", "cluster", "due now", "to come");
	json_array_foreach(json_object_get(o, "clusters"), i, cluster)
	    print_sums(json_text(cluster, "cluster"), cluster);
	print_sums("all", all);
	print_days(json_object_get(all, "days"));
	return ST_OK;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "days", required_argument, NULL, 'd' },
		{ "cluster", required_argument, NULL, 'u' },
		{ "as-of", required_argument, NULL, 't' },
		CLI_OPTIONS,
	};
	const char *as_of = NULL, *given = "30", *cluster = NULL;
	int64_t now = 0, days = 0;
	struct schedule s;
	json_t *o = NULL;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		*(c == 'd' ? &given : c == 'u' ? &cluster : &as_of) = optarg;
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 0, 0, "none")) == ST_OK)
		st = cli_number("days", given, 1, 3650, &days);
	if (st != ST_OK || (st = cli_load(cli)) != ST_OK)
		return st;
	if ((st = cli_as_of(cli, as_of, &now)) != ST_OK)
		return st;
	if ((st = schedule_init(&s, &cli->in, NULL, &cli->in.diag)) != ST_OK)
		return st;
	st = forecast_json(&s, now, (int)days, cluster, &o);
	if (st == ST_OK)
		st = print(cli, o);
	json_decref(o);
	schedule_release(&s);
	return st;
}

const struct command cmd_forecast = {
	"forecast",
	"how many records of each cluster fall due, by day",
	"usage: lethe [-c lethe.yml] [--json] forecast [--days N] [--cluster C] "
	"[--as-of TIME]\n\n"
	"  --days N       how far to look (default 30, at most 3650)\n"
	"  --cluster C    only this one\n"
	"  --as-of TIME   as if it were TIME (a date or RFC 3339)\n",
	run,
};
