/* lethe request propose, changes, and correct */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
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

static enum status print(struct cli *cli, const json_t *o)
{
	if (cli->json)
		return cli_print_json(o);
	print_changes(o);
	return ST_OK;
}

struct proposal {
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

enum status cli_request_propose(struct cli *cli, int argc, char **argv)
{
	struct rights_actor by = { NULL, REQUEST_BY_OPERATOR, 0 };
	struct proposal p = { .withdraw = NULL };
	char *actor = NULL;
	json_t *out = NULL;
	enum status st = parse(cli, argc, argv, &p);

	if (st != ST_OK || cli->help)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	st = audit_actor(&actor);
	by.name = actor;
	by.now = when_now();
	if (st == ST_OK && p.withdraw)
		st = rights_take_back(
		    &cli->in, &by, argv[optind + 1], p.number, &out);
	else if (st == ST_OK)
		st = rights_propose(
		    &cli->in, &by, argv[optind + 1], &p.change, &out);
	if (st == ST_OK)
		st = print(cli, out);
	json_decref(out);
	free(actor);
	return st;
}

static enum status parse_id(
    struct cli *cli, int argc, char **argv, const char *what)
{
	static const struct option options[] = { CLI_OPTIONS };

	while (cli_option(cli, argc, argv, options) != -1)
		return ST_USAGE;
	return cli->help ? ST_OK : cli_arguments(argc, 2, 2, what);
}

enum status cli_request_changes(struct cli *cli, int argc, char **argv)
{
	struct rights_actor by = { NULL, REQUEST_BY_OPERATOR, 0 };
	char *actor = NULL;
	json_t *out = NULL;
	enum status st = parse_id(cli, argc, argv, "changes ID");

	if (st != ST_OK || cli->help)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	st = audit_actor(&actor);
	by.name = actor;
	by.now = when_now();
	if (st == ST_OK)
		st = rights_changes(&cli->in, &by, argv[optind + 1], &out);
	if (st == ST_OK)
		st = print(cli, out);
	json_decref(out);
	free(actor);
	return st;
}

enum status cli_request_correct(struct cli *cli, int argc, char **argv)
{
	struct rights_actor by = { NULL, REQUEST_BY_OPERATOR, 0 };
	char *actor = NULL;
	json_t *out = NULL;
	enum status st = parse_id(cli, argc, argv, "correct ID");

	if (st != ST_OK || cli->help)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	st = audit_actor(&actor);
	by.name = actor;
	by.now = when_now();
	if (st == ST_OK)
		st = rights_correct(&cli->in, &by, argv[optind + 1], &out);
	if (st == ST_OK)
		st = cli_request_print(cli, out);
	json_decref(out);
	free(actor);
	return st;
}
