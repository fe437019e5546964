/* lethe consent */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/file.h"
#include "engine/cli/cli.h"
#include "engine/consent/consent.h"
#include "engine/consent/receipt.h"
#include "engine/crypto/crypto.h"
#include "engine/crypto/hash.h"

#define EVIDENCE_MOST (64u << 20)
#define RECEIPT_MOST  (1u << 20)

struct options {
	struct consent_order order;
	char *subject;
	const char *version;
	const char *purpose;
	const char *at;
	const char *as_of;
	const char *request;
	const char *evidence_file;
	const char *format;
	const char *language;
	const char *vkey;
};

/* What an action is given. */
struct call {
	struct cli *cli;
	struct options *o;
	struct rights_actor by;
	struct reach_subject who;
	const char *argument;
};

/* ---- text ---- */

static void print_records(const json_t *c)
{
	const json_t *r;
	size_t i;

	json_array_foreach(json_object_get(c, "records"), i, r)
	{
		printf("    %s  %s  version %lld, by %s (%s): %s\n",
		    json_text(r, "at"), json_text(r, "kind"),
		    json_int(r, "version"), json_text(r, "channel"),
		    json_text(r, "method"), json_text(r, "state"));
		printf("      %s, recorded %s by %s\n", json_text(r, "id"),
		    json_text(r, "recorded_at"), json_text(r, "recorded_by"));
	}
}

static void print_show(const json_t *o)
{
	const json_t *c;
	size_t i;

	json_array_foreach(json_object_get(o, "consents"), i, c)
	{
		printf(
		    "%s: %s\n", json_text(c, "notice"), json_text(c, "state"));
		print_records(c);
	}
	if (i == 0)
		puts("nothing is recorded");
}

static void print_list(const json_t *o)
{
	const json_t *n;
	size_t i;

	json_array_foreach(json_object_get(o, "notices"), i, n) printf(
	    "%s version %lld: %lld given, %lld refused, %lld "
	    "withdrawn\n",
	    json_text(n, "id"), json_int(n, "version"), json_int(n, "given"),
	    json_int(n, "refused"), json_int(n, "withdrawn"));
	if (i == 0)
		puts("there are no notices");
}

static void print_record(const json_t *o)
{
	printf("%s: %s version %lld, %s; it stands as %s\n", json_text(o, "id"),
	    json_text(o, "notice"), json_int(o, "version"),
	    json_text(o, "kind"), json_text(o, "state"));
}

static void print_withdrawn(const json_t *o)
{
	const json_t *w;
	size_t i;

	json_array_foreach(json_object_get(o, "withdrawn"), i, w)
	    printf("%s: %s version %lld withdrawn\n", json_text(w, "id"),
		json_text(w, "notice"), json_int(w, "version"));
	if (i == 0)
		puts("nothing was given that could be withdrawn");
}

static void print_proof(const json_t *o)
{
	const json_t *c;
	size_t i;

	printf("%s: %s consent for %s\n", json_text(o, "at"),
	    json_is_true(json_object_get(o, "valid")) ? "a valid" : "NO valid",
	    json_text(o, "purpose"));
	json_array_foreach(json_object_get(o, "consents"), i, c)
	{
		printf("  %s version %lld: %s, %s on %s by %s (%s)\n",
		    json_text(c, "notice"), json_int(c, "version"),
		    json_text(c, "state"), json_text(c, "kind"),
		    json_text(c, "at"), json_text(c, "channel"),
		    json_text(c, "method"));
		printf("  record %s\n  the text (%s), of the notice with "
		       "SHA-256 %s:\n%s\n",
		    json_text(c, "id"), json_text(c, "language"),
		    json_text(c, "sha256"), json_text(c, "text"));
	}
}

static enum status answer(
    struct call *c, json_t *o, void (*print)(const json_t *))
{
	enum status st = ST_OK;

	if (c->cli->json)
		st = cli_print_json(o);
	else
		print(o);
	json_decref(o);
	return st;
}

/* ---- actions ---- */

static enum status hash_evidence(const struct options *o, char out[SHA256_TEXT])
{
	struct buf bytes = BUF_INIT;
	enum status st = file_read(o->evidence_file, EVIDENCE_MOST, &bytes);

	if (st == ST_OK)
		sha256_hex(bytes.data, bytes.len, out);
	buf_release(&bytes);
	return st;
}

static enum status take_order(struct call *c, char hash[SHA256_TEXT])
{
	struct options *o = c->o;
	enum status st = ST_OK;

	o->order.identity = c->who.identity;
	o->order.value = c->who.value;
	o->order.language = o->language;
	if (o->order.channel == NULL)
		o->order.channel = "portal";
	if (o->order.method == NULL)
		o->order.method = "interface";
	if (o->version)
		st = cli_number(
		    "version", o->version, 1, 1000000, &o->order.version);
	if (st == ST_OK && o->evidence_file) {
		st = hash_evidence(o, hash);
		o->order.evidence_sha256 = hash;
	}
	if (st == ST_OK)
		st = cli_as_of(c->cli, o->at, &o->order.at);
	/* --at may be of this very second. */
	c->by.now = when_now();
	return st;
}

static enum status record(struct call *c, enum consent_kind kind)
{
	char hash[SHA256_TEXT];
	json_t *out = NULL;
	enum status st = take_order(c, hash);

	c->o->order.kind = kind;
	if (st == ST_OK)
		st = consent_record(&c->cli->in, &c->by, &c->o->order, &out);
	return st == ST_OK ? answer(c, out, print_record) : st;
}

static enum status give(struct call *c) { return record(c, CONSENT_GIVEN); }
static enum status refuse(struct call *c) { return record(c, CONSENT_REFUSED); }

static enum status withdraw(struct call *c)
{
	char hash[SHA256_TEXT];
	json_t *out = NULL;
	enum status st;

	if (c->o->request)
		st = consent_withdraw_request(&c->cli->in, &c->by,
		    c->o->request, c->o->order.notice, c->o->purpose, &out);
	else if ((st = take_order(c, hash)) == ST_OK)
		st = consent_withdraw(
		    &c->cli->in, &c->by, &c->o->order, c->o->purpose, &out);
	return st == ST_OK ? answer(c, out, print_withdrawn) : st;
}

/* Who looked at what is said of a person is told too. */
static enum status looked(struct call *c, const char *action)
{
	return cli_log(
	    c->cli, action, json_pack("{s:s}", "object", "consents"));
}

static enum status show(struct call *c)
{
	json_t *out = NULL;
	int64_t as_of = 0;
	enum status st = cli_as_of(c->cli, c->o->as_of, &as_of);

	if (st == ST_OK)
		st = consent_show(&c->cli->in, &c->who, as_of, &out);
	if (st == ST_OK)
		st = looked(c, "consents_shown");
	if (st == ST_OK)
		return answer(c, out, print_show);
	json_decref(out);
	return st;
}

static enum status list(struct call *c)
{
	json_t *out = NULL;
	enum status st = consent_list(&c->cli->in, &out);

	return st == ST_OK ? answer(c, out, print_list) : st;
}

static enum status prove(struct call *c)
{
	json_t *out = NULL;
	int64_t at = 0;
	enum status st = cli_as_of(c->cli, c->o->at, &at);

	if (st == ST_OK)
		st = consent_prove(
		    &c->cli->in, &c->who, c->o->purpose, at, &out);
	if (st == ST_OK)
		st = looked(c, "consent_proven");
	if (st == ST_OK)
		return answer(c, out, print_proof);
	json_decref(out);
	return st;
}

static enum status bulk(struct call *c)
{
	const char *end = strrchr(c->argument, '.');
	const char *format = c->o->format ? c->o->format : end ? end + 1 : "";
	json_t *out = NULL;
	const json_t *e;
	enum status st;
	size_t i;

	if (strcmp(format, "csv") != 0 && strcmp(format, "jsonl") != 0)
		return fail(ST_USAGE,
		    "what is in the file? give --format csv or jsonl");
	st = consent_import(&c->cli->in, &c->by, c->argument,
	    strcmp(format, "csv") == 0 ? CONSENT_CSV : CONSENT_JSONL, &out);
	json_array_foreach(json_object_get(out, "errors"), i, e)
	    fprintf(stderr, "%s:%lld: %s\n", c->argument, json_int(e, "line"),
		json_text(e, "problem"));
	if (st == ST_OK && !c->cli->json)
		printf("%lld records\n", json_int(out, "records"));
	if (st == ST_OK && c->cli->json)
		st = cli_print_json(out);
	json_decref(out);
	return st;
}

static enum status print_receipt(struct call *c, const json_t *out)
{
	struct buf text = BUF_INIT;
	enum status st;

	if (c->cli->json || c->o->language == NULL)
		return cli_print_json(out);
	st = receipt_text(
	    json_object_get(out, "receipt"), c->o->language, &text);
	if (st == ST_OK)
		fputs(buf_text(&text), stdout);
	buf_release(&text);
	return st;
}

static enum status receipt(struct call *c)
{
	json_t *out = NULL;
	enum status st = receipt_make(&c->cli->in, &c->by, c->argument, &out);

	if (st == ST_OK)
		st = print_receipt(c, out);
	json_decref(out);
	return st;
}

static enum status verify_key(struct call *c, struct note_key *key)
{
	enum status st;

	if (c->o->vkey)
		return (st = crypto_init()) == ST_OK
			   ? note_key_parse(c->o->vkey, key)
			   : st;
	if ((st = cli_load(c->cli)) == ST_OK)
		st = installation_open_audit(&c->cli->in);
	if (st == ST_OK)
		*key = *audit_key(c->cli->in.audit);
	return st;
}

static enum status verify(struct call *c)
{
	struct buf bytes = BUF_INIT;
	struct note_key key;
	json_t *receipt = NULL;
	enum status st = verify_key(c, &key);

	if (st == ST_OK)
		st = file_read(c->argument, RECEIPT_MOST, &bytes);
	if (st == ST_OK)
		st = receipt_check(&key, bytes.data, bytes.len, &receipt);
	if (st == ST_OK && c->cli->json)
		st = cli_print_json(receipt);
	else if (st == ST_OK)
		printf("%s: the receipt of record %s, as it was signed\n",
		    c->argument, json_text(receipt, "record_id"));
	json_decref(receipt);
	buf_release(&bytes);
	return st;
}

/* ---- command line ---- */

enum needs { NOTHING, SUBJECT, SUBJECT_OR_REQUEST, ARGUMENT };
static const struct {
	const char *name;
	enum needs needs;
	enum status (*run)(struct call *c);
} actions[] = {
	{ "give", SUBJECT, give },
	{ "refuse", SUBJECT, refuse },
	{ "withdraw", SUBJECT_OR_REQUEST, withdraw },
	{ "show", SUBJECT, show },
	{ "list", NOTHING, list },
	{ "prove", SUBJECT, prove },
	{ "import", ARGUMENT, bulk },
	{ "receipt", ARGUMENT, receipt },
	{ "verify", ARGUMENT, verify },
};
#define ACTIONS (sizeof(actions) / sizeof(*actions))

static enum status parse(
    struct cli *cli, int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "subject", required_argument, NULL, 's' },
		{ "notice", required_argument, NULL, 'n' },
		{ "version", required_argument, NULL, 'v' },
		{ "purpose", required_argument, NULL, 'p' },
		{ "language", required_argument, NULL, 'l' },
		{ "channel", required_argument, NULL, 'C' },
		{ "method", required_argument, NULL, 'm' },
		{ "evidence", required_argument, NULL, 'e' },
		{ "evidence-file", required_argument, NULL, 'E' },
		{ "request", required_argument, NULL, 'r' },
		{ "at", required_argument, NULL, 'a' },
		{ "as-of", required_argument, NULL, 't' },
		{ "format", required_argument, NULL, 'f' },
		{ "vkey", required_argument, NULL, 'k' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 's': o->subject = optarg; break;
		case 'n': o->order.notice = optarg; break;
		case 'v': o->version = optarg; break;
		case 'p': o->purpose = optarg; break;
		case 'l': o->language = optarg; break;
		case 'C': o->order.channel = optarg; break;
		case 'm': o->order.method = optarg; break;
		case 'e': o->order.evidence = optarg; break;
		case 'E': o->evidence_file = optarg; break;
		case 'r': o->request = optarg; break;
		case 'a': o->at = optarg; break;
		case 't': o->as_of = optarg; break;
		case 'f': o->format = optarg; break;
		case 'k': o->vkey = optarg; break;
		default: return ST_USAGE;
		}
	}
	return ST_OK;
}

static enum status run_action(struct call *c, size_t i, int argc, char **argv)
{
	int argument = actions[i].needs == ARGUMENT;
	char *actor = NULL;
	enum status st = cli_arguments(argc, 1 + argument, 1 + argument,
	    argument ? "one thing behind it" : "only options behind it");

	if (st == ST_OK && (actions[i].needs == SUBJECT ||
			       (actions[i].needs == SUBJECT_OR_REQUEST &&
				   c->o->request == NULL)))
		st = cli_subject("subject", c->o->subject, &c->who);
	if (argument)
		c->argument = argv[optind + 1];
	/* Whoever checks with --vkey has no installation. */
	if (st == ST_OK && actions[i].run != verify)
		st = cli_load(c->cli);
	if (st == ST_OK && actions[i].run != verify)
		st = installation_open_audit(&c->cli->in);
	if (st == ST_OK)
		st = audit_actor(&actor);
	c->by.name = actor;
	if (st == ST_OK)
		st = actions[i].run(c);
	free(actor);
	return st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	const char *names[ACTIONS + 1] = { NULL }, *near;
	struct options o = { 0 };
	struct call c = { .cli = cli,
		.o = &o,
		.by = { NULL, REQUEST_BY_OPERATOR, when_now() } };
	enum status st = parse(cli, argc, argv, &o);

	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	if ((st = cli_arguments(argc, 1, 2, "what to do: give, show ...")) !=
	    ST_OK)
		return st;
	for (size_t i = 0; i < ACTIONS; i++) {
		names[i] = actions[i].name;
		if (strcmp(argv[optind], names[i]) == 0)
			return run_action(&c, i, argc, argv);
	}
	near = diag_nearest(argv[optind], names);
	return fail(ST_USAGE, "unknown `consent %s`%s%s%s", argv[optind],
	    near ? ", did you mean `" : ": --help lists what there is",
	    near ? near : "", near ? "`?" : "");
}

const struct command cmd_consent = {
	"consent",
	"consents: give, refuse, withdraw, show, list, prove, receipt",
	"usage: lethe [-c lethe.yml] [--json] consent give --subject KIND=VALUE\n"
	"             --notice ID [--version N] [--language CODE] [HOW]\n"
	"       lethe ... consent refuse --subject KIND=VALUE --notice ID ...\n"
	"       lethe ... consent withdraw --subject KIND=VALUE\n"
	"             [--notice ID | --purpose P] [HOW]\n"
	"       lethe ... consent withdraw --request ID [--notice ID | --purpose P]\n"
	"       lethe ... consent show --subject KIND=VALUE [--as-of TIME]\n"
	"       lethe ... consent list\n"
	"       lethe ... consent prove --subject KIND=VALUE --purpose P\n"
	"             [--at TIME]\n"
	"       lethe ... consent import FILE [--format csv|jsonl]\n"
	"       lethe ... consent receipt RECORD [--language en|ja|de]\n"
	"       lethe ... consent verify FILE [--vkey KEY]\n\n"
	"What people agreed to, in which words, when and how.  The notices stand\n"
	"in the file that `consents:` of lethe.yml names; what was used once\n"
	"stays as it was, and a changed text needs a new version.  Records are\n"
	"never overwritten.  A withdrawal takes effect at once: the fields under\n"
	"`ends:` get its time, from which clusters can count.  With --request it\n"
	"is carried out for a consent_withdrawal request as of its receipt, and\n"
	"the request is fulfilled.\n\n"
	"`prove` says whether there was a valid consent at TIME (default: now),\n"
	"and which words it was for.  `receipt` prints that of a record after\n"
	"ISO/IEC TS 27560, signed; with --language as text; `verify` checks it,\n"
	"with --vkey anywhere.  `import` records a whole file, or nothing of it.\n\n"
	"  HOW is\n"
	"  --at TIME             when the person did it (default: now)\n"
	"  --channel WORD        portal (default), app, vehicle, email, phone,\n"
	"                        letter, dealer\n"
	"  --method WORD         interface (default), form, call, document,\n"
	"                        in_person\n"
	"  --evidence TEXT       where it can be found\n"
	"  --evidence-file FILE  its SHA-256 is kept, and nothing else of it\n\n"
	"Columns of an import: identity, value, notice, kind, at; version,\n"
	"language, channel, method, evidence, evidence_sha256.\n",
	run,
};
