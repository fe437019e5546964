#ifndef CERTIFICATE_TEXT_H
#define CERTIFICATE_TEXT_H

#include "engine/base/buf.h"
#include "engine/base/json.h"

/*
 * A certificate for people.  Everything in it is of the JSON ${body}, whose
 * line has ${sha256}; at its end stand the entry and its proof, as they are.
 */
enum status text_write(const json_t *body, const char *sha256,
    const char *language, struct buf *out) MUST_CHECK;

#endif /* !CERTIFICATE_TEXT_H */
