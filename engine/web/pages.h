#ifndef WEB_PAGES_H
#define WEB_PAGES_H

#include "engine/rights/rights.h"
#include "engine/web/exchange.h"

/*
 * The handlers of route.c.  page_: what is shown, and nothing changes; do_:
 * what a form does.  Each leaves its JSON value in ${x->data}; the OpenAPI
 * document (schemas/openapi.json) says what is in it.
 */
enum status page_desk(struct exchange *x) MUST_CHECK;
enum status page_sign_in(struct exchange *x) MUST_CHECK;
enum status do_sign_in(struct exchange *x) MUST_CHECK;
enum status do_sign_out(struct exchange *x) MUST_CHECK;
enum status page_session(struct exchange *x) MUST_CHECK;
enum status page_sign_ins(struct exchange *x) MUST_CHECK;
enum status do_end_sessions(struct exchange *x) MUST_CHECK;
enum status page_password(struct exchange *x) MUST_CHECK;
enum status do_password(struct exchange *x) MUST_CHECK;
enum status page_device(struct exchange *x) MUST_CHECK;
enum status do_device(struct exchange *x) MUST_CHECK;
enum status do_confirm_device(struct exchange *x) MUST_CHECK;
enum status do_language(struct exchange *x) MUST_CHECK;
enum status page_requests(struct exchange *x) MUST_CHECK;
enum status do_find(struct exchange *x) MUST_CHECK;
enum status page_request(struct exchange *x) MUST_CHECK;
enum status do_verify(struct exchange *x) MUST_CHECK;
enum status do_suspend(struct exchange *x) MUST_CHECK;
enum status do_resume(struct exchange *x) MUST_CHECK;
enum status do_extend(struct exchange *x) MUST_CHECK;
enum status do_decide(struct exchange *x) MUST_CHECK;
enum status do_refuse(struct exchange *x) MUST_CHECK;
enum status do_approve(struct exchange *x) MUST_CHECK;
enum status do_return(struct exchange *x) MUST_CHECK;
enum status do_withdraw(struct exchange *x) MUST_CHECK;
enum status page_erasure(struct exchange *x) MUST_CHECK;
enum status do_plan_erasure(struct exchange *x) MUST_CHECK;
enum status do_execute(struct exchange *x) MUST_CHECK;
enum status page_data(struct exchange *x) MUST_CHECK;
enum status page_letter(struct exchange *x) MUST_CHECK;
enum status do_letter(struct exchange *x) MUST_CHECK;
enum status do_send_code(struct exchange *x) MUST_CHECK;
enum status do_package(struct exchange *x) MUST_CHECK;
enum status do_fulfil(struct exchange *x) MUST_CHECK;
enum status do_reopen(struct exchange *x) MUST_CHECK;
enum status do_carry_out(struct exchange *x) MUST_CHECK;
enum status page_plans(struct exchange *x) MUST_CHECK;
enum status page_plan(struct exchange *x) MUST_CHECK;
enum status do_approve_plan(struct exchange *x) MUST_CHECK;
enum status page_holds(struct exchange *x) MUST_CHECK;
enum status do_hold(struct exchange *x) MUST_CHECK;
enum status do_release(struct exchange *x) MUST_CHECK;
enum status page_rules(struct exchange *x) MUST_CHECK;
enum status page_forecast(struct exchange *x) MUST_CHECK;
enum status do_forecast(struct exchange *x) MUST_CHECK;
enum status page_audit(struct exchange *x) MUST_CHECK;
enum status page_entry(struct exchange *x) MUST_CHECK;
enum status page_certificates(struct exchange *x) MUST_CHECK;
enum status page_certificate(struct exchange *x) MUST_CHECK;
enum status page_certificate_file(struct exchange *x) MUST_CHECK;
enum status do_pack(struct exchange *x) MUST_CHECK;
enum status page_verification(struct exchange *x) MUST_CHECK;
enum status do_verification(struct exchange *x) MUST_CHECK;
enum status page_statement(struct exchange *x) MUST_CHECK;
enum status do_statement(struct exchange *x) MUST_CHECK;
enum status page_looks(struct exchange *x) MUST_CHECK;
enum status asset_style(struct exchange *x) MUST_CHECK;

/* ---- between them ---- */

/* Who acts on requests: the session's user with the roles of rights. */
struct rights_actor page_actor(const struct exchange *x);

/* The word of the session's role, as the log has it. */
const char *page_role(const struct exchange *x);

/* An entry of the audit log: the session's user did ${action}.  ${details} is
 * taken, also where it is NULL for want of memory. */
enum status page_log(
    struct exchange *x, const char *action, json_t *details) MUST_CHECK;

/* The end of a form about a case, which did ${st}: back to its page, with what
 * nobody needs any more swept up. */
enum status page_case_done(struct exchange *x, enum status st) MUST_CHECK;

/* {"before"}: where the entries behind ${seq} are; null unless ${more}. */
enum page_more { PAGE_LAST, PAGE_MORE };
json_t *page_older(enum page_more more, int64_t seq);

/* [{"MEMBER": word, "selected"}] of ${words} (ended by NULL). */
enum status page_choices(const char *member, const char *const *words,
    const char *selected, json_t **out) MUST_CHECK;

/* "identities":[{"identity"}] of ${x->data}: those that fields of the datasets
 * bear; another one would find nobody. */
enum status page_identities(struct exchange *x) MUST_CHECK;

/*
 * {"number","from","to","total","previous","next"} of the page ${number} (from
 * 1) of ${size} rows; the last two are null where there is none, else an
 * object with "number".
 */
enum status page_paging(
    int64_t number, int64_t size, int64_t total, json_t **out) MUST_CHECK;

/* The number that the query gives as ${name}, ${least} without one.  ST_USAGE
 * for what is none. */
enum status page_number(const struct exchange *x, const char *name,
    int64_t least, int64_t most, int64_t *out) MUST_CHECK;

#endif /* !WEB_PAGES_H */
