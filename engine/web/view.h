#ifndef WEB_VIEW_H
#define WEB_VIEW_H

#include "engine/web/exchange.h"

/*
 * ${x->data} as a page: the template ${name} inside the layout, both of
 * web/pages, into ${x->body}.  A template sees "page" (the data, with what
 * words_dress() makes of it), "w" (words), "user", "csrf", "nav", ...
 */
enum status view_page(struct exchange *x, const char *name) MUST_CHECK;

#endif /* !WEB_VIEW_H */
