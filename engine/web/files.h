#ifndef WEB_FILES_H
#define WEB_FILES_H

#include <stddef.h>

/* The text of web/${name} that the program carries inside itself; NULL: there
 * is none. */
const char *files_text(const char *name);
/* The same of web/pages/${name}.html. */
const char *files_page(const char *name);

#endif /* !WEB_FILES_H */
