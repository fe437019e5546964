/* lethe request propose, changes, and correct */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/number.h"
#include "engine/cli/cli_request.h"
#include "engine/rights/rectify.h"

static void print_value(const json_t *o, const char *name)
{
	char *text = json_dumps(
	    json_object_get(o, name), JSON_ENCODE_ANY | JSON_COMPACT);

	printf("%s", text ? text : "");
	free(text);
}

static void print_changes(const json_t *o)
{
	const json_t *c, *key;
	size_t i, k;

	printf("%s  %s\n", json_text(o, "request"),
	    json_is_true(json_object_get(o, "approved"))  ? "approved"
	    : json_is_true(json_object_get(o, "decided")) ? "decided"
							  : "not decided");
	json_array_foreach(json_object_get(o, "changes"), i, c)
	{
		printf("  %lld %-9s %s %s.%s", json_int(c, "change"),
		    json_text(c, "state"), json_text(c, "kind"),
		    json_text(c, "store"), json_text(c, "collection"));
		json_array_foreach(json_object_get(c, "key"), k, key)
		    printf(" %s", json_string_value(key));
		printf(" %s: ", json_text(c, "field"));
		print_value(c, "old");
		printf(" -> ");
		print_value(c, "new");
		printf("\n    %s\n", json_text(c, "evidence"));
	}
}

struct proposal {
	const char *id;
	struct rights_change change;
	const char *withdraw;
	int64_t number;
};

static enum status set_record(struct proposal *p, int argc, char **argv)
{
	enum status st;

	if (p->withdraw) {
		st = cli_arguments(argc, 2, 2, "propose ID --withdraw NUMBER");
		if (st == ST_OK && number_int(p->withdraw, strlen(p->withdraw),
				       &p->number) != ST_OK)
			st = fail(ST_USAGE,
			    "--withdraw takes the number of a change");
		return st;
	}
	st = cli_arguments(
	    argc, 5, 64, "propose ID STORE COLLECTION KEY... --field NAME");
	if (st == ST_OK && p->change.field == NULL)
		st = fail(ST_USAGE, "which field? give --field NAME");
	if (st != ST_OK)
		return st;
	p->change.store = argv[optind + 2];
	p->change.collection = argv[optind + 3];
	p->change.key = (const char *const *)&argv[optind + 4];
	p->change.key_count = (size_t)(argc - optind - 4);
	return ST_OK;
}

static enum status parse(
    struct cli *cli, int argc, char **argv, struct proposal *p)
{
	static const struct option options[] = {
		{ "kind", required_argument, NULL, 'k' },
		{ "field", required_argument, NULL, 'f' },
		{ "value", required_argument, NULL, 'v' },
		{ "evidence", required_argument, NULL, 'e' },
		{ "withdraw", required_argument, NULL, 'w' },
		CLI_OPTIONS,
	};
	int c;

	p->change.kind = "correct";
	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'k': p->change.kind = optarg; break;
		case 'f': p->change.field = optarg; break;
		case 'v': p->change.value = optarg; break;
		case 'e': p->change.evidence = optarg; break;
		case 'w': p->withdraw = optarg; break;
		default: return ST_USAGE;
		}
	}
	return cli->help ? ST_OK : set_record(p, argc, argv);
}

static enum status propose(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	const struct proposal *p = ctx;

	return p->withdraw
		   ? rights_take_back(&cli->in, by, p->id, p->number, out)
		   : rights_propose(&cli->in, by, p->id, &p->change, out);
}

enum status cli_request_propose(struct cli *cli, int argc, char **argv)
{
	struct proposal p = { .withdraw = NULL };
	enum status st = parse(cli, argc, argv, &p);

	if (st != ST_OK || cli->help)
		return st;
	p.id = argv[optind + 1];
	return cli_act(cli, propose, &p, print_changes);
}

static enum status changes(
    struct cli *cli, const struct rights_actor *by, void *id, json_t **out)
{
	return rights_changes(&cli->in, by, id, out);
}

enum status cli_request_changes(struct cli *cli, int argc, char **argv)
{
	return cli_request_act(cli, argc, argv, changes, print_changes);
}

static enum status correct(
    struct cli *cli, const struct rights_actor *by, void *id, json_t **out)
{
	return rights_correct(&cli->in, by, id, out);
}

enum status cli_request_correct(struct cli *cli, int argc, char **argv)
{
	return cli_request_act(cli, argc, argv, correct, cli_request_text);
}
