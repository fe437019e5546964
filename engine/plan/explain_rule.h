#ifndef PLAN_EXPLAIN_RULE_H
#define PLAN_EXPLAIN_RULE_H

#include "engine/plan/explain_clock.h"

/* One rule and one record after the other, for explain.c. */

/* What the purge's own conditions say of the record. */
struct explain_asked {
	int ended, undecided, active;    /* the clocks alone */
	int due, was_due, goes, reduced; /* was: when the window began */
};

struct explain_rule {
	const struct rule *rule;
	struct sql ask; /* made with the first record's key */
	int suspends;   /* is any record of it suspended? */
	struct explain_clock *clocks;
	size_t decides; /* SIZE_MAX: nothing ends it */
	struct explain_asked asked;
	json_t *suspensions;
	enum verdict verdict;
	struct buf reasons;
};

/* Begin with nothing asked; explain_rule_release() in any case. */
enum status explain_rule_init(
    struct explain_rule *a, const struct rule *r) MUST_CHECK;
void explain_rule_release(struct explain_rule *a);

/* Judge the record ${key}, in the file that is in use; what was found of the
 * last one is gone.  ${anew}: the file is another one, whose times and
 * suspensions are its own, so that the questions are made again. */
enum status explain_rule_answer(struct installation *in, const struct val *key,
    int64_t now, int anew, struct explain_rule *a) MUST_CHECK;

/* Append all that what is said of it is made of, but for the values. */
void explain_rule_print(const struct explain_rule *a, struct buf *out);

#endif /* !PLAN_EXPLAIN_RULE_H */
