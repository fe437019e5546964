#ifndef RIGHTS_ERASURE_BOOK_H
#define RIGHTS_ERASURE_BOOK_H

#include "engine/base/buf.h"
#include "engine/rights/step.h"

/* A request's plan as it stands in the control database. */
struct erasure {
	char *hash;
	json_t *body;
	char *decided;
	char *approved;
	char *run; /* at work, or done */
	struct buf targets;
	int64_t done_at;
	struct buf kept;
	char *tell;
	int64_t made_at;
	char *made_by;
	json_t *report; /* of what was carried out; NULL */
};
/* ST_NOTFOUND, without a sentence: there is none. */
enum status erasure_read(
    struct installation *in, int64_t request, struct erasure *out) MUST_CHECK;
void erasure_release(struct erasure *e);

/* Put ${plan} in its place; inside a write transaction. */
enum status erasure_write(struct step *s, const json_t *plan) MUST_CHECK;
/* At work as ${run}, on ${targets}, from ${now}; inside one too. */
enum status erasure_begin(struct installation *in, int64_t request,
    const char *run, const struct buf *targets, int64_t now) MUST_CHECK;

#endif /* !RIGHTS_ERASURE_BOOK_H */
