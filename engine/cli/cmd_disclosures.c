/* lethe disclosures */
#include <stdio.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/cli/cli.h"
#include "engine/consent/disclosure.h"

struct options {
	struct disclosure order;
	char *subject;
	const char *at;
	const char *secret_until;
	const char *as_of;
};

/* What an action is given. */
struct call {
	struct cli *cli;
	struct options *o;
	const struct action *action;
	const struct rights_actor *by;
	struct reach_subject who;
	const char *file;
};

static void print_list(const json_t *o)
{
	const json_t *d;
	size_t i;

	json_array_foreach(json_object_get(o, "disclosures"), i, d)
	{
		printf("%s  %s: %s (%s)%s%s\n", json_text(d, "at"),
		    json_text(d, "name"), json_text(d, "items"),
		    json_text(d, "basis"),
		    *json_text(d, "secret_until") ? ", not told before " : "",
		    json_text(d, "secret_until"));
	}
	if (i == 0)
		puts("nothing is recorded");
}

static void print_import(const json_t *o)
{
	const json_t *e;
	size_t i;

	json_array_foreach(json_object_get(o, "errors"), i, e) printf(
	    "line %lld: %s\n", json_int(e, "line"), json_text(e, "problem"));
	if (i == 0)
		printf("%lld disclosures recorded\n", json_int(o, "records"));
}

static void print_one(const json_t *o)
{
	printf("%lld: to %s at %s\n", json_int(o, "disclosure"),
	    json_text(o, "recipient"), json_text(o, "at"));
}

/* ---- actions ---- */

static enum status add(struct call *c, json_t **out)
{
	struct disclosure *d = &c->o->order;
	enum status st = cli_as_of(c->cli, c->o->at, &d->at);

	d->identity = c->who.identity;
	d->value = c->who.value;
	if (st == ST_OK && c->o->secret_until)
		st = cli_as_of(c->cli, c->o->secret_until, &d->secret_until);
	return st == ST_OK ? disclosure_add(&c->cli->in, c->by, d, out) : st;
}

static enum status import(struct call *c, json_t **out)
{
	return disclosure_import(&c->cli->in, c->by, c->file, out);
}

/* Who looked is logged before anything is shown. */
static enum status list(struct call *c, json_t **out)
{
	struct installation *in = &c->cli->in;
	json_t *details = NULL;
	enum status st = disclosure_list(
	    in, &c->who, DISCLOSURE_FOR_OFFICER, c->by->now, out);

	if (st == ST_OK)
		st = installation_open_audit(in);
	if (st == ST_OK)
		st = json_make(&details, "{s:s, s:I}", "object", "disclosures",
		    "records",
		    (json_int_t)json_array_size(
			json_object_get(*out, "disclosures")));
	if (st == ST_OK)
		st = audit_append(in->audit, c->by->now, c->by->name,
		    "disclosures_listed", details);
	json_decref(details);
	return st;
}

static const struct action {
	const char *name;
	int file; /* takes one, and no subject */
	enum status (*run)(struct call *c, json_t **out);
	void (*print)(const json_t *o);
} actions[] = {
	{ "add", 0, add, print_one },
	{ "import", 1, import, print_import },
	{ "list", 0, list, print_list },
};
#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

/* ---- command line ---- */

static enum status parse(
    struct cli *cli, int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "subject", required_argument, NULL, 's' },
		{ "recipient", required_argument, NULL, 'r' },
		{ "name", required_argument, NULL, 'n' },
		{ "items", required_argument, NULL, 'i' },
		{ "basis", required_argument, NULL, 'b' },
		{ "acquired", required_argument, NULL, 'q' },
		{ "at", required_argument, NULL, 'a' },
		{ "secret-until", required_argument, NULL, 'u' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 's': o->subject = optarg; break;
		case 'r': o->order.recipient = optarg; break;
		case 'n': o->order.name = optarg; break;
		case 'i': o->order.items = optarg; break;
		case 'b': o->order.basis = optarg; break;
		case 'q': o->order.acquired = optarg; break;
		case 'a': o->at = optarg; break;
		case 'u': o->secret_until = optarg; break;
		default: return ST_USAGE;
		}
	}
	return ST_OK;
}

static enum status act(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	struct call *c = ctx;

	c->cli = cli;
	c->by = by;
	return c->action->run(c, out);
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	const char *names[ACTIONS + 1] = { NULL }, *near;
	struct options o = { .subject = NULL };
	struct call c = { .o = &o };
	enum status st = parse(cli, argc, argv, &o);
	size_t i;

	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	st = cli_arguments(argc, 1, 2, "what to do: add, import, list");
	if (st != ST_OK)
		return st;
	for (i = 0; i < ACTIONS; i++) {
		names[i] = actions[i].name;
		if (strcmp(argv[optind], names[i]) == 0)
			break;
	}
	if (i == ACTIONS) {
		near = diag_nearest(argv[optind], names);
		return fail(ST_USAGE,
		    "unknown `disclosures %s`%s%s%s: there are add, import, "
		    "list",
		    argv[optind], near ? ", did you mean `" : "",
		    near ? near : "", near ? "`?" : "");
	}
	st = cli_arguments(argc, 1 + actions[i].file, 1 + actions[i].file,
	    actions[i].file ? "the file" : "only options");
	c.action = &actions[i];
	c.file = argv[optind + 1];
	if (st == ST_OK && !c.action->file)
		st = cli_subject("subject", o.subject, &c.who);
	return st == ST_OK ? cli_act(cli, act, &c, c.action->print) : st;
}

const struct command cmd_disclosures = {
	"disclosures",
	"to whom what of a person was disclosed, when, and on what basis",
	"usage: lethe [-c lethe.yml] [--json] disclosures ACTION\n\n"
	"  add --subject KIND=VALUE --recipient CODE --items WORDS --basis CODE\n"
	"       [--name NAME] [--at TIME] [--acquired WORDS]\n"
	"       [--secret-until TIME]   the law forbids to tell the person\n"
	"       before; it is not in packages until then\n"
	"  import FILE.csv   the same by line, all or nothing: identity, value,\n"
	"       recipient, name, items, basis, acquired, at, secret_until\n"
	"  list --subject KIND=VALUE\n\n"
	"Access packages have them.  They are deleted after `requests:\n"
	"{disclosure_retention: P3Y}`, by their own rule, and outlast the\n"
	"person's erasure.\n",
	run,
};
