#ifndef ACCOUNTS_ACCOUNTS_H
#define ACCOUNTS_ACCOUNTS_H

#include "engine/accounts/role.h"
#include "engine/base/json.h"
#include "engine/crypto/token.h"
#include "engine/installation/installation.h"
#include "engine/rights/rights.h"

/*
 * The people who work with Lethe: their accounts, how they sign in, and what of
 * their reading looks unusual.
 *
 * Every verb is one transaction of the control database with its event; the
 * audit log is told afterwards, exactly once, whoever is killed when.  ${by} is
 * who does it: "os:ada", "user:ada"; that an admin's verbs are an admin's is
 * for the caller to see to.  ST_USAGE: no such user, a word that is none.
 * Instants are Unix seconds.
 */
#define ACCOUNTS_NAME  64 /* characters of a name: a-z 0-9 . _ - */
#define ACCOUNTS_ACTOR 80 /* "user:NAME" */

/* Somebody who has signed in. */
struct account {
	int64_t number;
	char name[ACCOUNTS_NAME + 1];
	char actor[ACCOUNTS_ACTOR];
	unsigned int roles; /* bits of enum account_role */
};
/* As whom engine/rights knows them: author and approver are told apart by this
 * name.  Lives as long as ${a}. */
struct rights_actor accounts_actor(const struct account *a, int64_t now);

/* ---- what an admin does ---- */

/*
 * ${*out} is the user as accounts_show() gives it.  A name is given once and
 * never again, so that the log never means two people by it: ST_CONFLICT.
 */
enum status accounts_add(struct installation *in, const struct rights_actor *by,
    const char *name, unsigned int roles, const char *password,
    json_t **out) MUST_CHECK;

/*
 * A new secret for codes and ten recovery codes: {"user","secret" (base32),
 * "uri" (otpauth://),"recovery":[...]}.  Nobody can ask for them again.  Ends
 * the user's sessions.
 */
enum status accounts_enrol(struct installation *in,
    const struct rights_actor *by, const char *name, json_t **out) MUST_CHECK;

/*
 * The same by the users themselves, in two steps.  A new secret is shown:
 * {"user","secret","uri"}; what was there before counts on.  Then a code of it
 * proves that the device makes them: {"user","recovery":[...]}, and all
 * sessions end.  ST_DENIED: not its code; ST_CONFLICT: none was offered.
 */
enum status accounts_offer_device(
    struct installation *in, const char *name, json_t **out) MUST_CHECK;
enum status accounts_take_device(struct installation *in,
    const struct rights_actor *by, const char *name, const char *code,
    json_t **out) MUST_CHECK;

/* These end the user's sessions. */
enum status accounts_set_roles(struct installation *in,
    const struct rights_actor *by, const char *name, unsigned int roles,
    json_t **out) MUST_CHECK;
enum status accounts_set_password(struct installation *in,
    const struct rights_actor *by, const char *name, const char *password,
    json_t **out) MUST_CHECK;
enum status accounts_disable(struct installation *in,
    const struct rights_actor *by, const char *name, json_t **out) MUST_CHECK;
enum status accounts_enable(struct installation *in,
    const struct rights_actor *by, const char *name, json_t **out) MUST_CHECK;
/* What proves who the user is goes; the name stays taken. */
enum status accounts_remove(struct installation *in,
    const struct rights_actor *by, const char *name) MUST_CHECK;
/* Nobody waits for this user any more. */
enum status accounts_unlock(struct installation *in,
    const struct rights_actor *by, const char *name, json_t **out) MUST_CHECK;
enum status accounts_end_sessions(struct installation *in,
    const struct rights_actor *by, const char *name, json_t **out) MUST_CHECK;

/* ---- lists ---- */

/* {"name","roles":[...],"state": "active" or "disabled","totp": is there a
 * secret?,"totp_needed","recovery_codes","made_at","password_at",
 * "last_sign_in_at","sessions","failures"} */
enum status accounts_show(
    struct installation *in, const char *name, json_t **out) MUST_CHECK;
/* {"users":[...]} without who was removed. */
enum status accounts_list(struct installation *in, json_t **out) MUST_CHECK;
/* {"user","sign_ins":[{"at","address","outcome"}],"sessions":[{"made_at",
 * "used_at","address"}]}, the newest first, ${most} at most; an address is the
 * beginning of its keyed hash. */
enum status accounts_sign_ins(struct installation *in, const char *name,
    int64_t most, json_t **out) MUST_CHECK;

/* ---- signing in ---- */

#define ACCOUNTS_ADDRESS SHA256_LEN
/* The keyed hash of a remote address as text; of IPv6 the first 64 bits, which
 * are one customer's.  ST_INVALID for what is no address. */
enum status accounts_address(struct installation *in, const char *text,
    uint8_t out[ACCOUNTS_ADDRESS]) MUST_CHECK;

struct accounts_try {
	const char *name;
	const char *password;
	const char *code;   /* of the device, or a recovery code; or NULL */
	const char *device; /* the cookie of a device that is known, or NULL */
	uint8_t address[ACCOUNTS_ADDRESS];
	int64_t now;
};
struct accounts_session {
	struct account who;
	char token[TOKEN_TEXT];  /* for a cookie; kept as a hash only */
	char csrf[TOKEN_TEXT];   /* for forms; made of the token */
	char device[TOKEN_TEXT]; /* after a sign-in: for a cookie that stays */
	int64_t made_at;
	int64_t ends_at; /* whatever is done until then */
};
/*
 * ST_DENIED: not right, in the same words and after the same work whatever it
 * was.  ST_BUSY: there were failures, ${*wait} says for how many seconds
 * nothing is looked at; or (0) too many sign in at once.
 */
enum status accounts_sign_in(struct installation *in,
    const struct accounts_try *t, struct accounts_session *out,
    int64_t *wait) MUST_CHECK;

/*
 * Does ${t} give the password of its name?  For who is signed in and changes
 * what signs in; a code is not asked for.  Errors are accounts_sign_in()'s, and
 * failures count as those of sign-ins.
 */
enum status accounts_prove(struct installation *in,
    const struct accounts_try *t, int64_t *wait) MUST_CHECK;

/* Whose session it is; the idle time begins anew.  ST_DENIED: none, or over. */
enum status accounts_session(struct installation *in, const char *token,
    int64_t now, struct accounts_session *out) MUST_CHECK;
/* The same with another token; the one given is worth nothing any more. */
enum status accounts_rotate(struct installation *in, const char *token,
    int64_t now, struct accounts_session *out) MUST_CHECK;
/* No such session is fine. */
enum status accounts_sign_out(
    struct installation *in, const char *token, int64_t now) MUST_CHECK;
/* 1 where ${given}, of a form, is the session's.  Constant time. */
int accounts_csrf_right(const struct accounts_session *s, const char *given);

/* Delete what is over: sessions, sign-ins, failures, looks. */
enum status accounts_sweep(struct installation *in, int64_t now) MUST_CHECK;

/* ---- reading ---- */

/*
 * Before ${who} is shown ${records} of the person of ${request} (a case's id):
 * an audit entry, and an alert where it is more than lethe.yml's `looks` allow
 * in their window.  ST_DENIED where it is not for that role to see, which is
 * an alert, too.
 */
enum status accounts_note_look(struct installation *in,
    const struct account *who, const char *request, int64_t records,
    int64_t now) MUST_CHECK;
/* {"alerts":[{"number","user","kind","at","records","requests"}]}: the open
 * ones. */
enum status accounts_alerts(struct installation *in, json_t **out) MUST_CHECK;
enum status accounts_close_alert(struct installation *in,
    const struct rights_actor *by, int64_t number) MUST_CHECK;

#endif /* !ACCOUNTS_ACCOUNTS_H */
