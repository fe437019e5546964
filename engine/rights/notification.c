/* Notifications of recipients: noted, and let go. */
#include "engine/rights/notification.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/civil.h"
#include "engine/rights/letter.h"
#include "engine/rights/notification_book.h"
#include "engine/rights/notification_who.h"
#include "engine/rights/outbox.h"

static const char *const kinds[NOTIFY__MAX + 1] = { "rectification", "erasure",
	"restriction", "restriction_lifted", "consent_withdrawn", "preference",
	NULL };

const char *notification_kind_name(enum notification_kind kind)
{
	return kinds[kind];
}

/* ---- what one is told ---- */

static enum status add_value(json_t *list, const char *kind, const char *value)
{
	json_t *one = NULL;
	enum status st =
	    json_make(&one, "{s:s, s:s}", "identity", kind, "value", value);

	return st == ST_OK ? json_push(list, one) : st;
}

static enum status add_known(
    const struct notification_order *o, const char *by, json_t *list)
{
	const json_t *one, *values = json_object_get(
			       json_object_get(o->reach, "identities"), by);
	enum status st = ST_OK;
	size_t i;

	json_array_foreach(values, i, one)
	{
		const char *value = json_string_value(one);

		if (st == ST_OK && (strcmp(by, o->who.identity) != 0 ||
				       strcmp(value, o->who.value) != 0))
			st = add_value(list, by, value);
	}
	return st;
}

/* By what it knows the person; ${*known} 0: by nothing that we have, so that
 * somebody has to ask it. */
static enum status put_subject(const struct notification_order *o,
    const struct config_recipient *how, json_t *body, int *known)
{
	const char *by = how && how->identity ? how->identity : o->who.identity;
	json_t *list = NULL;
	enum status st = json_made(json_array(), &list);

	if (st == ST_OK && strcmp(by, o->who.identity) == 0)
		st = add_value(list, o->who.identity, o->who.value);
	if (st == ST_OK && how && how->identity)
		st = add_known(o, by, list);
	*known = json_array_size(list) > 0;
	if (st == ST_OK && !*known)
		st = add_value(list, o->who.identity, o->who.value);
	if (st != ST_OK) {
		json_decref(list);
		return st;
	}
	return json_put(body, "subject", list);
}

/* Only what lies in clusters that it receives. */
static enum status put_changes(
    const struct notification_order *o, const json_t *clusters, json_t *body)
{
	json_t *list = json_array();
	const json_t *one;
	enum status st = list ? ST_OK : fail(ST_NOMEM, "out of memory");
	size_t i;

	json_array_foreach(o->changes, i, one)
	{
		if (st != ST_OK ||
		    !notification_names(clusters, json_text(one, "cluster")))
			continue;
		st = json_push(list, json_deep_copy(one));
	}
	if (st != ST_OK) {
		json_decref(list);
		return st;
	}
	return json_put(body, "changes", list);
}

static enum status make_body(struct installation *in,
    const struct notification_order *o, const struct config_recipient *how,
    const json_t *clusters, int *known, json_t **out)
{
	char at[INSTANT_TEXT];
	json_t *body = NULL;
	enum status st;

	civil_format_instant(o->at, at);
	st = json_make(&body, "{s:s, s:s, s:s}", "from",
	    in->config.installation, "kind", kinds[o->kind], "at", at);
	if (st == ST_OK && clusters)
		st = json_put(body, "clusters", json_deep_copy(clusters));
	if (st == ST_OK)
		st = put_subject(o, how, body, known);
	if (st == ST_OK && o->changes)
		st = put_changes(o, clusters, body);
	if (st == ST_OK && o->details &&
	    json_object_update(body, (json_t *)(uintptr_t)o->details) != 0)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		*out = body;
	else
		json_decref(body);
	return st;
}

/* ---- prepared ---- */

static const char *channel_of(const struct config_recipient *how)
{
	if (how && how->webhook)
		return "webhook";
	return how && how->mail ? "mail" : "task";
}

static enum status prepare_one(struct installation *in,
    const struct notification_order *o, const char *name,
    const json_t *clusters)
{
	const struct config_recipient *how =
	    config_find_recipient(&in->config, name);
	char *text = NULL;
	json_t *body = NULL;
	enum status st;
	int known = 0;

	if (how && how->not_told.count > 0)
		return ST_OK;
	st = make_body(in, o, how, clusters, &known, &body);
	if (st == ST_OK)
		st = json_canonical(body, &text);
	if (st == ST_OK)
		st = db_exec(in->control,
		    "INSERT INTO recipient_notification (request, recipient,"
		    " kind, channel, state, body, made_at, preference)"
		    " VALUES ($1, $2, $3, $4, 'prepared', $5, $6, $7)",
		    ARGS(o->request ? INT(o->request) : NIL, TEXT(name),
			TEXT(kinds[o->kind]),
			TEXT(channel_of(known ? how : NULL)), TEXT(text),
			INT(o->at), o->preference ? INT(o->preference) : NIL));
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
	json_decref(body);
	return st;
}

/* Of one recipient: the clusters that it receives, or that it is named. */
static enum status prepare_for(struct installation *in,
    const struct notification_order *o, const char *name)
{
	json_t *clusters = NULL;
	enum status st;

	if (o->clusters == NULL)
		return notification_names(o->recipients, name)
			   ? prepare_one(in, o, name, NULL)
			   : ST_OK;
	st = json_made(json_array(), &clusters);
	if (st == ST_OK)
		st = notification_received(in, name, o->clusters, clusters);
	if (st == ST_OK && json_array_size(clusters) > 0)
		st = prepare_one(in, o, name, clusters);
	json_decref(clusters);
	return st;
}

enum status notification_prepare(
    struct installation *in, const struct notification_order *o)
{
	json_t *all = NULL;
	const json_t *name;
	enum status st;
	size_t i;

	st = db_exec(in->control,
	    "DELETE FROM recipient_notification WHERE state = 'prepared'"
	    " AND request IS $1 AND kind = $2",
	    ARGS(o->request ? INT(o->request) : NIL, TEXT(kinds[o->kind])));
	if (st == ST_OK)
		st = notification_everybody(in, &all);
	json_array_foreach(all, i, name)
	{
		if (st == ST_OK)
			st = prepare_for(in, o, json_string_value(name));
	}
	json_decref(all);
	return st;
}

/* ---- let go ---- */

struct going {
	int64_t number;
	int64_t request;
	char *recipient;
	char *channel;
	char *body;
};

static void going_release(struct going *g)
{
	if (g->body)
		explicit_bzero(g->body, strlen(g->body));
	free(g->body);
	free(g->recipient);
	free(g->channel);
	*g = (struct going){ 0 };
}

static enum status copy(const char *text, char **out)
{
	*out = strdup(text);
	return *out ? ST_OK : fail(ST_NOMEM, "out of memory");
}

static enum status next(
    struct installation *in, int64_t request, struct going *g)
{
	struct stmt *s = NULL;
	enum status st;

	st = db_query(in->control,
	    "SELECT number, recipient, channel, body"
	    " FROM recipient_notification WHERE state = 'prepared'"
	    " AND request IS $1 ORDER BY number LIMIT 1",
	    ARGS(request ? INT(request) : NIL), &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		g->number = db_int(s, 0);
		g->request = request;
		st = copy(db_text(s, 1), &g->recipient);
		if (st == ST_OK)
			st = copy(db_text(s, 2), &g->channel);
		if (st == ST_OK)
			st = copy(db_text(s, 3), &g->body);
	}
	db_done(s);
	return st;
}

static enum status mail(struct installation *in, const struct going *g,
    const struct config_recipient *how, int64_t at, int64_t *outbox)
{
	const char *language =
	    how->language ? how->language : in->config.requests.language;
	struct letter l = { NULL, NULL };
	json_t *body = json_loads(g->body, 0, NULL);
	enum status st = body ? ST_OK : fail(ST_INTEGRITY, "no JSON");

	if (st == ST_OK)
		st = notification_letter(in, body, language, at, &l);
	if (st == ST_OK)
		st = outbox_add(in,
		    &(struct outbox_message){ .kind = OUTBOX_MAIL,
			.request = g->request,
			.to = how->mail,
			.subject = l.subject,
			.body = l.body,
			.at = at },
		    outbox);
	letter_release(&l);
	json_decref(body);
	return st;
}

/* What lethe.yml says of it may be another than when it was prepared. */
static enum status hand_over(struct installation *in, const struct going *g,
    const struct config_recipient *how, int64_t at, int64_t *outbox)
{
	if (how && how->webhook)
		return outbox_add(in,
		    &(struct outbox_message){ .kind = OUTBOX_WEBHOOK,
			.request = g->request,
			.to = g->recipient,
			.body = g->body,
			.at = at },
		    outbox);
	return how && how->mail ? mail(in, g, how, at, outbox) : ST_OK;
}

static enum status go_one(struct installation *in, const struct going *g,
    int64_t at, const char *actor)
{
	const struct config_recipient *how =
	    strcmp(g->channel, "task") == 0
		? NULL
		: config_find_recipient(&in->config, g->recipient);
	int64_t outbox = 0;
	enum status st = hand_over(in, g, how, at, &outbox);

	if (st == ST_OK)
		st = db_exec(in->control,
		    "UPDATE recipient_notification SET state = 'open',"
		    " channel = $2, outbox = $3, made_at = $4"
		    " WHERE number = $1",
		    ARGS(INT(g->number), TEXT(channel_of(how)),
			outbox ? INT(outbox) : NIL, INT(at)));
	return st == ST_OK ? notification_note(in, g->number,
				 "recipient_notified", NULL, at, actor)
			   : st;
}

enum status notification_go(
    struct installation *in, int64_t request, int64_t at, const char *actor)
{
	struct going g = { 0 };
	enum status st;

	while ((st = next(in, request, &g)) == ST_OK) {
		st = go_one(in, &g, at, actor);
		going_release(&g);
		if (st != ST_OK)
			return st;
	}
	going_release(&g);
	return st == ST_NOTFOUND ? ST_OK : st;
}
