#ifndef MODEL_DIAG_H
#define MODEL_DIAG_H

#include <stddef.h>
#include <stdio.h>

#include "engine/base/status.h"

/*
 * What is wrong with files that people wrote: all of it, each with file, line
 * and column, what was found, what was expected.
 */
struct place {
	const char *file; /* owned by the diag (diag_file) */
	int line;         /* from 1; 0: the file as a whole */
	int column;       /* from 1, in characters */
};

enum diag_level { DIAG_ERROR, DIAG_WARNING };
struct diag_item {
	enum diag_level level;
	struct place at;
	char *text;
	size_t order; /* of arrival: the first said comes first */
};

/* What is said beyond this many is counted and not kept. */
#define DIAG_MAX 1000

struct diag {
	struct diag_item *items;
	size_t count;
	size_t errors;
	size_t warnings;
	char **files;
	size_t file_count;
	int failed; /* out of memory while adding */
};
#define DIAG_INIT                         \
	{                                 \
		NULL, 0, 0, 0, NULL, 0, 0 \
	}

/* The name to use in places; lives as long as ${d}.  NULL: out of memory. */
const char *diag_file(struct diag *d, const char *path);
void diag_error(struct diag *d, struct place at, const char *fmt, ...)
    PRINTF(3, 4);
void diag_warning(struct diag *d, struct place at, const char *fmt, ...)
    PRINTF(3, 4);
/* Note that memory ran out where a value was to be kept. */
void diag_nomem(struct diag *d);
/* ST_INVALID if there is an error, ST_NOMEM if one could not be kept. */
enum status diag_status(const struct diag *d) MUST_CHECK;
/* The same, for what came after there were ${errors} of them. */
enum status diag_status_since(const struct diag *d, size_t errors) MUST_CHECK;
/* One line for each, by file and place: "file:line:column: error: text". */
void diag_print(struct diag *d, FILE *to);
void diag_release(struct diag *d);

/* The word of ${words} (ended by NULL) that is nearest to ${word}, if it is
 * near enough to be meant; else NULL. */
const char *diag_nearest(const char *word, const char *const *words);

/*
 * An error for every name that stands twice: "duplicate key `x`: the first is
 * in line 3".  Puts ${names} in order; n log n.
 */
struct diag_name {
	const char *text;
	struct place at;
};
void diag_duplicates(
    struct diag *d, struct diag_name *names, size_t count, const char *what);

#endif /* !MODEL_DIAG_H */
