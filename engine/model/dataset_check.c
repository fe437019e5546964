/* What datasets say of each other: every name must be there. */
#include <stdlib.h>
#include <string.h>

#include "engine/model/dataset.h"
#include "engine/model/dataset_names.h"
#include "engine/model/read.h"

int category_is(const char *category, const char *of)
{
	size_t n = strlen(of);

	return strncmp(category, of, n) == 0 &&
	       (category[n] == '\0' || category[n] == '.');
}

int field_is_personal(const struct field *f)
{
	for (size_t i = 0; i < f->category_count; i++)
		if (!category_is(f->categories[i], "system"))
			return 1;
	return f->category_count == 0;
}

const struct collection *dataset_collection(
    const struct dataset *ds, const char *name)
{
	for (size_t i = 0; i < ds->collection_count; i++)
		if (strcmp(ds->collections[i].name, name) == 0)
			return &ds->collections[i];
	return NULL;
}

const struct field *collection_field(
    const struct collection *c, const char *name)
{
	for (size_t i = 0; i < c->field_count; i++)
		if (strcmp(c->fields[i].name, name) == 0)
			return &c->fields[i];
	return NULL;
}

/* An interval that limits no reference would be one that nobody checks. */
static void check_interval(
    const struct dataset_names *in, const struct field *f)
{
	for (size_t i = 0; i < f->reference_count; i++) {
		const struct reference *ref = &f->references[i];

		if (dataset_path_field(
			f->valid_from, ref->dataset, ref->collection) &&
		    dataset_path_field(
			f->valid_until, ref->dataset, ref->collection))
			return;
	}
	diag_error(in->d, f->at,
	    "`valid`: `from` and `until` must be fields of one collection that "
	    "a reference of `%s` names",
	    f->name);
}

static void check_field(const struct dataset_names *in,
    const struct collection *c, const struct field *f)
{
	const struct field *from, *until;

	for (size_t i = 0; i < f->reference_count; i++) {
		const struct reference *ref = &f->references[i];

		(void)dataset_names_find_field(
		    in, ref->at, ref->dataset, ref->collection, ref->field);
	}
	if (f->valid_at == NULL)
		return;
	if (collection_field(c, f->valid_at) == NULL)
		diag_error(in->d, f->at, "`valid`: `%s` has no field `%.60s`",
		    c->name, f->valid_at);
	from = dataset_names_find_path(in, f->at, f->valid_from);
	until = dataset_names_find_path(in, f->at, f->valid_until);
	if (from && until)
		check_interval(in, f);
}

/* "dataset.collection" */
static void check_erase_after(const struct dataset_names *in,
    const struct collection *c, const char *path)
{
	const char *dot = strchr(path, '.');
	char *dataset;

	if (dot == NULL || dot == path || dot[1] == '\0') {
		diag_error(in->d, c->at,
		    "`erase_after`: `%.60s`: expected DATASET.COLLECTION",
		    path);
		return;
	}
	dataset = read_copy(in->d, path, (size_t)(dot - path));
	if (dataset)
		(void)dataset_names_find_collection(
		    in, c->at, dataset, dot + 1);
	free(dataset);
}

static void check_collection(
    const struct dataset_names *in, const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++)
		check_field(in, c, &c->fields[i]);
	for (size_t i = 0; i < c->erase_after_count; i++)
		check_erase_after(in, c, c->erase_after[i]);
}

void dataset_check(
    const struct dataset *const *all, size_t count, struct diag *d)
{
	struct dataset_names in = { all, count, d };
	struct diag_name *names = read_array(d, count, sizeof(*names));

	if (names == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		names[i] = (struct diag_name){ all[i]->key, all[i]->at };
	diag_duplicates(d, names, count, "dataset");
	free(names);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < all[i]->collection_count; k++)
			check_collection(&in, &all[i]->collections[k]);
}
