#ifndef PLAN_CHECK_H
#define PLAN_CHECK_H

#include "engine/base/json.h"
#include "engine/plan/rule.h"

/*
 * An installation against its live stores.  schedule_init() has already
 * refused what cannot work; this says what works and should be better, and
 * counts exactly what a purge only finds by index:
 * {"warnings":[...],"unmapped":[{"store","table","column"}],
 * "undecided":[{"store","collection","records"}],
 * "integrity":[{"database","pages"}],"grants":[{"store","sql"}]}, the last of
 * what Lethe may not do in a database that is not ours; its records are not
 * looked at then.
 */
enum check_depth {
	CHECK_RULES,
	CHECK_INTEGRITY, /* also every page of every file */
};
enum status check_json(struct installation *in, const struct schedule *s,
    enum check_depth depth, json_t **out) MUST_CHECK;

/* 1 if something in it needs looking after (exit 4). */
int check_needs_attention(const json_t *result);

#endif /* !PLAN_CHECK_H */
