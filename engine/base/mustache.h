#ifndef BASE_MUSTACHE_H
#define BASE_MUSTACHE_H

#include "engine/base/buf.h"
#include "engine/base/json.h"

/*
 * Mustache templates (https://github.com/mustache/spec, all core modules, no
 * lambdas) over one JSON value: comments, {{name}}, {{{name}}}, {{&name}},
 * sections, inverted sections, partials, set delimiters.
 *
 * Nothing, false, an empty list and an empty text are false in a section.  An
 * object or a list has no text of its own.  Templates may come from outside:
 * a mistake is ST_INVALID with its line, and what never comes to its end (a
 * partial that includes itself for ever) ST_LIMIT.
 */
enum mustache_escape {
	MUSTACHE_HTML, /* & < > " ' of {{name}} */
	MUSTACHE_TEXT, /* nothing: for mail and paper */
};
enum mustache_missing {
	MUSTACHE_EMPTY,  /* as the specification has it */
	MUSTACHE_REFUSE, /* {{name}} without a value is ST_INVALID: for what
			    must not go out with a hole in it */
};
struct mustache {
	enum mustache_escape escape;
	enum mustache_missing missing;
	/* The text of the partial ${name}, which belongs to whoever gives it;
	 * NULL: there is none, and nothing is included.  May be NULL. */
	const char *(*partial)(void *ctx, const char *name);
	void *ctx;
};

/* Append ${text}, rendered with ${data}, to ${out}. */
enum status mustache_render(const struct mustache *m, const char *text,
    const json_t *data, struct buf *out) MUST_CHECK;

#endif /* !BASE_MUSTACHE_H */
