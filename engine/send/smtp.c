/* SMTP by libcurl. */
#include "engine/send/smtp.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/send/transfer.h"

struct source {
	const char *data;
	size_t left;
};

static size_t feed(char *to, size_t size, size_t count, void *ctx)
{
	struct source *s = ctx;
	size_t n = size * count < s->left ? size * count : s->left;

	memcpy(to, s->data, n);
	s->data += n;
	s->left -= n;
	return n;
}

static int is_here(const char *url)
{
	static const char *const names[] = { "127.0.0.1", "[::1]",
		"localhost" };
	const char *host = strstr(url, "://");

	for (size_t i = 0; host && i < sizeof(names) / sizeof(*names); i++) {
		size_t n = strlen(names[i]);

		if (strncmp(host + 3, names[i], n) == 0 &&
		    (host[3 + n] == ':' || host[3 + n] == '\0' ||
			host[3 + n] == '/'))
			return 1;
	}
	return 0;
}

/* 1 if all of it was taken. */
static int set_up(CURL *c, const struct smtp *s, struct source *source,
    const char *from, struct curl_slist *to)
{
	long tls = is_here(s->url) && strncmp(s->url, "smtp:", 5) == 0
		       ? CURLUSESSL_TRY
		       : CURLUSESSL_ALL;
	int bad = 0;

	bad |= curl_easy_setopt(c, CURLOPT_URL, s->url) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps") !=
	       CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_USE_SSL, tls) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSLVERSION,
		   (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_PROXY, "") != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_TIMEOUT, s->seconds) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_MAIL_FROM, from) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_UPLOAD, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_READFUNCTION, feed) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_READDATA, source) != CURLE_OK;
	if (s->ca_file)
		bad |=
		    curl_easy_setopt(c, CURLOPT_CAINFO, s->ca_file) != CURLE_OK;
	if (s->user)
		bad |= curl_easy_setopt(c, CURLOPT_USERNAME, s->user) !=
			   CURLE_OK ||
		       curl_easy_setopt(c, CURLOPT_PASSWORD, s->password) !=
			   CURLE_OK;
	return !bad;
}

/* Its own words only: the server's can have the address in them. */
static enum status result_of(CURL *c, CURLcode code)
{
	long answer = 0;

	if (code == CURLE_OK)
		return ST_OK;
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer);
	if (answer >= 400)
		return fail(answer >= 500 ? ST_DENIED : ST_UNREACHABLE,
		    "the mail server answers %ld (%s)", answer,
		    curl_easy_strerror(code));
	return fail(
	    ST_UNREACHABLE, "the mail server: %s", curl_easy_strerror(code));
}

enum status smtp_send(const struct smtp *s, const char *data, size_t len)
{
	struct source source = { data, len };
	char *from = str_format("<%s>", s->from);
	char *rcpt = str_format("<%s>", s->to);
	struct curl_slist *to = rcpt ? curl_slist_append(NULL, rcpt) : NULL;
	CURL *c = NULL;
	enum status st;

	if (from && to)
		c = transfer_new();
	if (c == NULL || !set_up(c, s, &source, from, to))
		st = fail(ST_NOMEM, "out of memory");
	else
		st = result_of(c, curl_easy_perform(c));
	curl_easy_cleanup(c);
	curl_slist_free_all(to);
	free(from);
	free(rcpt);
	return st;
}
