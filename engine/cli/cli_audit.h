#ifndef CLI_CLI_AUDIT_H
#define CLI_CLI_AUDIT_H

#include "engine/audit/note.h"
#include "engine/audit/prune.h"
#include "engine/cli/cli.h"

/* The commands below `lethe audit`; the arguments begin with their name.  With
 * --help they return at once: the caller prints it. */
enum status cli_audit_list(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_verify(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_checkpoint(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_prove(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_export(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_prune(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_certificate(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_pack(struct cli *cli, int argc, char **argv) MUST_CHECK;

/* What was pruned, in a line or as {"below","at","rule"}; null: nothing was. */
void cli_audit_print_pruned(const struct prune_state *p);
json_t *cli_audit_pruned_json(const struct prune_state *p);

/* For verify: 1 where ${path} is a file, or the folder of an evidence pack; any
 * other folder is that of a log. */
int cli_audit_is_certified(const char *path);
/* Check it and print what it is.  ST_INTEGRITY: it is not what was signed. */
enum status cli_audit_check_certified(
    struct cli *cli, const char *path, const struct note_key *key) MUST_CHECK;

enum status cli_audit_accept_restore(
    struct cli *cli, int argc, char **argv) MUST_CHECK;

#endif /* !CLI_CLI_AUDIT_H */
