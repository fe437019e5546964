#ifndef WEB_FIELDS_H
#define WEB_FIELDS_H

#include <stddef.h>

#include "engine/base/status.h"

/*
 * Names and values as browsers send them: queries and forms
 * (application/x-www-form-urlencoded), and cookies.  Whoever sends them may be
 * anybody, so what is not well formed is refused, not repaired.
 */
#define FIELDS_MOST 64

struct fields_item {
	const char *name;
	const char *value;
};
struct fields {
	char *text; /* what the list points into */
	struct fields_item *list;
	size_t count;
};

/*
 * "a=b&c=d", decoded.  ST_INVALID for what is not UTF-8, has a control
 * character (but for line ends and tabs), half an escape, or one name twice;
 * ST_LIMIT for more than FIELDS_MOST.  ${out} is released by the caller in any
 * case.
 */
enum status fields_parse_form(
    const char *text, size_t len, struct fields *out) MUST_CHECK;

/* "a=b; c=d" of a Cookie header, as it stands; what has no name is left out,
 * and of one name the first counts. */
enum status fields_parse_cookies(
    const char *text, size_t len, struct fields *out) MUST_CHECK;

/* The value of ${name}, or NULL. */
const char *fields_get(const struct fields *f, const char *name);
void fields_release(struct fields *f);

/*
 * How much a client wants ${what} by its Accept or Accept-Language header, in
 * thousandths (RFC 9110, 12.4.2): of what is named most exactly.  "text/html"
 * is named by itself, by "text/" and by everything; "en" by itself and by
 * "en-GB".  0: not at all.  ${header} may be NULL: 0.
 */
int fields_wanted(const char *header, const char *what);

#endif /* !WEB_FIELDS_H */
