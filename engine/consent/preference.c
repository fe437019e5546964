/* Settings that a person changes. */
#include "engine/consent/preference.h"

#include <string.h>

#include "engine/consent/deed.h"
#include "engine/consent/preference_push.h"
#include "engine/rights/step.h"
#include "engine/subjects/subjects.h"

static enum status find(const struct installation *in, const char *id,
    const struct preference **out)
{
	const char *names[65];
	size_t n = 0;
	enum status st;

	for (; n < in->consents.preference_count && n < 64; n++)
		names[n] = in->consents.preferences[n].id;
	names[n] = NULL;
	if (n == 0)
		return fail(ST_USAGE,
		    "there are no preferences: `consents:` in lethe.yml names "
		    "the file that describes them");
	if (id)
		*out = consents_preference(&in->consents, id);
	st = id && *out ? ST_OK : deed_word("preference", id, names);
	return st;
}

/* ---- set ---- */

struct setting {
	int64_t version; /* 0: none */
	int64_t change;  /* its number */
	int same;
};

static enum status current(struct installation *in, int64_t subject,
    const struct preference_order *o, struct setting *out)
{
	struct stmt *s = NULL;
	enum status st;

	*out = (struct setting){ 0 };
	st = db_query(in->control,
	    "SELECT version, value, number FROM preference_change"
	    " WHERE subject = $1 AND preference = $2"
	    " ORDER BY version DESC LIMIT 1",
	    ARGS(INT(subject), TEXT(o->preference)), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		out->version = db_int(s, 0);
		out->change = db_int(s, 2);
		out->same =
		    o->setting && strcmp(db_text(s, 1), o->setting) == 0;
	}
	db_done(s);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status note(struct installation *in, const struct rights_actor *by,
    const char *action, const char *preference, const char *subject,
    int64_t version)
{
	return deed_note(in, by, action,
	    json_pack("{s:s, s:s, s:I}", "object", preference, "subject",
		subject, "version", (json_int_t)version));
}

static enum status change(struct installation *in,
    const struct rights_actor *by, const struct preference_order *o,
    int64_t subject, struct setting *now)
{
	enum status st;

	st = notification_end_setting(
	    in, now->change, "overtaken", by->name, by->now);
	if (st != ST_OK)
		return st;
	st = db_exec(in->control,
	    "UPDATE preference_change SET superseded = 1"
	    " WHERE subject = $1 AND preference = $2",
	    ARGS(INT(subject), TEXT(o->preference)));
	if (st != ST_OK)
		return st;
	return db_one_int(in->control,
	    "INSERT INTO preference_change (subject, preference, version,"
	    " value, at, channel, recorded_by, next_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $5) RETURNING number",
	    ARGS(INT(subject), TEXT(o->preference), INT(++now->version),
		TEXT(o->setting), INT(by->now), TEXT(o->channel),
		TEXT(by->name)),
	    0, &now->change);
}

static enum status set(struct installation *in, const struct rights_actor *by,
    const struct preference_order *o, const json_t *reach, json_t **out)
{
	char pseudonym[SUBJECT_TEXT];
	struct setting now = { .version = 0 };
	int64_t subject = 0;
	enum status st;

	st = deed_subject(in, o->identity, o->value, &subject, pseudonym);
	if (st == ST_OK)
		st = current(in, subject, o, &now);
	if (st == ST_OK && !now.same) {
		st = change(in, by, o, subject, &now);
		if (st == ST_OK)
			st = preference_push(
			    in, by, o, now.change, now.version, reach);
		if (st == ST_OK)
			st = note(in, by, "preference_set", o->preference,
			    pseudonym, now.version);
	}
	return st == ST_OK
		   ? json_make(out, "{s:s, s:s, s:I, s:b}", "preference",
			 o->preference, "setting", o->setting, "version",
			 (json_int_t)now.version, "changed", !now.same)
		   : st;
}

enum status preference_set(struct installation *in,
    const struct rights_actor *by, const struct preference_order *o,
    json_t **out)
{
	static const char *const channels[] = { "portal", "app", "vehicle",
		"email", "phone", "letter", "dealer", NULL };
	const struct preference *p = NULL;
	const char *values[65] = { NULL };
	json_t *own = NULL, *reach = NULL;
	enum status st = find(in, o->preference, &p);

	for (size_t i = 0; p && i < p->value_count && i < 64; i++)
		values[i] = p->values[i];
	if (st == ST_OK)
		st = deed_word("setting", o->setting, values);
	if (st == ST_OK)
		st = deed_word("channel", o->channel, channels);
	if (st == ST_OK)
		st = preference_reach(in, o, &reach);
	if (st != ST_OK)
		return st;
	st = deed_begin(in);
	if (st == ST_OK)
		st = set(in, by, o, reach, &own);
	st = deed_end(in, st);
	if (st == ST_OK)
		st = events_ship(in);
	json_decref(reach);
	if (st == ST_OK)
		*out = own;
	else
		json_decref(own);
	return st;
}

/* ---- acknowledged ---- */

static enum status acknowledge(struct installation *in,
    const struct rights_actor *by, const struct preference_order *o,
    json_t **out)
{
	const struct reach_subject who = { o->identity, o->value };
	char pseudonym[SUBJECT_TEXT];
	struct setting now = { 0 };
	int64_t subject = 0, changed = 0;
	enum status st = deed_find_subject(in, &who, &subject);

	if (st == ST_OK)
		st = current(in, subject, o, &now);
	if (st == ST_NOTFOUND ||
	    (st == ST_OK && (o->version < 1 || o->version > now.version)))
		return fail(ST_USAGE,
		    "there is no such version of the preference `%s`",
		    o->preference);
	if (st == ST_OK)
		st = db_exec_(in->control,
		    "UPDATE preference_change SET acknowledged_at = $4"
		    " WHERE subject = $1 AND preference = $2 AND version = $3"
		    " AND superseded = 0 AND acknowledged_at IS NULL",
		    ARGS(INT(subject), TEXT(o->preference), INT(o->version),
			INT(by->now)),
		    &changed);
	if (st == ST_OK && changed)
		st = notification_end_setting(
		    in, now.change, NULL, by->name, by->now);
	if (st == ST_OK && changed)
		st = subjects_pseudonym(in, subject, pseudonym);
	if (st == ST_OK && changed)
		st = note(in, by, "preference_acknowledged", o->preference,
		    pseudonym, o->version);
	return st == ST_OK
		   ? json_make(out, "{s:s, s:I, s:b, s:I}", "preference",
			 o->preference, "version", (json_int_t)o->version,
			 "acknowledged", o->version == now.version, "current",
			 (json_int_t)now.version)
		   : st;
}

enum status preference_acknowledge(struct installation *in,
    const struct rights_actor *by, const struct preference_order *o,
    json_t **out)
{
	const struct preference *p = NULL;
	json_t *own = NULL;
	enum status st = find(in, o->preference, &p);

	if (st != ST_OK)
		return st;
	st = deed_begin(in);
	if (st == ST_OK)
		st = acknowledge(in, by, o, &own);
	st = deed_end(in, st);
	if (st == ST_OK)
		st = events_ship(in);
	if (st == ST_OK)
		*out = own;
	else
		json_decref(own);
	return st;
}
