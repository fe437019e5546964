#ifndef PLAN_POLICY_TEST_H
#define PLAN_POLICY_TEST_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * Run the tests that stand in the policies, with the same judgement that
 * explains records: {"passed","failed","failures":[{"file","line","cluster",
 * "starting_point","at","expected","found"}]}.
 */
enum status policy_test_json(
    const struct installation *in, json_t **out) MUST_CHECK;

#endif /* !PLAN_POLICY_TEST_H */
