/* lethe preference */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/consent/preference.h"

#define PENDING_MOST 1000

struct options {
	struct preference_order order;
	char *subject;
	const char *version;
	const char *limit;
};

/* What an action is given. */
struct call {
	struct cli *cli;
	struct options *o;
	const struct rights_actor *by;
	const struct action *action;
};

/* ---- text ---- */

static void print_set(const json_t *o)
{
	printf("%s: %s, version %lld%s\n", json_text(o, "preference"),
	    json_text(o, "setting"), json_int(o, "version"),
	    json_is_true(json_object_get(o, "changed")) ? "" : ", as it was");
}

static void print_show(const json_t *o)
{
	const json_t *p, *h;
	size_t i, k;

	json_array_foreach(json_object_get(o, "preferences"), i, p)
	{
		printf("%s: %s (%s)\n", json_text(p, "preference"),
		    json_text(p, "setting"), json_text(p, "state"));
		json_array_foreach(json_object_get(p, "history"), k, h) printf(
		    "    %s  version %lld: %s by %s, %s\n", json_text(h, "at"),
		    json_int(h, "version"), json_text(h, "setting"),
		    json_text(h, "channel"), json_text(h, "state"));
	}
	if (i == 0)
		puts("there are no preferences");
}

static void print_pending(const json_t *o)
{
	const json_t *p;
	size_t i;

	json_array_foreach(json_object_get(o, "pending"), i, p)
	    printf("%s=%s  %s=%s version %lld, attempt %lld\n",
		json_text(p, "identity"), json_text(p, "value"),
		json_text(p, "preference"), json_text(p, "setting"),
		json_int(p, "version"), json_int(p, "attempts"));
	if (i == 0)
		puts("nothing is pending");
}

static void print_acknowledged(const json_t *o)
{
	if (json_is_true(json_object_get(o, "acknowledged")))
		printf("%s: version %lld is known\n",
		    json_text(o, "preference"), json_int(o, "version"));
	else
		printf("%s: version %lld is older than %lld, which is to be "
		       "told\n",
		    json_text(o, "preference"), json_int(o, "version"),
		    json_int(o, "current"));
}

/* ---- actions ---- */

static enum status set(struct call *c, json_t **out)
{
	if (c->o->order.channel == NULL)
		c->o->order.channel = "portal";
	return preference_set(&c->cli->in, c->by, &c->o->order, out);
}

static enum status show(struct call *c, json_t **out)
{
	const struct reach_subject who = { c->o->order.identity,
		c->o->order.value };
	enum status st = preference_show(&c->cli->in, &who, out);

	if (st == ST_OK)
		st = cli_log(c->cli, "preferences_shown",
		    json_pack("{s:s}", "object", "preferences"));
	return st;
}

static enum status pending(struct call *c, json_t **out)
{
	int64_t most = PENDING_MOST;
	enum status st = ST_OK;

	if (c->o->limit)
		st = cli_number("limit", c->o->limit, 1, PENDING_MOST, &most);
	return st == ST_OK ? preference_pending(&c->cli->in, c->by, most, out)
			   : st;
}

static enum status acknowledge(struct call *c, json_t **out)
{
	enum status st =
	    cli_number("version", c->o->version ? c->o->version : "", 1,
		INT32_MAX, &c->o->order.version);

	return st == ST_OK ? preference_acknowledge(
				 &c->cli->in, c->by, &c->o->order, out)
			   : st;
}

/* ---- command line ---- */

static const struct action {
	const char *name;
	int subject; /* it is about one person */
	int most;    /* arguments behind the name */
	const char *expected;
	enum status (*run)(struct call *c, json_t **out);
	void (*print)(const json_t *o);
} actions[] = {
	{ "set", 1, 2, "set PREFERENCE SETTING", set, print_set },
	{ "show", 1, 0, "show, and only options behind it", show, print_show },
	{ "pending", 0, 0, "pending, and only options behind it", pending,
	    print_pending },
	{ "acknowledge", 1, 1, "acknowledge PREFERENCE", acknowledge,
	    print_acknowledged },
};
#define ACTIONS (sizeof(actions) / sizeof(*actions))

static enum status parse(
    struct cli *cli, int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "subject", required_argument, NULL, 's' },
		{ "channel", required_argument, NULL, 'C' },
		{ "version", required_argument, NULL, 'v' },
		{ "limit", required_argument, NULL, 'l' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 's': o->subject = optarg; break;
		case 'C': o->order.channel = optarg; break;
		case 'v': o->version = optarg; break;
		case 'l': o->limit = optarg; break;
		default: return ST_USAGE;
		}
	}
	return ST_OK;
}

static enum status act(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	struct call *c = ctx;
	enum status st = installation_open_audit(&cli->in);

	c->by = by;
	return st == ST_OK ? c->action->run(c, out) : st;
}

static enum status run_action(struct call *c, int argc, char **argv)
{
	const struct action *a = c->action;
	struct preference_order *order = &c->o->order;
	struct reach_subject who = { 0 };
	enum status st =
	    cli_arguments(argc, 1 + a->most, 1 + a->most, a->expected);

	if (st == ST_OK && a->subject)
		st = cli_subject("subject", c->o->subject, &who);
	order->identity = who.identity;
	order->value = who.value;
	order->preference = a->most > 0 ? argv[optind + 1] : NULL;
	order->setting = a->most > 1 ? argv[optind + 2] : NULL;
	return st == ST_OK ? cli_act(c->cli, act, c, a->print) : st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	struct options o = { 0 };
	struct call c = { .cli = cli, .o = &o };
	enum status st = parse(cli, argc, argv, &o);

	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	st = cli_arguments(
	    argc, 1, 3, "what to do: set, show, pending or acknowledge");
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < ACTIONS; i++) {
		c.action = &actions[i];
		if (strcmp(argv[optind], actions[i].name) == 0)
			return run_action(&c, argc, argv);
	}
	return fail(ST_USAGE,
	    "unknown `preference %s`: there are set, show, pending and "
	    "acknowledge",
	    argv[optind]);
}

const struct command cmd_preference = {
	"preference",
	"settings of people: set, show, pending, acknowledge",
	"usage: lethe [-c lethe.yml] [--json] preference set --subject KIND=VALUE\n"
	"             PREFERENCE SETTING [--channel WORD]\n"
	"       lethe ... preference show --subject KIND=VALUE\n"
	"       lethe ... preference pending [--limit N]\n"
	"       lethe ... preference acknowledge --subject KIND=VALUE PREFERENCE\n"
	"             --version N\n\n"
	"Settings stand in the file that `consents:` of lethe.yml names.  Each\n"
	"change is a version, and counts at once; `show` has all of them.\n"
	"`pending` is for the vehicle's backend: what it has not acknowledged\n"
	"yet, the latest version of each; what is handed out comes up again\n"
	"after a minute, then two, four, up to six hours.  To acknowledge a\n"
	"version that a newer one has overtaken changes nothing.\n\n"
	"  --channel WORD  portal (default), app, vehicle, email, phone, letter,\n"
	"                  dealer\n"
	"  --limit N       at most so many (default and most: 1000)\n",
	run,
};
