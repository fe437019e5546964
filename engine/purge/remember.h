#ifndef PURGE_REMEMBER_H
#define PURGE_REMEMBER_H

#include "engine/plan/rule.h"

/*
 * What a record leaves behind: where other records' periods start from it, its
 * date is kept in lethe_starting_point, in the transaction that deletes it;
 * and where their path only leads through it, the date that it led to.
 * Without that, a customer whose contracts are gone would never fall due.
 */

/*
 * Keep ${value} of the starting point that ${leaves} describes, under the
 * columns ${matched}; of it and an older value, the one that decides.
 */
enum status remember(const struct rule_leaves *leaves,
    const struct val *matched, struct val value) MUST_CHECK;

/*
 * The same where the path leads on from the record ${key} of the collection
 * that ${passed} covers: what decides of the values behind it.
 */
enum status remember_reached(const struct rule_leaves *leaves,
    const struct rule *passed, const struct val *key,
    const struct val *matched) MUST_CHECK;

#endif /* !PURGE_REMEMBER_H */
