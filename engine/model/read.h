#ifndef MODEL_READ_H
#define MODEL_READ_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/period.h"
#include "engine/model/diag.h"
#include "engine/model/node.h"
#include "engine/model/text.h"

/*
 * Typed reading of a tree.  Every reader accepts NULL (nothing was written:
 * ${*out} keeps its default) and NODE_BAD (already reported).  What does not
 * fit is an error in ${d} that says what was found and what was expected, and
 * leaves ${*out} as it was; so a loader is a list of keys without branches.
 * Readers that return int return 1 where ${*out} was set.
 */

/* The node under ${key}; an error at the map's place where there is none. */
const struct node *read_required(
    struct diag *d, const struct node *map, const char *key);

/* 1 if ${n} is a map; an error for each key that ${keys} does not have. */
int read_map(struct diag *d, const struct node *n, const char *const *keys);
/* 1 if ${n} is a map, whatever its keys; ${what} says of what. */
int read_map_of(struct diag *d, const struct node *n, const char *what);
/* 1 if ${n} is a list. */
int read_list_of(struct diag *d, const struct node *n, const char *what);

/* Any scalar that is not empty; ${*out} is freed before. */
int read_string(struct diag *d, const struct node *n, char **out);
/* A name: [a-z][a-z0-9_-]{0,62}. */
int read_name(struct diag *d, const struct node *n, char **out);
/* The same of a key; one that is no name is kept all the same, so that what
 * refers to it is not reported too. */
int read_name_key(struct diag *d, const struct node_key *key, char **out);
int read_bool(struct diag *d, const struct node *n, int *out);
int read_int(struct diag *d, const struct node *n, int64_t least, int64_t most,
    int64_t *out);
/* A decimal number over ${above} and up to ${most}. */
int read_number(struct diag *d, const struct node *n, double above, double most,
    double *out);
int read_period(struct diag *d, const struct node *n, struct period *out);
/* A period that is not nothing. */
int read_some_period(struct diag *d, const struct node *n, struct period *out);
/* One of ${words} (ended by NULL); ${*out} is its index. */
int read_word(
    struct diag *d, const struct node *n, const char *const *words, int *out);
/* Words for people: text, or a map from languages to text. */
int read_text(struct diag *d, const struct node *n, struct text *out);

/* A list of strings. */
int read_strings(
    struct diag *d, const struct node *n, char ***out, size_t *count);
/* The same, or one string. */
int read_one_or_more(
    struct diag *d, const struct node *n, char ***out, size_t *count);

/* Report that ${n} is not what ${expected} says. */
void read_mismatch(struct diag *d, const struct node *n, const char *expected);
/* Report a name that is not among ${words}, with the nearest. */
void read_unknown(struct diag *d, struct place at, const char *what,
    const char *name, const char *const *words);

/* A zeroed array of ${count}; NULL where it is 0 or memory ran out. */
void *read_array(struct diag *d, size_t count, size_t size);
char *read_copy(struct diag *d, const char *text, size_t len);
void read_free_strings(char **strings, size_t count);

#endif /* !MODEL_READ_H */
