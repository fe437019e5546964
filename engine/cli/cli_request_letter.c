/* lethe request letter, and what leaves with it */
#include <stdio.h>

#include "engine/base/file.h"
#include "engine/cli/cli_request.h"
#include "engine/rights/letter.h"
#include "engine/rights/outbox.h"

#define LONGEST (256 << 10)

enum status cli_request_flush(struct cli *cli)
{
	json_t *sums = NULL;
	enum status st = outbox_send(&cli->in, when_now(), &sums);

	if (st == ST_OK && json_int(sums, "failed") + json_int(sums, "dead")) {
		(void)fputs("lethe: it could not be sent yet: `lethe outbox "
			    "list` says why, `lethe outbox send` tries again\n",
		    stderr);
		cli->attention = 1;
	}
	json_decref(sums);
	return st;
}

struct order {
	const char *id;
	struct letter_order letter;
	const char *edit; /* a file */
	int keep;
	int send;
};

static enum status parse(
    struct cli *cli, int argc, char **argv, struct order *o)
{
	static const struct option options[] = {
		{ "language", required_argument, NULL, 'l' },
		{ "edit", required_argument, NULL, 'e' },
		{ "keep", no_argument, NULL, 'k' },
		{ "send", no_argument, NULL, 's' },
		CLI_OPTIONS,
	};
	int c;

	while ((c = cli_option(cli, argc, argv, options)) != -1) {
		switch (c) {
		case 'l': o->letter.language = optarg; break;
		case 'e': o->edit = optarg; break;
		case 'k': o->keep = 1; break;
		case 's': o->send = 1; break;
		default: return ST_USAGE;
		}
	}
	o->letter.what = o->send   ? LETTER_SEND
			 : o->keep ? LETTER_KEEP
				   : LETTER_PREVIEW;
	return ST_OK;
}

static void print(const json_t *o)
{
	printf(
	    "Subject: %s\n\n%s", json_text(o, "subject"), json_text(o, "body"));
}

static enum status write_letter(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out)
{
	struct order *o = ctx;
	struct buf text = BUF_INIT;
	enum status st = ST_OK;

	if (o->edit) {
		st = file_read(o->edit, LONGEST, &text);
		o->letter.text = buf_text(&text);
	}
	if (st == ST_OK)
		st = rights_letter(&cli->in, by, o->id, &o->letter, out);
	if (st == ST_OK && o->send)
		st = cli_request_flush(cli);
	buf_release(&text);
	return st;
}

enum status cli_request_letter(struct cli *cli, int argc, char **argv)
{
	struct order o = { .edit = NULL };
	enum status st = parse(cli, argc, argv, &o);

	if (cli->help || st != ST_OK)
		return cli->help ? ST_OK : st;
	st =
	    cli_arguments(argc, 3, 3, "the request's ID and the letter's kind");
	if (st == ST_OK)
		st = letter_kind_parse(argv[optind + 2], &o.letter.kind);
	if (st != ST_OK)
		return st;
	o.id = argv[optind + 1];
	return cli_act(cli, write_letter, &o, print);
}
