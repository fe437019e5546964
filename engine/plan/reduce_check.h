#ifndef PLAN_REDUCE_CHECK_H
#define PLAN_REDUCE_CHECK_H

#include "engine/plan/reduce.h"

/* What the live schema allows to be changed; reduce.c puts it together. */

/* 1 if the column is part of what names a record. */
int reduce_is_key(const struct reduce_target *t, const struct field *f,
    const struct db_column *c);
/* 1 if a foreign key of the table begins at the column. */
int reduce_refers(const struct reduce_target *t, const struct db_column *c);
/* The table with a foreign key that ends at the column, or NULL. */
const char *reduce_referred_by(
    const struct reduce_target *t, const struct db_column *c);
/* 1 if an index keeps records apart by the column (and perhaps others). */
int reduce_is_unique(const struct reduce_target *t, const struct db_column *c);
/* Why the column is kept, or NULL. */
const struct reduce_kept *reduce_find_kept(
    const struct reduce_target *t, const struct db_column *c);

/*
 * 1 if ${x} can be done to ${out->column}; then ${out} says how, with a
 * constant in the column's type.  Otherwise ${d} says why not.
 */
int reduce_check_method(const struct reduce_target *t,
    const struct policy_de_identify *x, struct diag *d,
    struct reduce_column *out);

#endif /* !PLAN_REDUCE_CHECK_H */
