#ifndef PLAN_RULE_PATH_H
#define PLAN_RULE_PATH_H

#include "engine/plan/rule.h"

/*
 * A rule's reference path as SQL, for rule.c and rule_record.c: t is the
 * record, a1, a2 ... are what the hops lead to, m is what a record that is
 * gone left behind.
 */

/* t, a1, a2 ... */
const char *rule_path_alias(size_t hop);

/* `"table" AS a1, ...`: what hops ${first} up to, not including, ${hops} lead
 * to. */
void rule_path_tables(
    const struct rule_clock *c, size_t first, size_t hops, struct sql *q);

/* The joins from hop ${first} (0: from t) up to, not including, ${hops}; each
 * ends with " AND ". */
void rule_path_links(
    const struct rule_clock *c, size_t first, size_t hops, struct sql *q);

/* The same tables up to hop ${hop}, and m in the place of what it leads to. */
void rule_path_memory(
    const struct rule_clock *c, size_t first, size_t hop, struct sql *q);

/*
 * What a record left behind that hop ${hop} led to is kept under the key that
 * the hop matched, as text: a number and its digits are the same key, as they
 * are to the comparison of two columns (see purge/remember.c, which writes it).
 */
void rule_path_memory_key(
    const struct rule_clock *c, size_t hop, struct sql *q);

/* "m.name = ... AND " */
void rule_path_memory_name(
    const struct rule_clock *c, size_t hop, struct sql *q);

/* The joins from ${first} on, and the one to m; ends with " AND ". */
void rule_path_memory_links(
    const struct rule_clock *c, size_t first, size_t hop, struct sql *q);

/* The first of the columns that hop ${hop} leads to. */
const struct db_column *rule_path_target(
    const struct db_schema *schema, const struct rule_clock *c, size_t hop);

#endif /* !PLAN_RULE_PATH_H */
