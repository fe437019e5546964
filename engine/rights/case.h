#ifndef RIGHTS_CASE_H
#define RIGHTS_CASE_H

#include "engine/rights/rights.h"

/*
 * A request for whoever works on it: rights_show(), and "stops":[{
 * "asked_date","ended_date","lapses_date"}] (when the clock was asked to stand
 * still), "letters" as letter_list(), and "may":{"verify","suspend","resume",
 * "extend","decide","approve","return","withdraw","reopen","send_code",
 * "plan","execute" (carry_out.h),"fulfil","package","letter","data"}:
 * what ${by} could do with it now, a reason given; and "next", what to do
 * first: one of those, or "wait" (for another's approval), "answer" (what was
 * approved needs its answer), or null.
 */
enum status rights_case(struct installation *in, const struct rights_actor *by,
    const char *id, json_t **out) MUST_CHECK;

/* The cases of whoever is ${value} in any of the identities: {"requests":[{
 * "id","type","state","receipt_date"}]}, the latest first.  ${value} as people
 * write it. */
enum status rights_cases_of(
    struct installation *in, const char *value, json_t **out) MUST_CHECK;

#endif /* !RIGHTS_CASE_H */
