#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "engine/plan/rule.h"
#include "tests/suites.h"
#include "tests/world.h"

/*
 * A made-up world beside the installation that was built of it: what stands in
 * the stores, and what is proven of it, compared with what should.
 */
struct stage {
	struct world *world;
	char config[300];
	unsigned long long seed;
	struct installation in;
	struct schedule schedule;
	/* what ingest or INSERT made of every value, as SQL writes it */
	char stored[WORLD_COLLECTIONS][WORLD_RECORDS][COLUMN__MAX][80];
};

#define HERE(s)    (s)->seed
#define SEED(text) "seed %llu: " text

/* Load the files and open the stores, as every command does. */
void stage_open(struct stage *s);
void stage_close(struct stage *s);

/* Was any part of it reduced? */
int stage_is_reduced(const struct world_record *r);

/* Between these: note what the stores hold of records that no run has touched.
 */
void stage_note(struct stage *s);

/* The rule of what a cluster governs of a collection. */
const struct rule *stage_rule(const struct stage *s, int collection, int part);

/* Which part of a collection a cluster governs. */
int stage_part(const struct stage *s, int collection, int cluster);

/*
 * What has the run at ${now} done?  Nothing that ${expected} (the world after
 * a whole run) does not do; all of it where the run was whole; and what was
 * done is proven.  The world is then as the stores are.
 */
enum stage_ending { STAGE_WHOLE, STAGE_STOPPED };
void stage_settle(struct stage *s, const struct world *expected, int64_t now,
    enum stage_ending ending);

/* ---- stage_evidence.c ---- */

/* Is all that was done to a collection proven, once? */
void stage_check_evidence(
    struct stage *s, int collection, enum stage_ending ending);

/* ---- stage_ask.c ---- */

/* How many records are due, by the oracle. */
int64_t stage_due(const struct world *w, int collection, int part, int64_t now);

/* Does the plan count as the oracle does? */
void stage_plan(struct stage *s, int64_t now);
/* And does everything else that says something of records agree? */
void stage_ask(struct stage *s, int64_t now);

#endif /* !TESTS_STAGE_H */
