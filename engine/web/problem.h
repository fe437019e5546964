#ifndef WEB_PROBLEM_H
#define WEB_PROBLEM_H

#include "engine/web/exchange.h"

/*
 * What went wrong as an answer: a page that says how to go on, or a problem
 * document (RFC 9457) {"type","title","status","detail"}.  ${x->status} where
 * it is 400 or more, else what ${why} amounts to.  Who is not signed in and
 * looks for a page is led to the form for it.  What is our own fault is
 * written to standard error, and not shown.
 */
void problem_answer(struct exchange *x, enum status why);

#endif /* !WEB_PROBLEM_H */
