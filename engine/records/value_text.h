#ifndef RECORDS_VALUE_TEXT_H
#define RECORDS_VALUE_TEXT_H

#include "engine/records/column.h"

/* A stored value as text that ingest reads back to the same one (dump.h says
 * how each kind is written).  Values are written as they are stored: nothing is
 * trimmed, rounded, or made harmless for a program that takes text for more. */

void value_text_json(
    struct buf *out, const struct column *col, const struct val *v);
/* One cell, without the comma. */
void value_text_csv(
    struct buf *out, const struct column *col, const struct val *v);
/* The same of any text: in quotes where it must be. */
void value_text_field(struct buf *out, const char *p, size_t n);

#endif /* !RECORDS_VALUE_TEXT_H */
