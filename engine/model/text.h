#ifndef MODEL_TEXT_H
#define MODEL_TEXT_H

#include <stddef.h>

/* Text for people: one string, or one for each language. */
struct text {
	struct text_item {
		char *language; /* "" where the file gave a plain string */
		char *words;
	} * items;
	size_t count;
};

/* The words in ${language}, else English, else the first, else "". */
const char *text_in(const struct text *t, const char *language);
void text_release(struct text *t);

/* 1 if it is one plain e-mail address, which nothing can be hidden in: name,
 * `@`, host, of printable ASCII without blanks, brackets, quotes, commas. */
int text_is_address(const char *text);

#endif /* !MODEL_TEXT_H */
