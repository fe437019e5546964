/* lethe request items */
#include <stdio.h>
#include <stdlib.h>

#include "engine/audit/log.h"
#include "engine/cli/cli_request.h"
#include "engine/rights/item.h"

#define FIELDS_MOST 64

struct order {
	struct rights_item item;
	const char *fields[FIELDS_MOST];
};

static void print_item(const json_t *x)
{
	char *key = json_dumps(
	    json_object_get(x, "key"), JSON_COMPACT | JSON_ENSURE_ASCII);
	const char *decision = json_text(x, "decision");

	printf("  %-9s %s.%s %s%s%s%s\n", *decision ? decision : "undecided",
	    json_text(x, "store"), json_text(x, "collection"), key ? key : "",
	    json_is_true(json_object_get(x, "shared"))
		? "; others may have it too"
		: "",
	    *json_text(x, "reason") ? ": " : "", json_text(x, "reason"));
	free(key);
}

static enum status print(struct cli *cli, const json_t *o)
{
	const json_t *x;
	size_t i;

	if (cli->json)
		return cli_print_json(o);
	printf("%s: %zu records, nothing is decided of %lld; these are "
	       "included\n",
	    json_text(o, "id"), json_array_size(json_object_get(o, "items")),
	    json_int(o, "undecided"));
	json_array_foreach(json_object_get(o, "items"), i, x) print_item(x);
	return ST_OK;
}

static enum status add_field(struct order *o, const char *name)
{
	if (o->item.field_count == FIELDS_MOST)
		return fail(
		    ST_USAGE, "--field: no more than %d fields", FIELDS_MOST);
	o->fields[o->item.field_count++] = name;
	return ST_OK;
}

static enum status parse(
    struct cli *cli, int argc, char **argv, struct order *o)
{
	static const struct option options[] = {
		{ "decide", required_argument, NULL, 'd' },
		{ "field", required_argument, NULL, 'f' },
		{ "reason", required_argument, NULL, 'r' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'd': o->item.decision = optarg; break;
		case 'f':
			if (add_field(o, optarg) != ST_OK)
				return ST_USAGE;
			break;
		case 'r': o->item.reason = optarg; break;
		default: return ST_USAGE;
		}
	}
	if (cli->help)
		return ST_OK;
	if (o->item.decision == NULL &&
	    (o->item.field_count > 0 || o->item.reason))
		return fail(ST_USAGE, "--field and --reason go with --decide "
				      "include|redact|withhold");
	if (o->item.decision == NULL)
		return cli_arguments(argc, 2, 2, "the request's ID");
	return cli_arguments(
	    argc, 5, 64, "items ID STORE COLLECTION KEY... --decide WHAT");
}

static enum status act(struct cli *cli, const struct rights_actor *by,
    struct order *o, int argc, char **argv, json_t **out)
{
	const char *id = argv[optind + 1];

	if (o->item.decision == NULL)
		return rights_items(&cli->in, by, id, out);
	o->item.store = argv[optind + 2];
	o->item.collection = argv[optind + 3];
	o->item.key = (const char *const *)&argv[optind + 4];
	o->item.key_count = (size_t)(argc - optind - 4);
	o->item.fields = o->fields;
	return rights_item_decide(&cli->in, by, id, &o->item, out);
}

enum status cli_request_items(struct cli *cli, int argc, char **argv)
{
	struct rights_actor by = { NULL, REQUEST_BY_OPERATOR, 0 };
	struct order o = { .item = { .store = NULL } };
	char *actor = NULL;
	json_t *out = NULL;
	enum status st = parse(cli, argc, argv, &o);

	if (st != ST_OK || cli->help)
		return st;
	if ((st = cli_load(cli)) != ST_OK)
		return st;
	st = audit_actor(&actor);
	by.name = actor;
	by.now = when_now();
	if (st == ST_OK)
		st = act(cli, &by, &o, argc, argv, &out);
	if (st == ST_OK)
		st = print(cli, out);
	json_decref(out);
	free(actor);
	return st;
}
