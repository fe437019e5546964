#ifndef PLAN_VALUE_H
#define PLAN_VALUE_H

#include "engine/store/db.h"

/*
 * Values of keys and references outside of SQL.  Two of them are the same key
 * where their canonical text is: the number 12, 12.0 and the text '12' are one,
 * as SQLite's comparison with a column of numbers or of text has it; '012' is
 * another.  NULL is no key, 0 and '' are.
 */

/* Canonical text of a number or text (bytes as they are). */
void value_text(struct val v, struct buf *out);

/* -1, 0, 1 by canonical text; bytes never equal text. */
int value_compare(struct val a, struct val b);

/*
 * The number of a text of digits, the text of a whole number, else ${v}: what
 * else a column without a type of its own may hold for the same key.  Text of a
 * number stands in ${text}.
 */
#define VALUE_TEXT 32
struct val value_other_form(struct val v, char text[VALUE_TEXT]);

/* 1 where the column holds numbers and text side by side, as they came. */
int value_column_keeps_types(const struct db_column *column);

#endif /* !PLAN_VALUE_H */
