/* What of a run cannot be reached, and what was left open because of it. */
#include <stdlib.h>

#include "engine/plan/unreachable.h"
#include "engine/purge/intent.h"
#include "engine/purge/run.h"

enum status run_reach_new(struct run *r)
{
	size_t i;

	r->outcome.unreachable = json_array();
	r->unreachable =
	    calloc(r->in->store_count + 1, sizeof(*r->unreachable));
	if (r->outcome.unreachable == NULL || r->unreachable == NULL)
		return fail(ST_NOMEM, "out of memory");
	for (i = 0; i < r->in->store_count; i++) {
		if ((r->unreachable[i] = json_array()) == NULL)
			return fail(ST_NOMEM, "out of memory");
	}
	return ST_OK;
}

void run_reach_free(struct run *r)
{
	size_t i;

	for (i = 0; r->unreachable && i < r->in->store_count; i++)
		json_decref(r->unreachable[i]);
	free(r->unreachable);
	json_decref(r->outcome.unreachable);
}

enum status run_join(struct run *r)
{
	enum status st;
	size_t i;

	st = unreachable_join(r->outcome.unreachable, r->schedule.unreachable);
	for (i = 0; st == ST_OK && i < r->in->store_count; i++)
		st =
		    unreachable_join(r->outcome.unreachable, r->unreachable[i]);
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
