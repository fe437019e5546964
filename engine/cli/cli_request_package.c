/* lethe request package, fetch */
#include <stdio.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/cli/cli_request.h"
#include "engine/package/package.h"

#define PASSPHRASE_MOST ((size_t)1024)
/* What is shorter is guessed: the file can be tried offline. */
#define PASSPHRASE_LEAST 12

struct order {
	const char *what; /* a request's ID, or a token */
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

static void print(const json_t *o)
{
	printf("%s: %lld records in %lld files, %lld bytes%s\n",
	    json_text(o, "id"), json_int(o, "records"), json_int(o, "files"),
	    json_int(o, "bytes"),
	    json_is_true(json_object_get(o, "encrypted"))
		? ", sealed by the passphrase"
		: "");
	printf("download with this token, which is shown only now, up to %lld "
	       "times until %s:\n%s\n",
	    json_int(o, "downloads"), json_text(o, "expires_at"),
	    json_text(o, "token"));
}

static enum status build(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	const struct order *o = ctx;
	const struct package_order order = { o->language,
		o->passphrase_file ? buf_text(&o->passphrase) : NULL };
	struct rights_actor then = *by;
	json_t *taken = NULL;
	enum status st = package_build(&cli->in, by, o->what, &order, out);

	then.now = when_now();
	if (st != ST_OK || o->file == NULL)
		return st;
	/* The package is there, and its token is told this once. */
	if (package_fetch(&cli->in, &then, json_text(*out, "token"), o->file,
		&taken) != ST_OK) {
		(void)fprintf(stderr,
		    "lethe: nothing was written: %s: `lethe request fetch` "
		    "takes the token\n",
		    status_text());
		status_clear();
		cli->attention = 1;
	}
	json_decref(taken);
	return ST_OK;
}

enum status cli_request_package(struct cli *cli, int argc, char **argv)
{
	struct order o = { .language = "en" };
	enum status st = parse(cli, argc, argv, &o);

	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	st = cli_arguments(argc, 2, 2, "the request's ID");
	if (st == ST_OK && o.file && file_exists(o.file))
		st = fail(
		    ST_USAGE, "%s is there already: give another name", o.file);
	if (st == ST_OK)
		st = read_passphrase(&o);
	if (st == ST_OK) {
		o.what = argv[optind + 1];
		st = cli_act(cli, build, &o, print);
	}
	if (o.passphrase.data)
		explicit_bzero(o.passphrase.data, o.passphrase.size);
	buf_release(&o.passphrase);
	return st;
}

static enum status fetch(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	const struct order *o = ctx;

	return package_fetch(&cli->in, by, o->what, o->file, out);
}

static void print_fetched(const json_t *o)
{
	printf("%lld bytes of %s; %lld downloads left\n", json_int(o, "bytes"),
	    json_text(o, "id"), json_int(o, "left"));
}

enum status cli_request_fetch(struct cli *cli, int argc, char **argv)
{
	struct order o = { .language = NULL };
	enum status st = parse(cli, argc, argv, &o);

	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	st = cli_arguments(argc, 2, 2, "the token of a package");
	if (st == ST_OK && (o.file == NULL || o.language || o.passphrase_file))
		st = fail(ST_USAGE,
		    "where to: lethe request fetch TOKEN -o FILE.zip");
	if (st != ST_OK)
		return st;
	o.what = argv[optind + 1];
	return cli_act(cli, fetch, &o, print_fetched);
}
