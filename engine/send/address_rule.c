/* Which addresses are not ours to call. */
#include "engine/send/address_rule.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/* The first ${bits} of ${net}. */
struct range4 {
	uint8_t net[4];
	int bits;
};
struct range6 {
	uint8_t net[16];
	int bits;
};

static const struct range4 closed4[] = {
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
	{ { 224 }, 4 },
	{ { 240 }, 4 },
};

/* Of what is assigned, 2000::/3, these are not public. */
static const struct range6 closed6[] = {
	{ { 0x20, 0x01, 0x00 }, 23 },       /* Teredo and others */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ { 0x3f, 0xff, 0x00 }, 20 },       /* documentation */
};

static int in_range(const uint8_t *a, const uint8_t *net, int bits)
{
	size_t whole = (size_t)bits / 8;
	int rest = bits % 8;

	if (memcmp(a, net, whole) != 0)
		return 0;
	return rest == 0 ||
	       (a[whole] >> (8 - rest)) == net[whole] >> (8 - rest);
}

static int is_public4(const uint8_t a[4])
{
	for (size_t i = 0; i < sizeof(closed4) / sizeof(*closed4); i++)
		if (in_range(a, closed4[i].net, closed4[i].bits))
			return 0;
	return 1;
}

static int is_public6(const uint8_t a[16])
{
	static const uint8_t global[16] = { 0x20 };
	static const uint8_t mapped[16] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[16] = { 0x00, 0x64, 0xff, 0x9b };
	static const uint8_t six_to_four[16] = { 0x20, 0x02 };

	if (in_range(a, mapped, 96) || in_range(a, nat64, 96))
		return is_public4(a + 12);
	if (in_range(a, six_to_four, 16))
		return is_public4(a + 2);
	for (size_t i = 0; i < sizeof(closed6) / sizeof(*closed6); i++)
		if (in_range(a, closed6[i].net, closed6[i].bits))
			return 0;
	return in_range(a, global, 3);
}

int address_is_public(const struct sockaddr *a)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (a->sa_family == AF_INET) {
		memcpy(&v4, a, sizeof(v4));
		return is_public4((const uint8_t *)&v4.sin_addr);
	}
	if (a->sa_family == AF_INET6) {
		memcpy(&v6, a, sizeof(v6));
		return is_public6(v6.sin6_addr.s6_addr);
	}
	return 0;
}
