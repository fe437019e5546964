#ifndef PLAN_POLICY_RECORD_H
#define PLAN_POLICY_RECORD_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/plan/document.h"

/*
 * The record of processing activities (GDPR Art. 30(1)) that the policies and
 * datasets give, in ${language}: {"policies":[{"policy","revision","title",
 * "security_measures":[...],"missing":[...],"activities":[{"purpose","title",
 * "legal_basis","reference","controllers":[{"recipient","title","role",
 * "region"}],"data_subjects","data_categories":[{"collection",
 * "categories":[...]}],"recipients":[...],"transfers":[{"from","to","basis"}],
 * "time_limits":[{"cluster","title","rule","purpose_rule"}],
 * "missing":[...]}]}]}.
 *
 * An activity is a purpose.  What the files do not say is named in "missing",
 * and never made up.  A transfer is one from a controller to a recipient whose
 * region is another country, the EU and EEA being one.
 */
enum status policy_record_json(const struct installation *in,
    const char *language, json_t **out) MUST_CHECK;

/* What policy_record_json() gave, written for people. */
void policy_record_write(
    const json_t *o, const char *language, struct document *d);

#endif /* !PLAN_POLICY_RECORD_H */
