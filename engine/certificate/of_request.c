/* The erasure of a request: the run that carried it out, as the log has it. */
#include <stdio.h>
#include <string.h>

#include "engine/certificate/certificate.h"

struct search {
	const char *request;
	char *run;
	size_t size;
};

static enum status look(void *ctx, const char *body)
{
	struct search *s = ctx;
	json_t *entry = json_loads(body, 0, NULL);

	/* Of several, after it was reopened, the last. */
	if (entry && strcmp(json_text(entry, "request"), s->request) == 0)
		(void)snprintf(s->run, s->size, "%s", json_text(entry, "run"));
	json_decref(entry);
	return ST_OK;
}

enum status certificate_run_of(
    struct installation *in, const char *request, char *run, size_t size)
{
	const struct audit_filter started = { .action = "purge_started" };
	struct search s = { request, run, size };
	enum status st = installation_open_audit(in);

	*run = '\0';
	if (st == ST_OK)
		st = audit_list(in->audit, &started, look, &s);
	if (st == ST_OK && *run == '\0')
		return fail(ST_USAGE,
		    "nothing was erased for a request `%s`: `lethe request "
		    "list --all` lists requests",
		    request);
	return st;
}
