/* Proxies, and what they may say. */
#include "engine/web/proxy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* The bytes of an address, as IPv6; 0 where it is none. */
static int address_bytes(const char *text, unsigned char out[16])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(out, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, out + 12) == 1 ||
	       inet_pton(AF_INET6, text, out) == 1;
}

static int is_trusted(const struct config *c, const char *address)
{
	unsigned char a[16], b[16];

	if (!address_bytes(address, a))
		return 0;
	for (size_t i = 0; i < c->web.proxy_count; i++)
		if (address_bytes(c->web.proxies[i], b) &&
		    memcmp(a, b, sizeof(a)) == 0)
			return 1;
	return 0;
}

/* The last address of ${list}, which ends before ${*end}; ${*end} goes on
 * before it.  0: there is none, or it is no address. */
static int last_of(const char *list, size_t *end, char out[PROXY_ADDRESS])
{
	unsigned char bytes[16];
	size_t from, to = *end;

	while (to && strchr(" \t,", list[to - 1]))
		to--;
	for (from = to; from && list[from - 1] != ','; from--)
		;
	*end = from;
	while (from < to && strchr(" \t", list[from]))
		from++;
	if (to == from || to - from >= PROXY_ADDRESS)
		return 0;
	memcpy(out, list + from, to - from);
	out[to - from] = '\0';
	return address_bytes(out, bytes);
}

void proxy_read(const struct config *c, const struct proxy_said *said,
    struct proxy_client *out)
{
	char one[PROXY_ADDRESS];
	size_t end;

	(void)snprintf(out->address, sizeof(out->address), "%s", said->peer);
	out->secure = said->tls;
	out->host = said->host;
	if (!is_trusted(c, said->peer))
		return;
	if (said->x_proto)
		out->secure = strcmp(said->x_proto, "https") == 0;
	if (said->x_host)
		out->host = said->x_host;
	end = said->x_for ? strlen(said->x_for) : 0;
	while (end && last_of(said->x_for, &end, one)) {
		memcpy(out->address, one, sizeof(one));
		if (!is_trusted(c, one))
			return;
	}
}
