/* libmicrohttpd, and nothing else of the web knows of it. */
#include "engine/web/server.h"

#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/base/when.h"
#include "engine/package/sealed.h"
#include "engine/web/crew.h"
#include "engine/web/links.h"
#include "engine/web/listen.h"
#include "engine/web/proxy.h"
#include "engine/web/site.h"

struct server {
	const struct config *config;
	struct site site;
	struct crew *crew;
	struct links *links;
	struct buf certificate;
	struct buf key;
	int tls;
};

/* A request as it comes in: from its first line to the end of its body. */
struct asked {
	char *uri;
	struct buf body;
	struct link *link;
	unsigned int refused; /* with this status */
	int begun;
};

/* ---- answers ---- */

/* Its name is a path's part: nothing in it ends a quotation, or a line. */
static void add_file_name(struct MHD_Response *r, const struct exchange *x)
{
	char *text;

	if (x->file == NULL || x->status != 200)
		return;
	text = str_format("attachment; filename=\"%s\"", x->file);
	if (text)
		(void)MHD_add_response_header(r, "Content-Disposition", text);
	free(text);
}

/* How long until it makes sense to come again. */
static void add_retry(struct MHD_Response *r, const struct exchange *x)
{
	char seconds[24];

	if (x->status != 429 || x->retry_after <= 0)
		return;
	(void)snprintf(
	    seconds, sizeof(seconds), "%lld", (long long)x->retry_after);
	(void)MHD_add_response_header(r, "Retry-After", seconds);
}

static void add_headers(
    struct MHD_Response *r, const struct exchange *x, int secure)
{
	for (const struct site_header *h = site_headers; h->name; h++)
		(void)MHD_add_response_header(r, h->name, h->value);
	(void)MHD_add_response_header(r, "Cache-Control",
	    x->is_asset ? "public, max-age=3600" : "no-store");
	if (x->type)
		(void)MHD_add_response_header(r, "Content-Type", x->type);
	add_file_name(r, x);
	if (x->location && x->status == 303)
		(void)MHD_add_response_header(r, "Location", x->location);
	if (x->allow && x->status == 405)
		(void)MHD_add_response_header(r, "Allow", x->allow);
	if (x->cookie)
		(void)MHD_add_response_header(r, "Set-Cookie", x->cookie);
	if (x->device_cookie)
		(void)MHD_add_response_header(
		    r, "Set-Cookie", x->device_cookie);
	if (x->language_cookie)
		(void)MHD_add_response_header(
		    r, "Set-Cookie", x->language_cookie);
	add_retry(r, x);
	if (x->status == 413)
		(void)MHD_add_response_header(r, "Connection", "close");
	if (secure)
		(void)MHD_add_response_header(
		    r, "Strict-Transport-Security", "max-age=31536000");
}

/* A file on its way out, a piece at a time. */
struct stream {
	struct sealed *file;
	struct links *links;
	struct link *link;
};

static ssize_t stream_read(void *ctx, uint64_t at, char *out, size_t most)
{
	struct stream *t = ctx;
	uint64_t left = (uint64_t)sealed_size(t->file) - at;
	size_t n = left < most ? (size_t)left : most;

	/* Who takes a piece has the time for another one: a file may be long,
	 * and the line slow. */
	links_work(t->links, t->link);
	if (sealed_read(t->file, (int64_t)at, out, n) == ST_OK)
		return (ssize_t)n;
	(void)fprintf(
	    stderr, "lethe: a download was broken off: %s\n", status_text());
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

static void stream_free(void *ctx)
{
	struct stream *t = ctx;

	sealed_free(t->file);
	free(t);
}

static struct MHD_Response *stream_out(
    struct server *s, const struct asked *a, struct exchange *x)
{
	struct stream *t = calloc(1, sizeof(*t));
	struct MHD_Response *r;

	if (t == NULL)
		return NULL;
	*t = (struct stream){ x->stream, s->links, a->link };
	r = MHD_create_response_from_callback((uint64_t)sealed_size(x->stream),
	    SERVER_PIECE, stream_read, t, stream_free);
	if (r)
		x->stream = NULL;
	else
		free(t);
	return r;
}

static struct MHD_Response *body_out(struct exchange *x)
{
	size_t len = x->body.len;
	char *bytes = buf_take(&x->body);
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    bytes ? len : 0, bytes, MHD_RESPMEM_MUST_FREE);

	if (r == NULL)
		free(bytes);
	return r;
}

static enum MHD_Result send_out(struct server *s, struct MHD_Connection *c,
    const struct asked *a, struct exchange *x)
{
	struct MHD_Response *r = x->stream ? stream_out(s, a, x) : body_out(x);
	enum MHD_Result sent;

	if (r == NULL)
		return MHD_NO;
	add_headers(r, x, x->secure);
	sent = MHD_queue_response(c, x->status, r);
	MHD_destroy_response(r);
	return sent;
}

/* ---- what was asked ---- */

static const char *header(struct MHD_Connection *c, const char *name)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

/* Of a header that comes twice the last: a proxy adds its own behind what the
 * client sent. */
struct last {
	const char *name;
	const char *value;
};
static enum MHD_Result look(
    void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct last *l = ctx;

	(void)kind;
	if (strcasecmp(name, l->name) == 0)
		l->value = value;
	return MHD_YES;
}

static const char *last_header(struct MHD_Connection *c, const char *name)
{
	struct last l = { name, NULL };

	(void)MHD_get_connection_values(c, MHD_HEADER_KIND, look, &l);
	return l.value;
}

static void read_client(const struct server *s, struct MHD_Connection *c,
    struct proxy_client *client)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *a = info ? info->client_addr : NULL;
	socklen_t len = a && a->sa_family == AF_INET6
			    ? sizeof(struct sockaddr_in6)
			    : sizeof(struct sockaddr_in);
	char peer[PROXY_ADDRESS] = "";
	struct proxy_said said = { peer, s->tls, header(c, "Host"),
		last_header(c, "X-Forwarded-For"),
		last_header(c, "X-Forwarded-Proto"),
		last_header(c, "X-Forwarded-Host") };

	if (a)
		(void)getnameinfo(
		    a, len, peer, sizeof(peer), NULL, 0, NI_NUMERICHOST);
	proxy_read(s->config, &said, client);
}

/* The path as it was sent: those of this site have nothing to escape. */
static enum status read_uri(struct asked *a, struct exchange *x)
{
	char *query = strchr(a->uri, '?');

	if (query)
		*query++ = '\0';
	x->path = a->uri;
	return query ? fields_parse_form(query, strlen(query), &x->query)
		     : ST_OK;
}

static int is_form(const char *type)
{
	static const char form[] = "application/x-www-form-urlencoded";
	size_t len = sizeof(form) - 1;

	return type && strncasecmp(type, form, len) == 0 &&
	       (type[len] == '\0' || strchr("; \t", type[len]) != NULL);
}

static enum status read_body(
    struct MHD_Connection *c, struct asked *a, struct exchange *x)
{
	if (x->method != WEB_POST || a->body.len == 0)
		return buf_status(&a->body);
	if (!is_form(header(c, "Content-Type"))) {
		x->status = 415;
		return fail(
		    ST_INVALID, "send it as application/x-www-form-urlencoded");
	}
	if (buf_status(&a->body) != ST_OK)
		return ST_NOMEM;
	return fields_parse_form(a->body.data, a->body.len, &x->form);
}

static enum status read_cookies(struct MHD_Connection *c, struct exchange *x)
{
	const char *cookie = header(c, "Cookie");

	return cookie
		   ? fields_parse_cookies(cookie, strlen(cookie), &x->cookies)
		   : ST_OK;
}

static enum status read_all(
    struct MHD_Connection *c, struct asked *a, struct exchange *x)
{
	enum status st = read_uri(a, x);

	if (st == ST_OK)
		st = read_cookies(c, x);
	return st == ST_OK ? read_body(c, a, x) : st;
}

static int method_of(const char *name)
{
	if (strcmp(name, "GET") == 0 || strcmp(name, "HEAD") == 0)
		return WEB_GET;
	return strcmp(name, "POST") == 0 ? WEB_POST : WEB_METHOD__MAX;
}

static enum MHD_Result answer(struct server *s, struct MHD_Connection *c,
    const char *method, struct asked *a)
{
	struct proxy_client client;
	struct exchange x = { .site = &s->site, .now = when_now() };
	enum MHD_Result sent;
	enum status st;

	read_client(s, c, &client);
	x.address = client.address;
	x.secure = client.secure;
	x.host = client.host;
	x.accept = header(c, "Accept");
	x.accept_language = header(c, "Accept-Language");
	x.origin = header(c, "Origin");
	x.fetch_site = header(c, "Sec-Fetch-Site");
	x.csrf = header(c, "X-CSRF-Token");
	x.method = (enum web_method)method_of(method);
	x.in = crew_take(s->crew);
	x.status = a->refused;
	st = a->refused ? ST_LIMIT : read_all(c, a, &x);
	if (st == ST_OK)
		site_answer(&x);
	else
		site_refuse(&x, st);
	crew_give(s->crew, x.in, x.spent ? CREW_SPENT : CREW_FRESH);
	sent = send_out(s, c, a, &x);
	exchange_release(&x);
	return sent;
}

/* ---- libmicrohttpd's calls ---- */

static struct link *link_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* The first line is there. */
static void *begin(void *ctx, const char *uri, struct MHD_Connection *c)
{
	struct server *s = ctx;
	struct asked *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->link = link_of(c);
	links_begin(s->links, a->link);
	if ((a->uri = strdup(uri)) == NULL) {
		free(a);
		return NULL;
	}
	return a;
}

/* A body that says how long it is and is too long is not waited for. */
static int is_too_long(struct MHD_Connection *c)
{
	const char *length = header(c, "Content-Length");

	return length &&
	       (strlen(length) > 9 || strtol(length, NULL, 10) > SERVER_BODY);
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *c,
    const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_len, void **state)
{
	struct server *s = ctx;
	struct asked *a = *state;

	(void)url;
	(void)version;
	if (a == NULL)
		return MHD_NO;
	if (!a->begun) {
		a->begun = 1;
		if (method_of(method) == WEB_METHOD__MAX)
			a->refused = 405;
		else if (is_too_long(c))
			a->refused = 413;
		/* Answered now, the body is not read. */
		if (a->refused == 0)
			return MHD_YES;
	} else if (*upload_len) {
		if (a->body.len + *upload_len > SERVER_BODY)
			a->refused = 413;
		else
			buf_add(&a->body, upload, *upload_len);
		*upload_len = 0;
		return MHD_YES;
	}
	links_work(s->links, a->link);
	return answer(s, c, method, a);
}

static void completed(void *ctx, struct MHD_Connection *c, void **state,
    enum MHD_RequestTerminationCode why)
{
	struct server *s = ctx;
	struct asked *a = *state;

	(void)c;
	(void)why;
	if (a == NULL)
		return;
	links_end(s->links, a->link);
	/* A password may have been in it. */
	if (a->body.data)
		explicit_bzero(a->body.data, a->body.len);
	buf_release(&a->body);
	free(a->uri);
	free(a);
	*state = NULL;
}

static void connection(void *ctx, struct MHD_Connection *c, void **link,
    enum MHD_ConnectionNotificationCode what)
{
	struct server *s = ctx;
	const union MHD_ConnectionInfo *info;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		links_remove(s->links, *link);
		*link = NULL;
		return;
	}
	info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	*link = info ? links_add(s->links, info->connect_fd, s->tls) : NULL;
}

/* ---- the daemon ---- */

static struct MHD_Daemon *start(struct server *s, int fd)
{
	unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC |
			     (s->tls ? MHD_USE_TLS : 0);
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, s->certificate.data },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, s->key.data },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0,
		    (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:"
					"+VERS-TLS1.2" },
		{ MHD_OPTION_END, 0, NULL },
	};
	const struct MHD_OptionItem none[] = {
		{ MHD_OPTION_END, 0, NULL },
	};
	unsigned int each = s->config->web.proxy_count ? 0 : SERVER_PER_ADDRESS;

	return MHD_start_daemon(flags, 0, NULL, NULL, handle, s,
	    MHD_OPTION_LISTEN_SOCKET, (MHD_socket)fd,
	    MHD_OPTION_THREAD_POOL_SIZE, (unsigned int)SERVER_THREADS,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned int)SERVER_CONNECTIONS,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, each,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)SERVER_HEADERS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)SERVER_SILENCE,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, begin,
	    s, MHD_OPTION_NOTIFY_COMPLETED, completed, s,
	    MHD_OPTION_NOTIFY_CONNECTION, connection, s, MHD_OPTION_ARRAY,
	    s->tls ? tls : none, MHD_OPTION_END);
}

static enum status read_tls(struct server *s)
{
	const struct config *c = s->config;
	enum status st = ST_OK;

	if (c->web.certificate == NULL)
		return ST_OK;
	s->tls = 1;
	st = file_read(c->web.certificate, 1 << 20, &s->certificate);
	return st == ST_OK ? file_read(c->web.key, 1 << 20, &s->key) : st;
}

/* ---- from start to end ---- */

/* Once a second the slow are ended, until a signal comes. */
static void wait_for_end(struct server *s, const sigset_t *signals)
{
	const struct timespec second = { 1, 0 };

	while (sigtimedwait(signals, NULL, &second) < 0)
		links_sweep(s->links);
}

/* No new connections; what is at work has its time. */
static void end(struct server *s, struct MHD_Daemon *d)
{
	const struct timespec bit = { 0, 50 * 1000 * 1000 };
	MHD_socket fd = MHD_quiesce_daemon(d);

	/* The system would go on taking them. */
	if (fd != MHD_INVALID_SOCKET)
		(void)shutdown(fd, SHUT_RDWR);
	for (int i = 0; i < SERVER_END * 20 && links_busy(s->links); i++)
		(void)nanosleep(&bit, NULL);
	MHD_stop_daemon(d);
	if (fd != MHD_INVALID_SOCKET)
		(void)close(fd);
}

static enum status check_auth(
    struct installation *in, const struct web_auth *auth)
{
	if (auth)
		return auth->ready(auth->ctx, in);
	return fail(ST_NOTFOUND,
	    "there is no user yet, so that nobody could sign in: `lethe user "
	    "add` makes the first one");
}

static enum status serve(struct server *s, const sigset_t *signals,
    void (*ready)(void *ctx, const char *url), void *ctx)
{
	struct MHD_Daemon *d;
	char url[LISTEN_URL];
	enum status st;
	int fd = -1;

	if ((st = listen_open(s->config, &fd, url)) != ST_OK)
		return st;
	if ((d = start(s, fd)) == NULL) {
		(void)close(fd);
		return fail(ST_IO, "the server does not start%s",
		    s->tls ? ": are `certificate` and `key` PEM files, and a "
			     "pair?"
			   : "");
	}
	ready(ctx, url);
	wait_for_end(s, signals);
	end(s, d);
	return ST_OK;
}

enum status server_run(struct installation *in, const struct web_auth *auth,
    void (*ready)(void *ctx, const char *url), void *ctx)
{
	struct server s = { .config = &in->config };
	sigset_t signals, before;
	enum status st;

	if ((st = check_auth(in, auth)) != ST_OK)
		return st;
	/* Blocked before there are threads, so that none of them gets one. */
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &signals, &before);
	(void)signal(SIGPIPE, SIG_IGN);
	st = read_tls(&s);
	if (st == ST_OK)
		st = links_new(&s.links);
	if (st == ST_OK)
		st = crew_new(in, SERVER_THREADS, &s.crew);
	if (st == ST_OK)
		st = site_init(&s.site, in, auth);
	if (st == ST_OK)
		st = serve(&s, &signals, ready, ctx);
	site_release(&s.site);
	crew_free(s.crew);
	links_free(s.links);
	if (s.key.data)
		explicit_bzero(s.key.data, s.key.len);
	buf_release(&s.key);
	buf_release(&s.certificate);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return st;
}
