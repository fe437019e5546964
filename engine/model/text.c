/* Text for people, in their language where we have it. */
#include "engine/model/text.h"

#include <stdlib.h>
#include <string.h>

static const char *words_in(const struct text *t, const char *language)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->items[i].language, language) == 0)
			return t->items[i].words;
	return NULL;
}

const char *text_in(const struct text *t, const char *language)
{
	const char *words = words_in(t, language);

	if (words == NULL)
		words = words_in(t, "en");
	if (words == NULL && t->count > 0)
		words = t->items[0].words;
	return words ? words : "";
}

void text_release(struct text *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->items[i].language);
		free(t->items[i].words);
	}
	free(t->items);
	*t = (struct text){ NULL, 0 };
}
