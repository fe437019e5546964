/* Signed webhooks by libcurl. */
#include "engine/send/webhook.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "engine/base/base64.h"
#include "engine/crypto/hash.h"
#include "engine/send/address_rule.h"
#include "engine/send/curl_ready.h"

#define PREFIX "whsec_"

/* ---- secrets ---- */

static enum status bad_secret(void)
{
	return fail(ST_INVALID,
	    "a webhook's secret file has one or two lines of `" PREFIX
	    "` and Base64 of %d to %d bytes: make one with `openssl rand "
	    "-base64 32`",
	    WEBHOOK_LEAST, WEBHOOK_MOST);
}

static enum status read_secret(
    const char *line, size_t len, struct webhook_secrets *out)
{
	size_t n = 0, prefix = strlen(PREFIX);
	struct buf b = BUF_INIT;
	enum status st;

	if (out->count == WEBHOOK_SECRETS || len <= prefix ||
	    strncmp(line, PREFIX, prefix) != 0)
		return bad_secret();
	st = base64_decode(&b, line + prefix, len - prefix);
	n = b.len;
	if (st == ST_OK && n >= WEBHOOK_LEAST && n <= WEBHOOK_MOST) {
		memcpy(out->bytes[out->count], b.data, n);
		out->len[out->count++] = n;
	} else if (st != ST_NOMEM) {
		st = bad_secret();
	}
	if (b.data)
		explicit_bzero(b.data, b.size);
	buf_release(&b);
	return st;
}

enum status webhook_secrets_read(const char *text, struct webhook_secrets *out)
{
	enum status st = ST_OK;
	size_t n;

	*out = (struct webhook_secrets){ 0 };
	for (; st == ST_OK && *text; text += n) {
		text += strspn(text, "\r\n");
		n = strcspn(text, "\r\n");
		if (n > 0)
			st = read_secret(text, n, out);
	}
	return st == ST_OK && out->count == 0 ? bad_secret() : st;
}

/* ---- signature ---- */

enum status webhook_sign(const struct webhook *w, struct buf *out)
{
	struct buf b = BUF_INIT;
	uint8_t mac[SHA256_LEN];
	enum status st;

	buf_addf(&b, "%s.%lld.", w->id, (long long)w->at);
	buf_adds(&b, w->body);
	st = buf_status(&b);
	for (size_t i = 0; st == ST_OK && i < w->secrets->count; i++) {
		st = hmac_sha256(w->secrets->bytes[i], w->secrets->len[i],
		    b.data, b.len, mac);
		buf_adds(out, i ? " v1," : "v1,");
		if (st == ST_OK)
			base64_add(out, mac, sizeof(mac));
	}
	if (b.data)
		explicit_bzero(b.data, b.size);
	buf_release(&b);
	return st == ST_OK ? buf_status(out) : st;
}

/* ---- sent ---- */

struct exchange {
	const struct webhook *w;
	struct buf answer;
	int refused; /* an address */
	int too_long;
};

static size_t take(char *from, size_t size, size_t count, void *ctx)
{
	struct exchange *x = ctx;
	size_t n = size * count;

	if (n > WEBHOOK_ANSWER - x->answer.len) {
		x->too_long = 1;
		return 0;
	}
	buf_add(&x->answer, from, n);
	return buf_status(&x->answer) == ST_OK ? n : 0;
}

/* Asked of the address itself, so that what a name stands for cannot change
 * between the question and the connection. */
static curl_socket_t open_socket(
    void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct exchange *x = ctx;

	(void)purpose;
	if (!x->w->private && !address_is_public(&a->addr)) {
		x->refused = 1;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static int set_limits(CURL *c, const struct webhook *w)
{
	int bad = 0;

	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSLVERSION,
		   (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_PROXY, "") != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_TIMEOUT, w->seconds) != CURLE_OK;
	if (w->ca_file)
		bad |=
		    curl_easy_setopt(c, CURLOPT_CAINFO, w->ca_file) != CURLE_OK;
	return !bad;
}

static int set_up(CURL *c, struct exchange *x, struct curl_slist *headers)
{
	int bad = !set_limits(c, x->w);

	bad |= curl_easy_setopt(c, CURLOPT_URL, x->w->url) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDS, x->w->body) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
		   (curl_off_t)strlen(x->w->body)) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) !=
	       CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, x) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_WRITEDATA, x) != CURLE_OK;
	return !bad;
}

static int add_header(
    struct curl_slist **list, const char *name, const char *value)
{
	char *line = str_format("%s: %s", name, value);
	struct curl_slist *more = line ? curl_slist_append(*list, line) : NULL;

	free(line);
	if (more)
		*list = more;
	return more != NULL;
}

static enum status make_headers(
    const struct webhook *w, struct curl_slist **out)
{
	struct buf signature = BUF_INIT;
	char *at = str_format("%lld", (long long)w->at);
	enum status st = webhook_sign(w, &signature);

	if (st == ST_OK &&
	    (at == NULL ||
		!add_header(out, "Content-Type", "application/json") ||
		!add_header(out, "webhook-id", w->id) ||
		!add_header(out, "webhook-timestamp", at) ||
		!add_header(out, "webhook-signature", buf_text(&signature))))
		st = fail(ST_NOMEM, "out of memory");
	free(at);
	buf_release(&signature);
	return st;
}

static int says_acknowledged(const struct buf *answer)
{
	json_t *o =
	    answer->len ? json_loadb(answer->data, answer->len, 0, NULL) : NULL;
	int yes = json_is_true(json_object_get(o, "acknowledged"));

	json_decref(o);
	return yes;
}

static enum status result_of(
    CURL *c, CURLcode code, const struct exchange *x, int *acknowledged)
{
	long answer = 0;

	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer);
	if (x->refused && code != CURLE_OK)
		return fail(ST_DENIED,
		    "the webhook's host is in a private network: `private: "
		    "true` in lethe.yml, if that is meant");
	if (x->too_long)
		return fail(ST_UNREACHABLE,
		    "the webhook answers with more than %d bytes",
		    WEBHOOK_ANSWER);
	if (code != CURLE_OK)
		return fail(ST_UNREACHABLE, "the webhook: %s",
		    curl_easy_strerror(code));
	if (answer < 200 || answer > 299)
		return fail(ST_UNREACHABLE, "the webhook answers %ld", answer);
	*acknowledged = says_acknowledged(&x->answer);
	return ST_OK;
}

enum status webhook_send(const struct webhook *w, int *acknowledged)
{
	struct exchange x = { w, BUF_INIT, 0, 0 };
	struct curl_slist *headers = NULL;
	CURL *c = NULL;
	enum status st;

	*acknowledged = 0;
	curl_ready();
	st = make_headers(w, &headers);
	if (st == ST_OK && (c = curl_easy_init()) == NULL)
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK && !set_up(c, &x, headers))
		st = fail(ST_NOMEM, "out of memory");
	if (st == ST_OK)
		st = result_of(c, curl_easy_perform(c), &x, acknowledged);
	curl_easy_cleanup(c);
	curl_slist_free_all(headers);
	buf_release(&x.answer);
	return st;
}
