#ifndef TESTS_PACKAGES_H
#define TESTS_PACKAGES_H

#include "engine/package/package.h"
#include "tests/holds.h"

/* The small installation of tests/holds.h with all that packages must say; and
 * people who ask for them. */
#define PLANTED "Zaphod-Planted-9021 <script>alert(1)</script> \"&' =1+1"

extern struct holds_site packages_site;
extern const struct package_order packages_english;
void packages_setup(void);
void packages_teardown(void);

/* The operator, so many seconds from now. */
struct rights_actor packages_by(int64_t later);

/* A request of somebody who was verified; valid until the next. */
const char *packages_verified_for(
    enum request_type type, const char *identity, const char *value);
const char *packages_verified(const char *person);

json_t *packages_built(
    const char *id, const struct package_order *o, struct rights_actor ada);
/* The bytes behind a token. */
void packages_taken(const char *token, struct buf *out);

/* The file data/${name} in a package that is built for ${id} now; NULL where
 * there is none. */
json_t *packages_data(const char *id, const char *name);

/* Files in exports/, the lock aside; and keys. */
int packages_exports(void);
int packages_keys(void);

#endif /* !TESTS_PACKAGES_H */
