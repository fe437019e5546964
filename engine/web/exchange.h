#ifndef WEB_EXCHANGE_H
#define WEB_EXCHANGE_H

#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/json.h"
#include "engine/installation/installation.h"
#include "engine/rights/door.h"
#include "engine/web/auth.h"
#include "engine/web/fields.h"

struct sealed;
struct site;

/*
 * One request and its answer.  A handler reads what was asked and leaves one
 * JSON value in ${data}; whether that goes out as JSON or as a page is not its
 * business.  Times are Unix seconds.
 */
enum web_method { WEB_GET, WEB_POST, WEB_METHOD__MAX };

struct exchange {
	/* ---- asked ---- */
	struct site *site;
	enum web_method method; /* HEAD is GET; its body is left out later */
	const char *path;       /* "/requests/Q-1", decoded */
	struct fields query;
	struct fields form;
	struct fields cookies;
	const char *accept; /* headers; NULL where there is none */
	const char *accept_language;
	const char *host; /* as the browser sees it */
	const char *origin;
	const char *fetch_site;
	const char *csrf;    /* X-CSRF-Token */
	const char *address; /* the client's */
	int secure;          /* the browser came by TLS */
	int64_t now;

	/* ---- known by then ---- */
	struct installation *in; /* for as long as the exchange takes */
	const char *language;    /* en, ja or de */
	int wants_json;
	int spent; /* stores were opened: see crew.h */
	int signed_in;
	struct web_session session;
	struct door_session door; /* who is inside the customers' door */
	char id[64];              /* the path's part in braces */

	/* ---- answered ---- */
	unsigned int status;  /* of HTTP; 200 */
	json_t *data;         /* what the page shows */
	const char *template; /* NULL: the route's */
	char *location;       /* of a form: where the browser goes then */
	char *cookie;         /* Set-Cookie, or NULL */
	char *device_cookie;
	char *language_cookie;
	int64_t retry_after; /* of 429: seconds; 0: unknown */
	const char *allow;   /* of 405: the methods there are */
	const char *type;    /* of ${body} */
	int is_asset;        /* the same for everybody: may be kept */
	const char *etag;    /* of an asset */
	char *file;          /* the name to keep ${body} under, or NULL */
	struct buf body;
	struct sealed *stream; /* instead of ${body}: read while it goes out */
};
void exchange_release(struct exchange *x);

/* A field of the form without blanks around it; NULL where it is missing or
 * nothing is left. */
const char *exchange_field(struct exchange *x, const char *name);
/* The same of the query. */
const char *exchange_asked(const struct exchange *x, const char *name);

/* Go to ${path} (of this site) after a form. */
enum status exchange_go(struct exchange *x, const char *path) MUST_CHECK;

#endif /* !WEB_EXCHANGE_H */
