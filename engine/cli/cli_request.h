#ifndef CLI_CLI_REQUEST_H
#define CLI_CLI_REQUEST_H

#include "engine/cli/cli.h"
#include "engine/rights/rights.h"

/* The parts of `lethe request` that have options of their own. */
enum status cli_request_list(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_letter(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_data(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_package(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_items(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_snapshot(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_restrict(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_propose(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_changes(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_correct(
    struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_lift(struct cli *cli, int argc, char **argv) MUST_CHECK;
enum status cli_request_fetch(
    struct cli *cli, int argc, char **argv) MUST_CHECK;

/* A part that takes the request's ID alone: ${deed}'s ctx is the ID. */
enum status cli_request_act(struct cli *cli, int argc, char **argv,
    cli_deed *deed, void (*print)(const json_t *)) MUST_CHECK;

/* What falls due before the answer to ${request} does is kept aside, which
 * becomes its "snapshot"; where that fails, somebody is told. */
enum status cli_request_aside(
    struct cli *cli, const struct rights_actor *by, json_t *request) MUST_CHECK;

/* A request in words. */
void cli_request_text(const json_t *o);

/* What was put into the outbox leaves now; what does not, later, and somebody
 * is told. */
enum status cli_request_flush(struct cli *cli) MUST_CHECK;

#endif /* !CLI_CLI_REQUEST_H */
