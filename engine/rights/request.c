/* The words of requests. */
#include "engine/rights/request.h"

#include <assert.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/model/diag.h"

static const char *const types[] = { "access", "portability", "rectification",
	"erasure", "restriction", "objection", "objection_direct_marketing",
	"consent_withdrawal", "recipient_information", NULL };
static const char *const states[] = { "none", "received", "awaiting_identity",
	"in_progress", "awaiting_approval", "fulfilled", "partly_fulfilled",
	"refused", "withdrawn", "no_match", "identity_failed", "duplicate",
	NULL };
static const char *const laws[] = { "gdpr", "appi", "both", NULL };
static const char *const channels[] = { "portal", "email", "phone", "letter",
	"dealer", NULL };
static const char *const outcomes[] = { "undecided", "fulfil", "fulfil_partly",
	"refuse", "no_match", NULL };
static const char *const entries[] = { "request_opened",
	"request_identity_asked", "request_code_wrong", "request_code_spent",
	"request_identity_verified", "request_identity_failed",
	"request_suspended", "request_resumed", "request_extended",
	"request_decided", "request_approved", "request_returned",
	"request_fulfilled", "request_partly_fulfilled", "request_refused",
	"request_no_match", "request_withdrawn", "request_duplicate",
	"request_reopened", "request_rest_erased", "request_packaged",
	"request_downloaded", "request_restriction_planned",
	"request_restricted", "request_marketing_ended",
	"request_lifting_announced", "request_restriction_lifted",
	"request_letter", "request_planned", "request_correction_proposed",
	"request_corrected", "request_item_decided", NULL };
static const char *const words[] = { "opened", "asked who the person is",
	"given a wrong code", "given a last wrong code", "verified",
	"ended for want of identity", "suspended", "resumed", "extended",
	"decided", "approved", "returned", "fulfilled", "fulfilled in part",
	"refused", "ended without a match", "withdrawn",
	"marked as a duplicate", "reopened", "rid of what was kept", "packaged",
	"downloaded", "planned as a restriction", "restricted",
	"rid of direct marketing", "told that its restriction is lifted",
	"rid of its restriction", "written to", "planned",
	"given something to correct", "corrected", "decided on item by item",
	NULL };

static const char *const extend_reasons[] = { "complexity",
	"number_of_requests", NULL };
static const char *const refuse_reasons[] = {
	"not_identifiable",     /* Art. 11(2) */
	"manifestly_unfounded", /* Art. 12(5) */
	"excessive_repetitive", /* Art. 12(5) */
	"excessive_abusive",    /* Art. 12(5), C-526/24 */
	"rights_of_others",     /* Art. 15(4); APPI 33(2)(1) */
	"business_hindrance",   /* APPI 33(2)(2) */
	"other_law",            /* APPI 33(2)(3) */
	"no_ground",            /* none of Art. 17(1) */
	"expression_information", "legal_obligation", "public_health",
	"archiving_research", "legal_claims", /* Art. 17(3) */
	"overriding_grounds",                 /* Art. 21(1) */
	"data_correct", /* Art. 16: nothing is inaccurate */
	NULL
};

const char *const request_methods[] = { "login", "code", "call_back",
	"document_seen", "in_person", "representative", NULL };
static const char *const lift_reasons[] = { "accuracy_verified",
	"data_corrected",       /* Art. 18(1)(a) */
	"person_agrees",        /* (b), (c) */
	"claims_settled",       /* (c) */
	"objection_overridden", /* (d) */
	"objection_withdrawn", "ground_gone", NULL };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
static_assert(COUNT(types) == REQUEST_TYPE__MAX + 1, "types");
static_assert(COUNT(states) == REQUEST_STATE__MAX + 1, "states");
static_assert(COUNT(laws) == REQUEST_LAW__MAX + 1, "laws");
static_assert(COUNT(channels) == REQUEST_CHANNEL__MAX + 1, "channels");
static_assert(COUNT(outcomes) == REQUEST_OUTCOME__MAX + 1, "outcomes");
static_assert(COUNT(entries) == REQUEST_ACTION__MAX + 1, "entries");
static_assert(COUNT(words) == REQUEST_ACTION__MAX + 1, "words");

const char *request_type_name(enum request_type t) { return types[t]; }
const char *request_state_name(enum request_state s) { return states[s]; }
const char *request_law_name(enum request_law l) { return laws[l]; }
const char *request_channel_name(enum request_channel c) { return channels[c]; }
const char *request_outcome_name(enum request_outcome o) { return outcomes[o]; }
const char *request_action_entry(enum request_action a) { return entries[a]; }
const char *request_action_words(enum request_action a) { return words[a]; }

/* The place of ${name} in ${list} from ${first} on. */
static enum status find(const char *what, const char *const *list, int first,
    const char *name, int *out)
{
	struct buf all = BUF_INIT;
	const char *near;
	enum status st;

	for (int i = first; name && list[i]; i++)
		if (strcmp(list[i], name) == 0) {
			*out = i;
			return ST_OK;
		}
	near = name ? diag_nearest(name, list + first) : NULL;
	for (int i = first; list[i]; i++)
		buf_addf(&all, "%s%s", i > first ? ", " : "", list[i]);
	st = fail(ST_USAGE, "unknown %s `%s`%s%s%s: it is one of %s", what,
	    name ? name : "", near ? ", did you mean `" : "", near ? near : "",
	    near ? "`?" : "", buf_text(&all));
	buf_release(&all);
	return st;
}

enum status request_type_parse(const char *name, enum request_type *out)
{
	int i = 0;
	enum status st = find("type", types, 0, name, &i);

	if (st == ST_OK)
		*out = (enum request_type)i;
	return st;
}

enum status request_state_parse(const char *name, enum request_state *out)
{
	int i = 0;
	enum status st = find("state", states, REQUEST_RECEIVED, name, &i);

	if (st == ST_OK)
		*out = (enum request_state)i;
	return st;
}

enum status request_law_parse(const char *name, enum request_law *out)
{
	int i = 0;
	enum status st = find("law", laws, 0, name, &i);

	if (st == ST_OK)
		*out = (enum request_law)i;
	return st;
}

enum status request_channel_parse(const char *name, enum request_channel *out)
{
	int i = 0;
	enum status st = find("channel", channels, 0, name, &i);

	if (st == ST_OK)
		*out = (enum request_channel)i;
	return st;
}

enum status request_outcome_parse(const char *name, enum request_outcome *out)
{
	int i = 0;
	enum status st = find("outcome", outcomes, 1, name, &i);

	if (st == ST_OK)
		*out = (enum request_outcome)i;
	return st;
}

const char *const *request_reasons(enum request_reason_for what)
{
	switch (what) {
	case REQUEST_WHY_EXTEND: return extend_reasons;
	case REQUEST_WHY_REFUSE: return refuse_reasons;
	case REQUEST_WHY_LIFT: break;
	}
	return lift_reasons;
}

enum status request_reason_check(enum request_reason_for what, const char *code)
{
	int i;

	return find("reason", request_reasons(what), 0, code, &i);
}

int request_reason_is_grave(const char *code)
{
	return code && strcmp(code, "excessive_abusive") == 0;
}
