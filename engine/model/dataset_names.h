#ifndef MODEL_DATASET_NAMES_H
#define MODEL_DATASET_NAMES_H

#include "engine/model/dataset.h"
#include "engine/model/diag.h"

/* Names that other files use for what datasets describe. */
struct dataset_names {
	const struct dataset *const *all;
	size_t count;
	struct diag *d;
};

/* Each returns NULL after an error at ${at} that names the nearest. */
const struct dataset *dataset_names_find(
    const struct dataset_names *in, struct place at, const char *dataset);
const struct collection *dataset_names_find_collection(
    const struct dataset_names *in, struct place at, const char *dataset,
    const char *collection);
const struct field *dataset_names_find_field(const struct dataset_names *in,
    struct place at, const char *dataset, const char *collection,
    const char *field);

/*
 * Cut "dataset.collection.field" (the field may have dots, for nested ones)
 * into copies that the caller frees.  0 if it is none; the three are NULL
 * then, and where memory ran out, which ${d} says.
 */
int dataset_names_split(struct diag *d, const char *path, char **dataset,
    char **collection, char **field);
/* Such a path must name a field that exists. */
const struct field *dataset_names_find_path(
    const struct dataset_names *in, struct place at, const char *path);

#endif /* !MODEL_DATASET_NAMES_H */
