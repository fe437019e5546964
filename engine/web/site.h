#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "engine/base/mustache.h"
#include "engine/rights/board.h"
#include "engine/web/auth.h"
#include "engine/web/courier.h"
#include "engine/web/errand.h"
#include "engine/web/exchange.h"
#include "engine/web/pulse.h"
#include "engine/web/rate.h"
#include "engine/web/words.h"

/* What all exchanges share.  Nobody changes it while the server runs, but for
 * what takes care of itself. */
struct site {
	const struct web_auth *auth;
	struct board *board;
	struct pulse *pulse;
	struct errands *errands;
	struct words *words;
	struct mustache_set *templates; /* all pages */
	struct rate *rate;       /* of the customers' door; NULL: it is shut */
	struct courier *courier; /* the same */
};
/* ${in} is unlocked and outlives it. */
enum status site_init(struct site *s, const struct installation *in,
    const struct web_auth *auth) MUST_CHECK;
void site_release(struct site *s);

/* Answer: from the route to the last header.  Whatever goes wrong is an
 * answer, too. */
void site_answer(struct exchange *x);

/* The same of what could not be read: ${x->status}, or what ${why} amounts
 * to. */
void site_refuse(struct exchange *x, enum status why);

/* Headers that go with every answer; ended by NULL. */
struct site_header {
	const char *name;
	const char *value;
};
extern const struct site_header site_headers[];

#endif /* !WEB_SITE_H */
