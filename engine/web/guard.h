#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include "engine/web/route.h"

/* Who may: everything that stands between an exchange and its handler. */

/* Look up the session of the cookie: at the customers' door its own, else the
 * user's, and never the other one. */
enum status guard_session(struct exchange *x) MUST_CHECK;

/*
 * ST_OK, or an answer in ${x->status}: 401 not signed in, 403 not with these
 * roles, or a form that does not come from a page of this site.
 */
enum status guard_check(
    struct exchange *x, const struct route *route) MUST_CHECK;

/* The cookie of ${token}; "" takes it away. */
enum status guard_cookie(struct exchange *x, const char *token) MUST_CHECK;
/* The same of the customers' door. */
enum status guard_door_cookie(struct exchange *x, const char *token) MUST_CHECK;
const char *guard_token(const struct exchange *x);

/* The same of what a browser is known by; that stays when a session ends. */
enum status guard_know(struct exchange *x, const char *device) MUST_CHECK;
const char *guard_device(const struct exchange *x);

#endif /* !WEB_GUARD_H */
