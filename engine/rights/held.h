#ifndef RIGHTS_HELD_H
#define RIGHTS_HELD_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/plan/reach.h"

/*
 * 1 in ${*held} if an active suspension of ${list} (registry_read()) is about
 * ${who}: in the same words, or because both find one record that names a
 * person and is theirs alone.  One that is narrowed to a cluster, or of a
 * record, is not about the person's requests.  May open the stores.
 */
enum status held_person(struct installation *in, const json_t *list,
    const struct reach_subject *who, int *held) MUST_CHECK;

#endif /* !RIGHTS_HELD_H */
