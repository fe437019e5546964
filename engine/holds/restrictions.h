#ifndef HOLDS_RESTRICTIONS_H
#define HOLDS_RESTRICTIONS_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * What applications have to honour: the records whose processing is restricted
 * now, by their keys.  ${*out}: {"as_of","restrictions":[{"store","collection",
 * "cluster","purposes":[...],"key":[...],"since","reason","restriction"}]}, one
 * for each part of a record and each restriction of it; "key" null: every
 * record of the cluster.  "purposes" are those of the cluster, for which
 * nothing may be done with it.  The stores are brought up to date first
 * (holds_refresh()); ST_UNREACHABLE as there.  Keys are personal data: each
 * look is noted in the audit log before anything is given.
 */
enum status restrictions_list(struct installation *in, const char *actor,
    int64_t now, json_t **out) MUST_CHECK;

#endif /* !HOLDS_RESTRICTIONS_H */
