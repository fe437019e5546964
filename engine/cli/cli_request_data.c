/* lethe request data */
#include <stdio.h>

#include "engine/cli/cli_request.h"
#include "engine/package/package.h"

static void print_record(const json_t *record)
{
	const json_t *kept = json_object_get(record, "storage");

	fputs("    ", stdout);
	(void)json_dumpf(
	    json_object_get(record, "values"), stdout, JSON_COMPACT);
	putchar('\n');
	if (json_is_object(kept))
		printf("      %s%s%s%s\n", json_text(kept, "verdict"),
		    json_is_string(json_object_get(kept, "last_day"))
			? ", last day "
			: "",
		    json_text(kept, "last_day"),
		    json_is_true(json_object_get(record, "shared"))
			? "; others may have it too"
			: "");
}

static void print_collection(const json_t *collection)
{
	const json_t *records = json_object_get(collection, "records"), *r;
	size_t i;

	printf("  %s.%s: %zu\n", json_text(collection, "store"),
	    json_text(collection, "collection"), json_array_size(records));
	json_array_foreach(records, i, r) print_record(r);
}

static void print(const json_t *o)
{
	const json_t *cluster, *collection;
	size_t i, k;

	printf("%s: %lld records as of %s\n", json_text(o, "id"),
	    json_int(o, "records"), json_text(o, "as_of"));
	json_array_foreach(json_object_get(o, "clusters"), i, cluster)
	{
		printf("%s\n", json_is_string(json_object_get(cluster, "title"))
				   ? json_text(cluster, "title")
				   : "nothing personal");
		json_array_foreach(json_object_get(cluster, "collections"), k,
		    collection) print_collection(collection);
	}
}

static enum status look(
    struct cli *cli, const struct rights_actor *by, void *id, json_t **out)
{
	return package_data(&cli->in, by, id, out);
}

enum status cli_request_data(struct cli *cli, int argc, char **argv)
{
	return cli_request_act(cli, argc, argv, look, print);
}
