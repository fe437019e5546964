/* The address on file. */
#include <stdlib.h>
#include <string.h>

#include "engine/plan/keys.h"
#include "engine/rights/address.h"
#include "engine/rights/message.h"

static const char *email_of(const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++)
		if (c->fields[i].identity &&
		    strcmp(c->fields[i].identity, "email") == 0)
			return c->fields[i].name;
	return NULL;
}

enum status address_read(
    const struct reach_record *r, const char *column, char **out)
{
	const char **keys = NULL, *text;
	struct sql q = SQL_INIT;
	struct stmt *s = NULL;
	size_t count = 0;
	enum status st = keys_of(r->collection, r->table, &keys, &count);

	sql_add(&q, "SELECT ");
	sql_name(&q, column);
	sql_add(&q, " FROM ");
	sql_name(&q, r->table->name);
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		if (i)
			sql_add(&q, " AND ");
		else
			sql_add(&q, " WHERE ");
		sql_name(&q, keys[i]);
		sql_add(&q, " = ");
		sql_bind(&q, r->key[i]);
	}
	if (st == ST_OK)
		st = db_query_sql(r->store->db, &q, &s);
	if (st == ST_OK && (st = db_row(s)) == ST_OK) {
		text = db_text(s, 0);
		if (text && (*out = strdup(text)) == NULL)
			st = fail(ST_NOMEM, "out of memory");
	}
	db_done(s);
	sql_release(&q);
	free(keys);
	return st == ST_NOTFOUND ? ST_OK : st;
}

static enum status look(void *ctx, const struct reach_record *r)
{
	const char *column = email_of(r->collection);
	char **out = ctx, *text = NULL;
	enum status st;

	if (*out || r->shared || column == NULL)
		return ST_OK;
	st = address_read(r, column, &text);
	if (st == ST_OK && text && text_is_address(text))
		*out = text;
	else
		free(text);
	return st;
}

enum status message_address(struct installation *in, const char *identity,
    const char *value, char **out)
{
	const struct reach_subject who = { identity, value };
	char *address = NULL;
	enum status st = reach_walk(in, &who, look, &address);

	if (st == ST_OK)
		*out = address;
	else
		free(address);
	return st;
}
