/* Webhooks by libcurl. */
#include "engine/send/webhook.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/base64.h"
#include "engine/crypto/hash.h"
#include "engine/send/public.h"
#include "engine/send/transfer.h"

#define PREFIX      "whsec_"
#define SECRET_MIN  24
#define SECRET_MAX  64
#define ANSWER_MOST (64 * 1024) /* what is read of an answer */

/* ---- signatures ---- */

static enum status bad_secret(void)
{
	return fail(ST_INVALID,
	    "a secret of a webhook is no line `" PREFIX "` and 24 to 64 bytes "
	    "in Base64: `echo " PREFIX "$(head -c 32 /dev/urandom | base64)` "
	    "makes one");
}

static enum status sign_with(
    const struct buf *secret, const struct buf *content, struct buf *out)
{
	uint8_t mac[SHA256_LEN];
	enum status st;

	if (secret->len < SECRET_MIN || secret->len > SECRET_MAX)
		return bad_secret();
	st = hmac_sha256(
	    secret->data, secret->len, content->data, content->len, mac);
	if (st != ST_OK)
		return st;
	buf_adds(out, out->len ? " v1," : "v1,");
	base64_add(out, mac, sizeof(mac));
	return buf_status(out);
}

static enum status sign_line(
    const char *line, size_t len, const struct buf *content, struct buf *out)
{
	const size_t prefix = strlen(PREFIX);
	struct buf secret = BUF_INIT;
	enum status st;

	if (len < prefix || memcmp(line, PREFIX, prefix) != 0)
		return bad_secret();
	st = base64_decode(&secret, line + prefix, len - prefix);
	if (st == ST_INVALID)
		st = bad_secret();
	if (st == ST_OK)
		st = sign_with(&secret, content, out);
	if (secret.data)
		explicit_bzero(secret.data, secret.size);
	buf_release(&secret);
	return st;
}

enum status webhook_sign(
    const struct webhook *w, const char *body, size_t len, struct buf *out)
{
	struct buf content = BUF_INIT;
	const char *line = w->secrets;
	enum status st;

	buf_addf(&content, "%s.%lld.", w->id, (long long)w->at);
	buf_add(&content, body, len);
	st = buf_status(&content);
	while (st == ST_OK && *line) {
		size_t n = strcspn(line, "\r\n");

		if (n > 0)
			st = sign_line(line, n, &content, out);
		line += n + strspn(line + n, "\r\n");
	}
	if (st == ST_OK && out->len == 0)
		st = bad_secret();
	if (content.data)
		explicit_bzero(content.data, content.size);
	buf_release(&content);
	return st;
}

/* ---- the request ---- */

struct attempt {
	int inner;
	int refused; /* the address is not public */
	size_t read;
};

/* Asked for each address that is connected to, after names were resolved: one
 * that led elsewhere a moment ago gains nothing. */
static curl_socket_t open_socket(
    void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct attempt *a = ctx;

	(void)purpose;
	if (!a->inner && !public_address(&to->addr)) {
		a->refused = 1;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* Nobody reads it; too much of it ends the transfer. */
static size_t discard(char *bytes, size_t size, size_t count, void *ctx)
{
	struct attempt *a = ctx;

	(void)bytes;
	a->read += size * count;
	return a->read > ANSWER_MOST ? 0 : size * count;
}

static int set_safety(CURL *c, const struct webhook *w, struct attempt *a)
{
	int bad = 0;

	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_PROXY, "") != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSLVERSION,
		   (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK;
	if (w->ca_file)
		bad |=
		    curl_easy_setopt(c, CURLOPT_CAINFO, w->ca_file) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) !=
	       CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, a) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, discard) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_WRITEDATA, a) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_TIMEOUT, w->seconds) != CURLE_OK;
	return !bad;
}

static int set_request(CURL *c, const struct webhook *w, const char *body,
    size_t len, struct curl_slist *headers)
{
	int bad = 0;

	bad |= curl_easy_setopt(c, CURLOPT_URL, w->url) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_POST, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDS, body) != CURLE_OK;
	bad |= curl_easy_setopt(
		   c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) != CURLE_OK;
	return !bad;
}

static enum status result_of(CURL *c, CURLcode code, const struct attempt *a,
    enum webhook_answer *answer)
{
	long number = 0;

	if (a->refused && code != CURLE_OK)
		return fail(ST_DENIED,
		    "the recipient's address is not public: give `private: "
		    "true` if it is meant to be in a network of your own");
	if (code != CURLE_OK)
		return fail(ST_UNREACHABLE, "the recipient: %s",
		    curl_easy_strerror(code));
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &number);
	if (number < 200 || number > 299)
		return fail(number >= 500 ? ST_UNREACHABLE : ST_DENIED,
		    "the recipient answers %ld", number);
	*answer =
	    number == 200 || number == 204 ? WEBHOOK_DONE : WEBHOOK_ACCEPTED;
	return ST_OK;
}

static enum status append(struct curl_slist **list, const char *header)
{
	struct curl_slist *more = curl_slist_append(*list, header);

	if (more == NULL)
		return fail(ST_NOMEM, "out of memory");
	*list = more;
	return ST_OK;
}

static enum status headers_of(const struct webhook *w, const char *body,
    size_t len, struct curl_slist **out)
{
	struct buf signature = BUF_INIT, line = BUF_INIT;
	enum status st = webhook_sign(w, body, len, &signature);

	if (st == ST_OK)
		st = append(out, "Content-Type: application/json");
	if (st == ST_OK) /* no wait for "100 Continue" */
		st = append(out, "Expect:");
	buf_addf(&line, "webhook-id: %s", w->id);
	if (st == ST_OK && (st = buf_status(&line)) == ST_OK)
		st = append(out, buf_text(&line));
	line.len = 0;
	buf_addf(&line, "webhook-timestamp: %lld", (long long)w->at);
	if (st == ST_OK && (st = buf_status(&line)) == ST_OK)
		st = append(out, buf_text(&line));
	line.len = 0;
	if (st == ST_OK)
		buf_addf(&line, "webhook-signature: %s", buf_text(&signature));
	if (st == ST_OK && (st = buf_status(&line)) == ST_OK)
		st = append(out, buf_text(&line));
	buf_release(&line);
	buf_release(&signature);
	return st;
}

enum status webhook_send(const struct webhook *w, const char *body, size_t len,
    enum webhook_answer *answer)
{
	struct attempt a = { .inner = w->inner };
	struct curl_slist *headers = NULL;
	CURL *c = transfer_new();
	enum status st = headers_of(w, body, len, &headers);

	if (st == ST_OK && (c == NULL || !set_safety(c, w, &a) ||
			       !set_request(c, w, body, len, headers)))
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = result_of(c, curl_easy_perform(c), &a, answer);
	curl_easy_cleanup(c);
	curl_slist_free_all(headers);
	return st;
}
