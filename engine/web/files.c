/* Files that the program carries inside itself. */
#include "engine/web/files.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "schemas/embedded.h"

#define PAGES 128 /* more than there are */

const char *files_text(const char *name)
{
	for (const struct embedded *e = embedded; e->path; e++)
		if (strncmp(e->path, "web/", 4) == 0 &&
		    strcmp(e->path + 4, name) == 0)
			return (const char *)e->data;
	return NULL;
}

const char *files_page(const char *name)
{
	char path[64];
	int len = snprintf(path, sizeof(path), "pages/%s.html", name);

	return len > 0 && (size_t)len < sizeof(path) ? files_text(path) : NULL;
}

enum status files_templates(struct mustache_set **out)
{
	static const char pages[] = "web/pages/";
	const char *texts[PAGES + 1] = { NULL };
	size_t count = 0;

	for (const struct embedded *e = embedded; e->path; e++) {
		if (strncmp(e->path, pages, sizeof(pages) - 1) != 0)
			continue;
		assert(count < PAGES);
		texts[count++] = (const char *)e->data;
	}
	return mustache_set_new(texts, out);
}
