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
	/* Texts that were parsed already; may be NULL. */
	const struct mustache_set *parsed;
	/* A member that the object ${of} does not have, made of what it has
	 * when a template asks for it; the renderer decrefs it.  ${*out} is
	 * left alone where there is none.  May be NULL. */
	enum status (*derived)(void *ctx, const json_t *of, const char *name,
	    size_t len, json_t **out);
};

/*
 * Templates that are parsed once and rendered often.  Each is known by where
 * its text lies, so that texts which are in no set are rendered as well, and
 * as they would be.  Texts outlive the set; threads may share it.
 */
struct mustache_set;
/* ${texts}: ended by NULL.  ST_INVALID: as mustache_render(). */
enum status mustache_set_new(
    const char *const *texts, struct mustache_set **out) MUST_CHECK;
void mustache_set_free(struct mustache_set *s);

/* Append ${text}, rendered with ${data}, to ${out}. */
enum status mustache_render(const struct mustache *m, const char *text,
    const json_t *data, struct buf *out) MUST_CHECK;

#endif /* !BASE_MUSTACHE_H */
