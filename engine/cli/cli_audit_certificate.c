/* lethe audit certificate, pack; and their verification */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/certificate/pack.h"
#include "engine/certificate/seal.h"
#include "engine/certificate/words.h"
#include "engine/cli/cli_audit.h"
#include "engine/package/package.h"

#define FILE_MOST ((size_t)4 << 20)

/* ---- issuing ---- */

struct order {
	const char *run;
	const char *language;
	const char *file; /* NULL: standard output */
	enum cli_output mode;
};

static enum status check_language(const char *language)
{
	const char *near;
	size_t i;

	for (i = 0; phrase_languages[i]; i++)
		if (strcmp(phrase_languages[i], language) == 0)
			return ST_OK;
	near = diag_nearest(language, phrase_languages);
	return fail(ST_USAGE, "--language `%.20s`%s%s%s: there are en, ja, de",
	    language, near ? ": did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

static enum status parse(
    struct cli *cli, int argc, char **argv, struct order *o)
{
	static const struct option options[] = {
		{ "language", required_argument, NULL, 'l' },
		{ "output", required_argument, NULL, 'o' },
		{ "force", no_argument, NULL, 'f' },
		CLI_OPTIONS,
	};
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'l': o->language = optarg; break;
		case 'o': o->file = optarg; break;
		case 'f': o->mode = CLI_REPLACE; break;
		default: return ST_USAGE;
		}
	}
	if (cli->help)
		return ST_OK;
	st = cli_arguments(
	    argc, 2, 2, "a run: `lethe status` lists the last ones");
	o->run = argv[optind + 1];
	return st;
}

/* Refused before anything is computed. */
static enum status check_output(const struct order *o)
{
	if (o->file && o->mode == CLI_KEEP && file_exists(o->file))
		return fail(ST_USAGE,
		    "%s is there already: give another name, or --force to "
		    "replace it",
		    o->file);
	return ST_OK;
}

/* {"certificate","note"}, a line of its own. */
static enum status add_pair(const struct certificate *c, struct buf *out)
{
	json_t *o = NULL;
	char *text = NULL;
	enum status st;

	st = json_make(&o, "{s:O, s:s}", "certificate", c->body, "note",
	    buf_text(&c->note));
	if (st == ST_OK && (text = json_dumps(o, JSON_INDENT(2))) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		buf_addf(out, "%s\n", text);
	free(text);
	json_decref(o);
	return st == ST_OK ? buf_status(out) : st;
}

/* What was written where, for people or as JSON. */
static enum status say_written(
    const struct cli *cli, const struct order *o, const json_t *body)
{
	json_t *answer = NULL;
	enum status st;

	if (!cli->json) {
		printf("%s: run %s, %s; the log has %s\n", o->file, o->run,
		    json_text(body, "outcome"), json_text(body, "origin"));
		return ST_OK;
	}
	st = json_make(&answer, "{s:s, s:s, s:s}", "file", o->file, "run",
	    o->run, "outcome", json_text(body, "outcome"));
	if (st == ST_OK)
		st = cli_print_json(answer);
	json_decref(answer);
	return st;
}

static enum status give(const struct cli *cli, const struct order *o,
    const struct certificate *c, const struct buf *bytes)
{
	enum status st;

	if (o->file == NULL) {
		if (fwrite(bytes->data, 1, bytes->len, stdout) == bytes->len &&
		    fflush(stdout) == 0)
			return ST_OK;
		return fail(ST_IO, "write to stdout: %s", strerror(errno));
	}
	st = cli_write_file(o->file, o->mode, bytes);
	return st == ST_OK ? say_written(cli, o, c->body) : st;
}

/* Of a run, or of the request that a run carried out. */
static enum status issue(
    struct cli *cli, const struct order *o, struct certificate *c)
{
	char run[80];
	enum status st;

	*c = (struct certificate){ .entries = NULL };
	if (strncmp(o->run, "Q-", 2) != 0)
		return certificate_issue(
		    &cli->in, &certificate_of_run, o->run, c);
	st = certificate_run_of(&cli->in, o->run, run, sizeof(run));
	return st == ST_OK
		   ? certificate_issue(&cli->in, &certificate_of_run, run, c)
		   : st;
}

/* That it was made is in the log before anybody has it. */
static enum status put_down(struct cli *cli, const struct order *o,
    struct certificate *c, const char *action)
{
	certificate_leave(c);
	return cli_log(cli, action, json_pack("{s:s}", "object", o->run));
}

static enum status certify(struct cli *cli, const struct order *o)
{
	struct buf b = BUF_INIT;
	struct certificate c;
	enum status st;

	st = issue(cli, o, &c);
	if (st == ST_OK)
		st = cli->json
			 ? add_pair(&c, &b)
			 : certificate_words(&cli->in, &c, o->language, &b);
	if (st == ST_OK)
		st = put_down(cli, o, &c, "certificate_issued");
	if (st == ST_OK)
		st = give(cli, o, &c, &b);
	certificate_release(&c);
	buf_release(&b);
	return st;
}

enum status cli_audit_certificate(struct cli *cli, int argc, char **argv)
{
	struct order o = { NULL, "en", NULL, CLI_KEEP };
	enum status st = parse(cli, argc, argv, &o);

	if (cli->help || st != ST_OK)
		return st;
	if ((st = check_language(o.language)) != ST_OK)
		return st;
	if ((st = check_output(&o)) != ST_OK)
		return st;
	st = cli_load(cli);
	return st == ST_OK ? certify(cli, &o) : st;
}

static enum status pack(struct cli *cli, const struct order *o)
{
	struct buf zip = BUF_INIT;
	struct certificate c;
	struct pack p = { NULL, 0 };
	char *folder = str_format("lethe-%s", o->run);
	enum status st;

	st = issue(cli, o, &c);
	if (st == ST_OK && folder == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = pack_make(&cli->in, &c, &p);
	if (st == ST_OK)
		st = pack_zip(&p, folder, &zip);
	if (st == ST_OK)
		st = put_down(cli, o, &c, "pack_issued");
	if (st == ST_OK)
		st = give(cli, o, &c, &zip);
	pack_release(&p);
	certificate_release(&c);
	buf_release(&zip);
	free(folder);
	return st;
}

enum status cli_audit_pack(struct cli *cli, int argc, char **argv)
{
	struct order o = { NULL, NULL, NULL, CLI_KEEP };
	enum status st = parse(cli, argc, argv, &o);

	if (cli->help || st != ST_OK)
		return st;
	if (o.language)
		return fail(ST_USAGE,
		    "a pack has the certificate in every language: leave out "
		    "--language");
	if (o.file == NULL)
		return fail(
		    ST_USAGE, "where to: lethe audit pack RUN -o FILE.zip");
	if ((st = check_output(&o)) != ST_OK)
		return st;
	st = cli_load(cli);
	return st == ST_OK ? pack(cli, &o) : st;
}

/* ---- verifying ---- */

int cli_audit_is_certified(const char *path)
{
	char *log = str_format("%s/tile", path);
	char *inside = str_format("%s/.", path);
	int folder = inside && file_exists(inside);
	int yes = folder ? seal_is(path) && log && !file_exists(log)
			 : file_exists(path);

	free(log);
	free(inside);
	return yes;
}

static enum status check(const struct note_key *key, const char *path,
    struct checkpoint *c, json_t **body)
{
	struct buf b = BUF_INIT;
	enum status st;

	if (seal_is(path))
		return pack_check(key, path, c, body);
	st = file_read(path, FILE_MOST, &b);
	if (st == ST_OK)
		st = certificate_check(key, b.data, b.len, c, body);
	if (st == ST_INTEGRITY || st == ST_INVALID)
		status_prefix("%s: ", path);
	buf_release(&b);
	return st == ST_LIMIT || st == ST_INVALID ? ST_INTEGRITY : st;
}

static enum status answer(struct cli *cli, const char *path,
    const struct note_key *key, const struct checkpoint *c, const json_t *body,
    enum status result)
{
	int sound = result == ST_OK;
	enum status st;
	json_t *o = NULL;

	st = json_make(&o, "{s:s, s:b, s:s, s:s?, s:s?, s:o, s:s?}", "path",
	    path, "verified", sound, "origin", key->name, "run",
	    body ? json_text(body, "run") : NULL, "outcome",
	    body ? json_text(body, "outcome") : NULL, "entries",
	    sound ? json_integer((json_int_t)c->size) : json_null(), "message",
	    sound ? NULL : status_text());
	if (st == ST_OK)
		st = cli_print_json(o);
	json_decref(o);
	cli->answered = 1;
	return st == ST_OK ? result : st;
}

/* An access package: whoever was given one may look too. */
static enum status check_package(
    struct cli *cli, const char *path, const struct note_key *key)
{
	json_t *manifest = NULL, *o = NULL;
	enum status st = package_check(key, path, &manifest), made;
	int sound = st == ST_OK;

	if (!cli->json || (st != ST_OK && st != ST_INTEGRITY)) {
		if (sound)
			printf("%s: as signed by %s; %lld records as of %s\n",
			    path, key->name, json_int(manifest, "records"),
			    json_text(manifest, "as_of"));
		json_decref(manifest);
		return st;
	}
	made = json_make(&o, "{s:s, s:b, s:s, s:o, s:s?, s:s?}", "path", path,
	    "verified", sound, "origin", key->name, "records",
	    sound ? json_integer(json_int(manifest, "records")) : json_null(),
	    "as_of", sound ? json_text(manifest, "as_of") : NULL, "message",
	    sound ? NULL : status_text());
	if (made == ST_OK)
		made = cli_print_json(o);
	json_decref(o);
	json_decref(manifest);
	cli->answered = 1;
	return made == ST_OK ? st : made;
}

enum status cli_audit_check_certified(
    struct cli *cli, const char *path, const struct note_key *key)
{
	struct checkpoint c = { 0 };
	json_t *body = NULL;
	enum status st;

	if (package_is(path))
		return check_package(cli, path, key);
	st = check(key, path, &c, &body);

	if (cli->json && (st == ST_OK || st == ST_INTEGRITY))
		st = answer(cli, path, key, &c, body, st);
	else if (st == ST_OK && body)
		printf("%s: as signed by %s; run %s, %s; its log had %llu "
		       "entries\n",
		    path, key->name, json_text(body, "run"),
		    json_text(body, "outcome"), (unsigned long long)c.size);
	else if (st == ST_OK)
		printf("%s: as signed by %s; its log had %llu entries\n", path,
		    key->name, (unsigned long long)c.size);
	json_decref(body);
	return st;
}
