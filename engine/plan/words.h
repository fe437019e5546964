#ifndef PLAN_WORDS_H
#define PLAN_WORDS_H

#include "engine/base/buf.h"
#include "engine/base/period.h"

/*
 * The fixed words of what is shown of a policy, in English, Japanese and
 * German; any other language gets the English ones.  What a policy says itself
 * (titles, sources, reasons) stands in the policy, in its languages.
 */
enum word {
	WORD_ACTION,
	WORD_BASIS,
	WORD_CALENDAR,
	WORD_CLUSTER,
	WORD_CONSTANT,
	WORD_CONTROLLER,
	WORD_COVERS,
	WORD_DATA_CATEGORIES,
	WORD_DATA_SUBJECTS,
	WORD_DATE,
	WORD_DELETION_RULE,
	WORD_DELETE,
	WORD_DE_IDENTIFY,
	WORD_END_OF_YEAR,
	WORD_ERASURE,
	WORD_KEYED_HASH,
	WORD_LAST_OF,
	WORD_LEGAL_BASIS,
	WORD_MISSING,
	WORD_NONE,
	WORD_NULL,
	WORD_ORIGIN,
	WORD_OWN_RULE,
	WORD_PURPOSE,
	WORD_RECIPIENTS,
	WORD_RECORD,
	WORD_REFERENCE,
	WORD_REGION,
	WORD_RETENTION_PERIOD,
	WORD_REVISION,
	WORD_ROUND,
	WORD_SECURITY_MEASURES,
	WORD_SOURCE,
	WORD_TERM_END,
	WORD_TERM_LONGEST,
	WORD_TIME_LIMITS,
	WORD_TRANSFERS,
	WORD_TRUNCATE,
	WORD_UNLIMITED,
	WORD_YES,
	/* units */
	WORD_AT_ONCE,
	WORD_YEAR,
	WORD_YEARS,
	WORD_MONTH,
	WORD_MONTHS,
	WORD_WEEK,
	WORD_WEEKS,
	WORD_DAY,
	WORD_DAYS,
	WORD_HOUR,
	WORD_HOURS,
	WORD_SECOND,
	WORD_SECONDS,
	WORD__MAX
};

/* Never NULL. */
const char *word_in(enum word word, const char *language);

/* Add a period in words: "1 year 6 months", "4週間", "at once". */
void word_period(struct buf *b, struct period p, const char *language);

/* What one of the words that a policy file may hold is called: legal bases,
 * roles, origins, parts of a term; ${key} itself where it is none of them. */
const char *word_of_key(const char *key, const char *language);

/* The table, for the test that no language misses one: the words number
 * ${at}, or NULL behind the last. */
struct word_entry {
	const char *key; /* of word_of_key(); or NULL */
	const char *words[3];
};
const struct word_entry *word_entry(size_t at);

#endif /* !PLAN_WORDS_H */
