/* lethe audit */
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/cli/cli_audit.h"

static const struct {
	const char *name;
	enum status (*run)(struct cli *cli, int argc, char **argv);
} commands[] = {
	{ "list", cli_audit_list },
	{ "verify", cli_audit_verify },
	{ "checkpoint", cli_audit_checkpoint },
	{ "prove", cli_audit_prove },
	{ "export", cli_audit_export },
	{ "certificate", cli_audit_certificate },
	{ "pack", cli_audit_pack },
	{ "prune", cli_audit_prune },
	{ "accept-restore", cli_audit_accept_restore },
};
#define COMMANDS (sizeof(commands) / sizeof(*commands))

static enum status unknown(const char *what)
{
	const char *names[COMMANDS + 1] = { NULL }, *near;
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		names[i] = commands[i].name;
	near = diag_nearest(what, names);
	return fail(ST_USAGE,
	    "unknown `audit %s`%s%s%s: there are list, verify, checkpoint, "
	    "prove, export, certificate, pack, prune and accept-restore",
	    what, near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

static enum status run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = { CLI_OPTIONS };
	int at = 1;
	size_t i;

	/* Each has options of its own, which may stand before its name. */
	while (at < argc && argv[at][0] == '-')
		at++;
	if (at == argc) {
		if (cli_option(cli, argc, argv, options) == '?')
			return ST_USAGE;
		return cli->help ? ST_OK
				 : fail(ST_USAGE,
				       "expected what to do: list, verify, "
				       "checkpoint, prove, export, "
				       "certificate, pack, prune or "
				       "accept-restore");
	}
	for (i = 0; i < COMMANDS; i++)
		if (strcmp(argv[at], commands[i].name) == 0)
			return commands[i].run(cli, argc, argv);
	return unknown(argv[at]);
}

const struct command cmd_audit = {
	"audit",
	"the audit log: list, verify, prove, export, certify, prune, accept a restore",
	"usage: lethe audit list [--action ACTION] [--run RUN] [--since TIME]\n"
	"             [--until TIME] [--from SEQ] [--limit N] [--follow]\n"
	"             [--subject KIND=VALUE]\n"
	"       lethe audit verify [--since FILE] [--vkey KEY] [--stores]\n"
	"       lethe audit verify DIR --vkey KEY [--since FILE]\n"
	"       lethe audit checkpoint [--vkey]\n"
	"       lethe audit prove SEQ\n"
	"       lethe audit export DIR\n"
	"       lethe audit certificate RUN [--language en|ja|de] [-o FILE]\n"
	"       lethe audit pack RUN -o FILE.zip\n"
	"       lethe audit verify FILE|DIR --vkey KEY\n"
	"       lethe audit prune [--dry-run] [--as-of TIME]\n"
	"       lethe audit accept-restore STORE --reason REASON\n\n"
	"Every entry stands in a Merkle tree whose root is signed with every\n"
	"change.  Give checkpoints away: to an auditor, in print, by mail.  "
	"Whoever\nhas one can tell whether the log is still the one it was "
	"then.\n\n"
	"list         what was done: runs, decisions, the evidence of every "
	"deletion\n"
	"verify       every entry and hash, and the log against its "
	"checkpoint,\n"
	"             the control database's, and an earlier one; exit 5 names "
	"what\n"
	"             is wrong and from which entry on.  Also whether the stores "
	"are\n"
	"             those that the last run sealed, and not older ones put "
	"back.\n"
	"             --json has them in `stores`: file, sealed_at, problem.\n"
	"             With DIR: an exported log, for which nothing else is "
	"needed\n"
	"checkpoint   the last signed checkpoint (C2SP tlog-checkpoint)\n"
	"prove        that an entry is in the log, to keep (C2SP tlog-proof)\n"
	"export       the log as static files for any web server (C2SP "
	"tlog-tiles),\n"
	"             readable by you alone; again, to add what is new\n"
	"certificate  of what a run deleted: by which rules, how much, how, "
	"whether\n"
	"             verified, what stayed; signed, made of the log alone.  "
	"With\n"
	"             --json what is signed, else the text made from it\n"
	"pack         a ZIP file that proves it to somebody who has nothing "
	"else:\n"
	"             certificate, entries, proofs, rules, instructions.  "
	"Verify\n"
	"             takes its folder, or a certificate alone\n"
	"prune        the entries that audit: {retention} of lethe.yml let run "
	"out,\n"
	"             256 at a time, as `lethe purge` does at its end; the rest "
	"can\n"
	"             be proved and verified as before\n"
	"accept-restore  after a store (or `control`) was restored from a "
	"backup:\n"
	"             its files are the newest from now on, which the log keeps\n\n"
	"  --action ACTION  only entries of this action (delete, "
	"purge_started, ...)\n"
	"  --run RUN        only those of this run\n"
	"  --subject KIND=VALUE  only those about this person, for as long "
	"as there\n"
	"                   are records of theirs; the log says that you "
	"looked\n"
	"  --since TIME     from this date or instant on\n"
	"  --until TIME     before this date or instant\n"
	"  --from SEQ       from this entry on\n"
	"  --limit N        at most so many\n"
	"  --follow         then those that come, until interrupted; with "
	"--json\n"
	"                   one entry a line\n"
	"  --dry-run        (prune) only say what would go\n"
	"  --as-of TIME     (prune) as if it were TIME; later than now only "
	"with\n"
	"                   --dry-run\n"
	"  --language LANG  (certificate) en, ja or de\n"
	"  -o, --output FILE  (certificate, pack) a new file; with --force "
	"also\n"
	"                   in the place of one that is there\n"
	"  --since FILE     (verify) a checkpoint that the log must continue\n"
	"  --vkey KEY       (verify) the key that must have signed, from a "
	"source\n"
	"                   that you trust\n"
	"  --stores         (verify) read every page of the stores\n"
	"  --vkey           (checkpoint) print that key\n"
	"  --reason REASON  (accept-restore) backup, move, repair or "
	"rehearsal\n",
	run,
};
