/* What every command shares. */
#include "engine/cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/file.h"
#include "engine/base/when.h"

static void unknown_option(const char *given, const struct option *options)
{
	const char *names[32], *near;
	char word[64];
	size_t n = 0, len;

	for (; n < 31 && options[n].name; n++)
		names[n] = options[n].name;
	names[n] = NULL;
	while (*given == '-')
		given++;
	len = strcspn(given, "=");
	(void)snprintf(word, sizeof(word), "%.*s", (int)len, given);
	near = diag_nearest(word, names);
	status_say("unknown option `--%s`%s%s%s: --help lists what there is",
	    word, near ? ", did you mean `--" : "", near ? near : "",
	    near ? "`?" : "");
}

static int takes(const struct option *options, int value)
{
	while (options->name && options->val != value)
		options++;
	return options->name != NULL;
}

int cli_option(
    struct cli *cli, int argc, char **argv, const struct option *options)
{
	/* Before the command: stop there, the rest of the line is its own. */
	const char *shorts = argv[0] == cli->program ? "+:c:h" : ":c:ho:";
	int c;

	opterr = 0;
	for (;;) {
		c = getopt_long(argc, argv, shorts, options, NULL);
		switch (c) {
		case 'c': cli->config = optarg; break;
		case 'j': cli->json = 1; break;
		case 'h': cli->help = 1; break;
		case ':':
			status_say("`%s` needs a value", argv[optind - 1]);
			return '?';
		case 'o':
			if (takes(options, 'o'))
				return c;
			unknown_option("o", options);
			return '?';
		case '?': unknown_option(argv[optind - 1], options); return '?';
		default: return c;
		}
	}
}

enum status cli_arguments(int argc, int least, int most, const char *expected)
{
	int n = argc - optind;

	if (n >= least && n <= most)
		return ST_OK;
	return fail(ST_USAGE, "found %d argument%s, expected %s", n,
	    n == 1 ? "" : "s", expected);
}

enum status cli_load(struct cli *cli)
{
	if (cli->loaded)
		return ST_OK;
	if (!file_exists(cli->config))
		return fail(ST_USAGE,
		    "there is no %s: go to the folder of a lethe.yml, or name "
		    "one with -c",
		    cli->config);
	cli->loaded = 1;
	return installation_load(cli->config, &cli->in);
}

enum status cli_as_of(struct cli *cli, const char *text, int64_t *out)
{
	struct when w;

	if (text == NULL) {
		*out = when_now();
		return ST_OK;
	}
	if (when_parse(text, strlen(text), &w) != ST_OK)
		return fail(ST_USAGE,
		    "--as-of `%s` is not a time: give a date like 2026-03-31 "
		    "or an instant like 2026-03-31T09:00:00+09:00",
		    text);
	*out = w.kind == WHEN_DATE ? zone_midnight(cli->in.zone, w.day)
				   : w.seconds;
	return ST_OK;
}

enum status cli_number(const char *name, const char *text, int64_t least,
    int64_t most, int64_t *out)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || end == text || *end || n < least || n > most)
		return fail(ST_USAGE,
		    "--%s `%s` is not a whole number from %lld to %lld", name,
		    text, (long long)least, (long long)most);
	*out = n;
	return ST_OK;
}

enum status cli_subject(const char *name, char *text, struct reach_subject *out)
{
	char *sign = text ? strchr(text, '=') : NULL;

	/* The text is not repeated: a slip may have put a person in it. */
	if (sign == NULL || sign == text)
		return fail(ST_USAGE,
		    "--%s %s: give KIND=VALUE, such as "
		    "customer_id=C0000001",
		    name, text ? "is not an identity" : "is missing");
	*sign = '\0';
	out->identity = text;
	out->value = sign + 1;
	return ST_OK;
}

enum status cli_write_file(
    const char *path, enum cli_output mode, const struct buf *bytes)
{
	struct stat sb;
	enum status st;

	if (mode == CLI_REPLACE && stat(path, &sb) == 0) {
		if (!S_ISREG(sb.st_mode))
			return fail(ST_USAGE,
			    "%s is there and is no file: give another name",
			    path);
		return file_replace(path, bytes->data, bytes->len, 0600);
	}
	st = file_create(path, bytes->data, bytes->len, 0600);
	if (st == ST_CONFLICT)
		return fail(ST_USAGE,
		    "%s is there already: give another name, or --force to "
		    "replace it",
		    path);
	return st;
}

enum status cli_print_json(const json_t *value)
{
	if (json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY) != 0 ||
	    putchar('\n') == EOF || fflush(stdout) != 0)
		return fail(ST_IO, "write to stdout: %s", strerror(errno));
	return ST_OK;
}

enum status cli_log(struct cli *cli, const char *action, json_t *details)
{
	char *actor = NULL;
	enum status st;

	if (details == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = installation_open_audit(&cli->in);
	if (st == ST_OK)
		st = audit_actor(&actor);
	if (st == ST_OK)
		st = audit_append(
		    cli->in.audit, when_now(), actor, action, details);
	json_decref(details);
	free(actor);
	return st;
}

enum status cli_act(
    struct cli *cli, cli_deed *deed, void *ctx, void (*print)(const json_t *))
{
	struct rights_actor by = { NULL, REQUEST_BY_OPERATOR, 0 };
	char *actor = NULL;
	json_t *out = NULL;
	enum status st = cli_load(cli), said = ST_OK;

	if (st == ST_OK)
		st = audit_actor(&actor);
	by.name = actor;
	by.now = when_now();
	if (st == ST_OK)
		st = deed(cli, &by, ctx, &out);
	if (out && (st == ST_OK || st == ST_INVALID)) {
		if (cli->json)
			said = cli_print_json(out);
		else
			print(out);
		cli->answered = 1;
	}
	json_decref(out);
	free(actor);
	return st == ST_OK ? said : st;
}

void cli_print_unreachable(const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *collection = json_text(one, "collection");
		const char *part = json_text(one, "partition");
		const char *server = json_text(one, "server");

		printf("UNREACHABLE: %s%s%s%s%s%s%s: %s: the next run does "
		       "what is left\n",
		    json_text(one, "store"), *collection ? "." : "", collection,
		    *part ? ", partition " : "", part, *server ? " on " : "",
		    server, json_text(one, "reason"));
	}
}

void cli_log_refused(struct cli *cli, enum status why)
{
	char *said;

	/* What has answered told the log itself. */
	if (!cli->loaded || cli->answered || cli->command == NULL ||
	    (why != ST_DENIED && why != ST_INTEGRITY))
		return;
	if ((said = strdup(status_text())) == NULL)
		return;
	if (cli_log(cli, "refused",
		json_pack("{s:s, s:s}", "object", cli->command, "why",
		    status_name(why))) != ST_OK)
		status_clear();
	status_say("%s", said);
	free(said);
}
