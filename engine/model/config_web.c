/* `web:` of lethe.yml: where `lethe serve` listens. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/config_read.h"

/* "127.0.0.1:8080", "localhost:8080", "[::1]:8080" */
static int is_address(const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t host = colon ? (size_t)(colon - text) : 0, digits;

	if (host == 0 || strpbrk(text, " \t/@") != NULL)
		return 0;
	if (memchr(text, ':', host) != NULL &&
	    (*text != '[' || text[host - 1] != ']'))
		return 0;
	digits = strspn(colon + 1, "0123456789");
	return digits > 0 && digits <= 5 && colon[1 + digits] == '\0' &&
	       strtol(colon + 1, NULL, 10) <= 65535;
}

static void read_tls(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "certificate", "key", NULL };
	struct config *c = r->c;

	if (!read_map(r->d, n, keys))
		return;
	(void)config_read_file_path(
	    r, read_required(r->d, n, "certificate"), &c->web.certificate);
	(void)config_read_file_path(
	    r, read_required(r->d, n, "key"), &c->web.key);
}

/* An address, not a name: who is trusted must not depend on an answer of
 * DNS. */
static void read_proxies(struct config_reader *r, const struct node *n)
{
	struct config *c = r->c;
	unsigned char bytes[16];

	if (!read_strings(r->d, n, &c->web.proxies, &c->web.proxy_count))
		return;
	for (size_t i = 0; i < c->web.proxy_count; i++)
		if (inet_pton(AF_INET, c->web.proxies[i], bytes) != 1 &&
		    inet_pton(AF_INET6, c->web.proxies[i], bytes) != 1)
			read_mismatch(r->d, &n->items[i],
			    "an IP address such as `127.0.0.1` or `::1`");
}

void config_read_web(struct config_reader *r, const struct node *n)
{
	static const char *const keys[] = { "listen", "tls", "trusted_proxies",
		"door", NULL };
	const struct node *listen;

	if (!read_map(r->d, n, keys))
		return;
	listen = node_get(n, "listen");
	if (read_string(r->d, listen, &r->c->web.listen) &&
	    !is_address(r->c->web.listen))
		read_mismatch(r->d, listen, "HOST:PORT");
	read_tls(r, node_get(n, "tls"));
	read_proxies(r, node_get(n, "trusted_proxies"));
	(void)read_bool(r->d, node_get(n, "door"), &r->c->web.door);
}

void config_release_web(struct config *c)
{
	free(c->web.listen);
	free(c->web.certificate);
	free(c->web.key);
	read_free_strings(c->web.proxies, c->web.proxy_count);
}
