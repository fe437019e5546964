/* lethe request items */
#include <stdio.h>
#include <stdlib.h>

#include "engine/cli/cli_request.h"
#include "engine/rights/item.h"

#define FIELDS_MOST 64

struct order {
	const char *id;
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

static void print(const json_t *o)
{
	const json_t *x;
	size_t i;

	printf("%s: %zu records, nothing is decided of %lld; these are "
	       "included\n",
	    json_text(o, "id"), json_array_size(json_object_get(o, "items")),
	    json_int(o, "undecided"));
	json_array_foreach(json_object_get(o, "items"), i, x) print_item(x);
}

static enum status add_field(struct order *o, const char *name)
{
	if (o->item.field_count == FIELDS_MOST)
		return fail(
		    ST_USAGE, "--field: no more than %d fields", FIELDS_MOST);
	o->fields[o->item.field_count++] = name;
	return ST_OK;
}

static enum status set_record(struct order *o, int argc, char **argv)
{
	enum status st;

	if (o->item.decision == NULL)
		return cli_arguments(argc, 2, 2, "the request's ID");
	st = cli_arguments(
	    argc, 5, 64, "items ID STORE COLLECTION KEY... --decide WHAT");
	if (st != ST_OK)
		return st;
	o->item.store = argv[optind + 2];
	o->item.collection = argv[optind + 3];
	o->item.key = (const char *const *)&argv[optind + 4];
	o->item.key_count = (size_t)(argc - optind - 4);
	o->item.fields = o->fields;
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
	return set_record(o, argc, argv);
}

static enum status act(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	const struct order *o = ctx;

	return o->item.decision
		   ? rights_item_decide(&cli->in, by, o->id, &o->item, out)
		   : rights_items(&cli->in, by, o->id, out);
}

enum status cli_request_items(struct cli *cli, int argc, char **argv)
{
	struct order o = { .item = { .store = NULL } };
	enum status st = parse(cli, argc, argv, &o);

	if (st != ST_OK || cli->help)
		return st;
	o.id = argv[optind + 1];
	return cli_act(cli, act, &o, print);
}
