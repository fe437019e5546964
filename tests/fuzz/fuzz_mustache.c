/* Templates, which an installation may bring along; also as partials. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *itself(void *ctx, const char *name)
{
	return *name == 'p' ? ctx : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static json_t *values;
	char *text = malloc(size + 1);
	struct buf out = BUF_INIT;
	struct mustache m = { MUSTACHE_HTML, MUSTACHE_EMPTY, itself, text, NULL,
		NULL };

	if (text == NULL || size > 4096) {
		free(text);
		return 0;
	}
	if (values == NULL)
		values = json_pack("{s:s, s:{s:i}, s:[i, s]}", "a", "<", "o",
		    "b", 1, "l", 1, "x");
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	(void)(mustache_render(&m, text, values, &out) == ST_OK);
	buf_release(&out);
	free(text);
	return 0;
}
