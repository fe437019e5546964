/* lethe request package, fetch */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/log.h"
#include "engine/base/file.h"
#include "engine/cli/cli_request.h"
#include "engine/package/package.h"

#define PASSPHRASE_MOST ((size_t)1024)
/* What is shorter is guessed: the file can be tried offline. */
#define PASSPHRASE_LEAST 12

struct order {
	const char *language;
	const char *passphrase_file;
	const char *file;
	struct buf passphrase;
};

static enum status parse(
    struct cli *cli, int argc, char **argv, struct order *o)
{
	static const struct option options[] = {
		{ "language", required_argument, NULL, 'l' },
		{ "passphrase-file", required_argument, NULL, 'p' },
		{ "output", required_argument, NULL, 'o' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'l': o->language = optarg; break;
		case 'p': o->passphrase_file = optarg; break;
		case 'o': o->file = optarg; break;
		default: return ST_USAGE;
		}
	}
	return ST_OK;
}

/* The first line of its file. */
static enum status read_passphrase(struct order *o)
{
	enum status st;
	char *end;

	if (o->passphrase_file == NULL)
		return ST_OK;
	st = file_read(o->passphrase_file, PASSPHRASE_MOST, &o->passphrase);
	if (st != ST_OK)
		return st == ST_NOTFOUND ? ST_USAGE : st;
	if ((end = strchr(o->passphrase.data, '\n')) != NULL)
		*end = '\0';
	if (strlen(buf_text(&o->passphrase)) < PASSPHRASE_LEAST)
		return fail(ST_USAGE,
		    "%s: the passphrase is shorter than %d characters: a ZIP "
		    "file can be tried offline",
		    o->passphrase_file, PASSPHRASE_LEAST);
	return ST_OK;
}

static enum status actor(struct rights_actor *by, char **name)
{
	enum status st = audit_actor(name);

	*by = (struct rights_actor){ *name, REQUEST_BY_OPERATOR, when_now() };
	return st;
}

static enum status print(
    const struct cli *cli, const struct order *o, const json_t *answer)
{
	if (cli->json)
		return cli_print_json(answer);
	printf("%s: %lld records in %lld files, %lld bytes%s\n",
	    json_text(answer, "id"), json_int(answer, "records"),
	    json_int(answer, "files"), json_int(answer, "bytes"),
	    json_is_true(json_object_get(answer, "encrypted"))
		? ", sealed by the passphrase"
		: "");
	if (o->file)
		printf("written to %s\n", o->file);
	printf("download with this token, which is shown only now, up to %lld "
	       "times until %s:\n%s\n",
	    json_int(answer, "downloads"), json_text(answer, "expires_at"),
	    json_text(answer, "token"));
	return ST_OK;
}

static enum status build(struct cli *cli, const struct order *o, const char *id)
{
	const struct package_order order = { o->language,
		o->passphrase_file ? buf_text(&o->passphrase) : NULL };
	json_t *answer = NULL, *taken = NULL;
	struct rights_actor by;
	char *name = NULL;
	enum status st = actor(&by, &name);

	if (st == ST_OK)
		st = package_build(&cli->in, &by, id, &order, &answer);
	by.now = when_now();
	if (st == ST_OK && o->file)
		st = package_fetch(
		    &cli->in, &by, json_text(answer, "token"), o->file, &taken);
	if (st == ST_OK)
		st = print(cli, o, answer);
	json_decref(taken);
	json_decref(answer);
	free(name);
	return st;
}

enum status cli_request_package(struct cli *cli, int argc, char **argv)
{
	struct order o = { "en", NULL, NULL, BUF_INIT };
	enum status st = parse(cli, argc, argv, &o);

	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	st = cli_arguments(argc, 2, 2, "the request's ID");
	if (st == ST_OK && o.file && file_exists(o.file))
		st = fail(
		    ST_USAGE, "%s is there already: give another name", o.file);
	if (st == ST_OK)
		st = read_passphrase(&o);
	if (st == ST_OK)
		st = cli_load(cli);
	if (st == ST_OK)
		st = build(cli, &o, argv[optind + 1]);
	if (o.passphrase.data)
		explicit_bzero(o.passphrase.data, o.passphrase.size);
	buf_release(&o.passphrase);
	return st;
}

static enum status fetch(
    struct cli *cli, const struct order *o, const char *token)
{
	struct rights_actor by;
	json_t *answer = NULL;
	char *name = NULL;
	enum status st = actor(&by, &name);

	if (st == ST_OK)
		st = package_fetch(&cli->in, &by, token, o->file, &answer);
	if (st == ST_OK && cli->json)
		st = cli_print_json(answer);
	else if (st == ST_OK)
		printf("%s: %lld bytes of %s; %lld downloads left\n", o->file,
		    json_int(answer, "bytes"), json_text(answer, "id"),
		    json_int(answer, "left"));
	json_decref(answer);
	free(name);
	return st;
}

enum status cli_request_fetch(struct cli *cli, int argc, char **argv)
{
	struct order o = { NULL, NULL, NULL, BUF_INIT };
	enum status st = parse(cli, argc, argv, &o);

	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	st = cli_arguments(argc, 2, 2, "the token of a package");
	if (st == ST_OK && (o.file == NULL || o.language || o.passphrase_file))
		st = fail(ST_USAGE,
		    "where to: lethe request fetch TOKEN -o FILE.zip");
	if (st == ST_OK)
		st = cli_load(cli);
	return st == ST_OK ? fetch(cli, &o, argv[optind + 1]) : st;
}
