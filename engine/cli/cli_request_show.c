/* A request in words. */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli_request.h"

static void line(const char *what, const json_t *o, const char *key)
{
	if (json_is_string(json_object_get(o, key)))
		printf("  %-11s %s\n", what, json_text(o, key));
}

static void print_clock(const json_t *o)
{
	printf("  %-11s %s, target %s: %s%s%s\n", "due",
	    json_text(o, "due_date"), json_text(o, "target_date"),
	    json_text(o, "standing"),
	    json_is_true(json_object_get(o, "extended")) ? ", extended" : "",
	    json_is_true(json_object_get(o, "extension_void"))
		? ", EXTENSION VOID: its notice was late"
		: "");
	if (json_int(o, "holidays_missing"))
		printf("  %-11s no holidays of %lld are known: add them to "
		       "the file of lethe.yml\n",
		    "HOLIDAYS", json_int(o, "holidays_missing"));
}

static void print_list_of(const char *what, const json_t *ids)
{
	const json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
	    printf("%s%s", i ? ", " : what, json_string_value(id));
	if (i)
		puts("");
}

/* Every line of what somebody wrote stands behind what it is, so that none
 * looks like one of ours. */
static void print_words(const char *what, const json_t *words)
{
	const char *at = json_string_value(words);

	while (at && *at != '\0') {
		size_t len = strcspn(at, "\n");

		printf("  %-11s %.*s\n", what, (int)len, at);
		at += len + (at[len] == '\n');
		what = "";
	}
}

void cli_request_text(const json_t *o)
{
	const json_t *e;
	size_t i;

	printf("%s  %s, %s, %s\n", json_text(o, "id"), json_text(o, "type"),
	    json_text(o, "state"), json_text(o, "law"));
	line("received", o, "received_at");
	print_clock(o);
	if (json_is_object(json_object_get(o, "snapshot")))
		printf("  %-11s %lld records that fall due before %s\n",
		    "kept aside",
		    json_int(json_object_get(o, "snapshot"), "records"),
		    json_text(json_object_get(o, "snapshot"), "until"));
	line("verified by", o, "verified_how");
	line("decided", o, "outcome");
	line("reason", o, "reason");
	line("complaints", o, "authority");
	if (json_is_object(json_object_get(o, "lifting")))
		line("lifts", json_object_get(o, "lifting"), "lifts_at");
	line("closed", o, "closed_date");
	line("goes on as", o, "duplicate_of");
	print_list_of(
	    "  duplicates? ", json_object_get(o, "duplicate_candidates"));
	print_words("words", json_object_get(o, "words"));
	json_array_foreach(json_object_get(o, "history"), i, e)
	{
		printf("  %s  %s by %s\n", json_text(e, "at"),
		    json_text(e, "action"), json_text(e, "actor"));
		print_words("", json_object_get(e, "note"));
	}
}

enum status cli_request_act(struct cli *cli, int argc, char **argv,
    cli_deed *deed, void (*print)(const json_t *))
{
	static const struct option options[] = { CLI_OPTIONS };
	enum status st;

	if (cli_option(cli, argc, argv, options) != -1)
		return ST_USAGE;
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 2, 2, "the request's ID");
	return st == ST_OK ? cli_act(cli, deed, argv[optind + 1], print) : st;
}
