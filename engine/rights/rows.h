#ifndef RIGHTS_ROWS_H
#define RIGHTS_ROWS_H

#include "engine/base/json.h"
#include "engine/store/db.h"

/* An array of what ${one} makes of each row left of ${s}, which is ended in any
 * case.  The caller releases it. */
enum status rows_json(struct stmt *s,
    enum status (*one)(struct stmt *s, json_t **out), json_t **out) MUST_CHECK;

#endif /* !RIGHTS_ROWS_H */
