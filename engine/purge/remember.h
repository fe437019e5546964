#ifndef PURGE_REMEMBER_H
#define PURGE_REMEMBER_H

#include "engine/plan/rule.h"

/*
 * What a record leaves behind: where other records' periods start from it, its
 * date is kept in lethe_starting_point, in the transaction that deletes it.
 * Without that, a customer whose contracts are gone would never fall due.
 */

/*
 * Keep ${value} of the starting point that ${leaves} describes, under the
 * columns ${matched}; of an older value the rule's pick decides.
 */
enum status remember(const struct rule_leaves *leaves,
    const struct val *matched, struct val value) MUST_CHECK;

#endif /* !PURGE_REMEMBER_H */
