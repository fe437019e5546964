/* What goes whole must have ended by every rule. */
#include "engine/purge/drop_ends.h"

#include "engine/plan/rule_unit.h"
#include "engine/plan/suspension.h"

static const struct plan_item *item_of(
    const struct plan *p, const struct rule *r, size_t *at)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (p->items[i].rule == r) {
			*at = i;
			return &p->items[i];
		}
	}
	return NULL;
}

/* A cluster that is suspended whole keeps everything. */
static enum status ends_rule(struct run *run, const struct rule *r, int *ends)
{
	struct suspensions s = { 0, 0, 0 };
	enum status st;
	size_t at;

	*ends = item_of(&run->plan, r, &at) != NULL &&
		rule_unit_at(r, run->as_of) == RULE_UNIT_ENDED;
	if (!*ends)
		return ST_OK;
	st = suspension_read(r, &s);
	*ends = !s.held && !s.restricted;
	return st;
}

enum status drop_ends(struct run *run, const struct rule *r,
    const struct plan_item **item, size_t *at, int *all)
{
	enum status st = ST_OK;
	size_t i;

	*all = r && r->terms.cluster->action == POLICY_DELETE && !r->referenced;
	if (*all)
		*item = item_of(&run->plan, r, at);
	for (i = 0; st == ST_OK && *all && i < r->parts; i++)
		st = ends_rule(run, rule_part(r, i), all);
	return st;
}
