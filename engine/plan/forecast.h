#ifndef PLAN_FORECAST_H
#define PLAN_FORECAST_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/plan/rule.h"

/*
 * How many records of each cluster (or of the one called ${cluster}; ST_USAGE
 * where there is none of that name) fall due on each of the next ${days} days
 * (1 to 3650), from the same conditions as the purge:
 * {"as_of","days","clusters":[{"cluster","due_now","days":[{"date","records"}
 * ...],"total"}],"all":{"due_now","days","total"}}.  A day is one of the
 * policy's zone; days without records are left out.
 */
enum status forecast_json(const struct schedule *s, int64_t as_of, int days,
    const char *cluster, json_t **out) MUST_CHECK;

#endif /* !PLAN_FORECAST_H */
