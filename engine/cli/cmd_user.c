/* lethe user */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "engine/accounts/accounts.h"
#include "engine/audit/log.h"
#include "engine/base/file.h"
#include "engine/cli/cli.h"

struct options {
	const char *roles;
	const char *password_file;
};

/* ---- passwords ---- */

static enum status read_hidden(FILE *tty, const char *prompt, struct buf *out)
{
	struct termios before, quiet;
	int c;

	if (tcgetattr(fileno(tty), &before) != 0)
		return fail(ST_IO, "the terminal: %s", strerror(errno));
	quiet = before;
	quiet.c_lflag &= (tcflag_t)~ECHO;
	(void)tcsetattr(fileno(tty), TCSAFLUSH, &quiet);
	(void)fprintf(tty, "%s: ", prompt);
	(void)fflush(tty);
	while ((c = getc(tty)) != EOF && c != '\n')
		buf_addc(out, (char)c);
	(void)tcsetattr(fileno(tty), TCSAFLUSH, &before);
	(void)fputc('\n', tty);
	return buf_status(out);
}

static enum status ask(struct buf *out)
{
	struct buf again = BUF_INIT;
	FILE *tty = fopen("/dev/tty", "r+");
	enum status st;

	if (tty == NULL)
		return fail(ST_USAGE,
		    "no terminal to ask for the password: give "
		    "--password-file FILE");
	(void)setvbuf(tty, NULL, _IONBF, 0);
	st = read_hidden(tty, "New password", out);
	if (st == ST_OK)
		st = read_hidden(tty, "The same again", &again);
	(void)fclose(tty);
	if (st == ST_OK && strcmp(buf_text(out), buf_text(&again)) != 0)
		st = fail(ST_USAGE, "the two are not the same: nothing was "
				    "changed");
	if (again.data)
		explicit_bzero(again.data, again.size);
	buf_release(&again);
	return st;
}

static enum status get_password(const struct options *o, struct buf *out)
{
	enum status st;

	if (o->password_file == NULL)
		return ask(out);
	st = file_read(o->password_file, 4096, out);
	if (st == ST_NOTFOUND)
		st = fail(ST_USAGE, "--password-file %s: no such file",
		    o->password_file);
	/* The line's end is not part of it. */
	if (st == ST_OK && out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	return st;
}

/* ---- text ---- */

static void print_user(const json_t *o)
{
	const json_t *roles = json_object_get(o, "roles"), *role;
	size_t i;

	printf("%s  %s  ", json_text(o, "name"), json_text(o, "state"));
	json_array_foreach(roles, i, role)
	    printf("%s%s", i ? "," : "", json_string_value(role));
	printf("  %s, %lld session%s",
	    json_is_true(json_object_get(o, "totp")) ? "codes of a device"
	    : json_is_true(json_object_get(o, "totp_needed"))
		? "CANNOT SIGN IN before `lethe user totp`"
		: "no codes",
	    json_int(o, "sessions"), json_int(o, "sessions") == 1 ? "" : "s");
	if (json_int(o, "failures"))
		printf(", %lld failed sign-ins", json_int(o, "failures"));
	if (json_is_string(json_object_get(o, "last_sign_in_at")))
		printf(", last signed in %s", json_text(o, "last_sign_in_at"));
	puts("");
}

static void print_enrolment(const json_t *o)
{
	const json_t *codes = json_object_get(o, "recovery"), *code;
	size_t i;

	printf("For the app that makes the codes (shown only this once):\n"
	       "  %s\n  secret %s\nRecovery codes, each for once:\n",
	    json_text(o, "uri"), json_text(o, "secret"));
	json_array_foreach(codes, i, code)
	    printf("  %s\n", json_string_value(code));
}

static void print_sessions(const json_t *o)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(o, "sessions"), i, one) printf(
	    "session since %s, used %s, from %s\n", json_text(one, "made_at"),
	    json_text(one, "used_at"), json_text(one, "address"));
	json_array_foreach(json_object_get(o, "sign_ins"), i, one)
	    printf("%s  %s  from %s\n", json_text(one, "at"),
		json_text(one, "outcome"), json_text(one, "address"));
}

static void print_alerts(const json_t *o)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(o, "alerts"), i, one)
	    printf("%lld  %s  %s  since %s: %lld records of %lld requests\n",
		json_int(one, "number"), json_text(one, "user"),
		json_text(one, "kind"), json_text(one, "at"),
		json_int(one, "records"), json_int(one, "requests"));
	if (i == 0)
		puts("nothing unusual");
}

static void print_list(const json_t *o)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(o, "users"), i, one) print_user(one);
	if (i == 0)
		puts("nobody yet: `lethe user add NAME --role admin`");
}

/* ---- verbs ---- */

static enum status show(struct cli *cli, enum status st, json_t *out,
    void (*print)(const json_t *o))
{
	if (st == ST_OK && cli->json)
		st = cli_print_json(out);
	else if (st == ST_OK)
		print(out);
	json_decref(out);
	return st;
}

/* Who needs a device's codes gets them at once. */
static enum status enrol_new(struct cli *cli, const struct rights_actor *by,
    const char *name, json_t *user)
{
	json_t *codes = NULL;
	enum status st;

	if (!json_is_true(json_object_get(user, "totp_needed")))
		return ST_OK;
	if ((st = accounts_enrol(&cli->in, by, name, &codes)) != ST_OK)
		return st;
	if (json_object_set(user, "totp", json_true()) != 0)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = json_put(user, "enrolment", json_incref(codes));
	json_decref(codes);
	return st;
}

static void print_new(const json_t *o)
{
	print_user(o);
	if (json_is_object(json_object_get(o, "enrolment")))
		print_enrolment(json_object_get(o, "enrolment"));
}

static enum status parse_roles(const struct options *o, unsigned int *roles)
{
	if (o->roles == NULL)
		return fail(ST_USAGE, "--role is missing: `lethe user --help` "
				      "lists the roles");
	return role_parse(o->roles, roles);
}

static enum status set_password(struct cli *cli, const struct options *o,
    const struct rights_actor *by, const char *what, const char *name)
{
	struct buf password = BUF_INIT;
	unsigned int roles = 0;
	json_t *out = NULL;
	enum status st = ST_OK;

	if (strcmp(what, "add") == 0)
		st = parse_roles(o, &roles);
	if (st == ST_OK)
		st = get_password(o, &password);
	if (st == ST_OK && roles) {
		st = accounts_add(
		    &cli->in, by, name, roles, buf_text(&password), &out);
		if (st == ST_OK)
			st = enrol_new(cli, by, name, out);
	} else if (st == ST_OK) {
		st = accounts_set_password(
		    &cli->in, by, name, buf_text(&password), &out);
	}
	if (password.data)
		explicit_bzero(password.data, password.size);
	buf_release(&password);
	return show(cli, st, out, print_new);
}

static enum status set_roles(struct cli *cli, const struct options *o,
    const struct rights_actor *by, const char *name)
{
	unsigned int roles = 0;
	json_t *out = NULL;
	enum status st = parse_roles(o, &roles);

	if (st == ST_OK)
		st = accounts_set_roles(&cli->in, by, name, roles, &out);
	return show(cli, st, out, print_user);
}

static enum status remove_user(
    struct cli *cli, const struct rights_actor *by, const char *name)
{
	json_t *out = NULL;
	enum status st = accounts_remove(&cli->in, by, name);

	if (st == ST_OK && cli->json)
		st = json_make(&out, "{s:s}", "removed", name);
	if (st == ST_OK && cli->json)
		st = cli_print_json(out);
	else if (st == ST_OK)
		printf("%s is removed\n", name);
	json_decref(out);
	return st;
}

static enum status alerts(
    struct cli *cli, const struct rights_actor *by, const char *close)
{
	json_t *out = NULL;
	int64_t number = 0;
	enum status st = ST_OK;

	if (close)
		st = cli_number("alert", close, 1, INT64_MAX, &number);
	if (st == ST_OK && close)
		st = accounts_close_alert(&cli->in, by, number);
	if (st == ST_OK)
		st = accounts_alerts(&cli->in, &out);
	cli->attention = json_array_size(json_object_get(out, "alerts")) > 0;
	return show(cli, st, out, print_alerts);
}

static const struct {
	const char *what;
	enum status (*run)(struct installation *in,
	    const struct rights_actor *by, const char *name, json_t **out);
	void (*print)(const json_t *o);
} verbs[] = {
	{ "totp", accounts_enrol, print_enrolment },
	{ "disable", accounts_disable, print_user },
	{ "enable", accounts_enable, print_user },
	{ "unlock", accounts_unlock, print_user },
	{ "sign-out", accounts_end_sessions, print_user },
};

static enum status of_one(struct cli *cli, const struct options *o,
    const struct rights_actor *by, const char *what, const char *name)
{
	json_t *out = NULL;
	enum status st;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(what, verbs[i].what) == 0) {
			st = verbs[i].run(&cli->in, by, name, &out);
			return show(cli, st, out, verbs[i].print);
		}
	if (strcmp(what, "add") == 0 || strcmp(what, "password") == 0)
		return set_password(cli, o, by, what, name);
	if (strcmp(what, "roles") == 0)
		return set_roles(cli, o, by, name);
	if (strcmp(what, "remove") == 0)
		return remove_user(cli, by, name);
	if (strcmp(what, "show") == 0) {
		st = accounts_show(&cli->in, name, &out);
		return show(cli, st, out, print_user);
	}
	if (strcmp(what, "sessions") == 0) {
		st = accounts_sign_ins(&cli->in, name, 50, &out);
		return show(cli, st, out, print_sessions);
	}
	return fail(ST_USAGE,
	    "unknown `user %s`: `lethe user --help` lists what there is", what);
}

/* ---- command line ---- */

static enum status act(
    struct cli *cli, const struct options *o, int argc, char **argv)
{
	struct rights_actor by = { NULL, 0, when_now() };
	const char *what = argv[optind];
	char *actor = NULL;
	json_t *out = NULL;
	enum status st;

	if (strcmp(what, "list") == 0)
		st = cli_arguments(argc, 1, 1, "list alone");
	else if (strcmp(what, "alerts") == 0)
		st = cli_arguments(argc, 1, 2, "alerts [NUMBER]");
	else
		st = cli_arguments(argc, 2, 2, "what to do, and a user's name");
	if (st == ST_OK)
		st = cli_load(cli);
	if (st == ST_OK)
		st = audit_actor(&actor);
	by.name = actor;
	if (st == ST_OK && strcmp(what, "list") == 0) {
		st = accounts_list(&cli->in, &out);
		st = show(cli, st, out, print_list);
	} else if (st == ST_OK && strcmp(what, "alerts") == 0)
		st = alerts(cli, &by, argv[optind + 1]);
	else if (st == ST_OK)
		st = of_one(cli, o, &by, what, argv[optind + 1]);
	free(actor);
	return st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "role", required_argument, NULL, 'r' },
		{ "password-file", required_argument, NULL, 'p' },
		CLI_OPTIONS,
	};
	struct options o = { NULL, NULL };
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1)
		switch (c) {
		case 'r': o.roles = optarg; break;
		case 'p': o.password_file = optarg; break;
		default:
			if (!cli->help)
				return ST_USAGE;
		}
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 1, 2,
	    "what to do: list, show, add, roles, password, totp, ...");
	return st == ST_OK ? act(cli, &o, argc, argv) : st;
}

const struct command cmd_user = {
	"user",
	"accounts: add, list, show, roles, password, totp, ...",
	"usage: lethe [-c lethe.yml] [--json] user add NAME --role ROLE,... "
	"[--password-file FILE]\n"
	"       lethe [-c lethe.yml] [--json] user list\n"
	"       lethe [-c lethe.yml] [--json] user show|totp|disable|enable|"
	"unlock|sessions|sign-out|remove NAME\n"
	"       lethe [-c lethe.yml] [--json] user roles NAME --role ROLE,...\n"
	"       lethe [-c lethe.yml] [--json] user password NAME "
	"[--password-file FILE]\n"
	"       lethe [-c lethe.yml] [--json] user alerts [NUMBER]\n\n"
	"The people who work with Lethe.  Roles: intake, officer, approver,\n"
	"auditor, admin.  The password is asked for on the terminal, or is the\n"
	"line in FILE; it is never an argument.  `add` and `totp` print the\n"
	"secret for an app that makes codes, and ten recovery codes, once.\n"
	"Another password, other roles, `totp`, `disable`, `sign-out` and\n"
	"`remove` end the user's sessions.  A name is never given twice.\n"
	"`sessions` lists where the user is signed in, and the last sign-ins;\n"
	"`unlock` ends the waiting after failed ones.  `alerts` lists unusual\n"
	"reading of people's data; with a number it closes that alert.\n\n"
	"Exit 4: `alerts` has some.\n",
	run,
};
