/* The routes, and how a path finds its own. */
#include "engine/web/route.h"

#include <string.h>

#include "engine/web/door_pages.h"
#include "engine/web/pages.h"

#define CASES  (WEB_INTAKE | WEB_OFFICER | WEB_APPROVER)
#define DECIDE (WEB_OFFICER)
#define PLANS  (WEB_OFFICER | WEB_APPROVER | WEB_AUDITOR | WEB_ADMIN)
#define LOG    (WEB_OFFICER | WEB_AUDITOR | WEB_ADMIN)
#define PROOFS (WEB_OFFICER | WEB_AUDITOR)

const struct route routes[] = {
	{ WEB_GET, "/", ROUTE_PAGE, WEB_ANYONE, "desk", page_desk },
	{ WEB_GET, "/sign-in", ROUTE_PUBLIC, 0, "sign_in", page_sign_in },
	{ WEB_POST, "/sign-in", ROUTE_OPEN_FORM, 0, "sign_in", do_sign_in },
	{ WEB_POST, "/sign-out", ROUTE_FORM, WEB_ANYONE, NULL, do_sign_out },
	{ WEB_GET, "/session", ROUTE_PAGE, WEB_ANYONE, "session",
	    page_session },
	{ WEB_GET, "/sign-ins", ROUTE_PAGE, WEB_ANYONE, "sign_ins",
	    page_sign_ins },
	{ WEB_POST, "/sign-ins/end", ROUTE_FORM, WEB_ANYONE, NULL,
	    do_end_sessions },
	{ WEB_GET, "/password", ROUTE_PAGE, WEB_ANYONE, "password",
	    page_password },
	{ WEB_POST, "/password", ROUTE_FORM, WEB_ANYONE, "password",
	    do_password },
	{ WEB_GET, "/device", ROUTE_PAGE, WEB_ANYONE, "device", page_device },
	{ WEB_POST, "/device", ROUTE_FORM, WEB_ANYONE, "device", do_device },
	{ WEB_POST, "/device/confirm", ROUTE_FORM, WEB_ANYONE, "device",
	    do_confirm_device },
	{ WEB_POST, "/language", ROUTE_OPEN_FORM, 0, NULL, do_language },
	{ WEB_GET, "/requests", ROUTE_PAGE, CASES, "requests", page_requests },
	{ WEB_POST, "/requests/find", ROUTE_FORM, CASES, "found", do_find },
	{ WEB_GET, "/requests/{id}", ROUTE_PAGE, CASES, "request",
	    page_request },
	{ WEB_POST, "/requests/{id}/verify", ROUTE_FORM, CASES, NULL,
	    do_verify },
	{ WEB_POST, "/requests/{id}/suspend", ROUTE_FORM, CASES, NULL,
	    do_suspend },
	{ WEB_POST, "/requests/{id}/resume", ROUTE_FORM, CASES, NULL,
	    do_resume },
	{ WEB_POST, "/requests/{id}/extend", ROUTE_FORM, DECIDE, NULL,
	    do_extend },
	{ WEB_POST, "/requests/{id}/decide", ROUTE_FORM, DECIDE, NULL,
	    do_decide },
	{ WEB_POST, "/requests/{id}/refuse", ROUTE_FORM, DECIDE, NULL,
	    do_refuse },
	{ WEB_POST, "/requests/{id}/approve", ROUTE_FORM, WEB_APPROVER, NULL,
	    do_approve },
	{ WEB_POST, "/requests/{id}/return", ROUTE_FORM, WEB_APPROVER, NULL,
	    do_return },
	{ WEB_POST, "/requests/{id}/withdraw", ROUTE_FORM, CASES, NULL,
	    do_withdraw },
	{ WEB_GET, "/requests/{id}/erasure", ROUTE_PAGE, CASES, "erasure",
	    page_erasure },
	{ WEB_POST, "/requests/{id}/erasure/plan", ROUTE_FORM, DECIDE, NULL,
	    do_plan_erasure },
	{ WEB_POST, "/requests/{id}/erasure/execute", ROUTE_FORM, DECIDE, NULL,
	    do_execute },
	{ WEB_POST, "/requests/{id}/reopen", ROUTE_FORM, DECIDE, NULL,
	    do_reopen },
	{ WEB_POST, "/requests/{id}/code", ROUTE_FORM, CASES, NULL,
	    do_send_code },
	{ WEB_GET, "/requests/{id}/data", ROUTE_PAGE, CASES, "data",
	    page_data },
	{ WEB_POST, "/requests/{id}/execute", ROUTE_FORM, DECIDE, NULL,
	    do_carry_out },
	{ WEB_GET, "/requests/{id}/letter", ROUTE_PAGE, DECIDE, "letter",
	    page_letter },
	{ WEB_POST, "/requests/{id}/letter", ROUTE_FORM, DECIDE, NULL,
	    do_letter },
	{ WEB_POST, "/requests/{id}/package", ROUTE_FORM, DECIDE, "package",
	    do_package },
	{ WEB_POST, "/requests/{id}/fulfil", ROUTE_FORM, DECIDE, NULL,
	    do_fulfil },
	{ WEB_GET, "/plans", ROUTE_PAGE, PLANS, "plans", page_plans },
	{ WEB_GET, "/plans/{id}", ROUTE_PAGE, PLANS, "plan", page_plan },
	{ WEB_POST, "/plans/{id}/approve", ROUTE_FORM, WEB_APPROVER, NULL,
	    do_approve_plan },
	{ WEB_GET, "/holds", ROUTE_PAGE, DECIDE, "holds", page_holds },
	{ WEB_POST, "/holds", ROUTE_FORM, DECIDE, NULL, do_hold },
	{ WEB_POST, "/holds/{id}/release", ROUTE_FORM, DECIDE, NULL,
	    do_release },
	{ WEB_GET, "/rules", ROUTE_PAGE, WEB_ANYONE, "rules", page_rules },
	{ WEB_GET, "/forecast", ROUTE_PAGE, PLANS, "forecast", page_forecast },
	{ WEB_POST, "/forecast", ROUTE_FORM, PLANS, NULL, do_forecast },
	{ WEB_GET, "/audit", ROUTE_PAGE, LOG, "audit", page_audit },
	{ WEB_GET, "/audit/{id}", ROUTE_PAGE, LOG, "entry", page_entry },
	{ WEB_GET, "/verification", ROUTE_PAGE, PROOFS, "verification",
	    page_verification },
	{ WEB_POST, "/verification", ROUTE_FORM, PROOFS, NULL,
	    do_verification },
	{ WEB_GET, "/statement", ROUTE_PAGE, PROOFS, "statement",
	    page_statement },
	{ WEB_POST, "/statement", ROUTE_FORM, PROOFS, NULL, do_statement },
	{ WEB_GET, "/looks", ROUTE_PAGE, LOG, "looks", page_looks },
	{ WEB_GET, "/certificates", ROUTE_PAGE, PROOFS, "certificates",
	    page_certificates },
	{ WEB_GET, "/certificates/{id}", ROUTE_PAGE, PROOFS, "certificate",
	    page_certificate },
	{ WEB_GET, "/certificates/{id}/certificate.json", ROUTE_PAGE, PROOFS,
	    NULL, page_certificate_file },
	{ WEB_POST, "/certificates/{id}/pack", ROUTE_FORM, PROOFS, NULL,
	    do_pack },
	{ WEB_GET, "/door", ROUTE_PUBLIC, 0, "door", page_door },
	{ WEB_GET, "/door/file", ROUTE_PUBLIC, 0, "door_file", page_door_file },
	{ WEB_POST, "/door/file", ROUTE_OPEN_FORM, 0, "door_filed",
	    do_door_file },
	{ WEB_GET, "/door/enter", ROUTE_PUBLIC, 0, "door_enter",
	    page_door_enter },
	{ WEB_POST, "/door/enter", ROUTE_OPEN_FORM, 0, "door_enter",
	    do_door_enter },
	{ WEB_GET, "/door/case", ROUTE_DOOR_PAGE, 0, "door_case",
	    page_door_case },
	{ WEB_POST, "/door/ask", ROUTE_DOOR_FORM, 0, NULL, do_door_ask },
	{ WEB_POST, "/door/prove", ROUTE_DOOR_FORM, 0, "door_case",
	    do_door_prove },
	{ WEB_POST, "/door/package", ROUTE_DOOR_FORM, 0, NULL,
	    do_door_package },
	{ WEB_POST, "/door/answer", ROUTE_DOOR_FORM, 0, NULL, do_door_answer },
	{ WEB_POST, "/door/withdraw", ROUTE_DOOR_FORM, 0, NULL,
	    do_door_withdraw },
	{ WEB_POST, "/door/leave", ROUTE_DOOR_FORM, 0, NULL, do_door_leave },
	{ WEB_GET, "/style.css", ROUTE_PUBLIC, 0, NULL, asset_style },
	{ WEB_GET, NULL, ROUTE_PAGE, 0, NULL, NULL },
};

static int is_id(const char *text, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";

	return len > 0 && len < 64 && *text != '.' &&
	       strspn(text, allowed) >= len;
}

static int fits(const char *pattern, const char *path, char id[64])
{
	size_t same, len;

	for (;;) {
		same = strcspn(pattern, "{");
		if (strncmp(pattern, path, same) != 0)
			return 0;
		pattern += same;
		path += same;
		if (*pattern == '\0')
			return *path == '\0';
		len = strcspn(path, "/");
		if (!is_id(path, len))
			return 0;
		memcpy(id, path, len);
		id[len] = '\0';
		path += len;
		pattern += strcspn(pattern, "}") + 1;
	}
}

const struct route *route_find(enum web_method method, const char *path,
    char id[64], unsigned int *methods)
{
	char part[64] = "";

	*methods = 0;
	for (const struct route *r = routes; r->path; r++) {
		if (!fits(r->path, path, part))
			continue;
		*methods |= 1U << r->method;
		if (r->method == method) {
			memcpy(id, part, sizeof(part));
			return r;
		}
	}
	return NULL;
}

int route_is_door(const char *path)
{
	return strcmp(path, "/door") == 0 || strncmp(path, "/door/", 6) == 0;
}

const char *route_back(const char *path)
{
	const struct route *r;
	unsigned int methods;
	char id[64];

	if (path == NULL)
		return "/";
	r = route_find(WEB_GET, path, id, &methods);
	return r && r->template ? path : "/";
}
