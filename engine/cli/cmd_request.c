/* lethe request */
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/cli/cli_request.h"
#include "engine/package/package.h"
#include "engine/rights/carry_out.h"
#include "engine/rights/question.h"
#include "engine/rights/restriction.h"
#include "engine/rights/rights.h"
#include "engine/rights/suppression.h"

struct options {
	const char *type;
	const char *law;
	const char *channel;
	char *identity;
	const char *received;
	const char *text;
	const char *method;
	const char *code;
	const char *outcome;
	const char *reason;
	const char *authority;
	const char *note;
	const char *at;
	const char *as_of;
	const char *of;
	int ask;
	int send_code;
	int failed;
	int approve;
	int back;
	int tell;
};

/* What an action is given. */
struct call {
	struct cli *cli;
	const struct options *o;
	enum status (*run)(struct call *c, json_t **out);
	struct rights_actor by;
	char *id;
	int64_t at;
};

/* ---- actions on one request ---- */

static enum status show(struct call *c, json_t **out)
{
	return rights_show(&c->cli->in, c->id, c->at, out);
}

/* Copies that nobody may download any more go at once, and what was kept aside
 * for an answer. */
static enum status sweep(struct call *c, enum status st, json_t **out)
{
	int64_t deleted = 0;

	if (st == ST_OK)
		st = package_sweep(&c->cli->in, &c->by, &deleted);
	if (st != ST_OK) {
		json_decref(*out);
		*out = NULL;
	}
	return st;
}

static enum status verify(struct call *c, json_t **out)
{
	struct installation *in = &c->cli->in;

	if (c->o->ask)
		return rights_ask(in, &c->by, c->id, c->at, c->o->note, out);
	if (c->o->failed)
		return sweep(c,
		    rights_fail_identity(in, &c->by, c->id, c->o->note, out),
		    out);
	if (c->o->code)
		return rights_try_code(in, &c->by, c->id, c->o->code, out);
	return rights_verify(in, &c->by, c->id, c->o->method, c->at, out);
}

static enum status extend(struct call *c, json_t **out)
{
	return rights_extend(
	    &c->cli->in, &c->by, c->id, c->o->reason, c->at, out);
}

static enum status suspend(struct call *c, json_t **out)
{
	return rights_suspend(
	    &c->cli->in, &c->by, c->id, c->at, c->o->note, out);
}

static enum status ask(struct call *c, json_t **out)
{
	return rights_question(&c->cli->in, &c->by, c->id, c->o->note, out);
}

static enum status resume(struct call *c, json_t **out)
{
	return rights_resume(&c->cli->in, &c->by, c->id, c->at, out);
}

static enum status decide(struct call *c, json_t **out)
{
	struct rights_decision d = { REQUEST_UNDECIDED, c->o->reason,
		c->o->authority, c->o->note };
	struct installation *in = &c->cli->in;
	enum status st;

	if (c->o->approve)
		return sweep(c, rights_approve(in, &c->by, c->id, out), out);
	if (c->o->back)
		return rights_return(in, &c->by, c->id, c->o->note, out);
	st = request_outcome_parse(c->o->outcome, &d.outcome);
	if (st == ST_OK)
		st = rights_decide(in, &c->by, c->id, &d, out);
	return sweep(c, st, out);
}

static enum status refuse(struct call *c, json_t **out)
{
	const struct rights_decision d = { REQUEST_TO_REFUSE, c->o->reason,
		c->o->authority, c->o->note };

	return sweep(
	    c, rights_decide(&c->cli->in, &c->by, c->id, &d, out), out);
}

static enum status suppress(struct call *c, json_t **out)
{
	return rights_suppress(&c->cli->in, &c->by, c->id, out);
}

static enum status fulfil(struct call *c, json_t **out)
{
	return sweep(
	    c, rights_fulfil(&c->cli->in, &c->by, c->id, c->o->note, out), out);
}

static enum status withdraw(struct call *c, json_t **out)
{
	struct installation *in = &c->cli->in;
	enum status st;

	st = c->o->of ? rights_mark_duplicate(in, &c->by, c->id, c->o->of, out)
		      : rights_withdraw(in, &c->by, c->id, c->o->note, out);
	return sweep(c, st, out);
}

static enum status reopen(struct call *c, json_t **out)
{
	return rights_reopen(&c->cli->in, &c->by, c->id, c->o->note, out);
}

static void print_plan(const json_t *o)
{
	const json_t *x;
	size_t i;

	printf("%s  %lld records go, %lld stay\n", json_text(o, "request"),
	    json_int(o, "records"), json_int(o, "kept_records"));
	json_array_foreach(json_object_get(o, "items"), i, x)
	    printf("  %-11s %8lld  %s.%s (%s): %s\n", json_text(x, "action"),
		json_int(x, "records"), json_text(x, "store"),
		json_text(x, "collection"), json_text(x, "cluster"),
		json_text(x, "ground"));
	json_array_foreach(json_object_get(o, "kept"), i, x)
	    printf("  %-11s %8lld  %s.%s (%s): %s%s%s%s%s\n", "stays",
		json_int(x, "records"), json_text(x, "store"),
		json_text(x, "collection"), json_text(x, "cluster"),
		json_text(x, "why"), *json_text(x, "law") ? ", " : "",
		json_text(x, "law"), *json_text(x, "until") ? ", until " : "",
		json_text(x, "until"));
	printf("  plan        %s\n", json_text(o, "hash"));
}

static enum status plan(struct call *c)
{
	json_t *out = NULL;
	enum status st = rights_plan(&c->cli->in, &c->by, c->id, &out);

	if (st == ST_OK && c->cli->json)
		st = cli_print_json(out);
	else if (st == ST_OK)
		print_plan(out);
	json_decref(out);
	return st;
}

static enum status plan_one(struct call *c, json_t **out)
{
	(void)out;
	return plan(c);
}

static enum status execute(struct call *c, json_t **out)
{
	return sweep(c,
	    rights_carry_out(&c->cli->in, &c->by, c->id,
		c->o->tell ? RIGHTS_TELL : RIGHTS_TELL_NOT, out),
	    out);
}

/* ---- open and list ---- */

static enum status fill(const struct options *o, const struct config *config,
    struct rights_order *order)
{
	struct reach_subject who = { NULL, NULL };
	enum status st;

	if ((st = request_type_parse(o->type, &order->type)) != ST_OK)
		return st;
	st = request_law_parse(
	    o->law ? o->law : config->requests.law, &order->law);
	if (st == ST_OK)
		st = request_channel_parse(
		    o->channel ? o->channel : "email", &order->channel);
	if (st == ST_OK)
		st = cli_subject("identity", o->identity, &who);
	order->identity = who.identity;
	order->value = who.value;
	order->words = o->text;
	return st;
}

static enum status open_one(struct call *c, json_t **out)
{
	struct rights_order order = { 0 };
	enum status st = fill(c->o, &c->cli->in.config, &order);

	if (st == ST_OK)
		st = cli_as_of(c->cli, c->o->received, &order.received_at);
	if (st != ST_OK)
		return st;
	st = rights_open(&c->cli->in, &c->by, &order, out);
	return st == ST_OK ? cli_request_aside(c->cli, &c->by, *out) : st;
}

/* ---- command line ---- */

static const struct {
	const char *name;
	int arguments; /* with its own name */
	enum status (*run)(struct call *c, json_t **out);
} actions[] = {
	{ "open", 1, open_one },
	{ "show", 2, show },
	{ "verify", 2, verify },
	{ "extend", 2, extend },
	{ "suspend", 2, suspend },
	{ "ask", 2, ask },
	{ "resume", 2, resume },
	{ "decide", 2, decide },
	{ "plan", 2, plan_one },
	{ "execute", 2, execute },
	{ "suppress", 2, suppress },
	{ "fulfil", 2, fulfil },
	{ "refuse", 2, refuse },
	{ "withdraw", 2, withdraw },
	{ "reopen", 2, reopen },
};
#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

/* Those with options of their own. */
static const struct {
	const char *name;
	enum status (*run)(struct cli *cli, int argc, char **argv);
} parts[] = {
	{ "list", cli_request_list },
	{ "letter", cli_request_letter },
	{ "data", cli_request_data },
	{ "restrict", cli_request_restrict },
	{ "propose", cli_request_propose },
	{ "changes", cli_request_changes },
	{ "correct", cli_request_correct },
	{ "lift", cli_request_lift },
	{ "items", cli_request_items },
	{ "snapshot", cli_request_snapshot },
	{ "package", cli_request_package },
	{ "fetch", cli_request_fetch },
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static void set(struct options *o, int c)
{
	switch (c) {
	case 't': o->type = optarg; break;
	case 'l': o->law = optarg; break;
	case 'n': o->channel = optarg; break;
	case 'i': o->identity = optarg; break;
	case 'r': o->received = optarg; break;
	case 'x': o->text = optarg; break;
	case 'm': o->method = optarg; break;
	case 'k': o->code = optarg; break;
	case 'o': o->outcome = optarg; break;
	case 'w': o->reason = optarg; break;
	case 'a': o->authority = optarg; break;
	case 'e': o->note = optarg; break;
	case 'T': o->at = optarg; break;
	case 's': o->as_of = optarg; break;
	case 'd': o->of = optarg; break;
	case 'A': o->ask = 1; break;
	case 'C': o->send_code = 1; break;
	case 'F': o->failed = 1; break;
	case 'P': o->approve = 1; break;
	case 'B': o->back = 1; break;
	case 'W': o->tell = 1; break;
	default: break;
	}
}

static enum status parse(
    struct cli *cli, int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "type", required_argument, NULL, 't' },
		{ "law", required_argument, NULL, 'l' },
		{ "channel", required_argument, NULL, 'n' },
		{ "identity", required_argument, NULL, 'i' },
		{ "received", required_argument, NULL, 'r' },
		{ "text", required_argument, NULL, 'x' },
		{ "method", required_argument, NULL, 'm' },
		{ "code", required_argument, NULL, 'k' },
		{ "outcome", required_argument, NULL, 'o' },
		{ "reason", required_argument, NULL, 'w' },
		{ "authority", required_argument, NULL, 'a' },
		{ "note", required_argument, NULL, 'e' },
		{ "at", required_argument, NULL, 'T' },
		{ "as-of", required_argument, NULL, 's' },
		{ "duplicate-of", required_argument, NULL, 'd' },
		{ "ask", no_argument, NULL, 'A' },
		{ "send-code", no_argument, NULL, 'C' },
		{ "failed", no_argument, NULL, 'F' },
		{ "approve", no_argument, NULL, 'P' },
		{ "return", no_argument, NULL, 'B' },
		{ "tell", no_argument, NULL, 'W' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		set(o, c);
	}
	return ST_OK;
}

static void print_code(const json_t *o)
{
	printf("%s: a code that is valid until %s is on its way, if an address "
	       "is on file\n",
	    json_text(o, "id"), json_text(o, "expires_at"));
}

static enum status send_code(
    struct cli *cli, const struct rights_actor *by, void *id, json_t **out)
{
	enum status st = rights_send_code(&cli->in, by, id, out);

	return st == ST_OK ? cli_request_flush(cli) : st;
}

static enum status act(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	struct call *c = ctx;
	enum status st =
	    cli_as_of(cli, c->run == show ? c->o->as_of : c->o->at, &c->at);

	c->by = *by;
	/* --at may be of this very second. */
	c->by.now = when_now();
	return st == ST_OK ? c->run(c, out) : st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	const char *names[ACTIONS + PARTS + 1] = { NULL }, *near;
	struct options o = { .type = NULL };
	struct call c = { .cli = cli, .o = &o };
	enum status st;
	size_t i;

	for (i = 0; argc > 1 && i < PARTS; i++)
		if (strcmp(argv[1], parts[i].name) == 0)
			return parts[i].run(cli, argc, argv);
	st = parse(cli, argc, argv, &o);
	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	st = cli_arguments(argc, 1, 2, "what to do: open, list, show, ...");
	if (st != ST_OK)
		return st;
	for (i = 0; i < PARTS; i++)
		names[ACTIONS + i] = parts[i].name;
	for (i = 0; i < ACTIONS; i++) {
		names[i] = actions[i].name;
		if (strcmp(argv[optind], names[i]) == 0)
			break;
	}
	if (i == ACTIONS) {
		near = diag_nearest(argv[optind], names);
		return fail(ST_USAGE,
		    "unknown `request %s`%s%s%s: `lethe request --help` lists "
		    "what can be done",
		    argv[optind], near ? ", did you mean `" : "",
		    near ? near : "", near ? "`?" : "");
	}
	st = cli_arguments(argc, actions[i].arguments, actions[i].arguments,
	    actions[i].arguments == 2 ? "the request's ID" : "only options");
	if (st != ST_OK)
		return st;
	c.run = actions[i].run;
	c.id = argv[optind + 1];
	return o.send_code ? cli_act(cli, send_code, c.id, print_code)
			   : cli_act(cli, act, &c, cli_request_text);
}

const struct command cmd_request = {
	"request",
	"requests of data subjects: open, list, show, verify, decide, ...",
	"usage: lethe [-c lethe.yml] [--json] request ACTION\n\n"
	"  open --type TYPE --identity KIND=VALUE [--received TIME]\n"
	"       [--law gdpr|appi|both] [--text WORDS]\n"
	"       [--channel portal|email|phone|letter|dealer]\n"
	"  list [--all] [--type TYPE] [--state STATE] [--standing WORD]\n"
	"       [--sort due|received] [--limit N] [--offset N] [--as-of TIME]\n"
	"  show ID [--as-of TIME]\n"
	"  verify ID --send-code   a one-time code to the address on\n"
	"       file, as a message in the outbox\n"
	"  verify ID --code CODE   the code that came back\n"
	"  verify ID --ask [--at TIME] [--note WHAT]\n"
	"       asked in another way; also for what\n"
	"       would identify the person (Art. 11)\n"
	"  verify ID --method login|call_back|document_seen|in_person|\n"
	"       representative [--at TIME] an officer checked; of a document\n"
	"       nothing is kept\n"
	"  verify ID --failed --note WHY\n"
	"  suspend ID --note WHAT [--at TIME]   clarification was asked for\n"
	"  ask ID --note QUESTION   the same, answered at the customers' door\n"
	"  resume ID [--at TIME]   and is there\n"
	"  extend ID --reason complexity|number_of_requests [--at TIME]\n"
	"       TIME: when its notice was sent; too\n"
	"       late, and the extension is void\n"
	"  decide ID --outcome fulfil|fulfil_partly|refuse|no_match\n"
	"       [--reason CODE --note TEXT [--authority NAME]]\n"
	"  decide ID --approve   by somebody else, where two must\n"
	"  decide ID --return --note WHY\n"
	"  plan ID   what an erasure would do: what goes,\n"
	"       what stays, until when, and why; a\n"
	"       decision is about the last plan\n"
	"  restrict ID [--ground CODE] [--cluster C | --record STORE COLLECTION\n"
	"       KEY...]    what to restrict (neither: all); an objection does so\n"
	"                  until it is decided; CODE: `lethe hold --help`\n"
	"  suppress ID   no direct marketing, at once\n"
	"  lift ID --reason CODE [--language en|ja|de] [--keep]   tell the person\n"
	"                  first; after the notice, once more lifts it\n"
	"  execute ID [--tell]   restrict or erase what was approved;\n"
	"       refused if that has changed; --tell:\n"
	"       a message once the rest has gone, too\n"
	"  propose ID STORE COLLECTION KEY... --field NAME --value VALUE\n"
	"       --evidence TEXT [--kind correct|complete|delete]   one field of\n"
	"       one record; delete takes no value\n"
	"  propose ID --withdraw NUMBER\n"
	"  changes ID   old and new side by side; a decision\n"
	"       is about them as they stand\n"
	"  correct ID   carry out what was approved; refused\n"
	"       if a field is another meanwhile\n"
	"  refuse ID --reason CODE --note TEXT [--authority NAME]\n"
	"  fulfil ID [--note TEXT]   it was carried out and answered\n"
	"  data ID   the person's data by cluster, and\n"
	"       until when each record is kept; the\n"
	"       log has who looked\n"
	"  items ID   records that others may have too, and\n"
	"       what was decided of them\n"
	"  items ID STORE COLLECTION KEY... --decide include|redact|withhold\n"
	"       [--field NAME]... [--reason CODE]   redact: these are blank\n"
	"  snapshot ID   keep aside what falls due before the\n"
	"       answer; `open` does so itself\n"
	"  package ID [--language ja|en|de] [--passphrase-file FILE]\n"
	"       [-o FILE.zip]   the copy of the data, to download by\n"
	"       the token that is shown once\n"
	"  fetch TOKEN -o FILE.zip   download it\n"
	"  withdraw ID [--note TEXT | --duplicate-of ID]\n"
	"  reopen ID --note WHY\n"
	"  letter ID KIND [--language en|ja|de] [--edit FILE] [--keep | --send]\n"
	"       shown; edited in FILE, as it was\n"
	"       shown; kept with the case, to go on\n"
	"       paper; or sent to the address on file\n\n"
	"The due date is the law's, counted as `requests:` in lethe.yml says.\n"
	"The clock stands still while identity or clarification is asked for, if\n"
	"that was in time.  `lethe status` exits with 4 while one is overdue.\n\n"
	"  TYPE  access, portability, rectification, erasure, restriction,\n"
	"        objection, objection_direct_marketing, consent_withdrawal,\n"
	"        recipient_information\n"
	"  KIND  receipt, identity, extension, answer, partial_answer, refusal,\n"
	"        no_data, rest_erased, restricted, lifting\n"
	"  WORD  running, at_risk, overdue, suspended, closed, late\n"
	"  CODE  of a refusal (rights_of_others, manifestly_unfounded, ...) or a\n"
	"        lifting: a wrong one is answered with the list\n",
	run,
};
