#ifndef RIGHTS_OPEN_H
#define RIGHTS_OPEN_H

#include "engine/rights/step.h"

/* Begin ${s} and write the request down; the caller adds to it and ends it with
 * step_end(), whatever this gives, if ${s->in} is set. */
enum status open_begin(struct step *s, struct installation *in,
    const struct rights_actor *by, const struct rights_order *o) MUST_CHECK;

#endif /* !RIGHTS_OPEN_H */
