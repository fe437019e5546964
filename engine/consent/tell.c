/* Recipients told of consents that were withdrawn. */
#include "engine/consent/tell.h"

#include <string.h>

#include "engine/consent/notice.h"

static enum status add_all(json_t *to, const json_t *from)
{
	const json_t *one;
	enum status st = ST_OK;
	size_t i;

	json_array_foreach(from, i, one)
	{
		if (st == ST_OK)
			st = json_push(to, json_string(json_string_value(one)));
	}
	return st;
}

static int has(const json_t *list, const char *name)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(json_string_value(one), name) == 0)
			return 1;
	}
	return 0;
}

/* Of purposes that are among ${purposes}. */
static enum status add_of_purposes(
    const struct installation *in, const json_t *purposes, json_t *to)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < in->policy_count; i++)
		for (size_t k = 0; k < in->policies[i].purpose_count; k++) {
			const struct policy_purpose *p =
			    &in->policies[i].purposes[k];

			for (size_t r = 0;
			     st == ST_OK && has(purposes, p->name) &&
			     r < p->recipient_count;
			     r++)
				st = json_push(
				    to, json_string(p->recipients[r]));
		}
	return st;
}

static enum status add_consent(struct installation *in, const json_t *withdrawn,
    json_t *recipients, json_t *consents)
{
	const char *notice = json_text(withdrawn, "notice");
	int64_t version = json_int(withdrawn, "version");
	json_t *body = NULL, *one = NULL;
	const json_t *purposes;
	enum status st = notice_kept(in, notice, version, &body, NULL);

	if (st == ST_NOTFOUND)
		return fail(
		    ST_INTEGRITY, "the notice `%s` is not kept", notice);
	purposes = json_object_get(body, "purposes");
	if (st == ST_OK)
		st = add_all(recipients, json_object_get(body, "recipients"));
	if (st == ST_OK)
		st = add_of_purposes(in, purposes, recipients);
	if (st == ST_OK)
		st = json_make(&one, "{s:s, s:I, s:O}", "notice", notice,
		    "version", (json_int_t)version, "purposes", purposes);
	if (st == ST_OK)
		st = json_push(consents, one);
	json_decref(body);
	return st;
}

enum status consent_tell(struct installation *in, const struct rights_actor *by,
    const struct reach_subject *who, const json_t *reach,
    const json_t *withdrawn)
{
	struct notification_order o = { .kind = NOTIFY_WITHDRAWN,
		.who = *who,
		.reach = reach,
		.at = by->now,
		.actor = by->name };
	json_t *recipients = json_array(), *consents = json_array();
	json_t *details = NULL;
	const json_t *one;
	enum status st =
	    recipients && consents ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	json_array_foreach(withdrawn, i, one)
	{
		if (st == ST_OK)
			st = add_consent(in, one, recipients, consents);
	}
	if (st == ST_OK)
		st = json_make(&details, "{s:O}", "consents", consents);
	o.recipients = recipients;
	o.details = details;
	if (st == ST_OK)
		st = notification_prepare(in, &o);
	if (st == ST_OK)
		st = notification_go(in, 0, by->now, by->name);
	json_decref(recipients);
	json_decref(consents);
	json_decref(details);
	return st;
}
