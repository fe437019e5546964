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

/* Lines of a form end in CR LF (HTML, 4.10.21.4); ours in LF. */
static void join_lines(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (text[0] != '\r' || text[1] != '\n')
			*to++ = *text;
	*to = '\0';
}

/* Blanks behind it are cut off where it stands. */
static const char *trimmed(const struct fields *f, const char *name)
{
	const char *found = fields_get(f, name);
	char *value;
	size_t len;

	if (found == NULL)
		return NULL;
	/* It points into ${f->text}, which is ours. */
	value = f->text + (found - f->text);
	value += strspn(value, " \t\r\n");
	join_lines(value);
	len = strlen(value);
	while (len && strchr(" \t\r\n", value[len - 1]))
		len--;
	value[len] = '\0';
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
