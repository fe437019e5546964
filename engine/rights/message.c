/* Messages to people: their bytes, and the way out. */
#include "engine/rights/message.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/base64.h"
#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "engine/send/smtp.h"

#define LINE    76 /* RFC 2045, 2047 */
#define SECONDS 60 /* for one message */

/* ---- headers ---- */

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

static int is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80 || (unsigned char)*text < ' ')
			return 0;
	return 1;
}

/* How many bytes of ${text} one encoded word takes: whole characters. */
static size_t word_length(const char *text)
{
	size_t most = 39, len = strlen(text); /* 52 in Base64 */

	if (len <= most)
		return len;
	while (most > 1 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	return most;
}

/* RFC 2047: words of Base64, folded between them. */
static void add_subject(struct buf *b, const char *text)
{
	size_t n;

	buf_adds(b, "Subject:");
	if (is_plain(text) && strlen(text) < LINE - 10) {
		buf_addf(b, " %s\r\n", text);
		return;
	}
	for (; *text; text += n) {
		n = word_length(text);
		buf_adds(b, " =?UTF-8?B?");
		base64_add(b, text, n);
		buf_adds(b, "?=\r\n");
	}
}

/* ---- body ---- */

/* Quoted-printable (RFC 2045, 6.7). */
static void add_body(struct buf *b, const char *body)
{
	size_t wide = 0;

	for (; *body; body++) {
		unsigned char c = (unsigned char)*body;
		int last = body[1] == '\n' || body[1] == '\0';
		int quoted =
		    c == '=' || c < ' ' || c > '~' || (c == ' ' && last);

		if (c == '\n') {
			buf_adds(b, "\r\n");
			wide = 0;
			continue;
		}
		if (wide + (quoted ? 3 : 1) >= LINE) {
			buf_adds(b, "=\r\n");
			wide = 0;
		}
		if (quoted)
			buf_addf(b, "=%02X", c);
		else
			buf_addc(b, (char)c);
		wide += quoted ? 3 : 1;
	}
	if (wide)
		buf_adds(b, "\r\n");
}

enum status message_compose(
    const char *sender, const struct message *m, struct buf *out)
{
	if (strpbrk(m->subject, "\r\n") || !text_is_address(m->to) ||
	    !text_is_address(sender))
		return fail(ST_USAGE,
		    "a message has one address to and from, and a subject of "
		    "one line");
	buf_addf(out, "From: %s\r\nTo: %s\r\n", sender, m->to);
	add_date(out, m->at);
	buf_addf(
	    out, "Message-ID: <%s@%s>\r\n", m->id, strchr(sender, '@') + 1);
	add_subject(out, m->subject);
	buf_adds(out, "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n"
		      "Content-Type: text/plain; charset=utf-8\r\n"
		      "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	add_body(out, m->body);
	return buf_status(out);
}

/* ---- the way out ---- */

enum status message_sender(const struct installation *in, const char **out)
{
	*out = in->config.requests.sender;
	if (*out)
		return ST_OK;
	return fail(ST_USAGE, "messages need a sender: name one in lethe.yml, "
			      "`requests: {sender: privacy@example.org}`");
}

/* What is there already was written before somebody was killed. */
static enum status to_folder(
    const struct installation *in, const struct message *m, const struct buf *b)
{
	const char *folder = in->config.requests.outbox;
	char *path = str_format("%s/%s.eml", folder, m->id);
	enum status st;

	if (path == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = file_make_folder(folder, 0700);
	if (st == ST_OK && !file_exists(path))
		st = file_replace(path, b->data, b->len, 0600);
	free(path);
	return st;
}

/* Its first line; the environment's where no file is named. */
static enum status read_password(const struct installation *in, struct buf *b)
{
	const char *given = getenv("LETHE_SMTP_PASSWORD");
	enum status st = ST_OK;

	if (in->config.mail.password_file)
		st = file_read(in->config.mail.password_file, 4096, b);
	else if (given)
		buf_adds(b, given);
	else
		st = fail(ST_USAGE,
		    "mail: a user and no password: give `password_file`, or "
		    "LETHE_SMTP_PASSWORD");
	if (b->data)
		b->data[strcspn(b->data, "\r\n")] = '\0';
	return st == ST_OK ? buf_status(b) : st;
}

static enum status to_server(const struct installation *in, const char *sender,
    const struct message *m, const struct buf *b)
{
	struct smtp s = { .url = in->config.mail.smtp,
		.user = in->config.mail.user,
		.ca_file = in->config.mail.ca_file,
		.from = sender,
		.to = m->to,
		.seconds = SECONDS };
	struct buf password = BUF_INIT;
	enum status st = ST_OK;

	if (s.user)
		st = read_password(in, &password);
	s.password = buf_text(&password);
	if (st == ST_OK)
		st = smtp_send(&s, b->data, b->len);
	if (password.data)
		explicit_bzero(password.data, password.size);
	buf_release(&password);
	return st;
}

enum status message_send(struct installation *in, const struct message *m)
{
	struct buf b = BUF_INIT;
	const char *sender;
	enum status st = message_sender(in, &sender);

	if (st == ST_OK)
		st = message_compose(sender, m, &b);
	if (st == ST_OK)
		st = in->config.mail.smtp ? to_server(in, sender, m, &b)
					  : to_folder(in, m, &b);
	if (b.data)
		explicit_bzero(b.data, b.size);
	buf_release(&b);
	return st;
}
