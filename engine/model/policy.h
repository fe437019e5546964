#ifndef MODEL_POLICY_H
#define MODEL_POLICY_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/period.h"
#include "engine/base/status.h"
#include "engine/model/calendar.h"
#include "engine/model/dataset.h"
#include "engine/model/diag.h"
#include "engine/model/text.h"

/* A policy: purposes, recipients, starting points, clusters and their
 * deletion rules, tests.  Names point into the same policy by index. */

struct policy_recipient {
	char *name;
	struct text title;
	char *role;   /* controller, processor, ... */
	char *region; /* ISO 3166-1 alpha-2, or NULL; a processor has one */
	/* what allows data to go to it from another region; or empty */
	struct text transfer_basis;
	struct place at;
};
struct policy_purpose {
	char *name;
	struct text title;
	char *legal_basis;
	char *reference;           /* or NULL */
	struct text data_subjects; /* empty: those of the policy */
	char **recipients;
	size_t recipient_count;
	struct place at;
};

enum policy_kind {
	POLICY_COLLECTION, /* abstract starting points, ISO/IEC 27555 8.1 */
	POLICY_END_OF_PROCESS,
	POLICY_END_OF_RELATIONSHIP,
};
enum policy_pick { POLICY_LATEST, POLICY_EARLIEST };
enum policy_null { POLICY_NULL_UNDECIDED, POLICY_NULL_OPEN };

/*
 * How ingest comes by the field of a starting point that is the end of a
 * service's term (engine/model/term.h): out of other fields of the record.
 */
enum policy_term_part {
	POLICY_TERM_FROM,
	POLICY_TERM_PERIOD,
	POLICY_TERM_EXTENSION,
	POLICY_TERM_NOTICE,
	POLICY_TERM_CANCELLED,
	POLICY_TERM_CANCEL_BY, /* written, as the end itself */
	POLICY_TERM_ENDED,
	POLICY_TERM__MAX
};
struct policy_term {
	struct policy_term_value {
		int given;
		char *field; /* NULL: ${period} is the same for all records */
		struct period period;
		struct place at;
	} parts[POLICY_TERM__MAX];
	int has_longest;
	struct period longest; /* of period and extension together */
};
/* "from", "period", ...: as a policy has them. */
const char *policy_term_part_name(enum policy_term_part part);

/*
 * ${at} as written: a bare field of the record's own collection, or
 * "dataset.collection.field", taken from the records that references reach.
 */
struct policy_starting_point {
	char *name;
	struct text title;
	enum policy_kind kind;
	char *dataset;    /* NULL for a bare field */
	char *collection; /* NULL for a bare field */
	char *field;
	enum policy_pick pick; /* latest by default */
	enum policy_null null_means;
	enum calendar_from from;
	char **via; /* "dataset.collection.field": the path must use it */
	size_t via_count;
	struct policy_term *term; /* or NULL: files give the field */
	struct place at;
};

struct policy_cluster_purpose {
	size_t purpose; /* index */
	/* an end of its own; ${starting_point} SIZE_MAX: none */
	size_t starting_point;
	struct period period;
};
struct policy_cover {
	char *path; /* "crm.customers", "telemetry.*", "crm.vehicles.paint" */
	char *dataset;
	char *collection; /* NULL: all of the dataset */
	char *field;      /* NULL: all of the collection */
	struct place at;
};
enum policy_action { POLICY_DELETE, POLICY_DE_IDENTIFY };
enum policy_method {
	POLICY_METHOD_NULL,
	POLICY_METHOD_CONSTANT, /* ${constant} */
	POLICY_METHOD_TRUNCATE, /* to the first ${amount} characters */
	POLICY_METHOD_ROUND,    /* to ${amount} decimals; below 0: tens */
	POLICY_METHOD_DATE,     /* to the ${part}'s first day */
	POLICY_METHOD_KEYED_HASH,
	POLICY_METHOD__MAX
};
enum policy_date_part { POLICY_DATE_DAY, POLICY_DATE_MONTH, POLICY_DATE_YEAR };
/* What de-identifying does to every field of that name in the cluster. */
struct policy_de_identify {
	char *field; /* dotted where nested */
	enum policy_method method;
	char *constant;
	int64_t amount;
	enum policy_date_part part;
	struct place at;
};
enum policy_evidence { POLICY_EVIDENCE_RECORDS, POLICY_EVIDENCE_DIGEST };
enum policy_referenced { POLICY_MINIMISE, POLICY_WAIT };

/*
 * What becomes of the cluster when a person asks for erasure (GDPR Art. 17)
 * before its period is over.  Where the policy does not say, the legal bases of
 * its purposes do: what a law or a public task demands, or what has a retention
 * period, is kept; what a contract needs goes once its period has begun; what
 * rests on consent or legitimate interests alone goes at once.
 */
enum policy_erase {
	POLICY_ERASE_AT_ONCE,
	POLICY_ERASE_ONCE_BEGUN, /* its starting point has come */
	POLICY_ERASE_KEEP,       /* until its own rule ends it */
	POLICY_ERASE__MAX
};
/* "erase", "once_begun", "keep". */
const char *policy_erase_name(enum policy_erase e);
struct policy_erasure {
	int given; /* by the policy */
	enum policy_erase on_request;
	const char *ground;    /* of Art. 17(1), where it goes; static */
	const char *exception; /* of Art. 17(3), where it is kept; or NULL */
	char *law;             /* that demands it; or NULL */
};
/* The grounds and exceptions that a policy may name, ended by NULL, and the
 * DPV's terms for them (EU GDPR extension); NULL for a word that is none. */
extern const char *const policy_erasure_grounds[];
extern const char *const policy_erasure_exceptions[];
const char *policy_erasure_dpv(const char *word);

struct policy_cluster {
	char *name;
	struct text title;
	struct text source; /* the clause it comes from */
	int own_rule;       /* no source gives the period: our decision */
	struct text own_rule_reason;
	struct policy_cover *covers;
	size_t cover_count;
	struct policy_cluster_purpose *purposes;
	size_t purpose_count;
	/* data_subject, observed, derived, a recipient's name; NULL: not said
	 */
	char *origin;
	int has_retention;
	struct period retention_period;
	/* the rule: one of the three */
	char *unlimited;       /* why nothing ends it yet; or NULL */
	size_t starting_point; /* SIZE_MAX: purposes have ends of their own */
	struct period regular_deletion_period;
	enum policy_action action;
	struct policy_de_identify *de_identify;
	size_t de_identify_count;
	enum policy_evidence evidence; /* records where not given */
	int evidence_given;
	enum policy_referenced on_referenced;
	struct policy_erasure erasure;
	struct place at;
};

enum policy_verdict_word {
	POLICY_EXPECT_ACTIVE,
	POLICY_EXPECT_RETAIN,
	POLICY_EXPECT_DUE,
	POLICY_EXPECT_OVERDUE,
	POLICY_EXPECT_UNDECIDED
};
struct policy_test {
	size_t cluster;
	int has_value; /* given: {starting_point: ...}; null: 0 */
	char *value;
	/* given: {starting_points: {NAME: ...}}, where purposes have ends of
	 * their own; those not named are absent */
	struct policy_given {
		size_t starting_point;
		char *value; /* NULL: absent */
	} * givens;
	size_t given_count;
	struct policy_expect {
		char *at; /* a date or an instant, as written */
		enum policy_verdict_word want;
		struct place where;
	} * expects;
	size_t expect_count;
	struct place where;
};

struct policy {
	char *path;
	char *name;
	int64_t revision;
	struct text title;
	enum calendar_rule rule;
	struct zone *zone;         /* owned */
	struct text data_subjects; /* whose data it is; or empty */
	struct text *security_measures;
	size_t security_measure_count;
	struct policy_recipient *recipients;
	size_t recipient_count;
	struct policy_purpose *purposes;
	size_t purpose_count;
	struct policy_starting_point *starting_points;
	size_t starting_point_count;
	struct policy_cluster *clusters;
	size_t cluster_count;
	struct policy_test *tests;
	size_t test_count;
};

/* Read one file; what can be said without datasets is checked.  Places point
 * into ${d}, which therefore lives as long as ${*out}. */
enum status policy_load(
    const char *path, struct diag *d, struct policy *out) MUST_CHECK;
/* The same of ${len} bytes that stand for the file. */
enum status policy_parse(const char *path, const char *bytes, size_t len,
    struct diag *d, struct policy *out) MUST_CHECK;
void policy_release(struct policy *p);

/*
 * All policies against all datasets: every collection and every personal
 * field in exactly one cluster (the longest path wins), covers and starting
 * points name what exists.
 */
void policy_check(const struct policy *const *policies, size_t policy_count,
    const struct dataset *const *datasets, size_t dataset_count,
    struct diag *d);

/* A starting point with a term, and how its policy counts. */
struct policy_computed {
	const struct policy_starting_point *point;
	struct calendar calendar;
};

/* The cluster that a collection (${field} NULL) or a field falls in.
 * ST_NOTFOUND: none. */
enum status policy_cluster_of(const struct policy *p, const char *dataset,
    const char *collection, const char *field,
    const struct policy_cluster **out) MUST_CHECK;

/* 1 if ${region} is the EU or a country of the EEA, where data moves freely. */
int policy_region_is_eea(const char *region);

const char *policy_action_name(enum policy_action action);
const char *policy_method_name(enum policy_method method);
/* "ACTIVE", "RETAIN", ... */
const char *policy_verdict_name(enum policy_verdict_word word);

#endif /* !MODEL_POLICY_H */
