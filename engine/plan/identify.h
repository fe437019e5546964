#ifndef PLAN_IDENTIFY_H
#define PLAN_IDENTIFY_H

#include <stddef.h>

#include "engine/model/dataset.h"

/*
 * How far a field says whose a record is.  Directly: alone, or by one look-up
 * in a register that somebody has, it leads to one person, a household, or the
 * vehicle or device that a person is known to hold.  Indirectly: it narrows
 * down (a birthday, a town, a position) or tells something of a person whom
 * other fields name.  What de-identifying must change is the first kind.
 */
enum identifies {
	IDENTIFIES_NOT, /* nothing personal: system.* alone */
	IDENTIFIES_INDIRECTLY,
	IDENTIFIES_DIRECTLY,
};

/* By a category alone; of two entries that fit, the longer decides. */
enum identifies identify_category(const char *category);

/*
 * By all that the dataset says of the field: its categories, that it is an
 * identity, and that it refers to the record of a person (by one reference or
 * by several on end).  ${why} (may be NULL) gets what made it so: the category,
 * "identity", "a reference to the record of a person"; the datasets' or static.
 */
enum identifies identify_field(const struct dataset *const *datasets,
    size_t dataset_count, const struct field *field, const char **why);

#endif /* !PLAN_IDENTIFY_H */
