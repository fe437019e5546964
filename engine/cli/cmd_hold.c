/* lethe hold */
#include <stdio.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/cli/cli.h"
#include "engine/holds/holds.h"

struct options {
	const char *id; /* the one to release */
	struct holds_order order;
	char *subject;
	int record;
	const char *review;
	const char *as_of;
	enum holds_which which;
};

/* ---- text ---- */

static void print_scope(const json_t *o)
{
	const json_t *subject = json_object_get(o, "subject"), *key;
	const json_t *record = json_object_get(o, "record");
	size_t i;

	if (json_is_object(subject))
		printf("subject %s%s%s", json_text(subject, "identity"),
		    json_is_string(json_object_get(subject, "value"))
			? "="
			: ", who is forgotten",
		    json_text(subject, "value"));
	if (json_is_object(record)) {
		printf("record %s.%s", json_text(record, "store"),
		    json_text(record, "collection"));
		json_array_foreach(json_object_get(record, "key"), i, key)
		    printf(" %s", json_string_value(key));
	}
	if (json_is_string(json_object_get(o, "cluster")))
		printf("%scluster %s",
		    json_is_object(subject) ? ", only its part of " : "",
		    json_text(o, "cluster"));
}

static void line(const char *what, const json_t *o, const char *key)
{
	if (json_is_string(json_object_get(o, key)))
		printf("  %-10s %s\n", what, json_text(o, key));
}

static void print_state(const json_t *o)
{
	if (json_is_true(json_object_get(o, "review_overdue")))
		puts("  REVIEW OVERDUE: look at it, then release it, or place "
		     "it anew with another date");
	if (strcmp(json_text(o, "state"), "release_asked") == 0)
		printf("  release asked by %s (%s): somebody else carries it "
		       "out with `lethe hold release %s`\n",
		    json_text(o, "release_asked_by"),
		    json_text(o, "release_reason"), json_text(o, "id"));
	if (strcmp(json_text(o, "state"), "released") == 0)
		printf("  released %s by %s: %s\n", json_text(o, "released_at"),
		    json_text(o, "released_by"),
		    json_text(o, "release_reason"));
}

static void print_one(const json_t *o)
{
	printf("%s  %s on ", json_text(o, "id"), json_text(o, "kind"));
	print_scope(o);
	printf(": %lld records\n", json_int(o, "records"));
	line("reason", o, "reason");
	line("authority", o, "authority");
	line("note", o, "note");
	line("owner", o, "owner");
	line("review", o, "review");
	print_state(o);
}

static void print_placed(const json_t *o)
{
	const json_t *c;
	size_t i;

	print_one(o);
	json_array_foreach(json_object_get(o, "collections"), i, c)
	    printf("  suspended  %lld of %s.%s in %s\n", json_int(c, "records"),
		json_text(c, "store"), json_text(c, "collection"),
		json_text(c, "cluster"));
	if (json_int(o, "records") == 0)
		puts("warning: no record of it is there yet: what comes in is "
		     "suspended from now on");
}

static void print_released(const json_t *o)
{
	const json_t *c;
	size_t i;

	if (strcmp(json_text(o, "state"), "released") != 0) {
		printf("%s: release asked for; it stays until somebody else "
		       "runs `lethe hold release %s`\n",
		    json_text(o, "id"), json_text(o, "id"));
		return;
	}
	printf("%s: released\n", json_text(o, "id"));
	json_array_foreach(json_object_get(o, "freed"), i, c) printf(
	    "  %lld of %s.%s in %s: %lld DUE (%lld OVERDUE), %lld RETAIN, "
	    "%lld ACTIVE, %lld UNDECIDED\n",
	    json_int(c, "records"), json_text(c, "store"),
	    json_text(c, "collection"), json_text(c, "cluster"),
	    json_int(c, "due"), json_int(c, "overdue"), json_int(c, "retain"),
	    json_int(c, "active"), json_int(c, "undecided"));
	puts(i ? "the next purge deletes what is DUE"
	       : "nothing was kept by it alone");
}

/* ---- actions ---- */

static enum status review_day(const char *text, int32_t *out)
{
	if (text == NULL) {
		*out = HOLDS_NO_DAY;
		return ST_OK;
	}
	if (civil_parse(text, strlen(text), out) != ST_OK)
		return fail(ST_USAGE,
		    "--review `%s` is not a date such as 2027-03-31", text);
	return ST_OK;
}

static enum status set_scope(struct options *o, int argc, char **argv)
{
	struct holds_scope *s = &o->order.scope;
	struct reach_subject who;
	enum status st;

	if (o->subject) {
		st = cli_subject("subject", o->subject, &who);
		if (st != ST_OK)
			return st;
		s->identity = who.identity;
		s->value = who.value;
	}
	if (!o->record)
		return cli_arguments(
		    argc, 1, 1, "add, and only options behind it");
	st = cli_arguments(argc, 4, 64, "add --record STORE COLLECTION KEY...");
	if (st != ST_OK)
		return st;
	s->store = argv[optind + 1];
	s->collection = argv[optind + 2];
	s->key = (const char *const *)&argv[optind + 3];
	s->key_count = (size_t)(argc - optind - 3);
	return ST_OK;
}

static enum status place(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	const struct options *o = ctx;

	return holds_place(&cli->in, &o->order, by->name, out);
}

static enum status add(
    struct cli *cli, struct options *o, int argc, char **argv)
{
	enum status st;

	if (o->order.reason == NULL)
		return fail(ST_USAGE,
		    "--reason is missing: `lethe hold --help` lists the "
		    "reasons");
	st = set_scope(o, argc, argv);
	if (st == ST_OK)
		st = review_day(o->review, &o->order.review);
	return st == ST_OK ? cli_act(cli, place, o, print_placed) : st;
}

static void print_list(const json_t *rows)
{
	const json_t *one;
	size_t i;

	json_array_foreach(rows, i, one) print_one(one);
	if (i == 0)
		puts("nothing is suspended");
}

static enum status list(struct cli *cli, const struct options *o)
{
	json_t *out = NULL;
	int64_t now = 0;
	enum status st;

	if ((st = cli_load(cli)) != ST_OK)
		return st;
	if ((st = cli_as_of(cli, o->as_of, &now)) != ST_OK)
		return st;
	if ((st = holds_list(&cli->in, o->which, now, &out)) != ST_OK)
		return st;
	/* It names people. */
	st = cli_log(cli, "holds_listed",
	    json_pack("{s:s, s:I}", "object", "holds", "suspensions",
		(json_int_t)json_array_size(
		    json_object_get(out, "suspensions"))));
	if (st == ST_OK && cli->json)
		st = cli_print_json(out);
	else if (st == ST_OK)
		print_list(json_object_get(out, "suspensions"));
	cli->attention = json_int(out, "reviews_overdue") > 0;
	json_decref(out);
	return st;
}

static enum status release(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	const struct options *o = ctx;

	return holds_release(&cli->in, o->id, by->name, o->order.reason, out);
}

/* ---- command line ---- */

static enum status parse(
    struct cli *cli, int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "subject", required_argument, NULL, 's' },
		{ "record", no_argument, NULL, 'r' },
		{ "cluster", required_argument, NULL, 'u' },
		{ "reason", required_argument, NULL, 'w' },
		{ "authority", required_argument, NULL, 'a' },
		{ "note", required_argument, NULL, 'n' },
		{ "owner", required_argument, NULL, 'O' },
		{ "review", required_argument, NULL, 'v' },
		{ "all", no_argument, NULL, 'l' },
		{ "as-of", required_argument, NULL, 't' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 's': o->subject = optarg; break;
		case 'r': o->record = 1; break;
		case 'u': o->order.scope.cluster = optarg; break;
		case 'w': o->order.reason = optarg; break;
		case 'a': o->order.authority = optarg; break;
		case 'n': o->order.note = optarg; break;
		case 'O': o->order.owner = optarg; break;
		case 'v': o->review = optarg; break;
		case 't': o->as_of = optarg; break;
		case 'l': o->which = HOLDS_ALL; break;
		default: return ST_USAGE;
		}
	}
	return ST_OK;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const char *const actions[] = { "add", "list", "release", NULL };
	struct options o = { .which = HOLDS_ACTIVE };
	const char *action, *near;
	enum status st;

	st = parse(cli, argc, argv, &o);
	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	st = cli_arguments(argc, 1, 64, "what to do: add, list or release");
	if (st != ST_OK)
		return st;
	action = argv[optind];
	if (strcmp(action, "add") == 0)
		return add(cli, &o, argc, argv);
	if (strcmp(action, "list") == 0) {
		st = cli_arguments(argc, 1, 1, "list, and nothing behind it");
		return st == ST_OK ? list(cli, &o) : st;
	}
	if (strcmp(action, "release") == 0) {
		st = cli_arguments(argc, 2, 2, "release ID");
		if (st != ST_OK)
			return st;
		o.id = argv[optind + 1];
		return cli_act(cli, release, &o, print_released);
	}
	near = diag_nearest(action, actions);
	return fail(ST_USAGE,
	    "unknown `hold %s`%s%s%s: there are add, list "
	    "and release",
	    action, near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

const struct command cmd_hold = {
	"hold",
	"legal holds and restrictions: add, list, release",
	"usage: lethe [-c lethe.yml] [--json] hold add SCOPE --reason CODE\n"
	"             [--authority WHO] [--review DATE] [--note TEXT]\n"
	"             [--owner WHO]\n"
	"       lethe ... hold list [--all] [--as-of TIME]\n"
	"       lethe ... hold release ID --reason TEXT\n\n"
	"What a hold or a restriction reaches is not deleted before its\n"
	"release, whatever a rule says, nor is what comes in later.  Adding\n"
	"takes effect at once; with `holds: {approvals: 2}` in lethe.yml a\n"
	"release takes two people, who run the same command one after the\n"
	"other.  Before a restriction is lifted the person is told (Art.\n"
	"18(3) GDPR).  A release says how much of what it frees is due: the\n"
	"next purge takes it.  list exits with 4 while a review is overdue.\n\n"
	"  SCOPE is one of\n"
	"  --subject KIND=VALUE               all records of a person\n"
	"  --subject KIND=VALUE --cluster C   only those parts in cluster C\n"
	"  --record STORE COLLECTION KEY...   one record\n"
	"  --cluster C                        a cluster, whole\n\n"
	"  --reason CODE     of a hold: litigation, authority_request, audit,\n"
	"                    tax_assessment, investigation, complaint,\n"
	"                    security_incident; of a restriction:\n"
	"                    art18_1a_accuracy_contested, art18_1b_unlawful,\n"
	"                    art18_1c_legal_claims,\n"
	"                    art18_1d_objection_pending,\n"
	"                    art21_2_direct_marketing, appi35_1_unlawful_use,\n"
	"                    appi35_3_unlawful_provision, appi35_5_not_needed,\n"
	"                    appi35_5_leak, appi35_5_interests\n"
	"  --authority WHO   who demands it; a hold must say\n"
	"  --review DATE     when somebody looks at it again (default: after\n"
	"                    `holds: {review: P90D}`)\n"
	"  --note TEXT       for those who look at it\n"
	"  --owner WHO       who looks after it (default: you)\n"
	"  --all             released ones too\n"
	"  --as-of TIME      reviews as if it were TIME\n"
	"  --reason TEXT     of a release: why\n",
	run,
};
