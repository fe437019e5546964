/* lethe request data */
#include <stdio.h>
#include <stdlib.h>

#include "engine/audit/log.h"
#include "engine/cli/cli_request.h"
#include "engine/package/package.h"

static enum status print_record(const json_t *record)
{
	const json_t *values = json_object_get(record, "values");
	const json_t *kept = json_object_get(record, "storage");
	char *text = json_dumps(values, JSON_COMPACT);

	if (text == NULL)
		return fail(ST_NOMEM, "out of memory");
	printf("    %s\n", text);
	free(text);
	if (json_is_object(kept))
		printf("      %s%s%s%s\n", json_text(kept, "verdict"),
		    json_is_string(json_object_get(kept, "last_day"))
			? ", last day "
			: "",
		    json_text(kept, "last_day"),
		    json_is_true(json_object_get(record, "shared"))
			? "; others may have it too"
			: "");
	return ST_OK;
}

static enum status print_collection(const json_t *collection)
{
	const json_t *records = json_object_get(collection, "records"), *r;
	enum status st = ST_OK;
	size_t i;

	printf("  %s.%s: %zu\n", json_text(collection, "store"),
	    json_text(collection, "collection"), json_array_size(records));
	json_array_foreach(records, i, r)
	{
		if (st == ST_OK)
			st = print_record(r);
	}
	return st;
}

static enum status print(const struct cli *cli, const json_t *o)
{
	const json_t *cluster, *collection;
	enum status st = ST_OK;
	size_t i, k;

	if (cli->json)
		return cli_print_json(o);
	printf("%s: %lld records as of %s\n", json_text(o, "id"),
	    json_int(o, "records"), json_text(o, "as_of"));
	json_array_foreach(json_object_get(o, "clusters"), i, cluster)
	{
		printf("%s\n", json_is_string(json_object_get(cluster, "title"))
				   ? json_text(cluster, "title")
				   : "nothing personal");
		json_array_foreach(
		    json_object_get(cluster, "collections"), k, collection)
		{
			if (st == ST_OK)
				st = print_collection(collection);
		}
	}
	return st;
}

static enum status look(struct cli *cli, const char *id)
{
	struct rights_actor by;
	json_t *o = NULL;
	char *name = NULL;
	enum status st = audit_actor(&name);

	by = (struct rights_actor){ name, REQUEST_BY_OPERATOR, when_now() };
	if (st == ST_OK)
		st = package_data(&cli->in, &by, id, &o);
	if (st == ST_OK)
		st = print(cli, o);
	json_decref(o);
	free(name);
	return st;
}

enum status cli_request_data(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = { CLI_OPTIONS };
	enum status st;

	if (cli_option(cli, argc, argv, options) != -1)
		return ST_USAGE;
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 2, 2, "the request's ID");
	if (st == ST_OK)
		st = cli_load(cli);
	return st == ST_OK ? look(cli, argv[optind + 1]) : st;
}
