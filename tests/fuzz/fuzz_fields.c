/*
 * Forms, cookies and headers: whatever the bytes, what is taken is text, and
 * asking for it by its name finds it; a path leads to one of this site.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/model/config.h"
#include "engine/web/fields.h"
#include "engine/web/proxy.h"
#include "engine/web/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct fields *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (fields_get(f, f->list[i].name) != f->list[i].value)
			abort();
}

static void forms(const char *text, size_t size)
{
	struct fields f = { NULL, NULL, 0 };

	if (fields_parse_form(text, size, &f) == ST_OK) {
		check(&f);
		for (size_t i = 0; i < f.count; i++)
			if (!utf8_valid(
				f.list[i].value, strlen(f.list[i].value)))
				abort();
	}
	fields_release(&f);
	if (fields_parse_cookies(text, size, &f) == ST_OK)
		check(&f);
	fields_release(&f);
}

static void headers(const char *text)
{
	static char one[] = "127.0.0.1";
	static char *trusted[] = { one };
	const struct config c = { .web = {
				      .proxies = trusted, .proxy_count = 1 } };
	const struct proxy_said said = { one, 0, text, text, text, text };
	struct proxy_client client;
	const char *back = route_back(text);
	int json = fields_wanted(text, "application/json");

	if (json < 0 || json > 1000 || fields_wanted(text, "ja") > 1000)
		abort();
	proxy_read(&c, &said, &client);
	if (strlen(client.address) >= PROXY_ADDRESS)
		abort();
	if (back[0] != '/' || back[1] == '/' || strpbrk(back, "\\\r\n:%?"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	forms(text, size);
	headers(text);
	free(text);
	return 0;
}
