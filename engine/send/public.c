/* Addresses that the Internet routes. */
#include "engine/send/public.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct range {
	uint8_t first[8];
	int bits;
};

/* IANA IPv4 Special-Purpose Address Registry, and groups. */
static const struct range inner4[] = {
	{ { 0 }, 8 },
	{ { 10 }, 8 },
	{ { 100, 64 }, 10 },
	{ { 127 }, 8 },
	{ { 169, 254 }, 16 },
	{ { 172, 16 }, 12 },
	{ { 192, 0, 0 }, 24 },
	{ { 192, 0, 2 }, 24 },
	{ { 192, 88, 99 }, 24 },
	{ { 192, 168 }, 16 },
	{ { 198, 18 }, 15 },
	{ { 198, 51, 100 }, 24 },
	{ { 203, 0, 113 }, 24 },
	{ { 224 }, 3 },
};

/* The same of what lies in 2000::/3; nothing else of IPv6 is routed.  6to4 and
 * Teredo have an IPv4 address inside, and are obsolete. */
static const struct range inner6[] = {
	{ { 0x20, 0x01 }, 23 },             /* protocol assignments, Teredo */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ { 0x20, 0x02 }, 16 },             /* 6to4 */
	{ { 0x3f, 0xff }, 20 },             /* documentation */
};

static int in_range(const uint8_t *address, const struct range *r)
{
	size_t whole = (size_t)r->bits / 8;
	unsigned int mask = 0xff00U >> (r->bits % 8) & 0xffU;

	return memcmp(address, r->first, whole) == 0 &&
	       (mask == 0 || ((address[whole] ^ r->first[whole]) & mask) == 0);
}

static int in_any(const uint8_t *address, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (in_range(address, &ranges[i]))
			return 1;
	return 0;
}

static int public4(const uint8_t *address)
{
	return !in_any(address, inner4, sizeof(inner4) / sizeof(*inner4));
}

static int public6(const uint8_t *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t translated[12] = { 0, 0x64, 0xff, 0x9b };

	if (memcmp(a, mapped, sizeof(mapped)) == 0 ||
	    memcmp(a, translated, sizeof(translated)) == 0)
		return public4(a + 12);
	return (a[0] & 0xe0) == 0x20 &&
	       !in_any(a, inner6, sizeof(inner6) / sizeof(*inner6));
}

int public_address(const struct sockaddr *to)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	switch (to->sa_family) {
	case AF_INET:
		memcpy(&v4, to, sizeof(v4));
		return public4((const uint8_t *)&v4.sin_addr);
	case AF_INET6:
		memcpy(&v6, to, sizeof(v6));
		return public6((const uint8_t *)&v6.sin6_addr);
	default: return 0;
	}
}
