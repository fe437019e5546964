/* lethe request snapshot, and the one at intake */
#include <stdio.h>
#include <stdlib.h>

#include "engine/audit/log.h"
#include "engine/cli/cli_request.h"
#include "engine/package/snapshot.h"

/* The request is there, whatever becomes of this: it has a date to keep. */
enum status cli_request_aside(
    struct cli *cli, const struct rights_actor *by, json_t *request)
{
	json_t *o = NULL;

	if (snapshot_take(&cli->in, by, json_text(request, "id"), &o) == ST_OK)
		return json_put(request, "snapshot", o);
	(void)fprintf(stderr,
	    "lethe: no snapshot was taken: %s: `lethe request snapshot %s`, "
	    "or the next purge, tries again\n",
	    status_text(), json_text(request, "id"));
	status_clear();
	cli->attention = 1;
	return json_put(request, "snapshot", json_null());
}

static enum status take(struct cli *cli, const char *id)
{
	struct rights_actor by = { NULL, REQUEST_BY_OPERATOR, when_now() };
	json_t *o = NULL;
	char *name = NULL;
	enum status st = audit_actor(&name);

	by.name = name;
	if (st == ST_OK)
		st = snapshot_take(&cli->in, &by, id, &o);
	if (st == ST_OK && json_is_null(o))
		st = fail(ST_DENIED,
		    "%s: a snapshot is for requests for access and portability "
		    "that are open",
		    id);
	if (st == ST_OK && cli->json)
		st = cli_print_json(o);
	else if (st == ST_OK)
		printf("%s: %lld records kept aside, of what falls due before "
		       "%s\n",
		    id, json_int(o, "records"), json_text(o, "until"));
	json_decref(o);
	free(name);
	return st;
}

enum status cli_request_snapshot(struct cli *cli, int argc, char **argv)
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
	return st == ST_OK ? take(cli, argv[optind + 1]) : st;
}
