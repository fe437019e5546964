#ifndef CLI_CLI_AUDIT_H
#define CLI_CLI_AUDIT_H

#include "engine/cli/cli.h"

/* The commands below `lethe audit`; the arguments begin with their name.  With
 * --help they return at once: the caller prints it. */
enum status cli_audit_list(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_verify(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_checkpoint(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_prove(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_audit_export(struct cli *cli, int argc, char **argv) MUST_CHECK;

enum status cli_audit_accept_restore(
    struct cli *cli, int argc, char **argv) MUST_CHECK;

#endif /* !CLI_CLI_AUDIT_H */
