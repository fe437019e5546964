/* Files of a package, sealed while they grow. */
#include "engine/package/copy.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)64 << 10)

enum status copy_new(const char *folder, const char *name, struct copy **out)
{
	struct copy *c = calloc(1, sizeof(*c));
	enum status st;

	if (c == NULL || (c->name = strdup(name)) == NULL) {
		free(c);
		return fail(ST_NOMEM, "out of memory");
	}
	st = sha256_new(&c->hash);
	if (st == ST_OK)
		st = sealed_new(folder, &c->file);
	if (st == ST_OK)
		*out = c;
	else
		copy_free(c);
	return st;
}

void copy_free(struct copy *c)
{
	if (c == NULL)
		return;
	sealed_free(c->file);
	sha256_free(c->hash);
	if (c->text.data)
		explicit_bzero(c->text.data, c->text.size);
	buf_release(&c->text);
	free(c->name);
	free(c);
}

static enum status put_away(struct copy *c)
{
	enum status st = buf_status(&c->text);

	if (st == ST_OK)
		st = sealed_append(c->file, c->text.data, c->text.len);
	if (st != ST_OK)
		return st;
	sha256_add(c->hash, c->text.data, c->text.len);
	buf_clear(&c->text);
	return ST_OK;
}

enum status copy_go_on(struct copy *c)
{
	if (c->text.len < BLOCK && !c->text.failed)
		return ST_OK;
	return put_away(c);
}

enum status copy_end(struct copy *c)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t hash[SHA256_LEN];
	enum status st = put_away(c);

	if (st != ST_OK)
		return st;
	sha256_end(c->hash, hash);
	for (size_t i = 0; i < SHA256_LEN; i++) {
		c->sha256[2 * i] = digits[hash[i] >> 4];
		c->sha256[2 * i + 1] = digits[hash[i] & 15];
	}
	c->sha256[SHA256_TEXT - 1] = '\0';
	return ST_OK;
}

int64_t copy_size(const struct copy *c) { return sealed_size(c->file); }
