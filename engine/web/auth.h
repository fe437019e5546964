#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include <stdint.h>

#include "engine/base/status.h"
#include "engine/installation/installation.h"

/*
 * Who is signed in.  The web knows roles and sessions by this table of
 * functions and nothing of passwords; who keeps them fills it in.  They are
 * called by several threads at once, each with an installation of its own.
 */
enum web_role {
	WEB_INTAKE = 1,
	WEB_OFFICER = 2,
	WEB_APPROVER = 4,
	WEB_AUDITOR = 8,
	WEB_ADMIN = 16,
	WEB_ANYONE = 31, /* signed in */
};

/* Longer texts are a mistake of whoever fills them in. */
#define WEB_TOKEN 129
#define WEB_USER  129
struct web_session {
	char user[WEB_USER];  /* as the audit log has it: "user:ada" */
	int64_t account;      /* of whoever keeps accounts */
	unsigned int roles;   /* bits of enum web_role */
	char csrf[WEB_TOKEN]; /* secret of the session; not its token */
	/* Of a session that has just begun, or changed its token: the token
	 * for the cookie.  Else "". */
	char token[WEB_TOKEN];
	/* After a sign-in: what the browser is known by at the next one,
	 * whoever else fails meanwhile; or "". */
	char device[WEB_TOKEN];
};

struct web_credentials {
	const char *user;
	const char *password;
	const char *code;    /* of an authenticator; "" where none was given */
	const char *address; /* the client's */
	const char *before;  /* token of the session before, or NULL: ends */
	const char *device;  /* of the sign-in before, or NULL */
};

struct web_auth {
	void *ctx;
	/* ST_NOTFOUND, with a sentence that says what to do: nobody can sign
	 * in, because there is no user yet. */
	enum status (*ready)(void *ctx, struct installation *in);
	/* ST_DENIED, in the same words and after the same work whoever asks:
	 * not these credentials.  ST_BUSY: not now, but in ${*wait} seconds
	 * (0: soon), whether or not there is such a user. */
	enum status (*sign_in)(void *ctx, struct installation *in,
	    const struct web_credentials *c, int64_t now,
	    struct web_session *out, int64_t *wait);
	/* ST_NOTFOUND: no such session (any more).  In constant time. */
	enum status (*session)(void *ctx, struct installation *in,
	    const char *token, int64_t now, struct web_session *out);
	/* Before ${who} is shown ${records} of the person of ${request}:
	 * ST_DENIED where that is not for the role to see. */
	enum status (*look)(void *ctx, struct installation *in,
	    const struct web_session *who, const char *request, int64_t records,
	    int64_t now);
	/* Ends it; one that is not there is none. */
	enum status (*sign_out)(
	    void *ctx, struct installation *in, const char *token, int64_t now);
};

/* The accounts of this program; NULL: it has none. */
const struct web_auth *web_auth_accounts(void);

#endif /* !WEB_AUTH_H */
