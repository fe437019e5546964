#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <getopt.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/plan/reach.h"
#include "engine/records/ingest.h"
#include "engine/rights/rights.h"

/*
 * What every command shares.  A command parses, calls, prints; it has no logic
 * of its own.  It returns ST_OK, or why not: the caller prints the sentence
 * and makes the exit code of it.
 */
struct cli {
	const char *program;
	const char *config; /* lethe.yml */
	int json;
	int help;      /* --help was given: print it and leave */
	int attention; /* done, but something needs looking after: exit 4 */
	int answered;  /* the document of --json is out: a failure adds none */
	int loaded;
	const char *command; /* which one runs */
	struct installation in;
};

struct command {
	const char *name;
	const char *summary; /* one line of `lethe --help` */
	const char *usage;   /* what `lethe NAME --help` prints */
	enum status (*run)(struct cli *cli, int argc, char **argv);
};

extern const struct command cmd_audit, cmd_check, cmd_consent, cmd_demo,
    cmd_disclosures, cmd_dump, cmd_explain, cmd_forecast, cmd_hold, cmd_ingest,
    cmd_init, cmd_outbox, cmd_plan, cmd_policy, cmd_preference, cmd_purge,
    cmd_recipient, cmd_report, cmd_request, cmd_restrictions, cmd_resume,
    cmd_serve, cmd_status, cmd_stop, cmd_subject, cmd_suppression, cmd_user;

/* Options that every command takes, to stand in its table before the end. */
#define CLI_OPTIONS                                 \
	{ "config", required_argument, NULL, 'c' }, \
	    { "json", no_argument, NULL, 'j' },     \
	    { "help", no_argument, NULL, 'h' },     \
	{                                           \
		NULL, 0, NULL, 0                    \
	}

/*
 * The next option of ${options}; those of CLI_OPTIONS are dealt with here.  An
 * option with the value 'o' may be given as -o, too.
 * -1: no more, the arguments start at optind.  '?': a mistake, whose sentence
 * is kept; return ST_USAGE.
 */
int cli_option(
    struct cli *cli, int argc, char **argv, const struct option *options);

/* ST_USAGE unless ${least} to ${most} arguments are left at optind. */
enum status cli_arguments(
    int argc, int least, int most, const char *expected) MUST_CHECK;

/* Load the installation (once), printing warnings of its files. */
enum status cli_load(struct cli *cli) MUST_CHECK;

/*
 * "2026-03-01" (its 00:00 in the installation's zone) or RFC 3339 as Unix
 * seconds; NULL gives now.  The installation must be loaded.
 */
enum status cli_as_of(
    struct cli *cli, const char *text, int64_t *out) MUST_CHECK;

/* A whole number from ${least} to ${most}; ${name} is the option's. */
enum status cli_number(const char *name, const char *text, int64_t least,
    int64_t most, int64_t *out) MUST_CHECK;

/* "customer_id=C1", the value of the option --${name}, as a subject: the text
 * is cut in two and lives as long.  NULL: it was not given. */
enum status cli_subject(
    const char *name, char *text, struct reach_subject *out) MUST_CHECK;

/*
 * Ingest one file into a collection, with a progress bar on a terminal and
 * problems on stderr.  ${path} "-" is standard input.
 */
struct cli_ingest {
	const char *store;
	const char *collection;
	const char *path;
	enum ingest_format format;
	enum db_insert_mode mode;
	const char *exception; /* holds_exception_check(); or NULL */
};
enum status cli_ingest(struct cli *cli, const struct cli_ingest *what,
    int64_t *records) MUST_CHECK;

/* The store, opened, and the collection in it, both by name. */
enum status cli_collection(struct cli *cli, const char *store,
    const char *collection, struct installation_store **out_store,
    const struct collection **out, const struct db_table **table) MUST_CHECK;

/*
 * Log that whoever runs this did ${action} now; ${details} is taken, also where
 * it is NULL because there was no memory.
 */
enum status cli_log(
    struct cli *cli, const char *action, json_t *details) MUST_CHECK;

/*
 * One deed of whoever runs the command: loads the installation, lets ${deed}
 * do it at this moment in the user's name, and shows its answer by ${print},
 * with --json as it is.  After a failure nothing is shown, since what was to
 * be logged first may not be: but ST_INVALID may have what is wrong.
 */
typedef enum status cli_deed(
    struct cli *cli, const struct rights_actor *by, void *ctx, json_t **out);
enum status cli_act(struct cli *cli, cli_deed *deed, void *ctx,
    void (*print)(const json_t *)) MUST_CHECK;

/*
 * Write a new file that its owner alone can read; with CLI_REPLACE also where
 * there is one.  ST_USAGE, which names --force, where there is one and it
 * stays; ST_FULL where the disk is full: then nothing is there, or what was.
 */
enum cli_output { CLI_KEEP, CLI_REPLACE };
enum status cli_write_file(
    const char *path, enum cli_output mode, const struct buf *bytes) MUST_CHECK;

/*
 * Log that the command was refused: for want of a right (ST_DENIED) or because
 * a key or file is not what it was (ST_INTEGRITY).  Nothing else is, nor where
 * the log is what cannot be written; ${why}'s sentence stays what it was.
 */
void cli_log_refused(struct cli *cli, enum status why);

/* Print ${value} on stdout: one JSON document. */
enum status cli_print_json(const json_t *value) MUST_CHECK;

/* A line on what went of the audit log (engine/purge/pruning.h), if anything
 * did. */
void cli_print_pruned(const json_t *o);

/* A line for each place of an "unreachable" list. */
void cli_print_unreachable(const json_t *list);

#endif /* !CLI_CLI_H */
