#ifndef HOLDS_HELD_H
#define HOLDS_HELD_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/* What a suspension keeps now, counted in the stores. */

/* How many records, in all stores, each once. */
enum status held_count(
    struct installation *in, const char *id, int64_t *records) MUST_CHECK;

/* [{"store","collection","cluster","records"}] */
enum status held_json(
    struct installation *in, const char *id, json_t **out) MUST_CHECK;

#endif /* !HOLDS_HELD_H */
