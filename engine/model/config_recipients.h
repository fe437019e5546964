#ifndef MODEL_CONFIG_RECIPIENTS_H
#define MODEL_CONFIG_RECIPIENTS_H

#include "engine/model/config.h"
#include "engine/model/dataset.h"
#include "engine/model/policy.h"

/* Report what `recipients:` names and no policy has, and identities that no
 * dataset has. */
void config_check_recipients(const struct config *c,
    const struct policy *policies, size_t policy_count,
    const struct dataset *datasets, size_t dataset_count, struct diag *d);

#endif /* !MODEL_CONFIG_RECIPIENTS_H */
