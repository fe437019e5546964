/* What of a run cannot be reached, and what was left open because of it. */
#include "engine/plan/unreachable.h"
#include "engine/purge/intent.h"
#include "engine/purge/run.h"

enum status run_join(struct run *r, const struct plan *p)
{
	enum status st;

	st = unreachable_join(r->outcome.unreachable, r->schedule.unreachable);
	if (st == ST_OK)
		st = unreachable_join(r->outcome.unreachable, p->unreachable);
	return st;
}

enum status run_settle(struct run *r)
{
	enum status st = ST_OK;
	int64_t records = 0;
	size_t i;

	for (i = 0; st == ST_OK && i < r->in->store_count; i++) {
		struct installation_store *s = &r->in->stores[i];

		if (!run_takes(r, s))
			continue;
		st = intent_settle(
		    s, NULL, NULL, r->id, r->outcome.unreachable, &records);
		st = unreachable_store(
		    r->outcome.unreachable, st, s->config->name);
	}
	return st;
}
