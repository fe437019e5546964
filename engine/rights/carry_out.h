#ifndef RIGHTS_CARRY_OUT_H
#define RIGHTS_CARRY_OUT_H

#include "engine/rights/erasure.h"
#include "engine/rights/step.h"

/* Does a decision to fulfil one of ${type} change the stores?  The others are
 * fulfilled by their answer (rights_fulfil()). */
int carry_out_changes(enum request_type type);

/*
 * Carry out what was approved: an erasure, an upheld objection, a restriction,
 * a correction.  ${tell} is of erasures.  ${*out} and errors as
 * rights_execute(), rights_execute_restriction(), rights_correct().
 */
enum status rights_carry_out(struct installation *in,
    const struct rights_actor *by, const char *id, enum rights_tell tell,
    json_t **out) MUST_CHECK;

#endif /* !RIGHTS_CARRY_OUT_H */
