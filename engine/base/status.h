#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/*
 * One result type for the whole program.  A function that can fail returns
 * enum status; whatever it produces goes through its last pointer argument
 * and is left untouched on failure.  Where a failure is first known, a
 * sentence for people is kept for this thread:
 *
 *	return fail(ST_IO, "open %s: %s", path, strerror(errno));
 *
 * Callers above add nothing unless they know more.  The sentence says what
 * happened and, after a colon, what to do; it never holds personal data.
 */
enum status {
	ST_OK = 0,
	ST_NOMEM,       /* allocation failed; nothing was changed */
	ST_IO,          /* the operating system said no */
	ST_FULL,        /* the disk is full; the transaction was rolled back */
	ST_DB,          /* the database said no */
	ST_BUSY,        /* somebody else holds the lock */
	ST_CONFLICT,    /* a constraint of the data (duplicate key, NOT NULL) */
	ST_CRYPTO,      /* libgcrypt said no */
	ST_INTEGRITY,   /* tampered with, or the key is wrong */
	ST_INVALID,     /* malformed input; diagnostics may say more */
	ST_USAGE,       /* the command line is wrong */
	ST_NOTFOUND,    /* no such thing; for rows: no more rows */
	ST_DENIED,      /* a brake, a hold, a role or write protection */
	ST_LIMIT,       /* an input is larger than a documented limit */
	ST_UNREACHABLE, /* a server does not answer; what is elsewhere does */
	ST__MAX
};

#define MUST_CHECK   __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/* A macro, so that the analyser sees which status comes back. */
#define fail(st, ...) (status_say(__VA_ARGS__), (st))

/* The name of ${st}, for logs.  Never NULL. */
const char *status_name(enum status st);

/* Bytes of a sentence, with its NUL. */
#define STATUS_TEXT 2048

/* Keep a sentence for this thread, replacing the one before. */
void status_say(const char *fmt, ...) PRINTF(1, 2);

/* Put a prefix before the sentence kept ("crm: page 7 ..."). */
void status_prefix(const char *fmt, ...) PRINTF(1, 2);

/* The sentence of this thread's last failure; "" if none.  Never NULL. */
const char *status_text(void);

/* Forget it, where a failure was expected and dealt with. */
void status_clear(void);

#endif /* !BASE_STATUS_H */
