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

/*
 * 1 in ${*found} if the record with this key is one of ${who}; 2 if others may
 * have it, too.  ${key}: texts, one for each column of the key.  A store with
 * a transaction is asked inside it; opens the stores.
 */
enum status person_has(struct installation *in, const struct reach_subject *who,
    const struct installation_store *store, const struct collection *collection,
    const json_t *key, int *found) MUST_CHECK;

#endif /* !RIGHTS_PERSON_H */
