#ifndef WEB_DOOR_PAGES_H
#define WEB_DOOR_PAGES_H

#include "engine/web/exchange.h"

/* The handlers of /door, as those of pages.h. */
enum status page_door(struct exchange *x) MUST_CHECK;
enum status page_door_file(struct exchange *x) MUST_CHECK;
enum status do_door_file(struct exchange *x) MUST_CHECK;
enum status page_door_enter(struct exchange *x) MUST_CHECK;
enum status do_door_enter(struct exchange *x) MUST_CHECK;
enum status page_door_case(struct exchange *x) MUST_CHECK;
enum status do_door_ask(struct exchange *x) MUST_CHECK;
enum status do_door_prove(struct exchange *x) MUST_CHECK;
enum status do_door_package(struct exchange *x) MUST_CHECK;
enum status do_door_answer(struct exchange *x) MUST_CHECK;
enum status do_door_withdraw(struct exchange *x) MUST_CHECK;
enum status do_door_leave(struct exchange *x) MUST_CHECK;

/* ST_BUSY, as 429: too often from this source. */
enum status door_rate(struct exchange *x, int cost) MUST_CHECK;

#endif /* !WEB_DOOR_PAGES_H */
