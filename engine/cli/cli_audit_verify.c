/* lethe audit verify, checkpoint, prove, export */
#include <inttypes.h>
#include <stdio.h>

#include "engine/audit/folder.h"
#include "engine/audit/proof.h"
#include "engine/audit/stored.h"
#include "engine/audit/verify.h"
#include "engine/base/base64.h"
#include "engine/base/file.h"
#include "engine/cli/cli_audit.h"
#include "engine/crypto/crypto.h"
#include "engine/installation/seals.h"

static enum status open_log(struct cli *cli)
{
	enum status st = cli_load(cli);

	return st == ST_OK ? installation_open_audit(&cli->in) : st;
}

static enum status print(const struct buf *b)
{
	return fputs(buf_text(b), stdout) == EOF
		   ? fail(ST_IO, "write to stdout")
		   : ST_OK;
}

/* Text for people, or the JSON ${o}, which it takes. */
static enum status answer(
    const struct cli *cli, enum status st, const struct buf *text, json_t *o)
{
	if (st == ST_OK)
		st = cli->json ? cli_print_json(o) : print(text);
	json_decref(o);
	return st;
}

static enum status root_text(const struct checkpoint *c, struct buf *out)
{
	base64_add(out, c->root, sizeof(c->root));
	return buf_status(out);
}

/* ---- verify ---- */

struct request {
	const char *folder; /* NULL: the live log */
	const char *vkey;
	const char *since;
	enum seals_depth depth;
};

/* "store": a store is not what the log says of it. */
static const char *problem_word(const struct verify_report *r, enum status st)
{
	if (r->problem == VERIFY_SOUND && st != ST_OK)
		return "store";
	return verify_word(r->problem);
}

static json_t *report_json(const struct note_key *key,
    const struct verify_report *r, enum status st, const struct buf *root,
    const json_t *stores)
{
	int sound = st == ST_OK;

	return json_pack("{s:b, s:s, s:I, s:s, s:s?, s:o, s:s?, s:o, s:O?}",
	    "verified", sound, "origin", key->name, "entries",
	    (json_int_t)r->checkpoint.size, "root", buf_text(root), "problem",
	    problem_word(r, st), "entry",
	    r->problem ? json_integer((json_int_t)r->entry) : json_null(),
	    "message", sound ? NULL : status_text(), "pruned",
	    cli_audit_pruned_json(&r->pruned), "stores", stores);
}

static void add_stores(struct buf *b, const json_t *stores)
{
	const json_t *item;
	size_t i;

	json_array_foreach(stores, i, item)
	{
		const char *at =
		    json_string_value(json_object_get(item, "sealed_at"));
		const char *why =
		    json_string_value(json_object_get(item, "problem"));

		buf_addf(b, "%s: ", json_text(item, "file"));
		if (why)
			buf_addf(b, "NOT the newest: %s\n", why);
		else if (at)
			buf_addf(b, "the one that was sealed at %s\n", at);
		else
			buf_adds(b, "not sealed yet\n");
	}
}

static enum status print_text(
    const struct verify_report *r, const struct buf *text)
{
	if (r->missing)
		cli_audit_print_pruned(&r->pruned);
	return print(text);
}

static enum status print_report(struct cli *cli, const struct note_key *key,
    const struct verify_report *r, enum status result, const json_t *stores)
{
	struct buf root = BUF_INIT, text = BUF_INIT;
	enum status st;
	json_t *o;

	/* What went wrong otherwise has no report. */
	if (result != ST_OK && r->problem == VERIFY_SOUND && stores == NULL)
		return result;
	if ((st = root_text(&r->checkpoint, &root)) == ST_OK) {
		o = report_json(key, r, result, &root, stores);
		buf_addf(&text, "%s: %" PRIu64 " entries, each as it was\n",
		    key->name, r->checkpoint.size);
		add_stores(&text, stores);
		if (o == NULL || buf_status(&text) != ST_OK)
			st = fail(ST_NOMEM, "out of memory");
		else if (cli->json)
			st = cli_print_json(o);
		else if (r->problem == VERIFY_SOUND)
			st = print_text(r, &text);
		json_decref(o);
		cli->answered = 1;
	}
	buf_release(&root);
	buf_release(&text);
	return st == ST_OK ? result : st;
}

static enum status verify(struct cli *cli, const struct request *q,
    const struct note_key *key, const struct verify_since *since)
{
	struct verify_report r = { 0 };
	struct audit_source src;
	json_t *stores = NULL;
	enum status st;

	if (q->folder) {
		src = source_of_folder(q->folder);
		st = verify_source(&src, key, since, since ? 1 : 0, NULL, &r);
	} else {
		st = verify_log(cli->in.audit, key, since, NULL, &r);
		if (st == ST_OK)
			st = seals_check(&cli->in, NULL, q->depth, &stores);
	}
	st = print_report(cli, key, &r, st, stores);
	json_decref(stores);
	return st;
}

static enum status verify_with_key(
    struct cli *cli, const struct request *q, const struct note_key *key)
{
	struct verify_since since = { .whose = q->since };
	struct buf note = BUF_INIT;
	enum status st = ST_OK;

	if (q->since) {
		st = file_read(q->since, NOTE_MOST, &note);
		since.note = note.data;
		since.len = note.len;
	}
	if (st == ST_OK)
		st = verify(cli, q, key, q->since ? &since : NULL);
	buf_release(&note);
	return st;
}

enum status cli_audit_verify(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "vkey", required_argument, NULL, 'v' },
		{ "since", required_argument, NULL, 's' },
		{ "stores", no_argument, NULL, 'S' },
		CLI_OPTIONS,
	};
	struct request q = { NULL, NULL, NULL, SEALS_LIST };
	struct note_key key;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		if (c == 'S')
			q.depth = SEALS_PAGES;
		else
			*(c == 'v' ? &q.vkey : &q.since) = optarg;
	}
	if (cli->help)
		return ST_OK;
	st = cli_arguments(
	    argc, 1, 2, "at most a folder or file: lethe audit verify");
	if (st != ST_OK)
		return st;
	q.folder = argv[optind + 1];
	if (q.folder && q.vkey == NULL)
		return fail(ST_USAGE,
		    "what was exported needs --vkey KEY: what it says of its "
		    "own key proves nothing");
	if ((st = crypto_init()) != ST_OK ||
	    (q.folder == NULL && (st = open_log(cli)) != ST_OK))
		return st;
	if (q.vkey && (st = note_key_parse(q.vkey, &key)) != ST_OK)
		return st;
	if (q.folder == NULL || !cli_audit_is_certified(q.folder))
		return verify_with_key(
		    cli, &q, q.vkey ? &key : audit_key(cli->in.audit));
	if (q.since)
		return fail(ST_USAGE,
		    "--since is for a log: a certificate is of one checkpoint");
	return cli_audit_check_certified(cli, q.folder, &key);
}

/* ---- checkpoint ---- */

static enum status print_checkpoint(struct cli *cli)
{
	const struct note_key *key = audit_key(cli->in.audit);
	struct audit_source src = source_of_log(cli->in.audit);
	struct buf note = BUF_INIT, root = BUF_INIT;
	struct checkpoint c;
	json_t *o = NULL;
	enum status st;

	st = src.checkpoint(src.ctx, &note);
	if (st == ST_OK)
		st = checkpoint_open(key, note.data, note.len, &c);
	if (st == ST_OK)
		st = root_text(&c, &root);
	if (st == ST_OK)
		st = json_make(&o, "{s:s, s:I, s:s, s:s}", "origin", key->name,
		    "entries", (json_int_t)c.size, "root", buf_text(&root),
		    "checkpoint", buf_text(&note));
	st = answer(cli, st, &note, o);
	buf_release(&note);
	buf_release(&root);
	return st;
}

static enum status print_key(struct cli *cli)
{
	const struct note_key *key = audit_key(cli->in.audit);
	struct buf line = BUF_INIT, text = BUF_INIT;
	json_t *o = NULL;
	enum status st;

	note_key_add(key, &text);
	buf_addf(&line, "%s\n", buf_text(&text));
	if ((st = buf_status(&text)) == ST_OK)
		st = buf_status(&line);
	if (st == ST_OK)
		st = json_make(&o, "{s:s, s:s}", "origin", key->name, "vkey",
		    buf_text(&text));
	st = answer(cli, st, &line, o);
	buf_release(&line);
	buf_release(&text);
	return st;
}

enum status cli_audit_checkpoint(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "vkey", no_argument, NULL, 'v' },
		CLI_OPTIONS,
	};
	enum status st;
	int c, key = 0;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		if (c == '?')
			return ST_USAGE;
		key = 1;
	}
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 1, 1, "nothing more: lethe audit checkpoint");
	if (st != ST_OK || (st = open_log(cli)) != ST_OK)
		return st;
	return key ? print_key(cli) : print_checkpoint(cli);
}

/* ---- prove, export ---- */

enum status cli_audit_prove(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = { CLI_OPTIONS };
	struct buf text = BUF_INIT, entry = BUF_INIT;
	int64_t index = 0;
	json_t *o = NULL;
	enum status st;

	if (cli_option(cli, argc, argv, options) == '?')
		return ST_USAGE;
	if (cli->help)
		return ST_OK;
	st =
	    cli_arguments(argc, 2, 2, "an entry's number: lethe audit prove 7");
	if (st == ST_OK)
		st = cli_number("SEQ", argv[optind + 1], 0, INT64_MAX, &index);
	if (st != ST_OK || (st = open_log(cli)) != ST_OK)
		return st;
	st = proof_make(cli->in.audit, (uint64_t)index, &text, &entry);
	if (st == ST_OK)
		st = json_make(&o, "{s:I, s:s, s:s}", "seq", (json_int_t)index,
		    "entry", buf_text(&entry), "proof", buf_text(&text));
	st = answer(cli, st, &text, o);
	buf_release(&text);
	buf_release(&entry);
	return st;
}

enum status cli_audit_export(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = { CLI_OPTIONS };
	struct buf text = BUF_INIT;
	struct checkpoint c;
	json_t *o = NULL;
	enum status st;

	if (cli_option(cli, argc, argv, options) == '?')
		return ST_USAGE;
	if (cli->help)
		return ST_OK;
	st = cli_arguments(argc, 2, 2, "a folder: lethe audit export DIR");
	if (st != ST_OK || (st = open_log(cli)) != ST_OK)
		return st;
	/* What goes out says itself that it did. */
	st = cli_log(
	    cli, "log_exported", json_pack("{s:s}", "object", "audit log"));
	if (st == ST_OK)
		st = folder_export(cli->in.audit, argv[optind + 1], &c);
	if (st == ST_OK) {
		buf_addf(&text, "%s: %" PRIu64 " entries\n", argv[optind + 1],
		    c.size);
		st = buf_status(&text);
	}
	if (st == ST_OK)
		st = json_make(&o, "{s:s, s:I}", "folder", argv[optind + 1],
		    "entries", (json_int_t)c.size);
	st = answer(cli, st, &text, o);
	buf_release(&text);
	return st;
}
