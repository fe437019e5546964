/* lethe request snapshot, and the one at intake */
#include <stdio.h>

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

static enum status take(
    struct cli *cli, const struct rights_actor *by, void *id, json_t **out)
{
	enum status st = snapshot_take(&cli->in, by, id, out);

	if (st != ST_OK || !json_is_null(*out))
		return st;
	*out = NULL;
	return fail(ST_DENIED,
	    "%s: a snapshot is for requests for access and portability that "
	    "are open",
	    (const char *)id);
}

static void print(const json_t *o)
{
	printf("%lld records kept aside, of what falls due before %s\n",
	    json_int(o, "records"), json_text(o, "until"));
}

enum status cli_request_snapshot(struct cli *cli, int argc, char **argv)
{
	return cli_request_act(cli, argc, argv, take, print);
}
