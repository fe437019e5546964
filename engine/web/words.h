#ifndef WEB_WORDS_H
#define WEB_WORDS_H

#include "engine/base/json.h"
#include "engine/base/zone.h"

/*
 * The words of the pages, web/words.LANGUAGE.json: {"w":{KEY: text},
 * "labels":{MEMBER:{CODE: text}}, "months", "date", "group", "titles",
 * "errors"}.  Read once; nobody changes them.
 */
struct words;
enum status words_load(struct words **out) MUST_CHECK;
void words_free(struct words *w);

extern const char *const words_languages[]; /* ended by NULL */

/* All of ${language}, one of the above; borrowed. */
const json_t *words_of(const struct words *w, const char *language);
/* "w"."KEY"; "" where there is none. */
const char *words_text(
    const struct words *w, const char *language, const char *key);

/*
 * What templates may ask of an object beside its members (mustache.h): of
 * MEMBER, where people read it differently from machines, MEMBER_text, as
 * ${language} writes it: codes that have a label, days, instants (in ${zone}),
 * whole numbers; and of numbers and lists MEMBER_any, which is true unless
 * they are 0, or empty.  ${*out}: a value of the caller's, or left alone.
 */
struct dress {
	const struct words *words;
	const char *language;
	const struct zone *zone;
};
enum status words_dress(const struct dress *d, const json_t *of,
    const char *name, size_t len, json_t **out) MUST_CHECK;

#endif /* !WEB_WORDS_H */
