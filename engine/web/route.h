#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include "engine/web/exchange.h"

/*
 * The one table of what there is: method, path, who may, who answers.  A part
 * of a path in braces stands for one part of 1 to 63 letters, digits, `-`,
 * `_`, `.`.
 */
enum route_kind {
	ROUTE_PAGE,      /* personal: not kept by anybody */
	ROUTE_PUBLIC,    /* for who is not signed in, too */
	ROUTE_FORM,      /* changes something: POST with the session's secret */
	ROUTE_OPEN_FORM, /* POST without a session: from the same origin */
	ROUTE_DOOR_PAGE, /* of a case: with a session of the customers' door */
	ROUTE_DOOR_FORM, /* and with its secret */
};
struct route {
	enum web_method method;
	const char *path;
	enum route_kind kind;
	unsigned int roles; /* any of them; 0: nobody needs any */
	const char *template;
	enum status (*answer)(struct exchange *x);
};
extern const struct route routes[]; /* ended by a NULL path */

/* The route of ${method} and ${path}, its part in braces in ${id} (64 bytes).
 * NULL: there is none; ${*methods} then has the bits (1 << method) of those
 * that the path has. */
const struct route *route_find(enum web_method method, const char *path,
    char id[64], unsigned int *methods);

/* 1 if ${path} is at the customers' door, where no officer's session counts. */
int route_is_door(const char *path);

/*
 * Where ${path} is that of a page here, ${path}; else "/".  What a browser may
 * be sent back to, so that nobody is sent elsewhere.
 */
const char *route_back(const char *path);

#endif /* !WEB_ROUTE_H */
