/* lethe: the command table, and what a status becomes outside. */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "engine/cli/cli.h"
#include "engine/cli/screen.h"

#ifndef LETHE_VERSION
#define LETHE_VERSION "0.1.0"
#endif

static const struct command *const commands[] = {
	&cmd_init,
	&cmd_check,
	&cmd_ingest,
	&cmd_dump,
	&cmd_status,
	&cmd_forecast,
	&cmd_explain,
	&cmd_purge,
	&cmd_outbox,
	&cmd_plan,
	&cmd_stop,
	&cmd_resume,
	&cmd_subject,
	&cmd_suppression,
	&cmd_policy,
	&cmd_report,
	&cmd_hold,
	&cmd_request,
	&cmd_recipient,
	&cmd_restrictions,
	&cmd_consent,
	&cmd_preference,
	&cmd_disclosures,
	&cmd_audit,
	&cmd_user,
	&cmd_serve,
	&cmd_demo,
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* Keys and people's data must not end in a core file, nor in a file that
 * others read. */
static void harden(void)
{
	static const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
	(void)umask(077);
}

static int exit_code(enum status st)
{
	switch (st) {
	case ST_OK: return 0;
	case ST_USAGE:
	case ST_INVALID:
	case ST_LIMIT: return 2;
	case ST_BUSY:
	case ST_DENIED: return 3;
	case ST_INTEGRITY:
	case ST_CRYPTO: return 5;
	case ST_NOMEM:
	case ST_IO:
	case ST_FULL:
	case ST_DB:
	case ST_CONFLICT:
	case ST_NOTFOUND:
	case ST_UNREACHABLE:
	case ST__MAX: break;
	}
	return 1;
}

static void print_help(FILE *to)
{
	size_t i;

	(void)fprintf(to,
	    "usage: lethe [-c lethe.yml] [--json] COMMAND ...\n\n"
	    "Lethe knows what personal data an organisation holds and how "
	    "long each piece\nmay live, deletes it when its time is over, and "
	    "proves it.\n\n");
	for (i = 0; i < COMMANDS; i++)
		(void)fprintf(to, "  %-9s  %s\n", commands[i]->name,
		    commands[i]->summary);
	(void)fputs(
	    "\n  -c, --config FILE  the installation (default: lethe.yml)\n"
	    "  --json             one JSON document on standard output\n"
	    "  --help             this text; after a command, its own\n"
	    "  --version          the program's version\n\n"
	    "Exit: 0 done, 1 failed, 2 wrong usage or invalid file, 3 a brake "
	    "or lock stopped\nit, 4 done, but something is overdue, undecided, "
	    "unmapped or not yet scrubbed,\n5 integrity: tampered with, or the "
	    "key is wrong.\n",
	    to);
}

static const struct command *find_command(const char *name)
{
	const char *names[COMMANDS + 1], *near;
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
		names[i] = commands[i]->name;
	}
	names[COMMANDS] = NULL;
	near = diag_nearest(name, names);
	status_say("unknown command `%s`%s%s%s: `lethe --help` lists them",
	    name, near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
	return NULL;
}

static void print_failure(struct cli *cli, enum status st)
{
	json_t *o = NULL;

	if (cli->in.diag.count)
		diag_print(&cli->in.diag, stderr);
	if (cli->in.diag.errors && st == ST_INVALID)
		status_say("%zu error%s in the files named above: correct "
			   "them and try again",
		    cli->in.diag.errors, cli->in.diag.errors == 1 ? "" : "s");
	(void)fprintf(stderr, "lethe: %s\n",
	    *status_text() ? status_text() : status_name(st));
	if (cli->json && !cli->answered &&
	    json_make(&o, "{s:{s:s, s:s}}", "error", "kind", status_name(st),
		"message", status_text()) == ST_OK) {
		(void)json_dumpf(o, stdout, JSON_INDENT(2));
		(void)putchar('\n');
		json_decref(o);
	}
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "version", no_argument, NULL, 'V' },
		CLI_OPTIONS,
	};
	const struct command *command;
	enum status st;
	int c;

	c = cli_option(cli, argc, argv, options);
	if (c == 'V')
		return puts("lethe " LETHE_VERSION) == EOF ? ST_IO : ST_OK;
	if (c == '?')
		return ST_USAGE;
	if (cli->help) {
		print_help(stdout);
		return ST_OK;
	}
	if (optind == argc) {
		print_help(stderr);
		return fail(ST_USAGE, "no command given");
	}
	if ((command = find_command(argv[optind])) == NULL)
		return ST_USAGE;
	argc -= optind;
	argv += optind;
	optind = 0; /* glibc: start over */
	cli->command = command->name;
	st = command->run(cli, argc, argv);
	if (cli->help) {
		status_clear();
		return fputs(command->usage, stdout) == EOF ? ST_IO : ST_OK;
	}
	return st;
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = argv[0], .config = "lethe.yml" };
	enum status st;
	int code;

	harden();
	st = screen_guard();
	if (st == ST_OK)
		st = run(&cli, argc, argv);
	code = exit_code(st);
	cli_log_refused(&cli, st);
	if (st != ST_OK)
		print_failure(&cli, st);
	else if (cli.attention)
		code = 4;
	if (cli.loaded)
		installation_release(&cli.in);
	return code;
}
