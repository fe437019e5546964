/*
 * What becomes of a cluster when a person asks for erasure before its period is
 * over: as the policy says, or as the legal bases of its purposes do.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/model/policy_read.h"

static const char *const names[] = { "erase", "once_begun", "keep", NULL };

const char *policy_erase_name(enum policy_erase e) { return names[e]; }

/* Art. 17(1)(a) to (f), Art. 17(3)(a) to (e). */
const char *const policy_erasure_grounds[] = { "no_longer_necessary",
	"consent_withdrawn", "objection", "unlawful_processing",
	"legal_obligation_to_erase", "child_consent", NULL };
const char *const policy_erasure_exceptions[] = { "expression_information",
	"legal_obligation", "public_health", "archiving_research",
	"legal_claims", NULL };

const char *policy_erasure_dpv(const char *word)
{
	static const struct {
		const char *word;
		const char *term;
	} terms[] = {
		{ "no_longer_necessary", "eu-gdpr:A17NonNecessity" },
		{ "consent_withdrawn", "eu-gdpr:A17NoLegalBasis" },
		{ "objection", "eu-gdpr:A17ObjectA21" },
		{ "unlawful_processing", "eu-gdpr:A17UnlawfulProcessing" },
		{ "legal_obligation_to_erase", "eu-gdpr:A17LegalErasure" },
		{ "expression_information",
		    "eu-gdpr:JustificationA17FreedomOfExpression" },
		{ "legal_obligation",
		    "eu-gdpr:JustificationA17LegallyRequired" },
		{ "public_health", "eu-gdpr:JustificationA17PublicInterest" },
		{ "archiving_research", "eu-gdpr:JustificationA17Archiving" },
		{ "legal_claims", "eu-gdpr:JustificationA17LegalClaims" },
	};

	for (size_t i = 0; word && i < sizeof(terms) / sizeof(*terms); i++)
		if (strcmp(terms[i].word, word) == 0)
			return terms[i].term;
	return NULL;
}

/* ---- by the legal bases ---- */

static const struct policy_purpose *purpose_with(
    const struct policy *p, const struct policy_cluster *c, const char *basis)
{
	for (size_t i = 0; i < c->purpose_count; i++) {
		const struct policy_purpose *x;

		if (c->purposes[i].purpose >= p->purpose_count)
			continue;
		x = &p->purposes[c->purposes[i].purpose];
		if (x->legal_basis && strcmp(x->legal_basis, basis) == 0)
			return x;
	}
	return NULL;
}

static void by_bases(const struct policy_reader *r, struct policy_cluster *c)
{
	const struct policy *p = r->p;
	const struct policy_purpose *law;
	struct policy_erasure *e = &c->erasure;

	law = purpose_with(p, c, "legal_obligation");
	if (law == NULL)
		law = purpose_with(p, c, "public_task");
	if (law || c->has_retention) {
		e->on_request = POLICY_ERASE_KEEP;
		e->exception = "legal_obligation";
		if (law && law->reference)
			e->law = read_copy(
			    r->d, law->reference, strlen(law->reference));
	} else if (purpose_with(p, c, "contract") ||
		   purpose_with(p, c, "vital_interests")) {
		e->on_request = POLICY_ERASE_ONCE_BEGUN;
		e->ground = "no_longer_necessary";
	} else {
		e->on_request = POLICY_ERASE_AT_ONCE;
		e->ground = purpose_with(p, c, "legitimate_interests")
				? "objection"
				: "consent_withdrawn";
	}
}

/* ---- by the policy ---- */

static void read_given(
    struct diag *d, const struct node *n, struct policy_erasure *e)
{
	const struct node *ground = node_get(n, "ground");
	const struct node *exception = node_get(n, "exception");
	const struct node *law = node_get(n, "law");
	int word;

	if (e->on_request == POLICY_ERASE_KEEP && ground)
		diag_error(d, ground->at,
		    "`ground`: what is kept has none: give `exception`");
	else if (e->on_request != POLICY_ERASE_KEEP && (exception || law))
		diag_error(d, (exception ? exception : law)->at,
		    "`%s`: what is erased has none: give `ground`, or "
		    "`on_request: keep`",
		    exception ? "exception" : "law");
	if (read_word(d, ground, policy_erasure_grounds, &word))
		e->ground = policy_erasure_grounds[word];
	if (read_word(d, exception, policy_erasure_exceptions, &word))
		e->exception = policy_erasure_exceptions[word];
	if (law) {
		free(e->law);
		e->law = NULL;
		(void)read_string(d, law, &e->law);
	}
}

void policy_read_erasure(
    struct policy_reader *r, const struct node *n, struct policy_cluster *c)
{
	static const char *const keys[] = { "on_request", "ground", "exception",
		"law", NULL };
	struct policy_erasure *e = &c->erasure;
	int word;

	by_bases(r, c);
	if (n == NULL || !read_map(r->d, n, keys) ||
	    !read_word(
		r->d, read_required(r->d, n, "on_request"), names, &word))
		return;
	e->given = 1;
	e->on_request = (enum policy_erase)word;
	if (e->on_request == POLICY_ERASE_KEEP) {
		e->ground = NULL;
	} else {
		e->exception = NULL;
		free(e->law);
		e->law = NULL;
		if (e->ground == NULL)
			e->ground = "no_longer_necessary";
		if (c->has_retention)
			diag_error(r->d, n->at,
			    "`erasure`: the cluster has a retention_period, "
			    "so that nothing of it may go before: say "
			    "`on_request: keep`");
	}
	read_given(r->d, n, e);
	if (e->on_request == POLICY_ERASE_KEEP && e->exception == NULL)
		diag_error(r->d, n->at,
		    "`erasure`: what is kept needs an `exception` of "
		    "Art. 17(3): legal_obligation, legal_claims, ...");
}
