#ifndef ACCOUNTS_RECOVERY_H
#define ACCOUNTS_RECOVERY_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/* Codes for whoever has lost the device: ten of 80 bits, each for once.  Small
 * letters, blanks and hyphens make no difference. */
#define RECOVERY_CODES 10

/* Inside a write transaction: new ones in the place of all there are, as
 * ["ABCD-EFGH-IJKL-MNOP"].  Nobody can ask for them again. */
enum status recovery_make(
    struct installation *in, int64_t account, json_t **out) MUST_CHECK;
/* ${*found} names the one that ${code} is, for recovery_spend(); 0: none. */
enum status recovery_find(struct installation *in, int64_t account,
    const char *code, int64_t *found) MUST_CHECK;
enum status recovery_spend(struct installation *in, int64_t found) MUST_CHECK;

#endif /* !ACCOUNTS_RECOVERY_H */
