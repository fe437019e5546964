#ifndef RIGHTS_PERSON_H
#define RIGHTS_PERSON_H

#include "engine/plan/reach.h"

/*
 * 1 in ${*same} if ${a} and ${b} are one person: in the same words, or because
 * both find one record that names a person and is theirs alone (an e-mail
 * address and a customer number).  Opens the stores.
 */
enum status person_same(struct installation *in, const struct reach_subject *a,
    const struct reach_subject *b, int *same) MUST_CHECK;

#endif /* !RIGHTS_PERSON_H */
