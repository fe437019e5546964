#ifndef CONSENT_SWEEP_H
#define CONSENT_SWEEP_H

#include "engine/consent/consent.h"

/*
 * The end of consents and preferences themselves: `retention:` in the file of
 * consents, say three years, for as long as somebody may have to prove them.
 *
 * All records of a person about one notice go together, when the period after
 * the consent's end is over (it was refused, withdrawn, or has expired); of a
 * person of whom no store has a record any more, the last event is the end.
 * Of preferences go the versions that newer ones have overtaken, and the last
 * one too where no store has a record of the person.  Whom a suspension is
 * about keeps all of it (engine/rights/held.h).  Without the line all stay.
 *
 * ${*out} is {"retention","due","deleted","held","preferences"}: groups,
 * records, and changes of preferences.  With SWEEP_LOOK nothing is deleted.
 */
enum sweep_mode { SWEEP_LOOK, SWEEP_DELETE };
enum status consent_sweep(struct installation *in, enum sweep_mode mode,
    const struct rights_actor *by, int64_t as_of, json_t **out) MUST_CHECK;

#endif /* !CONSENT_SWEEP_H */
