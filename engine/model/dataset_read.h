#ifndef MODEL_DATASET_READ_H
#define MODEL_DATASET_READ_H

#include "engine/model/dataset.h"
#include "engine/model/read.h"

/* Between the files that read a dataset: one for collections, one for fields.
 */

/* The keys that fideslang allows at every level and that say nothing to us. */
#define DATASET_COMMON_KEYS                                                  \
	"name", "description", "meta", "tags", "data_categories",            \
	    "data_qualifier", "data_purposes", "data_uses", "data_subjects", \
	    "retention", "fides_meta", "fidesops_meta", "fidesctl_meta",     \
	    "lethe"

/* The categories of the level above: they hold for what names none. */
struct dataset_categories {
	char **names;
	size_t count;
};

/* `fides_meta`, or what it was called in older files; NULL for none. */
const struct node *dataset_meta(const struct node *n);
/* A name without the dots that separate names in a path; "" where there is
 * none, so that what it should name is read on.  0: out of memory. */
int dataset_read_name(struct diag *d, const struct node *n, char **out);
/* Own categories into ${*own}; returns them, or ${above} where none. */
struct dataset_categories dataset_read_categories(struct diag *d,
    const struct node *n, struct dataset_categories above,
    struct dataset_categories *own);

/* All fields of the collection ${n}, nested ones behind their parents. */
void dataset_read_fields(struct diag *d, const struct node *n,
    struct dataset_categories above, struct collection *c);
void dataset_release_field(struct field *f);

#endif /* !MODEL_DATASET_READ_H */
