#ifndef RIGHTS_NOTIFICATION_H
#define RIGHTS_NOTIFICATION_H

#include "engine/installation/installation.h"
#include "engine/plan/reach.h"

/*
 * Whoever received a person's data is told of its correction, erasure and
 * restriction (GDPR Art. 19), of the end of a restriction and of a consent
 * that was withdrawn.  Who that is the policies say: the recipients of the
 * purposes of the clusters that are touched; how they are told, `recipients:`
 * in lethe.yml: by webhook, by mail, or by a task that somebody does.  One
 * that lethe.yml says is `not_told` is not.
 *
 * A notification is noted in the transaction of what it tells of, and leaves by
 * the outbox (outbox.h), with one id in every attempt.  It is open until the
 * recipient confirms it (a webhook by answering 200 or 204, anybody else
 * through `lethe recipient confirm`), or until somebody says with a reason why
 * it cannot be had; then what it told is forgotten.
 */
enum notification_kind {
	NOTIFY_RECTIFICATION,
	NOTIFY_ERASURE,
	NOTIFY_RESTRICTION,
	NOTIFY_LIFTED,
	NOTIFY_WITHDRAWN,
	NOTIFY_PREFERENCE,
	NOTIFY__MAX
};
const char *notification_kind_name(enum notification_kind kind);

/*
 * What recipients know the person by, and the clusters in which there are
 * records: read it before anything is changed, outside of a transaction.
 * ${*out}: {"identities":{KIND:[VALUE]},"clusters":[NAME]}; of records that
 * others may have, too, nothing is taken as an identity.  Opens the stores.
 */
enum status notification_reach(struct installation *in,
    const struct reach_subject *who, json_t **out) MUST_CHECK;

/* Add the clusters that cover ${field} (NULL: any field) of a collection to
 * ${list}, each once. */
enum status notification_clusters(const struct installation *in,
    const char *dataset, const char *collection, const char *field,
    json_t *list) MUST_CHECK;

struct notification_order {
	enum notification_kind kind;
	int64_t request; /* its number; 0: none */
	struct reach_subject who;
	const json_t *reach; /* notification_reach() */
	/* names of the clusters, or NULL: those of ${recipients} are told */
	const json_t *clusters;
	const json_t *recipients; /* names, or NULL */
	/* [{"cluster","field","value"}]: what is otherwise now; or NULL */
	const json_t *changes;
	const json_t *details; /* added to what all are told; or NULL */
	int64_t preference;    /* the change of a setting; 0: none */
	int64_t at;
	const char *actor;
};
/*
 * Note who is to be told; inside a write transaction of the control database.
 * A recipient gets the identities by which lethe.yml says that it knows people;
 * where the person has none, it is a task, by what the request came with.  Of
 * changes it gets those in clusters that it receives.
 * It leaves with notification_go(); what is prepared and has not gone for the
 * same request and kind is replaced.
 */
enum status notification_prepare(
    struct installation *in, const struct notification_order *o) MUST_CHECK;
/* What is prepared for ${request} leaves; in the transaction that says that it
 * is done.  With 0 what is prepared without a request. */
enum status notification_go(struct installation *in, int64_t request,
    int64_t at, const char *actor) MUST_CHECK;

/* [NAME]: those who were told of ${kind} for a request. */
enum status notification_told(struct installation *in, int64_t request,
    enum notification_kind kind, json_t **out) MUST_CHECK;

/* Its message ${outbox} is sent, in the transaction that notes that: confirmed
 * where ${done}.  What is no notification is none of its business. */
enum status notification_sent(
    struct installation *in, int64_t outbox, int done, int64_t at) MUST_CHECK;

/*
 * Open ones of the change ${change} of a setting end: confirmed where ${why} is
 * NULL, else waived with that code.  A confirmation acknowledges the change,
 * once nobody else has yet to confirm it.  Inside a write transaction.
 */
enum status notification_end_setting(struct installation *in, int64_t change,
    const char *why, const char *actor, int64_t at) MUST_CHECK;

/* ---- by people ---- */

struct notification_filter {
	const char *request;   /* a case code, or NULL */
	const char *recipient; /* or NULL */
	int all;               /* also those that have ended */
};
/* {"notifications":[{"number","request","recipient","kind","channel","state",
 * "delivery","made_at","ended_at","ended_by","reason"}],"open"}: "delivery" is
 * "task", or the outbox's "waiting", "sending", "sent", "dead".  Names nobody.
 */
enum status notification_list(struct installation *in,
    const struct notification_filter *f, json_t **out) MUST_CHECK;

/* One, with "tells": what it tells.  The log has who looked, as
 * `personal_data_viewed`, before anything is given.  ST_USAGE: no such one. */
enum status notification_show(struct installation *in, int64_t number,
    const char *actor, int64_t now, json_t **out) MUST_CHECK;

/* The recipient has confirmed it.  ST_USAGE: no such one is open. */
enum status notification_confirm(struct installation *in, int64_t number,
    const char *actor, int64_t now, json_t **out) MUST_CHECK;

/* Nobody will: ${reason} is "impossible", "disproportionate" (Art. 19),
 * "no_longer_recipient" or "told_otherwise". */
enum status notification_waive(struct installation *in, int64_t number,
    const char *reason, const char *actor, int64_t now,
    json_t **out) MUST_CHECK;

/* {"open","tasks","dead"}: how many are not confirmed; of these tasks, and
 * those that could not be delivered. */
enum status notification_summary(
    struct installation *in, json_t **out) MUST_CHECK;

/* "recipients" of ${o}: {"told","confirmed","waived","list":[...]} of one
 * request, as notification_list() has them. */
enum status notification_put(
    struct installation *in, int64_t request, json_t *o) MUST_CHECK;

/* Tell the log what it has not been told; under the write lock. */
enum status notification_ship(struct installation *in) MUST_CHECK;
/* 1 in ${*any} if there is something to tell. */
enum status notification_unshipped(
    struct installation *in, int64_t *any) MUST_CHECK;

#endif /* !RIGHTS_NOTIFICATION_H */
