/* The rules, in readable form. */
#include "engine/plan/policy_show.h"
#include "engine/web/pages.h"

enum status page_rules(struct exchange *x)
{
	return policy_show_json(x->in, x->language, &x->data);
}
