/* lethe audit accept-restore */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli_audit.h"
#include "engine/installation/seals.h"

static enum status check_reason(const char *reason)
{
	const char *near;

	if (reason == NULL)
		return fail(ST_USAGE,
		    "expected why: --reason backup, move, repair or rehearsal");
	for (size_t i = 0; seals_reasons[i]; i++)
		if (strcmp(reason, seals_reasons[i]) == 0)
			return ST_OK;
	near = diag_nearest(reason, seals_reasons);
	return fail(ST_USAGE,
	    "unknown reason `%s`%s%s%s: there are backup, move, repair and "
	    "rehearsal",
	    reason, near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

static void print_file(const json_t *item)
{
	const char *at =
	    json_string_value(json_object_get(item, "restored_to"));

	printf("%s: ", json_text(item, "file"));
	if (at)
		printf("as it was sealed at %s or later", at);
	else
		printf("a state that no entry tells of");
	printf("; %lld records were deleted since by %lld entries of the log\n",
	    json_int(item, "records"), json_int(item, "deletions"));
}

static enum status print(struct cli *cli, const json_t *files)
{
	const json_t *item;
	json_t *o = NULL;
	enum status st;
	size_t i;

	if (cli->json) {
		st = json_make(&o, "{s:O}", "accepted", files);
		if (st == ST_OK)
			st = cli_print_json(o);
		json_decref(o);
		return st;
	}
	json_array_foreach(files, i, item) print_file(item);
	puts("now run `lethe purge`: what is due goes again");
	return ST_OK;
}

enum status cli_audit_accept_restore(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "reason", required_argument, NULL, 'r' },
		CLI_OPTIONS,
	};
	const char *reason = NULL;
	json_t *files = NULL;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		reason = optarg;
	}
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 2, 2,
	    "a store, or control: lethe audit accept-restore crm --reason "
	    "backup");
	if (st == ST_OK)
		st = check_reason(reason);
	if (st != ST_OK || (st = cli_load(cli)) != ST_OK)
		return st;
	st = seals_accept(&cli->in, argv[optind + 1], reason, &files);
	if (st == ST_OK)
		st = print(cli, files);
	json_decref(files);
	return st;
}
