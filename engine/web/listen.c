/* Where the server listens. */
#include "engine/web/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 256

static int is_own(const struct sockaddr *a)
{
	const struct sockaddr_in *four = (const void *)a;
	const struct sockaddr_in6 *six = (const void *)a;

	if (a->sa_family == AF_INET)
		return (ntohl(four->sin_addr.s_addr) >> 24) == 127;
	return a->sa_family == AF_INET6 &&
	       IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

/* "[::1]:8080" in two, without the brackets. */
static enum status look_up(const char *listen, struct addrinfo **out)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(listen, ':');
	int bracket = *listen == '[', failed;
	char host[256];
	size_t len = (size_t)(colon - listen) - (bracket ? 2 : 0);

	if (len >= sizeof(host))
		return fail(ST_USAGE, "`listen`: no host has so long a name");
	memcpy(host, listen + bracket, len);
	host[len] = '\0';
	failed = getaddrinfo(host, colon + 1, &hints, out);
	if (failed)
		return fail(ST_USAGE,
		    "`listen: %s`: %s: give an address of this machine", listen,
		    gai_strerror(failed));
	return ST_OK;
}

static enum status bind_it(
    const char *listen_on, const struct addrinfo *a, int *out)
{
	int on = 1, fd;

	fd =
	    socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(ST_IO, "socket: %s", strerror(errno));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 &&
	    listen(fd, BACKLOG) == 0) {
		*out = fd;
		return ST_OK;
	}
	on = errno;
	(void)close(fd);
	if (on == EADDRINUSE)
		return fail(ST_BUSY,
		    "%s is taken: end what listens there, or give another "
		    "`web: {listen: HOST:PORT}`",
		    listen_on);
	return fail(ST_IO, "listen on %s: %s", listen_on, strerror(on));
}

static enum status name_it(int fd, int tls, char url[LISTEN_URL])
{
	struct sockaddr_storage a = { 0 };
	socklen_t len = sizeof(a);
	char host[80], port[8];
	int six;

	if (getsockname(fd, (struct sockaddr *)&a, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&a, len, host, sizeof(host), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return fail(ST_IO, "the socket has no name");
	six = strchr(host, ':') != NULL;
	(void)snprintf(url, LISTEN_URL, "http%s://%s%s%s:%s", tls ? "s" : "",
	    six ? "[" : "", host, six ? "]" : "", port);
	return ST_OK;
}

enum status listen_open(const struct config *c, int *fd, char url[LISTEN_URL])
{
	const char *where = c->web.listen;
	int tls = c->web.certificate != NULL;
	struct addrinfo *a = NULL;
	enum status st = look_up(where, &a);

	if (st == ST_OK && !tls && !is_own(a->ai_addr))
		st = fail(ST_USAGE,
		    "%s is not this machine's own address, and without TLS "
		    "everybody on the way reads along: give `web: {tls: "
		    "{certificate, key}}`, or listen on 127.0.0.1 behind a "
		    "proxy",
		    where);
	if (st == ST_OK)
		st = bind_it(where, a, fd);
	if (a)
		freeaddrinfo(a);
	if (st == ST_OK && (st = name_it(*fd, tls, url)) != ST_OK) {
		(void)close(*fd);
		*fd = -1;
	}
	return st;
}
