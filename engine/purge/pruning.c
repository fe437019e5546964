/* When entries of the audit log have run out, and which are needed still. */
#include "engine/purge/pruning.h"

#include <stdlib.h>

#include "engine/audit/prune.h"
#include "engine/base/when.h"
#include "engine/installation/seals.h"
#include "engine/model/calendar.h"
#include "engine/purge/clock.h"
#include "engine/purge/stop.h"

/* ---- what is due ---- */

static enum status cutoff(
    const struct installation *in, int64_t as_of, struct prune_rule *rule)
{
	struct calendar c = { .zone = in->zone };
	enum status st;

	st = calendar_rule_parse(in->config.requests.calendar_rule, &c.rule);
	if (st != ST_OK)
		return st;
	rule->age = in->config.audit.retention;
	rule->before =
	    calendar_cutoff(&c, as_of, CALENDAR_FROM_EVENT, rule->age).before;
	return ST_OK;
}

/*
 * Whoever was killed between telling the log and noting that, asks the log: it
 * keeps what it was told since the first of those.
 */
static enum status keep_untold(struct db *control, struct prune_rule *rule)
{
	int64_t at = INT64_MAX;
	enum status st;

	st = db_one_int(control,
	    "SELECT min(at) FROM"
	    " (SELECT min(at) AS at FROM request_event WHERE logged = 0"
	    " UNION ALL SELECT min(at) FROM suspension_entry WHERE logged = 0)",
	    NOARGS, INT64_MAX, &at);
	if (st == ST_OK && at < rule->before)
		rule->before = at;
	return st;
}

/* The last run can still be certified, and the stores be checked. */
static enum status keep_last(struct installation *in, struct prune_rule *rule)
{
	int64_t run = INT64_MAX, seals = INT64_MAX;
	enum status st;

	st = db_one_int(audit_db(in->audit),
	    "SELECT min(seq) FROM entry WHERE run ="
	    " (SELECT run FROM entry WHERE run IS NOT NULL"
	    "  ORDER BY seq DESC LIMIT 1)",
	    NOARGS, INT64_MAX, &run);
	if (st == ST_OK)
		st = seals_first(in, &seals);
	if (st == ST_OK)
		rule->stay = (uint64_t)(run < seals ? run : seals);
	return st;
}

static enum status make_rule(
    struct installation *in, int64_t as_of, struct prune_rule *rule)
{
	enum status st = cutoff(in, as_of, rule);

	if (st == ST_OK)
		st = keep_untold(in->control, rule);
	return st == ST_OK ? keep_last(in, rule) : st;
}

/* ---- may it ---- */

static enum status may_prune(struct installation *in, int64_t as_of)
{
	int64_t now = when_now(), seen = CLOCK_NEVER;
	json_t *stopped = NULL;
	enum status st;
	int is_stopped;

	if (as_of > now)
		return fail(ST_USAGE,
		    "the log cannot be pruned as of a time to come: use "
		    "--dry-run to look ahead");
	if ((st = stop_read(in, &stopped)) != ST_OK)
		return st;
	is_stopped = stopped != NULL;
	json_decref(stopped);
	if (is_stopped)
		return fail(ST_DENIED,
		    "purges are stopped, and with them the pruning of the log: "
		    "`lethe resume` lets them run again");
	if ((st = clock_read(in->control, &seen)) != ST_OK)
		return st;
	if (seen == CLOCK_NEVER || clock_jumped(seen, now))
		return fail(ST_DENIED,
		    "nobody knows that the clock is right: run `lethe purge` "
		    "first, which compares it with the last run's");
	return ST_OK;
}

/* ---- all ---- */

struct pruned {
	int64_t entries;
	uint64_t first;
	int scrubbed;
};

static enum status carry_out(
    struct installation *in, const struct prune_rule *rule, struct pruned *p)
{
	struct prune_state state = { 0 };
	char *actor = NULL;
	enum status st;

	st = audit_actor(&actor);
	if (st == ST_OK)
		st = prune(in->audit, rule, when_now(), actor, &p->entries);
	free(actor);
	/* Also where an earlier one was killed before it came to this. */
	if (st == ST_OK)
		st = prune_read(in->audit, &state);
	if (st != ST_OK || state.below == 0)
		return st;
	p->first = state.below;
	st = db_scrub(audit_db(in->audit));
	p->scrubbed = st == ST_OK;
	return st == ST_BUSY ? ST_OK : st;
}

static enum status look(
    struct installation *in, const struct prune_rule *rule, struct pruned *p)
{
	struct prune_state state;
	enum status st = prune_read(in->audit, &state);

	if (st == ST_OK)
		st = prune_due(in->audit, rule, &p->first);
	if (st == ST_OK)
		p->entries = (int64_t)(p->first - state.below);
	return st;
}

static enum status say(const struct prune_rule *rule, enum pruning_mode mode,
    const struct pruned *p, json_t **out)
{
	char age[PERIOD_TEXT], before[INSTANT_TEXT];

	period_format(rule->age, age);
	civil_format_instant(rule->before, before);
	return json_make(out, "{s:s, s:s, s:I, s:I, s:b, s:o}", "retention",
	    age, "before", before, "entries", (json_int_t)p->entries, "first",
	    (json_int_t)p->first, "dry_run", mode == PRUNING_LOOK, "scrubbed",
	    mode == PRUNING_CARRY_OUT && p->first ? json_boolean(p->scrubbed)
						  : json_null());
}

/* A log that no rule ends. */
static enum status say_never(enum pruning_mode mode, json_t **out)
{
	return json_make(out, "{s:n, s:n, s:i, s:n, s:b, s:n}", "retention",
	    "before", "entries", 0, "first", "dry_run", mode == PRUNING_LOOK,
	    "scrubbed");
}

enum status pruning_run(struct installation *in, int64_t as_of,
    enum pruning_mode mode, json_t **out)
{
	const struct period *age = &in->config.audit.retention;
	struct prune_rule rule = { 0 };
	struct pruned p = { 0 };
	enum status st;

	if (age->months == 0 && age->days == 0 && age->seconds == 0)
		return say_never(mode, out);
	if ((st = installation_open_control(in)) != ST_OK ||
	    (st = installation_open_audit(in)) != ST_OK)
		return st;
	if (mode == PRUNING_CARRY_OUT && (st = may_prune(in, as_of)) != ST_OK)
		return st;
	st = make_rule(in, as_of, &rule);
	if (st == ST_OK && mode == PRUNING_CARRY_OUT)
		st = carry_out(in, &rule, &p);
	else if (st == ST_OK)
		st = look(in, &rule, &p);
	return st == ST_OK ? say(&rule, mode, &p, out) : st;
}
