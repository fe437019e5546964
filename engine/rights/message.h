#ifndef RIGHTS_MESSAGE_H
#define RIGHTS_MESSAGE_H

#include "engine/base/buf.h"
#include "engine/installation/installation.h"

/*
 * A message to a person: RFC 5322, UTF-8; header words as RFC 2047 and the body
 * quoted-printable where they are not ASCII, so that any server passes it on
 * as it is.  It goes to the server that lethe.yml names under `mail:`, else
 * into the folder requests.outbox as ID.eml, which is for whoever sends the
 * mail; one that is there already was sent.
 */
struct message {
	const char *to;      /* text_is_address() */
	const char *id;      /* letters, digits and dashes */
	const char *subject; /* one line */
	const char *body;    /* lines end in LF */
	int64_t at;
};
/* Sentences of a failure name nobody. */
enum status message_send(
    struct installation *in, const struct message *m) MUST_CHECK;

/* Its bytes, appended to ${out}.  ST_USAGE where a header would have a line
 * break in it. */
enum status message_compose(
    const char *sender, const struct message *m, struct buf *out) MUST_CHECK;

/* ST_USAGE where lethe.yml names no sender. */
enum status message_sender(
    const struct installation *in, const char **out) MUST_CHECK;

/* The e-mail address on file of a person: that of a record that is the person's
 * alone and whose dataset marks a field `identity: email`, the first one met.
 * ${*out} NULL: none.  The caller frees.  Opens the stores. */
enum status message_address(struct installation *in, const char *identity,
    const char *value, char **out) MUST_CHECK;

#endif /* !RIGHTS_MESSAGE_H */
