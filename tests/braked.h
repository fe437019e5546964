#ifndef TESTS_BRAKED_H
#define TESTS_BRAKED_H

#include <stdint.h>

#include "engine/purge/purge.h"
#include "tests/suites.h"

/*
 * An installation whose brakes are on, in a folder of its own: `notes`, 300 of
 * them, two in three due, which may refer to `people`, of whom there are none.
 */
#define BRAKED_RECORDS 300

struct braked {
	char folder[100];
	char path[140]; /* of its lethe.yml */
	char plan[140]; /* of a plan file */
	json_t *report;
	json_t *stopped; /* of the last run */
};
void braked_set_up(struct braked *f);
void braked_tear_down(struct braked *f);

void braked_config(
    const struct braked *f, int approvals, const char *max_share);
/* The regular deletion period of the notes is ${period}. */
void braked_policy(const struct braked *f, const char *period);

/* With all its databases open; release it. */
void braked_load(const struct braked *f, struct installation *in);
enum braked_where { STORE, CONTROL };
void braked_sql(
    const struct braked *f, enum braked_where where, const char *words);
int64_t braked_ask(
    const struct braked *f, enum braked_where where, const char *words);
int64_t braked_notes(const struct braked *f);

/* A run, as of now where ${o} does not say; its report stays until the next. */
enum status braked_purge(struct braked *f, struct purge_options o);
#define PURGE(f, ...) \
	braked_purge( \
	    f, (struct purge_options){ .mode = PURGE_EXECUTE, __VA_ARGS__ })
void braked_must_stop(struct braked *f, const char *reason);
void braked_must_run(struct braked *f, int64_t deleted);

/* Approve the plan that the last run waits for. */
enum status braked_approve(struct braked *f, const char *actor);

/* For purge_options.progress: somebody elsewhere stops all purges. */
void braked_stop_now(
    void *ctx, const char *cluster, int64_t deleted, int64_t due);

/* ${gone} records have evidence; the counts kept are those there. */
void braked_check_evidence(const struct braked *f, int64_t gone);

#endif /* !TESTS_BRAKED_H */
