/* engine/web: what browsers send, where it leads, what is written on pages */
#include <string.h>

#include "engine/base/mustache_parse.h"
#include "engine/model/config.h"
#include "engine/rights/request.h"
#include "engine/web/fields.h"
#include "engine/web/files.h"
#include "engine/web/guard.h"
#include "engine/web/proxy.h"
#include "engine/web/route.h"
#include "engine/web/words.h"
#include "schemas/embedded.h"
#include "tests/suites.h"

/* ---- fields ---- */

static const struct {
	const char *text;
	enum status want;
	const char *a; /* the value of `a` */
} forms[] = {
	{ "a=1", ST_OK, "1" },
	{ "a=1&b=2", ST_OK, "1" },
	{ "b=2&a=x+y%20z", ST_OK, "x y z" },
	{ "a=%E6%97%A5%e6%9c%ac", ST_OK, "日本" },
	{ "%61=b%3D%26c", ST_OK, "b=&c" },
	{ "a", ST_OK, "" },
	{ "a=", ST_OK, "" },
	{ "&&a=1&", ST_OK, "1" },
	{ "a=one%0D%0Atwo%09", ST_OK, "one\r\ntwo\t" },
	{ "", ST_OK, NULL },
	{ "a=%", ST_INVALID, NULL },
	{ "a=%4", ST_INVALID, NULL },
	{ "a=%4g", ST_INVALID, NULL },
	{ "a=%00", ST_INVALID, NULL },
	{ "a=%1b", ST_INVALID, NULL },
	{ "a=%7F", ST_INVALID, NULL },
	{ "a=%ff", ST_INVALID, NULL },
	{ "a=%c0%af", ST_INVALID, NULL },
	{ "a=1&a=2", ST_INVALID, NULL },
	{ "a=1&%61=2", ST_INVALID, NULL },
};

START_TEST(a_form_is_decoded_or_refused)
{
	struct fields f = { NULL, NULL, 0 };

	ck_assert_int_eq(
	    fields_parse_form(forms[_i].text, strlen(forms[_i].text), &f),
	    forms[_i].want);
	if (forms[_i].want == ST_OK)
		ck_assert_pstr_eq(fields_get(&f, "a"), forms[_i].a);
	fields_release(&f);
}
END_TEST

START_TEST(a_field_has_no_blanks_around_it_and_lines_of_ours)
{
	static const char form[] =
	    "a=+one%0D%0Atwo%0D%0A%0D%0A&b=%0D%0A+&c=x%0D";
	struct exchange x = { .path = "/" };

	ck_assert_int_eq(
	    fields_parse_form(form, sizeof(form) - 1, &x.form), ST_OK);
	ck_assert_str_eq(exchange_field(&x, "a"), "one\ntwo");
	ck_assert_ptr_null(exchange_field(&x, "b"));
	ck_assert_str_eq(exchange_field(&x, "c"), "x");
	ck_assert_ptr_null(exchange_field(&x, "d"));
	exchange_release(&x);
}
END_TEST

START_TEST(a_form_has_so_many_fields)
{
	struct fields f = { NULL, NULL, 0 };
	struct buf b = BUF_INIT;

	for (int i = 0; i < FIELDS_MOST; i++)
		buf_addf(&b, "a%d=1&", i);
	ck_assert_int_eq(fields_parse_form(b.data, b.len, &f), ST_OK);
	fields_release(&f);
	buf_adds(&b, "one=more");
	ck_assert_int_eq(fields_parse_form(b.data, b.len, &f), ST_LIMIT);
	fields_release(&f);
	buf_release(&b);
}
END_TEST

START_TEST(of_cookies_the_first_counts)
{
	static const char text[] =
	    "=x; b;lethe=one;  lethe=two ; c = d\t; e=f=g; h=";
	struct fields f = { NULL, NULL, 0 };

	ck_assert_int_eq(fields_parse_cookies(text, strlen(text), &f), ST_OK);
	ck_assert_pstr_eq(fields_get(&f, "lethe"), "one");
	ck_assert_pstr_eq(fields_get(&f, "c "), " d");
	ck_assert_pstr_eq(fields_get(&f, "e"), "f=g");
	ck_assert_pstr_eq(fields_get(&f, "h"), "");
	ck_assert_ptr_null(fields_get(&f, "b"));
	ck_assert_uint_eq(f.count, 4);
	fields_release(&f);
}
END_TEST

static const struct {
	const char *header;
	const char *what;
	int want;
} wants[] = {
	{ NULL, "text/html", 0 },
	{ "", "text/html", 0 },
	{ "application/json", "application/json", 1000 },
	{ "application/json", "text/html", 0 },
	{ "*/*", "text/html", 1000 },
	{ "text/*;q=0.5, */*;q=0.1", "text/html", 500 },
	{ "text/html;q=0.7, */*", "text/html", 700 },
	{ "text/html;q=0, */*", "text/html", 0 },
	{ "text/html ; level=1 ; q=0.25", "text/html", 250 },
	{ "TEXT/HTML", "text/html", 1000 },
	{ "text/html;q=9", "text/html", 1000 },
	{ "text/html;q=0.12345", "text/html", 123 },
	{ "text/htmlx", "text/html", 0 },
	{ "text", "text/html", 0 },
	{ "de-AT, en;q=0.5", "de", 1000 },
	{ "de-AT, en;q=0.5", "en", 500 },
	{ "de-AT;q=0.2, de;q=0.9", "de", 900 },
	{ "den", "de", 0 },
	{ "*;q=0.3", "ja", 300 },
	{ ",,, ja ,", "ja", 1000 },
	{ ";q=1,;;;,en;q", "en", 1000 },
};

START_TEST(what_is_named_most_exactly_counts)
{
	ck_assert_int_eq(
	    fields_wanted(wants[_i].header, wants[_i].what), wants[_i].want);
}
END_TEST

/* ---- proxies ---- */

static char one[] = "127.0.0.1", two[] = "::1", three[] = "10.0.0.9";
static char *trusted[] = { one, two, three };

static const struct {
	struct proxy_said said;
	const char *address;
	int secure;
	const char *host;
} proxies[] = {
	{ { "127.0.0.1", 0, "inner", NULL, NULL, NULL }, "127.0.0.1", 0,
	    "inner" },
	{ { "127.0.0.1", 0, "inner", "192.0.2.7", "https", "outer" },
	    "192.0.2.7", 1, "outer" },
	{ { "::ffff:127.0.0.1", 0, "inner", "192.0.2.7", "https", NULL },
	    "192.0.2.7", 1, "inner" },
	/* what the client wrote stands to the left */
	{ { "::1", 0, "a", "6.6.6.6, 192.0.2.7", "http", NULL }, "192.0.2.7", 0,
	    "a" },
	{ { "::1", 0, "a", "6.6.6.6, 192.0.2.7 ,10.0.0.9", NULL, NULL },
	    "192.0.2.7", 0, "a" },
	{ { "::1", 0, "a", "10.0.0.9", NULL, NULL }, "10.0.0.9", 0, "a" },
	{ { "::1", 0, "a", "6.6.6.6, nonsense", NULL, NULL }, "::1", 0, "a" },
	{ { "::1", 0, "a", ", ,", NULL, NULL }, "::1", 0, "a" },
	{ { "::1", 0, "a", "", NULL, NULL }, "::1", 0, "a" },
	/* whoever is not trusted is not believed */
	{ { "192.0.2.1", 0, "inner", "192.0.2.7", "https", "outer" },
	    "192.0.2.1", 0, "inner" },
	{ { "192.0.2.1", 1, "inner", NULL, "http", NULL }, "192.0.2.1", 1,
	    "inner" },
	{ { "", 0, NULL, "192.0.2.7", "https", "outer" }, "", 0, NULL },
};

START_TEST(only_a_trusted_proxy_is_believed)
{
	struct config c = { .web = { .proxies = trusted, .proxy_count = 3 } };
	struct proxy_client got;

	proxy_read(&c, &proxies[_i].said, &got);
	ck_assert_str_eq(got.address, proxies[_i].address);
	ck_assert_int_eq(got.secure, proxies[_i].secure);
	ck_assert_pstr_eq(got.host, proxies[_i].host);
}
END_TEST

/* ---- routes ---- */

START_TEST(a_path_finds_its_route)
{
	const struct route *r;
	unsigned int methods;
	char id[64] = "";

	r = route_find(WEB_GET, "/requests/Q-1", id, &methods);
	ck_assert_pstr_eq(r ? r->path : NULL, "/requests/{id}");
	ck_assert_str_eq(id, "Q-1");
	r = route_find(WEB_POST, "/requests/find", id, &methods);
	ck_assert_pstr_eq(r ? r->path : NULL, "/requests/find");
	r = route_find(WEB_POST, "/requests/Q-2/approve", id, &methods);
	ck_assert_pstr_eq(r ? r->path : NULL, "/requests/{id}/approve");
	ck_assert_str_eq(id, "Q-2");
	ck_assert_ptr_null(route_find(WEB_POST, "/rules", id, &methods));
	ck_assert_uint_eq(methods, 1U << WEB_GET);
	ck_assert_ptr_null(route_find(WEB_GET, "/rule", id, &methods));
	ck_assert_uint_eq(methods, 0);
}
END_TEST

static const char *const elsewhere[] = { "//evil.example", "/\\evil.example",
	"https://evil.example", "", "requests", "/requests/", "/requests/.x",
	"/requests/a b", "/requests/a%2fb", "/sign-out", "/style.css",
	"/requests?x=1", "/requests\r\nX: 1", "javascript:alert(1)" };

START_TEST(nobody_is_sent_elsewhere)
{
	ck_assert_str_eq(route_back(elsewhere[_i]), "/");
	ck_assert_str_eq(route_back(NULL), "/");
	ck_assert_str_eq(route_back("/plans/P-1"), "/plans/P-1");
}
END_TEST

/*
 * Who may what, once more and on its own: a route that is not here, or that
 * others may than are named here, is a mistake until somebody decides it.
 */
#define I WEB_INTAKE
#define O WEB_OFFICER
#define A WEB_APPROVER
#define U WEB_AUDITOR
#define M WEB_ADMIN
#define D (M << 1) /* who is inside the customers' door */
static const struct {
	enum web_method method;
	const char *path;
	unsigned int roles; /* 0: also who is not signed in */
} allowed[] = {
	{ WEB_GET, "/", I | O | A | U | M },
	{ WEB_GET, "/sign-in", 0 },
	{ WEB_POST, "/sign-in", 0 },
	{ WEB_POST, "/sign-out", I | O | A | U | M },
	{ WEB_GET, "/session", I | O | A | U | M },
	{ WEB_GET, "/sign-ins", I | O | A | U | M },
	{ WEB_POST, "/sign-ins/end", I | O | A | U | M },
	{ WEB_GET, "/password", I | O | A | U | M },
	{ WEB_POST, "/password", I | O | A | U | M },
	{ WEB_GET, "/device", I | O | A | U | M },
	{ WEB_POST, "/device", I | O | A | U | M },
	{ WEB_POST, "/device/confirm", I | O | A | U | M },
	{ WEB_POST, "/language", 0 },
	{ WEB_GET, "/requests", I | O | A },
	{ WEB_POST, "/requests/find", I | O | A },
	{ WEB_GET, "/requests/{id}", I | O | A },
	{ WEB_POST, "/requests/{id}/verify", I | O | A },
	{ WEB_POST, "/requests/{id}/suspend", I | O | A },
	{ WEB_POST, "/requests/{id}/resume", I | O | A },
	{ WEB_POST, "/requests/{id}/extend", O },
	{ WEB_POST, "/requests/{id}/decide", O },
	{ WEB_POST, "/requests/{id}/refuse", O },
	{ WEB_POST, "/requests/{id}/approve", A },
	{ WEB_POST, "/requests/{id}/return", A },
	{ WEB_POST, "/requests/{id}/withdraw", I | O | A },
	{ WEB_GET, "/requests/{id}/erasure", I | O | A },
	{ WEB_POST, "/requests/{id}/erasure/plan", O },
	{ WEB_POST, "/requests/{id}/erasure/execute", O },
	{ WEB_POST, "/requests/{id}/reopen", O },
	{ WEB_POST, "/requests/{id}/code", I | O | A },
	{ WEB_GET, "/requests/{id}/data", I | O | A },
	{ WEB_POST, "/requests/{id}/execute", O },
	{ WEB_GET, "/requests/{id}/letter", O },
	{ WEB_POST, "/requests/{id}/letter", O },
	{ WEB_POST, "/requests/{id}/package", O },
	{ WEB_POST, "/requests/{id}/fulfil", O },
	{ WEB_GET, "/plans", O | A | U | M },
	{ WEB_GET, "/plans/{id}", O | A | U | M },
	{ WEB_POST, "/plans/{id}/approve", A },
	{ WEB_GET, "/holds", O },
	{ WEB_POST, "/holds", O },
	{ WEB_POST, "/holds/{id}/release", O },
	{ WEB_GET, "/rules", I | O | A | U | M },
	{ WEB_GET, "/forecast", O | A | U | M },
	{ WEB_POST, "/forecast", O | A | U | M },
	{ WEB_GET, "/audit", O | U | M },
	{ WEB_GET, "/audit/{id}", O | U | M },
	{ WEB_GET, "/verification", O | U },
	{ WEB_POST, "/verification", O | U },
	{ WEB_GET, "/statement", O | U },
	{ WEB_POST, "/statement", O | U },
	{ WEB_GET, "/looks", O | U | M },
	{ WEB_GET, "/certificates", O | U },
	{ WEB_GET, "/certificates/{id}", O | U },
	{ WEB_GET, "/certificates/{id}/certificate.json", O | U },
	{ WEB_POST, "/certificates/{id}/pack", O | U },
	{ WEB_GET, "/door", 0 },
	{ WEB_GET, "/door/file", 0 },
	{ WEB_POST, "/door/file", 0 },
	{ WEB_GET, "/door/enter", 0 },
	{ WEB_POST, "/door/enter", 0 },
	{ WEB_GET, "/door/case", D },
	{ WEB_POST, "/door/ask", D },
	{ WEB_POST, "/door/prove", D },
	{ WEB_POST, "/door/withdraw", D },
	{ WEB_POST, "/door/leave", D },
	{ WEB_POST, "/door/answer", D },
	{ WEB_POST, "/door/package", D },
	{ WEB_GET, "/style.css", 0 },
};

static unsigned int expected(unsigned int roles, unsigned int role)
{
	if (roles == 0 || roles & role)
		return 200;
	return role == 0 || role == D || roles == D ? 401 : 403;
}

START_TEST(every_role_may_what_was_decided)
{
	const size_t count = sizeof(allowed) / sizeof(*allowed);
	struct exchange x = { .fetch_site = "same-origin", .csrf = "secret" };
	size_t i;

	for (const struct route *r = routes; r->path; r++) {
		for (i = 0; i < count; i++)
			if (allowed[i].method == r->method &&
			    strcmp(allowed[i].path, r->path) == 0)
				break;
		MUST(i < count, "%s: nobody decided who may", r->path);
		x.method = r->method;
		(void)strcpy(x.session.csrf, "secret");
		(void)strcpy(x.door.csrf, "secret");
		for (unsigned int role = 0; role <= D;
		     role = role * 2 + !role) {
			unsigned int want = expected(allowed[i].roles, role);

			x.status = 200;
			x.signed_in = role != 0 && role != D;
			x.session.roles = role == D ? 0 : role;
			x.door.request = role == D;
			MUST((guard_check(&x, r) == ST_OK) == (want == 200),
			    "%s, role %u", r->path, role);
			MUST(x.status == want, "%s, role %u: %u", r->path, role,
			    x.status);
		}
	}
}
END_TEST
#undef I
#undef O
#undef A
#undef U
#undef M
#undef D

/* What changes something is a form; what needs nobody signed in is known. */
START_TEST(no_route_is_open_by_mistake)
{
	for (const struct route *r = routes; r->path; r++) {
		int is_form = r->kind == ROUTE_FORM ||
			      r->kind == ROUTE_OPEN_FORM ||
			      r->kind == ROUTE_DOOR_FORM;
		int is_of_case =
		    r->kind == ROUTE_DOOR_PAGE || r->kind == ROUTE_DOOR_FORM;

		MUST(is_form == (r->method == WEB_POST), "%s", r->path);
		MUST((r->roles == 0) == (r->kind == ROUTE_PUBLIC ||
					    r->kind == ROUTE_OPEN_FORM ||
					    is_of_case),
		    "%s", r->path);
		MUST(!is_of_case || route_is_door(r->path), "%s", r->path);
		MUST(r->template == NULL || files_page(r->template), "%s",
		    r->path);
	}
}
END_TEST

/* ---- words ---- */

static struct words *words;

static void load(void)
{
	MUST(words_load(&words) == ST_OK, "%s", status_text());
}
static void unload(void) { words_free(words); }

/* ${a} has every key that ${b} has, down to the last. */
static void check_keys(const char *path, const json_t *a, const json_t *b)
{
	char deeper[200];
	const char *key;
	json_t *v;

	MUST(json_typeof(a) == json_typeof(b), "%s is of another type", path);
	if (json_is_string(a))
		MUST(json_string_length(a) > 0, "%s is empty", path);
	json_object_foreach((json_t *)(uintptr_t)b, key, v)
	{
		(void)snprintf(deeper, sizeof(deeper), "%s.%s", path, key);
		MUST(json_object_get(a, key), "%s is missing", deeper);
		check_keys(deeper, json_object_get(a, key), v);
	}
}

START_TEST(every_language_has_every_word)
{
	const json_t *english = words_of(words, "en");

	for (size_t i = 0; words_languages[i]; i++) {
		const json_t *other = words_of(words, words_languages[i]);

		check_keys(words_languages[i], other, english);
		check_keys("en", english, other);
		ck_assert_uint_eq(
		    json_array_size(json_object_get(other, "months")), 12);
	}
}
END_TEST

static int is_page(const struct embedded *e)
{
	return strncmp(e->path, "web/pages/", 10) == 0;
}

/* Each {{w.KEY}} is a word, and each word is on some page or in the code. */
START_TEST(every_word_of_a_page_is_there)
{
	const json_t *w = json_object_get(words_of(words, "en"), "w");
	struct mustache_tokens t = { NULL, 0, 0 };
	char key[64];

	for (const struct embedded *e = embedded; e->path; e++) {
		if (!is_page(e))
			continue;
		MUST(mustache_parse((const char *)e->data, &t) == ST_OK,
		    "%s: %s", e->path, status_text());
		for (size_t i = 0; i < t.count; i++) {
			MUST(t.list[i].kind != MUSTACHE_RAW,
			    "%s, line %d: not escaped", e->path,
			    t.list[i].line);
			if (t.list[i].kind != MUSTACHE_VALUE ||
			    t.list[i].len < 3 ||
			    memcmp(t.list[i].text, "w.", 2) != 0)
				continue;
			(void)snprintf(key, sizeof(key), "%.*s",
			    (int)t.list[i].len - 2, t.list[i].text + 2);
			MUST(json_object_get(w, key), "%s, line %d: {{w.%s}}",
			    e->path, t.list[i].line, key);
		}
		mustache_tokens_release(&t);
	}
}
END_TEST

START_TEST(no_word_is_left_over)
{
	const json_t *w = json_object_get(words_of(words, "en"), "w");
	char tag[80];
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)w, key, v)
	{
		int used = strncmp(key, "nav_", 4) == 0 ||
			   strcmp(key, "language") == 0;

		(void)snprintf(tag, sizeof(tag), "{{w.%s}}", key);
		for (const struct embedded *e = embedded; !used && e->path; e++)
			used = is_page(e) &&
			       strstr((const char *)e->data, tag) != NULL;
		MUST(used, "%s is on no page", tag);
	}
}
END_TEST

static void has_label(const char *member, const char *code)
{
	const json_t *all = json_object_get(words_of(words, "en"), "labels");

	MUST(json_object_get(json_object_get(all, member), code),
	    "no label for %s %s", member, code);
}

START_TEST(every_code_has_a_label)
{
	const char *const *list;
	int i;

	for (i = 0; i < REQUEST_TYPE__MAX; i++)
		has_label("type", request_type_name((enum request_type)i));
	for (i = REQUEST_RECEIVED; i < REQUEST_STATE__MAX; i++)
		has_label("state", request_state_name((enum request_state)i));
	for (i = REQUEST_RECEIVED; i < REQUEST_STATE__MAX; i++)
		has_label(
		    "progress", request_state_name((enum request_state)i));
	for (i = 0; i < REQUEST_LAW__MAX; i++)
		has_label("law", request_law_name((enum request_law)i));
	for (i = 0; i < REQUEST_CHANNEL__MAX; i++)
		has_label(
		    "channel", request_channel_name((enum request_channel)i));
	for (i = 0; i < REQUEST_ACTION__MAX; i++)
		has_label(
		    "action", request_action_entry((enum request_action)i));
	for (i = 0; i < REQUEST_OUTCOME__MAX; i++)
		has_label(
		    "outcome", request_outcome_name((enum request_outcome)i));
	for (list = request_methods; *list; list++)
		has_label("verified_how", *list);
	for (list = request_reasons(REQUEST_WHY_REFUSE); *list; list++)
		has_label("reason", *list);
	for (list = request_reasons(REQUEST_WHY_EXTEND); *list; list++)
		has_label("extension_reason", *list);
}
END_TEST

#define LOOP(tc, test, list) \
	tcase_add_loop_test(tc, test, 0, (int)(sizeof(list) / sizeof(*(list))))

Suite *web_suite(void)
{
	Suite *s = suite_create("web");
	TCase *tc = tcase_create("fields"), *pages = tcase_create("words");

	LOOP(tc, a_form_is_decoded_or_refused, forms);
	tcase_add_test(tc, a_form_has_so_many_fields);
	tcase_add_test(tc, a_field_has_no_blanks_around_it_and_lines_of_ours);
	tcase_add_test(tc, of_cookies_the_first_counts);
	LOOP(tc, what_is_named_most_exactly_counts, wants);
	LOOP(tc, only_a_trusted_proxy_is_believed, proxies);
	tcase_add_test(tc, a_path_finds_its_route);
	LOOP(tc, nobody_is_sent_elsewhere, elsewhere);
	tcase_add_test(tc, no_route_is_open_by_mistake);
	tcase_add_test(tc, every_role_may_what_was_decided);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(pages, load, unload);
	tcase_add_test(pages, every_language_has_every_word);
	tcase_add_test(pages, every_word_of_a_page_is_there);
	tcase_add_test(pages, no_word_is_left_over);
	tcase_add_test(pages, every_code_has_a_label);
	suite_add_tcase(s, pages);
	return s;
}
