/*
 * Where a store is, and how far the way there is trusted.  libpq's defaults
 * encrypt where the server offers it and verify nobody: whoever stands between
 * could read and delete.  So a host that is not this machine must prove its
 * name, unless the URL says in so many words that it need not.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/store/postgres.h"

#define MOST          64 /* keywords; libpq has some forty */
#define PASSWORD_MOST ((size_t)4096)
#define UNVERIFIED    "allow_unverified"

/* What libpq does not know, taken out of the URL. */
struct own {
	char *rest;
	char *schema;
	char *unverified;
};

static void own_release(struct own *o)
{
	free(o->rest);
	free(o->schema);
	free(o->unverified);
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef", *p;

	p = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
	return p ? (int)(p - digits) : -1;
}

/* "%20" is a blank, as libpq has it. */
static void decode(char *text)
{
	char *out = text;

	for (; *text; text++, out++) {
		*out = *text;
		if (*text == '%' && hex(text[1]) >= 0 && hex(text[2]) >= 0) {
			*out = (char)(16 * hex(text[1]) + hex(text[2]));
			text += 2;
		}
	}
	*out = '\0';
}

/* 1 and a copy of the value, where ${part} is "name=...". */
static int take_part(const char *part, size_t n, const char *name, char **out)
{
	size_t len = strlen(name);

	if (n <= len || strncmp(part, name, len) != 0 || part[len] != '=')
		return 0;
	free(*out);
	if ((*out = strndup(part + len + 1, n - len - 1)) != NULL)
		decode(*out);
	return 1;
}

static enum status split(const char *url, struct own *o)
{
	const char *p = strchr(url, '?');
	struct buf b = BUF_INIT;
	char before = '?';
	size_t n;

	buf_add(&b, url, p ? (size_t)(p - url) : strlen(url));
	while (p && *p) {
		n = strcspn(++p, "&");
		if (!take_part(p, n, "schema", &o->schema) &&
		    !take_part(p, n, UNVERIFIED, &o->unverified)) {
			buf_addc(&b, before);
			buf_add(&b, p, n);
			before = '&';
		}
		p += n;
	}
	o->rest = buf_take(&b);
	return o->rest ? ST_OK : fail(ST_NOMEM, "out of memory");
}

static PQconninfoOption *option_of(PQconninfoOption *list, const char *keyword)
{
	for (; list->keyword; list++)
		if (strcmp(list->keyword, keyword) == 0)
			return list;
	return NULL;
}

static const char *value_of(PQconninfoOption *list, const char *keyword)
{
	const PQconninfoOption *o = option_of(list, keyword);

	return o && o->val && *o->val ? o->val : NULL;
}

/* ---- trust ---- */

static int is_this_machine(const char *host, size_t n)
{
	static const char *const names[] = { "localhost", "::1", "127.0.0.1" };
	size_t i;

	if (n == 0 || *host == '/' || *host == '@')
		return 1;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == n && memcmp(host, names[i], n) == 0)
			return 1;
	return 0;
}

/* Several may stand there, one of which will answer. */
static int all_here(const char *hosts)
{
	size_t n;

	for (;; hosts += n + 1) {
		n = strcspn(hosts, ",");
		if (!is_this_machine(hosts, n))
			return 0;
		if (hosts[n] == '\0')
			return 1;
	}
}

/* Where libpq would connect to: an address beats a name, and the environment
 * stands in for both. */
static int is_local(PQconninfoOption *list)
{
	const char *address = value_of(list, "hostaddr");
	const char *host = value_of(list, "host");

	if (address == NULL && host == NULL) {
		address = getenv("PGHOSTADDR");
		host = getenv("PGHOST");
	}
	if (address && *address)
		return all_here(address);
	return all_here(host ? host : "");
}

/* What is verified; NULL: by libpq's own rules. */
static enum status trust(const char *store, PQconninfoOption *list,
    const struct own *own, const char **sslmode)
{
	const char *mode = value_of(list, "sslmode");
	int unverified = own->unverified && strcmp(own->unverified, "yes") == 0;

	if (own->unverified && !unverified)
		return fail(ST_INVALID,
		    "%s: " UNVERIFIED " in the URL can only be yes: remove it",
		    store);
	*sslmode = mode;
	if (is_local(list) || unverified)
		return ST_OK;
	if (mode && strcmp(mode, "verify-full") != 0)
		return fail(ST_INVALID,
		    "%s: sslmode=%s in the URL lets another host stand in for "
		    "this one: use verify-full (with sslrootcert), or add " UNVERIFIED
		    "=yes",
		    store, mode);
	*sslmode = "verify-full";
	return ST_OK;
}

/* ---- the parameters ---- */

static enum status add(
    struct postgres_url *u, const char *keyword, const char *value)
{
	size_t n = 0;

	while (u->keywords[n])
		n++;
	if (n + 1 >= MOST)
		return fail(ST_LIMIT, "a URL has too many parameters");
	u->values[n] = strdup(value);
	u->keywords[n] = strdup(keyword);
	return u->keywords[n] && u->values[n] ? ST_OK
					      : fail(ST_NOMEM, "out of memory");
}

/* One line, as PGPASSFILE is too much for one database. */
static enum status add_password(
    const struct postgres_spec *spec, struct postgres_url *u)
{
	struct buf b = BUF_INIT;
	enum status st;

	if (spec->password_file == NULL)
		return ST_OK;
	st = file_read(spec->password_file, PASSWORD_MOST, &b);
	if (st == ST_OK && b.len > 0) {
		b.data[strcspn(b.data, "\r\n")] = '\0';
		st = add(u, "password", b.data);
	}
	if (b.data)
		explicit_bzero(b.data, b.size);
	buf_release(&b);
	if (st != ST_OK)
		status_prefix("%s: `password_file`: ", spec->name);
	return st;
}

static enum status add_all(const struct postgres_spec *spec,
    PQconninfoOption *list, const struct own *own, struct postgres_url *u)
{
	const char *sslmode = NULL;
	const PQconninfoOption *o;
	enum status st;

	st = trust(spec->name, list, own, &sslmode);
	for (o = list; st == ST_OK && o->keyword; o++) {
		if (o->val && *o->val && strcmp(o->keyword, "sslmode") != 0)
			st = add(u, o->keyword, o->val);
	}
	if (st == ST_OK && sslmode)
		st = add(u, "sslmode", sslmode);
	/* GSSAPI would be preferred to TLS, whose verification was asked. */
	if (st == ST_OK && sslmode && !value_of(list, "gssencmode"))
		st = add(u, "gssencmode", "disable");
	if (st == ST_OK && !value_of(list, "connect_timeout"))
		st = add(u, "connect_timeout", "10");
	if (st == ST_OK)
		st = add(u, "fallback_application_name", "lethe");
	return st == ST_OK ? add_password(spec, u) : st;
}

static enum status name_place(PQconninfoOption *list, struct postgres_url *u)
{
	const char *host = value_of(list, "host");
	const char *db = value_of(list, "dbname");

	if (host == NULL)
		host = value_of(list, "hostaddr");
	u->where = str_format("database %s on %s", db ? db : "(default)",
	    host ? host : "this machine");
	return u->where ? ST_OK : fail(ST_NOMEM, "out of memory");
}

static enum status read_options(const struct postgres_spec *spec,
    PQconninfoOption *list, struct own *own, struct postgres_url *u)
{
	enum status st;

	if (value_of(list, "password"))
		return fail(ST_INVALID,
		    "%s: the URL holds a password, where whoever reads the "
		    "file sees it: use password_file, or PGPASSFILE",
		    spec->name);
	u->keywords = calloc(MOST + 1, sizeof(*u->keywords));
	u->values = calloc(MOST + 1, sizeof(*u->values));
	if (u->keywords == NULL || u->values == NULL)
		return fail(ST_NOMEM, "out of memory");
	if ((st = name_place(list, u)) == ST_OK)
		st = add_all(spec, list, own, u);
	u->schema = own->schema;
	own->schema = NULL;
	return st;
}

/* Most of what libpq says of a URL quotes all of it. */
static enum status misunderstood(
    const struct postgres_spec *spec, const char *said)
{
	static const char unknown[] = "invalid URI query parameter";
	int names = said && strncmp(said, unknown, strlen(unknown)) == 0;

	return fail(ST_INVALID,
	    "%s: `url`: %.*s: write it as "
	    "postgresql://USER@HOST:PORT/DATABASE?PARAMETER=VALUE",
	    spec->name, names ? (int)strcspn(said, "\n") : 40,
	    names ? said : "PostgreSQL does not understand it");
}

enum status postgres_url_read(
    const struct postgres_spec *spec, struct postgres_url *out)
{
	struct own own = { NULL, NULL, NULL };
	PQconninfoOption *list = NULL;
	char *said = NULL;
	enum status st;

	memset(out, 0, sizeof(*out));
	if ((st = split(spec->url, &own)) == ST_OK) {
		list = PQconninfoParse(own.rest, &said);
		st = list ? read_options(spec, list, &own, out)
			  : misunderstood(spec, said);
	}
	PQfreemem(said);
	PQconninfoFree(list);
	own_release(&own);
	if (st != ST_OK)
		postgres_url_release(out);
	return st;
}

void postgres_url_release(struct postgres_url *u)
{
	size_t i;

	for (i = 0; u->keywords && i < MOST; i++) {
		if (u->values[i])
			explicit_bzero(u->values[i], strlen(u->values[i]));
		free(u->keywords[i]);
		free(u->values[i]);
	}
	free(u->keywords);
	free(u->values);
	free(u->where);
	free(u->schema);
	memset(u, 0, sizeof(*u));
}
