/* Connections by the clock. */
#include "engine/web/links.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum phase { LINK_IDLE, LINK_READING, LINK_WORKING, LINK_CUT };
struct link {
	struct link *next;
	struct link **from;
	int fd;
	int tls;
	enum phase phase;
	time_t since;
};
struct links {
	pthread_mutex_t lock;
	struct link *first;
	size_t busy;
};

static time_t seconds(void)
{
	struct timespec t = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

enum status links_new(struct links **out)
{
	struct links *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return fail(ST_NOMEM, "out of memory");
	(void)pthread_mutex_init(&l->lock, NULL);
	*out = l;
	return ST_OK;
}

void links_free(struct links *l)
{
	if (l == NULL)
		return;
	while (l->first)
		links_remove(l, l->first);
	(void)pthread_mutex_destroy(&l->lock);
	free(l);
}

struct link *links_add(struct links *l, int fd, int tls)
{
	struct link *one = calloc(1, sizeof(*one));

	if (one == NULL)
		return NULL;
	one->fd = fd;
	one->tls = tls;
	one->since = seconds();
	(void)pthread_mutex_lock(&l->lock);
	one->from = &l->first;
	one->next = l->first;
	if (one->next)
		one->next->from = &one->next;
	l->first = one;
	(void)pthread_mutex_unlock(&l->lock);
	return one;
}

static size_t is_busy(enum phase p)
{
	return p == LINK_READING || p == LINK_WORKING;
}

/* With the lock. */
static void become(struct links *l, struct link *one, enum phase p)
{
	l->busy -= is_busy(one->phase);
	l->busy += is_busy(p);
	one->phase = p;
}

void links_remove(struct links *l, struct link *one)
{
	if (one == NULL)
		return;
	(void)pthread_mutex_lock(&l->lock);
	become(l, one, LINK_CUT);
	*one->from = one->next;
	if (one->next)
		one->next->from = one->from;
	(void)pthread_mutex_unlock(&l->lock);
	free(one);
}

static void enter(struct links *l, struct link *one, enum phase p)
{
	if (one == NULL)
		return;
	(void)pthread_mutex_lock(&l->lock);
	if (one->phase != LINK_CUT) {
		become(l, one, p);
		/* Reading began with the connection, or when the last answer
		 * had gone: the time does not begin anew. */
		if (p != LINK_READING)
			one->since = seconds();
	}
	(void)pthread_mutex_unlock(&l->lock);
}

void links_begin(struct links *l, struct link *one)
{
	enter(l, one, LINK_READING);
}

void links_work(struct links *l, struct link *one)
{
	enter(l, one, LINK_WORKING);
}

void links_end(struct links *l, struct link *one) { enter(l, one, LINK_IDLE); }

/* Nobody else writes to it: the answer begins when the request is there. */
static void cut(const struct link *one)
{
	static const char late[] =
	    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
	    "Content-Length: 0\r\n\r\n";

	if (one->phase == LINK_READING && !one->tls)
		(void)send(one->fd, late, sizeof(late) - 1,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)shutdown(one->fd, SHUT_RDWR);
}

void links_sweep(struct links *l)
{
	time_t now = seconds();

	(void)pthread_mutex_lock(&l->lock);
	for (struct link *one = l->first; one; one = one->next) {
		if (one->phase == LINK_CUT || now - one->since < LINKS_SECONDS)
			continue;
		cut(one);
		become(l, one, LINK_CUT);
	}
	(void)pthread_mutex_unlock(&l->lock);
}

size_t links_busy(struct links *l)
{
	size_t busy;

	(void)pthread_mutex_lock(&l->lock);
	busy = l->busy;
	(void)pthread_mutex_unlock(&l->lock);
	return busy;
}
