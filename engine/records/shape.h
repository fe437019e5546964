#ifndef RECORDS_SHAPE_H
#define RECORDS_SHAPE_H

#include "engine/records/cell.h"

/*
 * What a message may say of a value that does not fit: its kind and shape.
 * A value that is about nobody may be shown itself.
 */
#define SHAPE_TEXT 120

/* "text of 9 characters", "a number", ... */
void shape_of(const struct cell *cell, int is_personal, char out[SHAPE_TEXT]);

/* "`99.99.9999` (9: a digit, a: a letter)", ... */
void shape_of_time(const struct cell *cell, char out[SHAPE_TEXT]);

#endif /* !RECORDS_SHAPE_H */
