#ifndef WEB_FILES_H
#define WEB_FILES_H

#include "engine/base/mustache.h"

/* The text of web/${name} that the program carries inside itself; NULL: there
 * is none. */
const char *files_text(const char *name);
/* The same of web/pages/${name}.html. */
const char *files_page(const char *name);

/* All of web/pages, parsed; for mustache_set_free(). */
enum status files_templates(struct mustache_set **out) MUST_CHECK;

#endif /* !WEB_FILES_H */
