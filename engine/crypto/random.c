/*
 * Random bytes.  Nonces are drawn, never counted: a counter kept in a file or
 * in memory runs again when a backup or a virtual machine is restored.
 *
 * The pool must not survive a fork(): parent and child would seal different
 * pages under the same nonces.  One page of memory that the kernel zeroes in
 * every child (MADV_WIPEONFORK) holds a number; each pool remembers the one
 * it was filled under.  Unlike pthread_atfork() that also catches clone() and
 * _Fork().  Where the kernel cannot do it, there is no pool.
 *
 * What a pool cannot see is a machine that is cloned while it runs; hence its
 * size: 32 nonces, and what was handed out is wiped.
 */
#include "engine/crypto/random.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#define POOL_BYTES 480

struct pool {
	uint8_t bytes[POOL_BYTES];
	size_t left;
	unsigned long family; /* number of the process that filled it */
};

static _Thread_local struct pool pool;

/* Process-wide: the page that a child finds zeroed, and the last number. */
static _Atomic(unsigned long) *family_page;
static atomic_ulong last_family;
static pthread_once_t once = PTHREAD_ONCE_INIT;

enum status random_bytes(void *out, size_t len)
{
	uint8_t *p = out;
	ssize_t n;

	while (len > 0) {
		n = getrandom(p, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(
			    ST_CRYPTO, "getrandom: %s", strerror(errno));
		p += n;
		len -= (size_t)n;
	}
	return ST_OK;
}

static void make_page(void)
{
	size_t size = 4096;
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return;
	if (madvise(p, size, MADV_WIPEONFORK) != 0) {
		(void)munmap(p, size);
		return;
	}
	family_page = p;
}

/* A number that no ancestor of this process had; 0: no pool can be kept. */
static unsigned long family(void)
{
	unsigned long now, next;

	(void)pthread_once(&once, make_page);
	if (family_page == NULL)
		return 0;
	if ((now = atomic_load(family_page)) != 0)
		return now;
	/* First use, or the first since a fork; one thread's number wins. */
	next = atomic_fetch_add(&last_family, 1) + 1;
	if (atomic_compare_exchange_strong(family_page, &now, next))
		return next;
	return now;
}

enum status random_nonce(void *out, size_t len)
{
	unsigned long mine = family();
	enum status st;
	uint8_t *p;

	if (mine == 0 || len > POOL_BYTES)
		return random_bytes(out, len);
	if (pool.family != mine || pool.left < len) {
		pool.left = 0;
		if ((st = random_bytes(pool.bytes, POOL_BYTES)) != ST_OK)
			return st;
		pool.left = POOL_BYTES;
		pool.family = mine;
	}
	p = pool.bytes + POOL_BYTES - pool.left;
	memcpy(out, p, len);
	explicit_bzero(p, len);
	pool.left -= len;
	return ST_OK;
}
