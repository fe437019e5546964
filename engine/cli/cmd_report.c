/* lethe report */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/holds/holds.h"
#include "engine/report/report.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };
struct options {
	const char *cluster;
	const char *collection;
	char *by; /* cut up where the commas are */
	const char *fields[8];
	const char *min;
	const char *language;
	enum format format;
};

static const char *value_text(const json_t *v)
{
	if (json_is_string(v))
		return json_string_value(v);
	return json_is_null(v) ? "(none)" : "(other)";
}

static void print_csv_field(const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL) {
		(void)fputs(text, stdout);
		return;
	}
	(void)putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			(void)putchar('"');
		(void)putchar(*text);
	}
	(void)putchar('"');
}

static void print_csv(const json_t *report)
{
	const json_t *cell, *v;
	size_t i, k;

	json_array_foreach(json_object_get(report, "by"), i, v)
	{
		print_csv_field(json_string_value(v));
		(void)putchar(',');
	}
	puts("count,as_of");
	json_array_foreach(json_object_get(report, "cells"), i, cell)
	{
		json_array_foreach(json_object_get(cell, "values"), k, v)
		{
			print_csv_field(json_is_null(v) ? "" : value_text(v));
			(void)putchar(',');
		}
		if (json_is_integer(json_object_get(cell, "count")))
			printf("%lld", json_int(cell, "count"));
		printf(",%s\n", json_text(cell, "as_of"));
	}
}

static void print_number(const json_t *cell)
{
	const json_t *v;
	size_t k;

	if (!json_is_integer(json_object_get(cell, "count")))
		return;
	printf(
	    "%9lld  %.10s ", json_int(cell, "count"), json_text(cell, "as_of"));
	if (json_array_size(json_object_get(cell, "values")) == 0)
		printf(" (all)");
	json_array_foreach(json_object_get(cell, "values"), k, v)
	    printf("%s%s", k ? ", " : " ", value_text(v));
	(void)putchar('\n');
}

static void print_text(const json_t *report)
{
	const char *by = json_text(report, "counted_by");
	const json_t *o;
	size_t i;

	printf("%s: %s of %s", json_text(report, "title"),
	    json_text(report, "unit"), json_text(report, "collection"));
	if (*by)
		printf(" (distinct %s)", by);
	printf(", at least %lld together\n", json_int(report, "min"));
	json_array_foreach(json_object_get(report, "totals"), i, o)
	    print_number(o);
	puts("");
	json_array_foreach(json_object_get(report, "cells"), i, o)
	    print_number(o);
	if (json_int(report, "withheld"))
		printf("\nwithheld: %lld numbers that stand for too few, or "
		       "would tell others that do\n",
		    json_int(report, "withheld"));
	o = json_object_get(report, "restricted");
	if (json_is_object(o))
		printf("left out: %lld people whose data is restricted\n",
		    json_int(o, "count"));
}

static enum status print(
    const struct cli *cli, const struct options *o, const json_t *report)
{
	if (cli->json || o->format == FORMAT_JSON)
		return cli_print_json(report);
	if (o->format == FORMAT_CSV)
		print_csv(report);
	else
		print_text(report);
	return ST_OK;
}

static enum status set_format(struct options *o, const char *text)
{
	static const char *const words[] = { "text", "json", "csv", NULL };

	for (int i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0) {
			o->format = (enum format)i;
			return ST_OK;
		}
	}
	return fail(ST_USAGE,
	    "--format `%s`: there are `text`, `json` and `csv`", text);
}

static enum status parse(
    struct cli *cli, int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "cluster", required_argument, NULL, 'C' },
		{ "collection", required_argument, NULL, 'O' },
		{ "by", required_argument, NULL, 'b' },
		{ "min", required_argument, NULL, 'm' },
		{ "language", required_argument, NULL, 'l' },
		{ "format", required_argument, NULL, 'f' },
		CLI_OPTIONS,
	};
	enum status st = ST_OK;
	int c;

	while (
	    st == ST_OK && (c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'C': o->cluster = optarg; break;
		case 'O': o->collection = optarg; break;
		case 'b': o->by = optarg; break;
		case 'm': o->min = optarg; break;
		case 'l': o->language = optarg; break;
		case 'f': st = set_format(o, optarg); break;
		default: return ST_USAGE;
		}
	}
	if (st != ST_OK || cli->help)
		return st;
	if ((st = cli_arguments(argc, 0, 0, "none")) != ST_OK)
		return st;
	if (o->cluster == NULL || o->by == NULL)
		return fail(ST_USAGE,
		    "expected --cluster CLUSTER and --by FIELD: `lethe report "
		    "--help` explains");
	return ST_OK;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	struct options o = { .language = "en" };
	struct report_request request = { .by = o.fields };
	json_t *report = NULL;
	char *rest = NULL, *field;
	enum status st;

	if ((st = parse(cli, argc, argv, &o)) != ST_OK || cli->help)
		return st;
	for (field = strtok_r(o.by, ",", &rest); field && request.by_count < 8;
	     field = strtok_r(NULL, ",", &rest))
		o.fields[request.by_count++] = field;
	request.cluster = o.cluster;
	request.collection = o.collection;
	request.language = o.language;
	if (o.min)
		st = cli_number("min", o.min, 1, 1000000, &request.min);
	if (st != ST_OK || (st = cli_load(cli)) != ST_OK)
		return st;
	if ((st = installation_unlock(&cli->in)) != ST_OK)
		return st;
	if ((st = holds_refresh(&cli->in, NULL)) != ST_OK)
		return st;
	st = report_make(&cli->in, &request, when_now(), &report);
	if (st == ST_OK)
		st = print(cli, &o, report);
	json_decref(report);
	return st;
}

const struct command cmd_report = {
	"report",
	"for others: how many, by what many have in common",
	"usage: lethe [-c lethe.yml] [--json] report --cluster CLUSTER\n"
	"             --by FIELD[,FIELD[,FIELD]] [--collection COLLECTION]\n"
	"             [--min N] [--language LANGUAGE] [--format FORMAT]\n\n"
	"Counts the people of a cluster by one to three fields, for those who\n"
	"must not know them.  Numbers below the minimum are withheld, and with\n"
	"them others, so that no subtraction gives them: of this report, of all\n"
	"reports of the collection together, of today's and an earlier one.  A\n"
	"number that has changed by less is shown as it was.  Reports whose\n"
	"fields could be played off against those of earlier ones are refused\n"
	"(exit 3).\n\n"
	"  --by FIELD            its values; FIELD:month, :year, :decade of a\n"
	"                        time; FIELD:3 the first characters, or ranges\n"
	"                        of so many of a number\n"
	"  --collection NAME     where the cluster has several\n"
	"  --min N               more than the installation's minimum\n"
	"                        (reports: {min_cell: 5} in lethe.yml)\n"
	"  --language LANGUAGE   of the title: en, ja, de\n"
	"  --format FORMAT       text, json or csv\n",
	run,
};
