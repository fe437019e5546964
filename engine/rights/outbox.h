#ifndef RIGHTS_OUTBOX_H
#define RIGHTS_OUTBOX_H

#include <stdint.h>

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * What leaves: mail to people, webhooks to systems that received data.  It is
 * noted in the transaction of whatever
 * causes it, and sent afterwards, by the same command or by the next `lethe
 * outbox send`; tried again after a while that doubles each time, with some
 * chance in it, up to OUTBOX_ATTEMPTS times; then it is dead, and somebody
 * must look.
 *
 * Each message has an id that is the same in every attempt (its Message-ID, the
 * name of its file).  One that was being sent when somebody was killed is taken
 * for lost after OUTBOX_LOST seconds and sent again: into a folder exactly
 * once, by SMTP and HTTPS at least once, which the receiver can tell by the
 * Message-ID or webhook-id.  Once it is sent, nothing of it is kept here.
 */
#define OUTBOX_ATTEMPTS 12
#define OUTBOX_LOST     900

enum outbox_kind { OUTBOX_MAIL, OUTBOX_WEBHOOK };
struct outbox_message {
	enum outbox_kind kind;
	int64_t request;     /* 0: none */
	const char *to;      /* text_is_address(); a name under `recipients:` */
	const char *subject; /* of a mail */
	const char *body;    /* lines end in LF; of a webhook, JSON */
	int64_t at;
};
/* Note it, inside a write transaction of the control database.  ST_USAGE for
 * a subject of several lines. */
enum status outbox_add(struct installation *in, const struct outbox_message *m,
    int64_t *number) MUST_CHECK;

/* Send what is due at ${now}.  {"sent","failed","dead"}: in this call.  A
 * message that cannot be sent is no failure of the others, nor of the call. */
enum status outbox_send(
    struct installation *in, int64_t now, json_t **out) MUST_CHECK;

/* {"messages":[{"number","kind","request","state","attempts","made_at",
 * "next_at","problem"}]}: what is not sent yet.  Names nobody. */
enum status outbox_list(struct installation *in, json_t **out) MUST_CHECK;

/* {"waiting","dead"}: how many. */
enum status outbox_summary(struct installation *in, json_t **out) MUST_CHECK;

/* What is dead or waiting is due now, as if it had never been tried: number
 * ${number}, or all for 0.  ST_USAGE: there is no such message. */
enum status outbox_retry(
    struct installation *in, int64_t number, int64_t now) MUST_CHECK;

/* How long to wait after the ${attempts}th attempt, of a ${chance} from 0 to
 * 255: a minute that doubles up to six hours, and from half to all of it. */
int64_t outbox_wait(int attempts, unsigned int chance);

#endif /* !RIGHTS_OUTBOX_H */
