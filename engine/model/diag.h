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
};
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
/* ST_INVALID if there is an error, ST_NOMEM if one could not be kept. */
enum status diag_status(const struct diag *d) MUST_CHECK;
/* One line for each, by file and place: "file:line:column: error: text". */
void diag_print(struct diag *d, FILE *to);
void diag_release(struct diag *d);

/* The word of ${words} (ended by NULL) that is nearest to ${word}, if it is
 * near enough to be meant; else NULL. */
const char *diag_nearest(const char *word, const char *const *words);

#endif /* !MODEL_DIAG_H */
