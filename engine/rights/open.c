/* Receipt: a request is written down, whoever sent it. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/base/zone.h"
#include "engine/plan/identity.h"
#include "engine/rights/open.h"

/* An identity that no dataset has finds nobody, ever: that is a mistake in
 * the asking.  Whether the value is known is not asked. */
enum status rights_identity_check(
    const struct installation *in, const char *identity)
{
	for (size_t i = 0; i < in->dataset_count; i++)
		for (size_t k = 0; k < in->datasets[i].collection_count; k++) {
			const struct collection *c =
			    &in->datasets[i].collections[k];

			for (size_t f = 0; f < c->field_count; f++)
				if (c->fields[f].identity &&
				    strcmp(c->fields[f].identity, identity) ==
					0)
					return ST_OK;
		}
	return fail(ST_USAGE,
	    "no field of the datasets bears the identity `%s`: `identity: %s` "
	    "under fides_meta says which does",
	    identity, identity);
}

static enum status check(const struct installation *in,
    const struct rights_actor *by, const struct rights_order *o)
{
	if (o->identity == NULL || o->value == NULL || *o->value == '\0')
		return fail(ST_USAGE,
		    "whose request is it? give --identity KIND=VALUE");
	if (o->words && !utf8_valid(o->words, strlen(o->words)))
		return fail(ST_USAGE, "--text is not UTF-8");
	if (o->received_at > by->now)
		return fail(ST_USAGE,
		    "a request cannot have been received later than now");
	return rights_identity_check(in, o->identity);
}

static enum status fill(
    struct step *s, const struct rights_order *o, const char *value)
{
	enum status st;

	s->r.type = o->type;
	s->r.law = o->law;
	s->r.channel = o->channel;
	s->r.received_at = o->received_at;
	s->r.received_day = zone_day(s->in->zone, o->received_at);
	s->r.notice_day = s->r.closed_day = CLOCK_NO_DAY;
	st = step_set(&s->r.identity, o->identity);
	if (st == ST_OK)
		st = step_set(&s->r.value, value);
	return st == ST_OK ? step_set(&s->r.words, o->words) : st;
}

enum status open_begin(struct step *s, struct installation *in,
    const struct rights_actor *by, const struct rights_order *o)
{
	struct buf value = BUF_INIT;
	enum status st;

	if ((st = check(in, by, o)) != ST_OK)
		return st;
	st =
	    identity_canonical(o->identity, o->value, strlen(o->value), &value);
	if (st == ST_OK)
		st = step_begin(s, in, by, NULL);
	if (st == ST_OK)
		st = fill(s, o, buf_text(&value));
	if (st == ST_OK)
		st = step_go(s, REQUEST_OPEN, NULL, NULL);
	if (st == ST_OK)
		st = book_add(in, &s->r);
	if (st == ST_OK)
		st = events_note(s, REQUEST_OPEN, REQUEST_NONE, NULL, NULL);
	buf_release(&value);
	return st;
}

enum status rights_open(struct installation *in, const struct rights_actor *by,
    const struct rights_order *o, json_t **out)
{
	struct step s = { 0 };
	enum status st = open_begin(&s, in, by, o);

	return s.in ? step_end(&s, st, out) : st;
}
