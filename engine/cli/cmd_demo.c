/* lethe demo */
#include <stdio.h>
#include <stdlib.h>

#include "engine/cli/cli.h"
#include "engine/demo/demo.h"

enum depth { FILES_ONLY, INITIALISED };

static enum status fill(
    struct cli *cli, const char *folder, const struct demo_report *report)
{
	struct cli_ingest what = { .mode = DB_INSERT };
	char *path;
	int64_t records = 0;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < DEMO_FILES; i++) {
		const struct demo_file *f = &report->files[i];

		if (f->path == NULL)
			continue;
		if ((path = str_format("%s/%s", folder, f->path)) == NULL)
			return fail(ST_NOMEM, "out of memory");
		what.store = f->store;
		what.collection = f->collection;
		what.path = path;
		st = cli_ingest(cli, &what, &records);
		free(path);
	}
	return st;
}

static enum status make(
    struct cli *cli, const char *folder, const struct demo_report *report)
{
	char *config = str_format("%s/lethe.yml", folder);
	enum status st;

	if (config == NULL)
		return fail(ST_NOMEM, "out of memory");
	cli->config = config;
	if ((st = cli_load(cli)) == ST_OK)
		st = installation_init(&cli->in, NULL, NULL);
	if (st == ST_OK)
		st = fill(cli, folder, report);
	free(config);
	return st;
}

static void print_next(const char *folder, enum depth depth)
{
	if (depth == FILES_ONLY)
		printf("next: lethe -c %s/lethe.yml init\n", folder);
	else
		printf("next: lethe -c %s/lethe.yml status\n"
		       "      lethe -c %s/lethe.yml purge --dry-run\n"
		       "      lethe -c %s/lethe.yml purge --approve\n",
		    folder, folder, folder);
}

static enum status print(const struct cli *cli, const char *folder,
    const struct demo_report *report, enum depth depth)
{
	json_t *files = json_array(), *one = NULL, *o = NULL;
	json_int_t records = 0;
	enum status st = files ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	for (i = 0; st == ST_OK && i < DEMO_FILES; i++) {
		const struct demo_file *f = &report->files[i];

		if (f->path == NULL)
			continue;
		records += f->records;
		st = json_make(&one, "{s:s, s:s, s:s, s:I}", "store", f->store,
		    "collection", f->collection, "path", f->path, "records",
		    (json_int_t)f->records);
		if (st == ST_OK)
			st = json_push(files, one);
	}
	if (st == ST_OK && cli->json) {
		st = json_make(&o, "{s:s, s:I, s:O}", "folder", folder,
		    "records", records, "files", files);
		if (st == ST_OK)
			st = cli_print_json(o);
	} else if (st == ST_OK) {
		printf("%s: %lld records %s\n", folder, (long long)records,
		    depth == FILES_ONLY ? "in files" : "ingested");
		print_next(folder, depth);
	}
	json_decref(o);
	json_decref(files);
	return st;
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "customers", required_argument, NULL, 'n' },
		{ "files-only", no_argument, NULL, 'f' },
		{ "as-of", required_argument, NULL, 't' },
		CLI_OPTIONS,
	};
	const char *customers = "200", *as_of = NULL;
	struct demo_report report = { .files = { { .path = NULL } } };
	enum depth depth = INITIALISED;
	int64_t n = 0, now = 0;
	enum status st;
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'n': customers = optarg; break;
		case 'f': depth = FILES_ONLY; break;
		case 't': as_of = optarg; break;
		default: return ST_USAGE;
		}
	}
	if (cli->help)
		return ST_OK;
	if ((st = cli_arguments(argc, 1, 1, "the folder to write")) == ST_OK)
		st = cli_number("customers", customers, 1, DEMO_MOST, &n);
	if (st == ST_OK)
		st = zone_open("Asia/Tokyo", &cli->in.zone);
	if (st == ST_OK)
		st = cli_as_of(cli, as_of, &now);
	zone_free(cli->in.zone);
	cli->in.zone = NULL;
	if (st == ST_OK)
		st = demo_write(argv[optind], (int)n, now, &report);
	if (st == ST_OK && depth == INITIALISED)
		st = make(cli, argv[optind], &report);
	return st == ST_OK ? print(cli, argv[optind], &report, depth) : st;
}

const struct command cmd_demo = {
	"demo",
	"write an installation with made-up data to try things with",
	"usage: lethe [--json] demo [--customers N] [--files-only] [--as-of "
	"TIME] DIR\n\n"
	"Writes the installation of a connected-car company with made-up\n"
	"customers into DIR, initialises and ingests it, ready to purge.\n\n"
	"  --customers N  how many (default 200)\n"
	"  --files-only   only write the files\n"
	"  --as-of TIME   the day on which it all stands (default now)\n",
	run,
};
