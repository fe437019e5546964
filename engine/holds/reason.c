/* The reasons for suspensions, and where each comes from. */
#include "engine/holds/reason.h"

#include <string.h>

#include "engine/model/diag.h"

const struct holds_reason holds_reasons[] = {
	{ "litigation", SUSPENSION_HOLD, "GDPR Art. 17(3)(e): legal claims" },
	{ "authority_request", SUSPENSION_HOLD,
	    "GDPR Art. 17(3)(b): an authority demands it by law" },
	{ "audit", SUSPENSION_HOLD,
	    "ISO/IEC 27555, 7.4.4: an audit is going on" },
	{ "tax_assessment", SUSPENSION_HOLD,
	    "AO (DE) § 147(3): the period of tax assessment has not ended" },
	{ "investigation", SUSPENSION_HOLD,
	    "ISO/IEC 27555, 7.4.4: an investigation is going on" },
	{ "complaint", SUSPENSION_HOLD,
	    "GDPR Art. 77: a complaint to a supervisory authority" },
	{ "security_incident", SUSPENSION_HOLD,
	    "GDPR Art. 33(5): a breach is being documented" },
	{ "art18_1a_accuracy_contested", SUSPENSION_RESTRICTION,
	    "GDPR Art. 18(1)(a): the person contests that it is accurate" },
	{ "art18_1b_unlawful", SUSPENSION_RESTRICTION,
	    "GDPR Art. 18(1)(b): unlawful, and the person opposes erasure" },
	{ "art18_1c_legal_claims", SUSPENSION_RESTRICTION,
	    "GDPR Art. 18(1)(c): the person needs it for legal claims" },
	{ "art18_1d_objection_pending", SUSPENSION_RESTRICTION,
	    "GDPR Art. 18(1)(d): an objection by Art. 21(1) is pending" },
	{ "art21_2_direct_marketing", SUSPENSION_RESTRICTION,
	    "GDPR Art. 21(2), (3): the person objects to direct marketing" },
	{ "appi35_1_unlawful_use", SUSPENSION_RESTRICTION,
	    "APPI Art. 35(1): used or obtained against Art. 18, 19 or 20" },
	{ "appi35_3_unlawful_provision", SUSPENSION_RESTRICTION,
	    "APPI Art. 35(3): provided to others against Art. 27(1) or 28" },
	{ "appi35_5_not_needed", SUSPENSION_RESTRICTION,
	    "APPI Art. 35(5): no longer needed" },
	{ "appi35_5_leak", SUSPENSION_RESTRICTION,
	    "APPI Art. 35(5): a leak as in Art. 26 happened" },
	{ "appi35_5_interests", SUSPENSION_RESTRICTION,
	    "APPI Art. 35(5): the person's rights or interests may suffer" },
	{ NULL, SUSPENSION_HOLD, NULL },
};

enum status holds_reason_find(const char *code, const struct holds_reason **out)
{
	const char *codes[sizeof(holds_reasons) / sizeof(*holds_reasons)];
	const char *near;
	size_t i;

	for (i = 0; holds_reasons[i].code; i++) {
		if (strcmp(holds_reasons[i].code, code) == 0) {
			*out = &holds_reasons[i];
			return ST_OK;
		}
		codes[i] = holds_reasons[i].code;
	}
	codes[i] = NULL;
	near = diag_nearest(code, codes);
	return fail(ST_USAGE,
	    "no reason is called `%s`%s%s%s: `lethe hold --help` lists them",
	    code, near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}

enum status holds_exception_check(const char *code)
{
	static const char *const codes[] = { "consent", "legal_claims",
		"rights_of_others", "public_interest", NULL };
	const char *near;

	for (size_t i = 0; codes[i]; i++)
		if (strcmp(codes[i], code) == 0)
			return ST_OK;
	near = diag_nearest(code, codes);
	return fail(ST_USAGE,
	    "--restricted `%s`%s%s%s: restricted data is used by consent, "
	    "legal_claims, rights_of_others or public_interest alone",
	    code, near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "");
}
