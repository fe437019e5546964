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

int text_is_address(const char *text)
{
	const char *at = strchr(text, '@');
	size_t len = strlen(text);

	if (at == NULL || at == text || at[1] == '\0' || len > 254)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~' ||
		    strchr("<>()[]\",;:\\", text[i]))
			return 0;
	return strchr(at + 1, '@') == NULL;
}
