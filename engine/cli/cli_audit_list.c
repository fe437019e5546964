/* lethe audit list */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/audit/log.h"
#include "engine/cli/cli_audit.h"
#include "engine/subjects/subjects.h"

struct listing {
	struct cli *cli;
	json_t *entries; /* --json: all of them; else printed as they come */
	int64_t next;
	int64_t left; /* of --limit */
	int follow;
};

static void print_entry(const json_t *o)
{
	printf("%6lld  %s  %-14s %s", json_int(o, "seq"), json_text(o, "at"),
	    json_text(o, "action"), json_text(o, "run"));
	if (json_object_get(o, "cutoff"))
		printf("  %s: %lld records of %s before %s",
		    json_text(o, "cluster"), json_int(o, "records"),
		    json_text(o, "collection"), json_text(o, "cutoff"));
	putchar('\n');
}

static enum status each(void *ctx, const char *body)
{
	struct listing *l = ctx;
	json_t *o = json_loads(body, 0, NULL);

	if (o == NULL)
		return fail(ST_INTEGRITY,
		    "an audit entry is not JSON: `lethe audit verify` says "
		    "more");
	l->next = json_int(o, "seq") + 1;
	l->left--;
	if (l->entries)
		return json_push(l->entries, o);
	if (l->cli->json)
		puts(body);
	else
		print_entry(o);
	json_decref(o);
	return ST_OK;
}

void cli_audit_print_pruned(const struct prune_state *p)
{
	printf("entries 0 to %" PRIu64 " were pruned at %s by the rule %s\n",
	    p->below - 1, p->at, p->rule);
}

json_t *cli_audit_pruned_json(const struct prune_state *p)
{
	return p->below
		   ? json_pack("{s:I, s:s, s:s}", "below", (json_int_t)p->below,
			 "at", p->at, "rule", p->rule)
		   : json_null();
}

static enum status flush(void)
{
	return fflush(stdout) == 0 ? ST_OK : fail(ST_IO, "write to stdout");
}

/* Until somebody ends it, or --limit does. */
static enum status follow(struct listing *l, struct audit_filter *f)
{
	const struct timespec second = { 1, 0 };
	enum status st;

	while ((st = flush()) == ST_OK && (f->limit == 0 || l->left > 0)) {
		(void)nanosleep(&second, NULL);
		f->first = l->next;
		f->limit = f->limit ? l->left : 0;
		st = audit_list(l->cli->in.audit, f, each, l);
		if (st != ST_OK)
			break;
	}
	return st;
}

static enum status list(struct listing *l, struct audit_filter *f)
{
	struct cli *cli = l->cli;
	struct prune_state pruned;
	json_t *o = NULL;
	enum status st;

	if (cli->json && !l->follow && (l->entries = json_array()) == NULL)
		return fail(ST_NOMEM, "out of memory");
	l->next = f->first;
	l->left = f->limit;
	st = installation_open_audit(&cli->in);
	if (st == ST_OK)
		st = prune_read(cli->in.audit, &pruned);
	if (st == ST_OK && !cli->json && (uint64_t)f->first < pruned.below)
		cli_audit_print_pruned(&pruned);
	if (st == ST_OK)
		st = audit_list(cli->in.audit, f, each, l);
	if (st == ST_OK && l->follow)
		st = follow(l, f);
	if (st == ST_OK && l->entries)
		st = json_make(&o, "{s:O, s:o}", "entries", l->entries,
		    "pruned", cli_audit_pruned_json(&pruned));
	if (st == ST_OK && o)
		st = cli_print_json(o);
	json_decref(o);
	json_decref(l->entries);
	return st;
}

/* Whose entries somebody looks for is a look at personal data too. */
static enum status look_for(
    struct cli *cli, char *text, char pseudonym[SUBJECT_TEXT])
{
	struct reach_subject who;
	enum status st = cli_subject("subject", text, &who);

	if (st == ST_OK)
		st = subjects_mention(
		    &cli->in, &who, SUBJECTS_AS_THEY_ARE, pseudonym);
	if (st != ST_OK)
		return st;
	if (*pseudonym == '\0')
		(void)fputs(
		    "lethe: nothing ties this person to an entry: there "
		    "was none, or it was forgotten with the last "
		    "record\n",
		    stderr);
	return cli_log(cli, "subject_entries_listed",
	    json_pack("{s:s, s:s, s:s?}", "object", "subject", "identity",
		who.identity, "subject", *pseudonym ? pseudonym : NULL));
}

enum status cli_audit_list(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "action", required_argument, NULL, 'a' },
		{ "from", required_argument, NULL, 'f' },
		{ "limit", required_argument, NULL, 'l' },
		{ "run", required_argument, NULL, 'r' },
		{ "subject", required_argument, NULL, 'S' },
		{ "since", required_argument, NULL, 's' },
		{ "until", required_argument, NULL, 'u' },
		{ "follow", no_argument, NULL, 'F' },
		CLI_OPTIONS,
	};
	const char *from = "0", *most = "0", *since = NULL, *until = NULL;
	char *subject = NULL, pseudonym[SUBJECT_TEXT];
	struct audit_filter f = { 0 };
	struct listing l = { .cli = cli };
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'a': f.action = optarg; break;
		case 'f': from = optarg; break;
		case 'l': most = optarg; break;
		case 'r': f.run = optarg; break;
		case 'S': subject = optarg; break;
		case 's': since = optarg; break;
		case 'u': until = optarg; break;
		case 'F': l.follow = 1; break;
		default: return ST_USAGE;
		}
	}
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 1, 1, "nothing more: lethe audit list");
	if (st == ST_OK)
		st = cli_number("from", from, 0, INT64_MAX, &f.first);
	if (st == ST_OK)
		st = cli_number("limit", most, 0, INT64_MAX, &f.limit);
	if (st == ST_OK)
		st = cli_load(cli);
	if (st == ST_OK && since)
		st = cli_as_of(cli, since, &f.since);
	if (st == ST_OK && until)
		st = cli_as_of(cli, until, &f.until);
	if (st == ST_OK && subject) {
		st = look_for(cli, subject, pseudonym);
		f.subject = pseudonym;
	}
	return st == ST_OK ? list(&l, &f) : st;
}
