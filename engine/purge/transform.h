#ifndef PURGE_TRANSFORM_H
#define PURGE_TRANSFORM_H

#include "engine/base/zone.h"
#include "engine/crypto/secret.h"
#include "engine/plan/reduce.h"

/*
 * The methods of de-identification, on values.  NULL stays NULL but for a
 * constant: that a value was absent says something, and a constant is to say
 * nothing.
 *
 * truncate     the first characters (code points) of text; a number is cut as
 *              the text that it prints as; from the first byte that is not
 *              UTF-8 on, all goes
 * round        to decimals, or with a negative amount to tens, half away from
 *              zero; in decimal, so that 1.005 becomes 1.01; text stays text
 * date         the first local day of the day, month or year in the policy's
 *              zone: a date stays a date; an instant becomes that day's first
 *              instant, as canonical text or as Unix seconds, whichever it was
 * keyed_hash   32 hexadecimal digits under one key for the installation: equal
 *              values stay equal, in every collection and store, so that what
 *              belonged together still does.  That is why it is called
 *              pseudonymised: whoever has the key and a list of candidates
 *              (there are only so many VINs) can tell whose it was.
 *
 * What cannot be rounded, and what is no time, goes: nobody can say that it
 * does not identify.
 */
struct transform;

/*
 * Prepare the changes of ${r}, which must outlive it.  ${key} is the
 * installation's evidence key; the hash's is derived from it.
 */
enum status transform_new(const struct reduce *r, const struct zone *zone,
    const struct secret_key *key, struct transform **out) MUST_CHECK;
void transform_free(struct transform *t);

/*
 * The new values of one record: ${in} and ${out} in the order of the columns.
 * Bytes of ${out} are the transform's, or those of ${in}, and valid until the
 * next call.
 */
enum status transform_row(
    struct transform *t, const struct val *in, struct val *out) MUST_CHECK;

#endif /* !PURGE_TRANSFORM_H */
