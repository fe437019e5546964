#ifndef MODEL_DATASET_H
#define MODEL_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"
#include "engine/model/diag.h"

/*
 * The description of a store: a fideslang `dataset` manifest (the format's
 * own keys, nested fields too) with our additions under `lethe:`.
 */
enum dataset_direction { DATASET_FROM, DATASET_TO, DATASET_EITHER };
struct reference {
	char *dataset;
	char *collection;
	char *field; /* dotted where nested */
	enum dataset_direction direction;
	struct place at;
};

struct field {
	char *name; /* dotted path inside the collection */
	/* its own; or, where it names none, those of the field, collection or
	 * dataset around it (the format's cascade) */
	char **categories;
	size_t category_count;
	int primary_key;
	char *identity;    /* "email", ...; or NULL */
	char *data_type;   /* or NULL */
	char *description; /* for people, as the next; or NULL */
	char *unit;        /* lethe: {unit: km}; or NULL */
	int64_t length;    /* -1: not given */
	int read_only;
	struct reference *references;
	size_t reference_count;
	/* lethe: {valid: {at, from, until}}: ${at} a field of this collection,
	 * the others "dataset.collection.field"; all NULL where not given */
	char *valid_at;
	char *valid_from;
	char *valid_until;
	struct place at;
};

struct collection {
	char *name;
	char *description;    /* or NULL */
	struct field *fields; /* nested ones flattened, parents before them */
	size_t field_count;
	int shared;       /* lethe: {shared: true} */
	char *segment_by; /* lethe: {segment_by: FIELD}, or NULL */
	char **ignore;    /* lethe: {ignore: [COLUMN]} */
	size_t ignore_count;
	char **erase_after; /* "dataset.collection" */
	size_t erase_after_count;
	int skip_processing;
	struct place at;
};

struct dataset {
	char *key; /* fides_key */
	char *name;
	struct collection *collections;
	size_t collection_count;
	char **ignore; /* lethe: {ignore: [TABLE]} */
	size_t ignore_count;
	struct place at;
};

/*
 * Read the datasets of the file ${path}; the caller releases ${*out} with
 * dataset_release() one by one and frees the array.  Cross-references between
 * datasets are checked by dataset_check().  Places point into ${d}, which
 * therefore lives as long as the datasets.
 */
enum status dataset_load(const char *path, struct diag *d, struct dataset **out,
    size_t *count) MUST_CHECK;
/* The same of ${len} bytes that stand for the file. */
enum status dataset_parse(const char *path, const char *bytes, size_t len,
    struct diag *d, struct dataset **out, size_t *count) MUST_CHECK;
void dataset_release(struct dataset *ds);

/* The field that ${path} ("dataset.collection.field") names in that collection;
 * NULL where it is of another, or NULL. */
const char *dataset_path_field(
    const char *path, const char *dataset, const char *collection);

/* References, valid intervals and erase_after must name what exists. */
void dataset_check(
    const struct dataset *const *all, size_t count, struct diag *d);

const struct collection *dataset_collection(
    const struct dataset *ds, const char *name);
const struct field *collection_field(
    const struct collection *c, const char *name);
/* 1 if any category of the field (or none at all) is about a person: all but
 * `system` and what stands below it. */
int field_is_personal(const struct field *f);
/* 1 if ${category} is ${of} or stands below it, on dot boundaries. */
int category_is(const char *category, const char *of);

#endif /* !MODEL_DATASET_H */
