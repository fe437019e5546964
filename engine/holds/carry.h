#ifndef HOLDS_CARRY_H
#define HOLDS_CARRY_H

#include "engine/store/db.h"

/*
 * Rows of temporary tables from one connection to another: what was found out
 * of a segment is kept with the rest, for a segment's own connection may be
 * closed in between.  ${insert} takes the columns of ${select} and, where it is
 * not NULL, ${tail} behind them; 8 in all are the most.
 */
#define carry(from, select, args, to, insert, tail) \
	carry_(from, "" select, args, to, "" insert, tail)
enum status carry_(struct db *from, const char *select, const struct val *args,
    struct db *to, const char *insert, const char *tail) MUST_CHECK;

#endif /* !HOLDS_CARRY_H */
