#ifndef BASE_MUSTACHE_PARSE_H
#define BASE_MUSTACHE_PARSE_H

#include <stddef.h>

#include "engine/base/status.h"

/* A template as a list of what is to be done, for mustache.c.  Everything
 * points into the template's text, which therefore must live as long. */
enum mustache_kind {
	MUSTACHE_WORDS,    /* text as it stands */
	MUSTACHE_VALUE,    /* escaped */
	MUSTACHE_RAW,      /* not escaped */
	MUSTACHE_SECTION,  /* up to ${end} */
	MUSTACHE_INVERTED, /* up to ${end} */
	MUSTACHE_END,
	MUSTACHE_PARTIAL, /* indented by what ${indent} points to */
};
struct mustache_token {
	enum mustache_kind kind;
	const char *text; /* words, or a name */
	size_t len;
	const char *indent;
	size_t indent_len;
	size_t end; /* of a section: the place of its end */
	int line;
};
struct mustache_tokens {
	struct mustache_token *list;
	size_t count;
	size_t size;
};

/* ST_INVALID, with the line, for a tag or section that is not closed, or
 * closed by another name. */
enum status mustache_parse(
    const char *text, struct mustache_tokens *out) MUST_CHECK;
void mustache_tokens_release(struct mustache_tokens *t);

#endif /* !BASE_MUSTACHE_PARSE_H */
