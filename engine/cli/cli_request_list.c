/* lethe request list */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli_request.h"
#include "engine/rights/list.h"

struct order {
	struct list_filter filter;
	const char *as_of;
	const char *limit;
	const char *offset;
	const char *sort;
};

static enum status parse(
    struct cli *cli, int argc, char **argv, struct order *o)
{
	static const struct option options[] = {
		{ "type", required_argument, NULL, 't' },
		{ "state", required_argument, NULL, 'S' },
		{ "standing", required_argument, NULL, 'G' },
		{ "all", no_argument, NULL, 'L' },
		{ "as-of", required_argument, NULL, 's' },
		{ "limit", required_argument, NULL, 'M' },
		{ "offset", required_argument, NULL, 'O' },
		{ "sort", required_argument, NULL, 'R' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 't': o->filter.type = optarg; break;
		case 'S': o->filter.state = optarg; break;
		case 'G': o->filter.standing = optarg; break;
		case 'L': o->filter.which = LIST_ALL; break;
		case 's': o->as_of = optarg; break;
		case 'M': o->limit = optarg; break;
		case 'O': o->offset = optarg; break;
		case 'R': o->sort = optarg; break;
		default: return ST_USAGE;
		}
	}
	return ST_OK;
}

static void print_rows(const json_t *o)
{
	const json_t *r;
	size_t i;

	printf("%-20s %-22s %-18s %-10s %-10s %s\n", "request", "type", "state",
	    "received", "due", "");
	json_array_foreach(json_object_get(o, "requests"), i, r)
	    printf("%-20s %-22s %-18s %-10s %-10s %s\n", json_text(r, "id"),
		json_text(r, "type"), json_text(r, "state"),
		json_text(r, "receipt_date"), json_text(r, "due_date"),
		json_text(r, "standing"));
	printf("%zu of %lld\n", i, json_int(o, "total"));
}

static enum status fill(struct order *o)
{
	struct list_filter *f = &o->filter;
	enum status st = ST_OK;

	f->limit = 50;
	if (o->limit)
		st = cli_number("limit", o->limit, 1, 1000000, &f->limit);
	if (st == ST_OK && o->offset)
		st = cli_number("offset", o->offset, 0, 1000000000, &f->offset);
	if (st == ST_OK && o->sort && strcmp(o->sort, "received") == 0)
		f->sort = LIST_BY_RECEIPT;
	else if (st == ST_OK && o->sort && strcmp(o->sort, "due") != 0)
		st = fail(ST_USAGE, "--sort is due or received");
	return st;
}

enum status cli_request_list(struct cli *cli, int argc, char **argv)
{
	struct order o = { .filter = { .sort = LIST_BY_DUE } };
	json_t *out = NULL;
	int64_t now = 0;
	enum status st = parse(cli, argc, argv, &o);

	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	st = cli_arguments(argc, 1, 1, "only options");
	if (st == ST_OK)
		st = fill(&o);
	if (st == ST_OK)
		st = cli_load(cli);
	if (st == ST_OK)
		st = cli_as_of(cli, o.as_of, &now);
	if (st == ST_OK)
		st = list_json(&cli->in, &o.filter, now, &out);
	if (st != ST_OK)
		return st;
	if (cli->json)
		st = cli_print_json(out);
	else
		print_rows(out);
	json_decref(out);
	return st;
}
