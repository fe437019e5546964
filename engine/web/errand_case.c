/* Errands of officers: what would be erased, and erasing it. */
#include "engine/package/package.h"
#include "engine/rights/carry_out.h"
#include "engine/web/errand_job.h"

static struct rights_actor actor(const struct errand_job *j)
{
	return (struct rights_actor){ j->order.actor, j->order.rights,
		j->order.at };
}

enum status errand_plan(
    struct errand_job *j, struct installation *in, json_t **out)
{
	const struct rights_actor by = actor(j);
	json_t *plan = NULL;
	enum status st = rights_plan(in, &by, j->order.request, &plan);

	json_decref(plan);
	return st == ST_OK ? errand_answer(j, "made", NULL, out) : st;
}

/* Copies that nobody may download any more go with it. */
enum status errand_execute(
    struct errand_job *j, struct installation *in, json_t **out)
{
	const struct rights_actor by = actor(j);
	json_t *one = NULL;
	int64_t deleted = 0;
	enum status st;

	st = rights_carry_out(in, &by, j->order.request,
	    j->order.tell ? RIGHTS_TELL : RIGHTS_TELL_NOT, &one);
	json_decref(one);
	if (st == ST_OK)
		st = package_sweep(in, &by, &deleted);
	return st == ST_OK ? errand_answer(j, "executed", NULL, out) : st;
}
