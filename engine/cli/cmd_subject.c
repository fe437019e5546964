/* lethe subject find */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/plan/reach.h"
#include "engine/subjects/subjects.h"

#define KEYS_SHOWN 3

static long long count_records(const json_t *o)
{
	const json_t *c;
	long long n = 0;
	size_t i;

	json_array_foreach(json_object_get(o, "collections"), i, c) n +=
	    json_int(c, "records");
	return n;
}

/* Who looked, for whom by pseudonym, and how much was found.  Of somebody who
 * is not here nothing begins to be kept. */
static enum status note(
    struct cli *cli, const struct reach_subject *who, const json_t *o)
{
	char subject[SUBJECT_TEXT];
	enum status st;

	st = subjects_mention(&cli->in, who,
	    count_records(o) > 0 ? SUBJECTS_SALT : SUBJECTS_AS_THEY_ARE,
	    subject);
	if (st != ST_OK)
		return st;
	return cli_log(cli, "subject_looked_up",
	    json_pack("{s:s, s:s, s:s?, s:I, s:I}", "object", "subject",
		"identity", who->identity, "subject", *subject ? subject : NULL,
		"collections",
		(json_int_t)json_array_size(json_object_get(o, "collections")),
		"records", (json_int_t)count_records(o)));
}

/* "C0000001" or "12/3" */
static void print_key(const json_t *key)
{
	const char *name, *before = " ";
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)key, name, value)
	{
		if (json_is_integer(value))
			printf("%s%lld", before,
			    (long long)json_integer_value(value));
		else if (json_is_real(value))
			printf("%s%.17g", before, json_real_value(value));
		else
			printf("%s%s", before, json_string_value(value));
		before = "/";
	}
}

static void print_collection(const json_t *c)
{
	const json_t *key, *keys = json_object_get(c, "keys");
	size_t i;

	printf("%-12s %-24s %8lld  %-6s", json_text(c, "store"),
	    json_text(c, "collection"), json_int(c, "records"),
	    json_is_true(json_object_get(c, "shared")) ? "shared" : "");
	json_array_foreach(keys, i, key)
	{
		if (i == KEYS_SHOWN)
			break;
		print_key(key);
	}
	puts(json_array_size(keys) > KEYS_SHOWN ? " ..." : "");
}

static enum status print(const struct cli *cli, const json_t *o)
{
	const json_t *c, *list = json_object_get(o, "collections");
	size_t i;

	if (cli->json)
		return cli_print_json(o);
	printf("%s %s: %lld records in %zu collections\n",
	    json_text(o, "identity"), json_text(o, "value"), count_records(o),
	    json_array_size(list));
	json_array_foreach(list, i, c) print_collection(c);
	return ST_OK;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "identity", required_argument, NULL, 'i' },
		CLI_OPTIONS,
	};
	struct reach_subject who;
	char *identity = NULL;
	json_t *o = NULL;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		identity = optarg;
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 1, 1, "what to do: find")) != ST_OK)
		return st;
	if (strcmp(argv[optind], "find") != 0)
		return fail(ST_USAGE, "unknown `subject %s`: there is `find`",
		    argv[optind]);
	if ((st = cli_subject("identity", identity, &who)) != ST_OK ||
	    (st = cli_load(cli)) != ST_OK)
		return st;
	/* Nobody sees what the log does not say that they saw. */
	if ((st = reach_json(&cli->in, &who, &o)) == ST_OK &&
	    (st = note(cli, &who, o)) == ST_OK)
		st = print(cli, o);
	json_decref(o);
	return st;
}

const struct command cmd_subject = {
	"subject",
	"which records belong to a person: find",
	"usage: lethe [-c lethe.yml] [--json] subject find\n"
	"             --identity KIND=VALUE\n\n"
	"Finds every record of a person in all stores, by collection; with\n"
	"--json, the key of each.  KIND is an `identity` of the datasets, such\n"
	"as customer_id or email.  Each search is an entry in the audit log:\n"
	"who searched, how much was found, and for whom as a pseudonym.\n\n"
	"  --identity KIND=VALUE  customer_id=C0000001, email=a@example.jp ...\n",
	run,
};
