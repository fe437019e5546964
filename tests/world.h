#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <stddef.h>
#include <stdint.h>

/*
 * A made-up installation, small enough to be judged record by record with
 * nothing but loops: collections that refer to each other as trees, time
 * columns in every form, rules of every kind.  world.c makes it, writes its
 * files and fills its stores; oracle.c says what must become of each record.
 * Neither asks the engine how time is counted or paths are found.
 */
#define WORLD_STORES      2
#define WORLD_COLLECTIONS 6
#define WORLD_RECORDS     40
#define WORLD_POLICIES    2
#define WORLD_INSTANTS    4

enum moment_kind {
	MOMENT_NULL,
	MOMENT_UNREADABLE,
	MOMENT_DATE,
	MOMENT_INSTANT
};
struct moment {
	enum moment_kind kind;
	int64_t day;     /* since 1970-01-01 */
	int64_t seconds; /* Unix, a fraction rounded up */
};

struct world_record {
	int64_t key[2];
	int64_t ref[2]; /* the key of a record of the parent collection */
	int ref_null;   /* 1, 2: that many of its columns are NULL */
	int64_t self; /* the key of a record of the same collection; 0: none */
	struct moment at;
	char stored[64]; /* the literal that SQL and JSON write */
	int gone;
};

enum world_time { TIME_TEXT, TIME_DATE, TIME_INTEGER, TIME_UNTYPED };
struct world_collection {
	char name[16];
	int store;
	int parent;   /* the collection that it refers to, or -1 */
	int enforced; /* by a foreign key, too */
	int tuple;    /* a key of two columns */
	int text_key; /* "K12", else 12 */
	int text_ref; /* refers to the number 12 as the text '12' */
	int has_self; /* refers to itself, by a foreign key */
	int without_rowid;
	int indexed;
	int ingested; /* else written by SQL, as somebody else's program would
		       */
	enum world_time type;
	int cluster;
	size_t count;
	struct world_record records[WORLD_RECORDS];
};

enum world_zone { ZONE_TOKYO, ZONE_BERLIN, ZONE_NEW_YORK, ZONE_UTC };
struct world_policy {
	enum world_zone zone;
	int japanese; /* jp_civil_code, else eu_1182_71 */
};

struct world_period {
	int months;
	int days;
};
struct world_cluster {
	int policy;
	int store;
	int start; /* the collection whose time it is; -1: each record's own */
	int earliest;
	int open;     /* null_means */
	int year_end; /* from */
	int unlimited;
	struct world_period regular;
	int has_retention;
	struct world_period retention;
};

struct world {
	uint64_t dice;
	struct world_policy policies[WORLD_POLICIES];
	struct world_cluster clusters[WORLD_COLLECTIONS];
	int cluster_count;
	struct world_collection collections[WORLD_COLLECTIONS];
	int collection_count;
	int store_count;
	int64_t instants[WORLD_INSTANTS]; /* rising: when it is looked at */
	int64_t window_seconds;
	int batch;
};

/* The next number below ${n} of the world's own dice. */
int64_t world_roll(struct world *w, int64_t n);

/* Make up a world of ${seed}. */
void world_init(struct world *w, uint64_t seed);

/* Write its files to ${folder}, make its stores and fill them. */
void world_build(const struct world *w, const char *folder);

/* "K12" or "12": a key as a command line names it. */
void world_key_text(
    const struct world_collection *c, int64_t key, char out[32]);

/* ---- oracle.c ---- */

enum oracle_verdict {
	ORACLE_ACTIVE,
	ORACLE_RETAIN,
	ORACLE_DUE,
	ORACLE_OVERDUE,
	ORACLE_UNDECIDED,
	/*
	 * ACTIVE or RETAIN: one value is today's date, another an instant
	 * later today.  Both end alike, and the date is what is remembered of
	 * the two once they are gone.
	 */
	ORACLE_EITHER,
	ORACLE__MAX
};
const char *oracle_name(enum oracle_verdict v);

/*
 * What must be said of a record at ${now}.  The values of a starting point
 * are those of all records that there ever were: what is gone counts as it
 * stood.  ${*from} (may be NULL) gets its first instant of DUE, or INT64_MIN.
 */
enum oracle_verdict oracle_judge(const struct world *w, int collection,
    const struct world_record *r, int64_t now, int64_t *from);

/* May the record go now: DUE, and no record that is still there holds it by
 * a foreign key? */
int oracle_may_go(const struct world *w, int collection,
    const struct world_record *r, int64_t now);

/* Civil dates, plainly. */
int64_t oracle_day(int64_t year, int64_t month, int64_t day);
void oracle_civil(int64_t day, int64_t *year, int64_t *month, int64_t *mday);
/* Local 00:00 of ${day}, and the local day at ${instant}. */
int64_t oracle_midnight(enum world_zone zone, int64_t day);
int64_t oracle_local_day(enum world_zone zone, int64_t instant);

#endif /* !TESTS_WORLD_H */
