#ifndef RIGHTS_METRICS_H
#define RIGHTS_METRICS_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/* ${data_dir}/requests.prom: what list_summary() says, with
 * outbox_summary() as its "outbox", in Prometheus' text
 * format, replaced as a whole. */
enum status metrics_write(
    struct installation *in, const json_t *summary) MUST_CHECK;

#endif /* !RIGHTS_METRICS_H */
