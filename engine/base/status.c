/*
 * The sentence of the last failure, one for each thread, in a fixed buffer so
 * that running out of memory can be reported too.
 */
#include "engine/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char said[STATUS_TEXT];

const char *status_name(enum status st)
{
	static const char *const names[ST__MAX] = {
		[ST_OK] = "ok",
		[ST_NOMEM] = "out of memory",
		[ST_IO] = "input/output error",
		[ST_FULL] = "disk full",
		[ST_DB] = "database error",
		[ST_BUSY] = "busy",
		[ST_CONFLICT] = "conflict",
		[ST_CRYPTO] = "cryptography error",
		[ST_INTEGRITY] = "integrity error",
		[ST_INVALID] = "invalid input",
		[ST_USAGE] = "wrong usage",
		[ST_NOTFOUND] = "not found",
		[ST_DENIED] = "denied",
		[ST_LIMIT] = "limit exceeded",
		[ST_UNREACHABLE] = "unreachable",
	};

	return (unsigned int)st < ST__MAX ? names[st] : "unknown status";
}

void status_say(const char *fmt, ...)
{
	char text[sizeof(said)]; /* an argument may be status_text() itself */
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	memcpy(said, text, sizeof(said));
}

void status_prefix(const char *fmt, ...)
{
	char text[sizeof(said)];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	n = strlen(text);
	(void)snprintf(text + n, sizeof(text) - n, "%s", said);
	memcpy(said, text, sizeof(said));
}

const char *status_text(void) { return said; }

void status_clear(void) { said[0] = '\0'; }
