/* What goes whole must have ended by every rule. */
#include "engine/purge/drop_ends.h"

#include "engine/plan/rule_unit.h"
#include "engine/plan/suspension.h"

static int item_of(const struct hand *h, const struct rule *r, size_t *at)
{
	size_t i;

	for (i = 0; i < h->run->plan.count; i++) {
		if (hand_item(h, i).rule == r) {
			*at = i;
			return 1;
		}
	}
	return 0;
}

/* A cluster that is suspended whole keeps everything. */
static enum status ends_rule(
    const struct hand *h, const struct rule *r, int *ends)
{
	struct suspensions s = { 0, 0, 0 };
	enum status st;
	size_t at;

	*ends = item_of(h, r, &at) &&
		rule_unit_at(r, h->run->as_of) == RULE_UNIT_ENDED;
	if (!*ends)
		return ST_OK;
	st = suspension_read(r, &s);
	*ends = !s.held && !s.restricted;
	return st;
}

enum status drop_ends(const struct hand *h, const struct rule *r, int *in_plan,
    size_t *at, int *all)
{
	enum status st = ST_OK;
	size_t i;

	*all = r && r->terms.cluster->action == POLICY_DELETE && !r->referenced;
	*in_plan = *all && item_of(h, r, at);
	for (i = 0; st == ST_OK && *all && i < r->parts; i++)
		st = ends_rule(h, rule_part(r, i), all);
	return st;
}
