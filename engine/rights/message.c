/* Messages to people: the outbox folder, and the address on file. */
#include "engine/rights/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "engine/plan/keys.h"
#include "engine/plan/reach.h"

/* "Sun, 22 Nov 2026 21:45:00 +0000" */
static void add_date(struct buf *b, int64_t at)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int32_t day = (int32_t)(at / CIVIL_DAY_SECONDS);
	int second = (int)(at % CIVIL_DAY_SECONDS);
	struct civil c = civil_date(day);

	buf_addf(b, "Date: %.3s, %d %.3s %04d %02d:%02d:%02d +0000\r\n",
	    days + 3 * civil_weekday(day), c.day, months + 3 * (c.month - 1),
	    c.year, second / 3600, second / 60 % 60, second % 60);
}

static void add_body(struct buf *b, const char *body)
{
	for (; *body; body++)
		if (*body == '\n')
			buf_adds(b, "\r\n");
		else
			buf_addc(b, *body);
}

static enum status compose(
    const struct installation *in, const struct message *m, struct buf *b)
{
	const char *sender = in->config.requests.sender;

	if (sender == NULL)
		return fail(ST_USAGE,
		    "messages need a sender: name one in lethe.yml, "
		    "`requests: {sender: privacy@example.org}`");
	buf_addf(b, "From: %s\r\nTo: %s\r\n", sender,
	    m->to ? m->to : "nobody@invalid");
	add_date(b, m->at);
	buf_addf(b,
	    "Message-ID: <%s@%s>\r\nSubject: %s\r\nMIME-Version: 1.0\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: 8bit\r\n\r\n",
	    m->name, strchr(sender, '@') + 1, m->subject);
	add_body(b, m->body);
	return buf_status(b);
}

enum status message_send(struct installation *in, const struct message *m)
{
	const char *folder = in->config.requests.outbox;
	struct buf b = BUF_INIT;
	char *path = str_format("%s/%s.eml", folder, m->name);
	enum status st;

	if (path == NULL)
		st = fail(ST_NOMEM, "out of memory");
	else
		st = compose(in, m, &b);
	if (st == ST_OK)
		st = file_make_folder(folder, 0700);
	if (st == ST_OK)
		st = file_create(path, b.data, b.len, 0600);
	if (st == ST_OK && m->to == NULL && unlink(path) != 0)
		st = fail(ST_IO, "%s: cannot be removed", path);
	buf_release(&b);
	free(path);
	return st;
}

/* ---- the address on file ---- */

static const char *email_of(const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++)
		if (c->fields[i].identity &&
		    strcmp(c->fields[i].identity, "email") == 0)
			return c->fields[i].name;
	return NULL;
}

static enum status read_address(
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
		if (text && text_is_address(text) &&
		    (*out = strdup(text)) == NULL)
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
	char **out = ctx;

	if (*out || r->shared || column == NULL)
		return ST_OK;
	return read_address(r, column, out);
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
