/* What handlers ask of an exchange. */
#include "engine/web/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "engine/package/sealed.h"

void exchange_release(struct exchange *x)
{
	fields_release(&x->query);
	fields_release(&x->form);
	fields_release(&x->cookies);
	json_decref(x->data);
	free(x->file);
	sealed_free(x->stream);
	free(x->location);
	free(x->cookie);
	free(x->device_cookie);
	free(x->language_cookie);
	buf_release(&x->body);
	explicit_bzero(&x->session, sizeof(x->session));
	explicit_bzero(&x->door, sizeof(x->door));
}

/* Blanks behind it are cut off where it stands. */
static const char *trimmed(const struct fields *f, const char *name)
{
	const char *value = fields_get(f, name);
	size_t len;

	if (value == NULL)
		return NULL;
	value += strspn(value, " \t\r\n");
	len = strlen(value);
	while (len && strchr(" \t\r\n", value[len - 1]))
		len--;
	/* It points into ${f->text}, which is ours. */
	f->text[value + len - f->text] = '\0';
	return len ? value : NULL;
}

const char *exchange_field(struct exchange *x, const char *name)
{
	return trimmed(&x->form, name);
}

const char *exchange_asked(const struct exchange *x, const char *name)
{
	return trimmed(&x->query, name);
}

enum status exchange_go(struct exchange *x, const char *path)
{
	free(x->location);
	x->location = strdup(path);
	return x->location ? ST_OK : fail(ST_NOMEM, "out of memory");
}
