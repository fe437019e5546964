/* lethe forecast */
#include <stdio.h>

#include "engine/cli/cli.h"
#include "engine/plan/forecast.h"

static enum status print(const struct cli *cli, const json_t *o)
{
	const json_t *cluster, *day;
	size_t i, k;

	if (cli->json)
		return cli_print_json(o);
	printf("records that fall due in the next %lld days (as of %s)\n",
	    json_int(o, "days"), json_text(o, "as_of"));
	json_array_foreach(json_object_get(o, "clusters"), i, cluster)
	{
		printf("%-24s due now %lld, to come %lld\n",
		    json_text(cluster, "cluster"), json_int(cluster, "due_now"),
		    json_int(cluster, "total"));
		json_array_foreach(json_object_get(cluster, "days"), k, day)
		    printf("    %s  %lld\n", json_text(day, "date"),
			json_int(day, "records"));
	}
	return ST_OK;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "days", required_argument, NULL, 'd' },
		{ "as-of", required_argument, NULL, 't' },
		CLI_OPTIONS,
	};
	const char *as_of = NULL, *given = "30";
	int64_t now = 0, days = 0;
	struct schedule s;
	json_t *o = NULL;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		*(c == 'd' ? &given : &as_of) = optarg;
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
	st = forecast_json(&s, now, (int)days, &o);
	if (st == ST_OK)
		st = print(cli, o);
	json_decref(o);
	schedule_release(&s);
	return st;
}

const struct command cmd_forecast = {
	"forecast",
	"how many records of each cluster fall due, by day",
	"usage: lethe [-c lethe.yml] [--json] forecast [--days N] [--as-of "
	"TIME]\n\n"
	"  --days N      how far to look (default 30, at most 3650)\n"
	"  --as-of TIME  as if it were TIME (a date or RFC 3339)\n",
	run,
};
