/* The live log as a source. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/audit/source.h"
#include "engine/audit/stored.h"
#include "engine/base/civil.h"

static enum status read_checkpoint(void *ctx, struct buf *out)
{
	enum status st = stored_checkpoint(audit_db(ctx), out);

	if (st == ST_NOTFOUND)
		st = fail(ST_INTEGRITY,
		    "the audit log has no checkpoint: it was put back from "
		    "before its beginning, or `lethe init` has not been run");
	return st;
}

static enum status read_tile(void *ctx, unsigned int level, uint64_t n,
    unsigned int width, struct tile *out)
{
	return stored_read(audit_db(ctx), level, n, width, out);
}

/* The members that an entry is found by, where they stand in its canonical
 * JSON: texts behind their first quote.  NULL: it has none. */
enum { ACTION, ACTOR, AT, EVIDENCE, ID, OBJECT, REQUEST, RUN, SOURCE, SUBJECT };
#define MEMBER(s)                \
	{                        \
		s, sizeof(s) - 1 \
	}
static const struct {
	const char *text;
	size_t n;
} members[] = {
	[ACTION] = MEMBER("\"action\":\""),
	[ACTOR] = MEMBER("\"actor\":\""),
	[AT] = MEMBER("\"at\":\""),
	[EVIDENCE] = MEMBER("\"evidence\":"),
	[ID] = MEMBER("\"id\":\""),
	[OBJECT] = MEMBER("\"object\":\""),
	[REQUEST] = MEMBER("\"request\":\""),
	[RUN] = MEMBER("\"run\":\""),
	[SOURCE] = MEMBER("\"source\":\""),
	[SUBJECT] = MEMBER("\"subject\":\""),
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))

/* Behind the text whose first quote ${p} is; NULL: it has no end. */
static const char *skip_text(const char *p)
{
	for (p++; *(p += strcspn(p, "\"\\")) == '\\'; p += 2)
		if (p[1] == '\0')
			return NULL;
	return *p ? p + 1 : NULL;
}

/* To what follows the value at ${p}, whatever is in it; NULL: it has no end. */
static const char *skip_value(const char *p)
{
	int depth = 0;

	while (*p && (depth > 0 || (*p != ',' && *p != '}'))) {
		if (*p == '"') {
			if ((p = skip_text(p)) == NULL)
				return NULL;
			continue;
		}
		depth += *p == '{' || *p == '[';
		depth -= *p == '}' || *p == ']';
		p++;
	}
	return *p ? p : NULL;
}

/* Those of the entry itself: what is within a member has names of its own.
 * 0: it is no canonical JSON. */
static int find(const char *body, const char *found[MEMBERS])
{
	const char *p = body, *name;
	size_t i;

	while (*p == '{' || *p == ',') {
		name = p + 1;
		if (*name != '"' || (p = skip_text(name)) == NULL || *p != ':')
			return 0;
		for (i = 0; i < MEMBERS; i++)
			if (name[1] == members[i].text[1] &&
			    strncmp(name, members[i].text, members[i].n) == 0)
				found[i] = name + members[i].n;
		if ((p = skip_value(p + 1)) == NULL)
			return 0;
	}
	return p[0] == '}' && p[1] == '\0';
}

/* How canonical JSON writes ${c} in a text (RFC 8785, 3.2.2.2). */
static size_t escape(char c, char out[8])
{
	static const char plain[] = "\"\\\b\f\n\r\t", named[] = "\"\\bfnrt";
	const char *at = strchr(plain, c);

	if (at)
		return (size_t)snprintf(out, 8, "\\%c", named[at - plain]);
	if ((unsigned char)c < 0x20)
		return (size_t)snprintf(out, 8, "\\u%04x", (unsigned int)c);
	out[0] = c;
	return 1;
}

/* Whether the text at ${p} is ${text}; NULL is none. */
static int same(const char *p, const char *text)
{
	char one[8];
	size_t n;

	if (p == NULL || text == NULL)
		return p == NULL && text == NULL;
	n = strcspn(text, "\\");
	if (text[n] == '\0' && strncmp(p, text, n) == 0 && p[n] == '"')
		return 1;
	for (; *text; text++, p += n) {
		n = escape(*text, one);
		if (strncmp(p, one, n) != 0)
			return 0;
	}
	return *p == '"';
}

/* What request_of() in log.c takes. */
static const char *request_in(const char *const found[MEMBERS])
{
	if (found[REQUEST])
		return found[REQUEST];
	if (found[ID] && strncmp(found[ID], "Q-", 2) == 0)
		return found[ID];
	return found[OBJECT] && strncmp(found[OBJECT], "Q-", 2) == 0
		   ? found[OBJECT]
		   : NULL;
}

static int says(struct stmt *s, const char *body)
{
	const char *found[MEMBERS] = { NULL }, *source = db_text(s, 3);
	char when[INSTANT_TEXT];

	civil_format_instant(db_int(s, 1), when);
	return find(body, found) && same(found[AT], when) &&
	       same(found[ACTION], db_text(s, 2)) &&
	       same(found[RUN], db_text(s, 5)) &&
	       same(found[SUBJECT], db_text(s, 7)) &&
	       same(found[ACTOR], db_text(s, 8)) &&
	       same(request_in(found), db_text(s, 9)) &&
	       (source == NULL ||
		   (same(found[SOURCE], source) && found[EVIDENCE] &&
		       strtoll(found[EVIDENCE], NULL, 10) == db_int(s, 4)));
}

/* The columns that lists are filtered by say what the text says: who changes
 * one hides an entry from whoever looks for it. */
static enum status check_row(struct stmt *s, const char *body)
{
	return says(s, body)
		   ? ST_OK
		   : fail(ST_INTEGRITY,
			 "entry %" PRId64
			 " was changed: what it is found by is not what it says",
			 db_int(s, 0));
}

static enum status read_entries(void *ctx, uint64_t n, unsigned int width,
    enum status (*each)(void *to, const char *body, size_t len), void *to)
{
	int64_t next = (int64_t)(n * TILE_WIDTH), end = next + width;
	struct stmt *s = NULL;
	enum status st;
	struct val body;

	st = db_query(audit_db(ctx),
	    "SELECT seq, at, action, source, evidence, run, body, subject,"
	    " actor, request FROM entry"
	    " WHERE seq >= $1 AND seq < $2 ORDER BY seq",
	    ARGS(INT(next), INT(end)), &s);
	while (st == ST_OK && (st = db_row(s)) == ST_OK) {
		if (db_int(s, 0) != next || db_text(s, 6) == NULL)
			break;
		body = db_val(s, 6);
		if ((st = check_row(s, body.p)) == ST_OK)
			st = each(to, body.p, body.n);
		next++;
	}
	db_done(s);
	if (st != ST_OK && st != ST_NOTFOUND)
		return st;
	return next == end
		   ? ST_OK
		   : fail(ST_NOTFOUND, "entry %" PRId64 " is missing", next);
}

struct audit_source source_of_log(struct audit *a)
{
	return (
	    struct audit_source){ read_checkpoint, read_entries, read_tile, a };
}
