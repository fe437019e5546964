/* lethe request restrict, and lift */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cli/cli_request.h"
#include "engine/rights/restriction.h"

static void print_parts(const json_t *o)
{
	const json_t *part, *key;
	size_t i, k;

	json_array_foreach(json_object_get(o, "parts"), i, part)
	{
		printf("%s  %-7s %8lld records: ", json_text(o, "request"),
		    json_text(part, "state"), json_int(part, "records"));
		if (json_is_array(json_object_get(part, "key"))) {
			printf("record %s.%s", json_text(part, "store"),
			    json_text(part, "collection"));
			json_array_foreach(json_object_get(part, "key"), k, key)
			    printf(" %s", json_string_value(key));
		} else if (*json_text(part, "cluster")) {
			printf("cluster %s", json_text(part, "cluster"));
		} else {
			printf("all of the person's");
		}
		printf(" (%s)\n", json_text(part, "ground"));
	}
}

static enum status set_record(
    struct holds_scope *s, int argc, char **argv, int record)
{
	enum status st;

	if (!record)
		return cli_arguments(
		    argc, 2, 2, "restrict ID, and only options behind it");
	st = cli_arguments(
	    argc, 5, 64, "restrict ID --record STORE COLLECTION KEY...");
	if (st != ST_OK)
		return st;
	if (s->cluster)
		return fail(ST_USAGE, "--record and --cluster: one of them");
	s->store = argv[optind + 2];
	s->collection = argv[optind + 3];
	s->key = (const char *const *)&argv[optind + 4];
	s->key_count = (size_t)(argc - optind - 4);
	return ST_OK;
}

static enum status parse_restrict(
    struct cli *cli, int argc, char **argv, struct rights_restriction *what)
{
	static const struct option options[] = {
		{ "ground", required_argument, NULL, 'g' },
		{ "cluster", required_argument, NULL, 'C' },
		{ "record", no_argument, NULL, 'R' },
		CLI_OPTIONS,
	};
	int c, record = 0;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'g': what->ground = optarg; break;
		case 'C': what->scope.cluster = optarg; break;
		case 'R': record = 1; break;
		default: return ST_USAGE;
		}
	}
	return cli->help ? ST_OK : set_record(&what->scope, argc, argv, record);
}

struct restriction {
	const char *id;
	struct rights_restriction what;
};

static enum status restrict_it(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	const struct restriction *r = ctx;

	return rights_restrict(&cli->in, by, r->id, &r->what, out);
}

enum status cli_request_restrict(struct cli *cli, int argc, char **argv)
{
	struct restriction r = { .id = NULL };
	enum status st = parse_restrict(cli, argc, argv, &r.what);

	if (st != ST_OK || cli->help)
		return st;
	r.id = argv[optind + 1];
	return cli_act(cli, restrict_it, &r, print_parts);
}

static enum status parse_lift(
    struct cli *cli, int argc, char **argv, struct lifting_order *o)
{
	static const struct option options[] = {
		{ "reason", required_argument, NULL, 'w' },
		{ "language", required_argument, NULL, 'l' },
		{ "keep", no_argument, NULL, 'k' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'w': o->reason = optarg; break;
		case 'l': o->language = optarg; break;
		case 'k': o->letter = LETTER_KEEP; break;
		default: return ST_USAGE;
		}
	}
	return cli->help ? ST_OK : cli_arguments(argc, 2, 2, "lift ID");
}

struct lift {
	const char *id;
	struct lifting_order order;
};

static enum status lift(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	const struct lift *l = ctx;
	enum status st = rights_lift(&cli->in, by, l->id, &l->order, out);

	return st == ST_OK ? cli_request_flush(cli) : st;
}

enum status cli_request_lift(struct cli *cli, int argc, char **argv)
{
	struct lift l = { .order = { .letter = LETTER_SEND } };
	enum status st = parse_lift(cli, argc, argv, &l.order);

	if (st != ST_OK || cli->help)
		return st;
	l.id = argv[optind + 1];
	return cli_act(cli, lift, &l, cli_request_text);
}
