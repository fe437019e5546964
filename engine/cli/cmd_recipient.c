/* lethe recipient */
#include <stdio.h>
#include <string.h>

#include "engine/base/number.h"
#include "engine/cli/cli.h"
#include "engine/rights/notification.h"

struct options {
	const char *request;
	const char *recipient;
	const char *reason;
	int all;
};

struct call {
	struct installation *in;
	const struct options *o;
	const struct rights_actor *by;
	const struct action *action;
	int64_t number;
};

/* ---- text ---- */

static void print_row(const json_t *o)
{
	const char *request = json_string_value(json_object_get(o, "request"));

	printf("%lld  %s  %s%s%s: %s%s%s%s%s\n", json_int(o, "number"),
	    json_text(o, "recipient"), json_text(o, "kind"),
	    request ? " of " : "", request ? request : "",
	    json_text(o, "state"),
	    strcmp(json_text(o, "state"), "open") == 0 ? ", " : "",
	    strcmp(json_text(o, "state"), "open") == 0
		? json_text(o, "delivery")
		: "",
	    json_is_string(json_object_get(o, "reason")) ? ", " : "",
	    json_text(o, "reason"));
}

static void print_text(const json_t *o)
{
	const json_t *list = json_object_get(o, "notifications"), *one;
	const json_t *tells = json_object_get(o, "tells");
	size_t i;

	if (list == NULL) {
		print_row(o);
		if (json_is_object(tells) &&
		    json_dumpf(tells, stdout, JSON_INDENT(2)) == 0)
			putchar('\n');
		return;
	}
	json_array_foreach(list, i, one) print_row(one);
	printf("%lld to be confirmed\n", json_int(o, "open"));
}

/* ---- actions ---- */

static enum status list(struct call *c, json_t **out)
{
	const struct notification_filter f = { c->o->request, c->o->recipient,
		c->o->all };

	return notification_list(c->in, &f, out);
}

static enum status show(struct call *c, json_t **out)
{
	return notification_show(
	    c->in, c->number, c->by->name, c->by->now, out);
}

static enum status confirm(struct call *c, json_t **out)
{
	return notification_confirm(
	    c->in, c->number, c->by->name, c->by->now, out);
}

static enum status waive(struct call *c, json_t **out)
{
	return notification_waive(
	    c->in, c->number, c->o->reason, c->by->name, c->by->now, out);
}

static const struct action {
	const char *name;
	int arguments; /* with the name */
	enum status (*run)(struct call *c, json_t **out);
} actions[] = {
	{ "list", 1, list },
	{ "show", 2, show },
	{ "confirm", 2, confirm },
	{ "waive", 2, waive },
};

static const struct action *find(const char *name)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	status_say("unknown `recipient %s`: there are list, show, confirm and "
		   "waive",
	    name);
	return NULL;
}

static enum status options_of(
    struct cli *cli, int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "request", required_argument, NULL, 'r' },
		{ "recipient", required_argument, NULL, 'n' },
		{ "reason", required_argument, NULL, 'y' },
		{ "all", no_argument, NULL, 'a' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'r': o->request = optarg; break;
		case 'n': o->recipient = optarg; break;
		case 'y': o->reason = optarg; break;
		case 'a': o->all = 1; break;
		default: return ST_USAGE;
		}
	}
	return ST_OK;
}

static enum status act(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	struct call *c = ctx;

	c->in = &cli->in;
	c->by = by;
	return c->action->run(c, out);
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	struct options o = { 0 };
	struct call c = { .o = &o };
	const struct action *a;
	enum status st = options_of(cli, argc, argv, &o);

	if (st != ST_OK || cli->help)
		return st;
	st = cli_arguments(argc, 1, 2, "list, show, confirm or waive");
	if (st != ST_OK)
		return st;
	if ((a = find(argv[optind])) == NULL)
		return ST_USAGE;
	st = cli_arguments(argc, a->arguments, a->arguments,
	    a->arguments == 2 ? "one notification, by its number"
			      : "nothing more");
	if (st == ST_OK && a->arguments == 2)
		st = cli_number(
		    "number", argv[optind + 1], 1, INT64_MAX, &c.number);
	c.action = a;
	return st == ST_OK ? cli_act(cli, act, &c, print_text) : st;
}

const struct command cmd_recipient = {
	"recipient",
	"who else has data is told of its erasure: list, show, confirm, waive",
	"usage: lethe [-c lethe.yml] [--json] recipient ACTION\n\n"
	"  list [--request ID] [--recipient NAME] [--all]   what has not been\n"
	"       confirmed; --all: what has, too\n"
	"  show NUMBER      what it tells, for whoever does it as a task; the\n"
	"       log has who looked\n"
	"  confirm NUMBER   the recipient has done it\n"
	"  waive NUMBER --reason CODE   nobody will\n\n"
	"Recipients of a person's data are told of its correction, erasure and\n"
	"restriction (GDPR Art. 19) and of withdrawn consents.  Who that is the\n"
	"policies say; how they are told, `recipients:` in lethe.yml: by webhook,\n"
	"by mail, or by a task for somebody.  Messages leave with `lethe outbox\n"
	"send`; a webhook's answer of 200 or 204 confirms.\n\n"
	"  CODE  impossible, disproportionate, no_longer_recipient,\n"
	"        told_otherwise\n",
	run,
};
