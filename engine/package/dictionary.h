#ifndef PACKAGE_DICTIONARY_H
#define PACKAGE_DICTIONARY_H

#include "engine/package/collect.h"

/*
 * What each field of each file means: {"time_zone","csv","json","collections":
 * [{"store","collection","description","records","json","csv","schema",
 * "portable":"all"|"some"|"none","fields":[{"name","description","unit",
 * "type","categories","cluster","primary_key","portable"}]}]}
 */
enum status dictionary_json(
    const struct collection_set *set, json_t **out) MUST_CHECK;

/* The JSON Schema (2020-12) of a collection's JSON file: every value is of one
 * of the kinds that its column was seen to hold. */
enum status dictionary_schema(
    const struct collected *c, json_t **out) MUST_CHECK;

#endif /* !PACKAGE_DICTIONARY_H */
