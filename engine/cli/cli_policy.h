#ifndef CLI_CLI_POLICY_H
#define CLI_CLI_POLICY_H

#include "engine/cli/cli.h"

/* lethe policy diff: the files ${before} and ${after}, each in the place of
 * the policy of its name. */
enum status cli_policy_diff(struct cli *cli, const char *before,
    const char *after, const char *as_of) MUST_CHECK;

#endif /* !CLI_CLI_POLICY_H */
