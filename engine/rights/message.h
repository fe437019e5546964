#ifndef RIGHTS_MESSAGE_H
#define RIGHTS_MESSAGE_H

#include "engine/installation/installation.h"

/*
 * A message on its way to a person: RFC 5322, UTF-8, one file NAME.eml in the
 * outbox folder of lethe.yml, which is for whoever sends the mail.  ${to} NULL:
 * the same work, and nothing stays; so that time tells nobody either.
 * ST_USAGE where lethe.yml names no sender.
 */
struct message {
	const char *to;      /* text_is_address(), or NULL */
	const char *name;    /* of the file */
	const char *subject; /* ASCII */
	const char *body;    /* lines end in LF */
	int64_t at;
};
enum status message_send(
    struct installation *in, const struct message *m) MUST_CHECK;

/* The e-mail address on file of a person: that of a record that is the person's
 * alone and whose dataset marks a field `identity: email`, the first one met.
 * ${*out} NULL: none.  The caller frees.  Opens the stores. */
enum status message_address(struct installation *in, const char *identity,
    const char *value, char **out) MUST_CHECK;

#endif /* !RIGHTS_MESSAGE_H */
