#ifndef RIGHTS_HOOK_H
#define RIGHTS_HOOK_H

#include "engine/installation/installation.h"

/*
 * ${body}, JSON, to the webhook that lethe.yml gives for the recipient ${name},
 * signed with the lines of its secret_file (engine/send/webhook.h).  ${*done}:
 * the recipient answers that it has done it, not only that it has it.
 * ST_DENIED: lethe.yml gives none any more.  Sentences name no person.
 */
enum status hook_send(const struct installation *in, const char *name,
    const char *id, const char *body, int64_t at, int *done) MUST_CHECK;

#endif /* !RIGHTS_HOOK_H */
