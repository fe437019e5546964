/* Settings told to the vehicle's backend. */
#include "engine/consent/preference_push.h"

static enum status told(const struct installation *in, json_t **out)
{
	json_t *list = NULL;
	enum status st = json_made(json_array(), &list);

	for (size_t i = 0; st == ST_OK && i < in->config.recipient_count; i++)
		if (in->config.recipients[i].preferences)
			st = json_push(list,
			    json_string(in->config.recipients[i].name));
	if (st == ST_OK)
		*out = list;
	else
		json_decref(list);
	return st;
}

enum status preference_reach(struct installation *in,
    const struct preference_order *o, json_t **out)
{
	const struct reach_subject who = { o->identity, o->value };
	json_t *names = NULL;
	size_t count;
	enum status st = told(in, &names);

	*out = NULL;
	count = json_array_size(names);
	json_decref(names);
	if (st == ST_OK && count > 0)
		st = rights_identity_check(in, o->identity);
	return st == ST_OK && count > 0 ? notification_reach(in, &who, out)
					: st;
}

enum status preference_push(struct installation *in,
    const struct rights_actor *by, const struct preference_order *o,
    int64_t change, int64_t version, const json_t *reach)
{
	struct notification_order n = { .kind = NOTIFY_PREFERENCE,
		.who = { o->identity, o->value },
		.reach = reach,
		.preference = change,
		.at = by->now,
		.actor = by->name };
	json_t *names = NULL, *details = NULL;
	enum status st;

	if (reach == NULL)
		return ST_OK;
	st = told(in, &names);
	if (st == ST_OK)
		st = json_make(&details, "{s:s, s:s, s:I}", "preference",
		    o->preference, "setting", o->setting, "version",
		    (json_int_t)version);
	n.recipients = names;
	n.details = details;
	if (st == ST_OK)
		st = notification_prepare(in, &n);
	if (st == ST_OK)
		st = notification_go(in, 0, by->now, by->name);
	json_decref(names);
	json_decref(details);
	return st;
}
