#ifndef WEB_ERRAND_JOB_H
#define WEB_ERRAND_JOB_H

#include <pthread.h>

#include "engine/web/errand.h"

/*
 * An errand under way, for those that carry one out: each does so on a thread
 * of its lane, with an installation of its own, and leaves what it came to in
 * ${*out}, which errand_answer() begins.
 */
struct errand_job {
	struct errands *all;
	pthread_t thread;
	int begun; /* there is a thread to join */
	int busy;  /* it is at work */
	struct errand_order order;
	char actor[WEB_USER];
	char role[16];
	char request[64];
	/* How far it is. */
	const char *stage;
	uint64_t done;
	uint64_t of;
};

/* A new stage, of which nothing is done. */
void errand_stage(struct errand_job *j, const char *name);
void errand_done(struct errand_job *j, uint64_t done, uint64_t of);
/* The server ends: what can be begun anew stops. */
int errand_must_stop(struct errand_job *j);

/* {"actor","at","outcome","message"}, and of a statement "as_of". */
enum status errand_answer(const struct errand_job *j, const char *outcome,
    const char *message, json_t **out) MUST_CHECK;

enum status errand_verify(
    struct errand_job *j, struct installation *in, json_t **out) MUST_CHECK;
enum status errand_state(
    struct errand_job *j, struct installation *in, json_t **out) MUST_CHECK;
enum status errand_forecast(
    struct errand_job *j, struct installation *in, json_t **out) MUST_CHECK;
enum status errand_plan(
    struct errand_job *j, struct installation *in, json_t **out) MUST_CHECK;
enum status errand_execute(
    struct errand_job *j, struct installation *in, json_t **out) MUST_CHECK;

#endif /* !WEB_ERRAND_JOB_H */
