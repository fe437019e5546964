#ifndef RIGHTS_BOARD_H
#define RIGHTS_BOARD_H

#include "engine/rights/list.h"

/*
 * Lists of very many requests for a server that is asked for them again and
 * again: a list that was sorted is kept until a request changes or the day
 * ends.  Several threads may ask at once, each with an installation of its
 * own; what they are given is what list.h would give at that instant.  Members
 * may be put beside what is in it, but not changed within: it is shared.
 */
struct board;

/* The lists that are kept: 24 bytes for each request that is in one. */
#define BOARD_LISTS 8

enum status board_new(struct board **out) MUST_CHECK;
void board_free(struct board *b);

/* list_json() */
enum status board_list(struct board *b, struct installation *in,
    const struct list_filter *f, int64_t as_of, json_t **out) MUST_CHECK;

/* list_summary() */
enum status board_summary(struct board *b, struct installation *in,
    int64_t as_of, json_t **out) MUST_CHECK;

#endif /* !RIGHTS_BOARD_H */
