/* Finding what a name means, and saying what was perhaps meant instead. */
#include "engine/model/dataset_names.h"

#include <stdlib.h>
#include <string.h>

#include "engine/model/read.h"

/* The words of a report: only made where there is something to report. */
static const char **new_words(struct diag *d, size_t count)
{
	return read_array(d, count + 1, sizeof(const char *));
}

const struct dataset *dataset_names_find(
    const struct dataset_names *in, struct place at, const char *dataset)
{
	const char **words;

	for (size_t i = 0; i < in->count; i++)
		if (strcmp(in->all[i]->key, dataset) == 0)
			return in->all[i];
	if ((words = new_words(in->d, in->count)) == NULL)
		return NULL;
	for (size_t i = 0; i < in->count; i++)
		words[i] = in->all[i]->key;
	read_unknown(in->d, at, "dataset", dataset, words);
	free(words);
	return NULL;
}

const struct collection *dataset_names_find_collection(
    const struct dataset_names *in, struct place at, const char *dataset,
    const char *collection)
{
	const struct dataset *ds = dataset_names_find(in, at, dataset);
	const struct collection *c;
	const char **words;

	if (ds == NULL || (c = dataset_collection(ds, collection)) != NULL)
		return ds ? c : NULL;
	if ((words = new_words(in->d, ds->collection_count)) == NULL)
		return NULL;
	for (size_t i = 0; i < ds->collection_count; i++)
		words[i] = ds->collections[i].name;
	read_unknown(in->d, at, "collection", collection, words);
	free(words);
	return NULL;
}

const struct field *dataset_names_find_field(const struct dataset_names *in,
    struct place at, const char *dataset, const char *collection,
    const char *field)
{
	const struct collection *c =
	    dataset_names_find_collection(in, at, dataset, collection);
	const struct field *f;
	const char **words;

	if (c == NULL || (f = collection_field(c, field)) != NULL)
		return c ? f : NULL;
	if ((words = new_words(in->d, c->field_count)) == NULL)
		return NULL;
	for (size_t i = 0; i < c->field_count; i++)
		words[i] = c->fields[i].name;
	read_unknown(in->d, at, "field", field, words);
	free(words);
	return NULL;
}

int dataset_names_split(struct diag *d, const char *path, char **dataset,
    char **collection, char **field)
{
	const char *one = strchr(path, '.');
	const char *two = one ? strchr(one + 1, '.') : NULL;

	*dataset = *collection = *field = NULL;
	if (two == NULL || one == path || two == one + 1 || two[1] == '\0')
		return 0;
	*dataset = read_copy(d, path, (size_t)(one - path));
	*collection = read_copy(d, one + 1, (size_t)(two - one - 1));
	*field = read_copy(d, two + 1, strlen(two + 1));
	if (*dataset && *collection && *field)
		return 1;
	free(*dataset);
	free(*collection);
	free(*field);
	*dataset = *collection = *field = NULL;
	return 0;
}

const struct field *dataset_names_find_path(
    const struct dataset_names *in, struct place at, const char *path)
{
	char *dataset, *collection, *field;
	const struct field *f = NULL;

	if (dataset_names_split(in->d, path, &dataset, &collection, &field))
		f = dataset_names_find_field(
		    in, at, dataset, collection, field);
	else
		diag_error(in->d, at,
		    "`%.60s`: expected DATASET.COLLECTION.FIELD", path);
	free(dataset);
	free(collection);
	free(field);
	return f;
}

const char *dataset_path_field(
    const char *path, const char *dataset, const char *collection)
{
	size_t d = strlen(dataset), c = strlen(collection);

	if (path && strncmp(path, dataset, d) == 0 && path[d] == '.' &&
	    strncmp(path + d + 1, collection, c) == 0 && path[d + 1 + c] == '.')
		return path + d + c + 2;
	return NULL;
}
