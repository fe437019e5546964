#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <stddef.h>
#include <stdint.h>

/*
 * A made-up installation, small enough to be judged record by record with
 * nothing but loops: collections that refer to each other as trees, time
 * columns in every form, rules of every kind.  world*.c makes it, writes its
 * files and fills its stores; oracle.h says what must become of each record.
 * Neither asks the engine how time is counted or paths are found.
 */
#define WORLD_STORES      2
#define WORLD_COLLECTIONS 6
#define WORLD_CLUSTERS    20
#define WORLD_RECORDS     40
#define WORLD_POLICIES    2
#define WORLD_INSTANTS    4
#define WORLD_CLOCKS      3
#define WORLD_PARTS       3
#define WORLD_SUSPENSIONS 16
#define WORLD_TIMES       2
#define WORLD_FIELDS      3

/*
 * What may be in it; LETHE_WORLD=MASK leaves out the rest, to find what a
 * failure needs.  The dice fall the same with and without.
 */
enum world_feature {
	WORLD_PURPOSES = 1 << 0,    /* several clocks for a cluster */
	WORLD_PARTED = 1 << 1,      /* fields in other clusters */
	WORLD_DE_IDENTIFY = 1 << 3, /* instead of deleting */
	WORLD_MINIMISE = 1 << 4,    /* parents that records refer to */
	WORLD_ON_DELETE = 1 << 5,   /* CASCADE, SET NULL, RESTRICT */
	WORLD_BY_UNIQUE = 1 << 6,   /* references to other than the key */
	WORLD_SUSPEND = 1 << 7,     /* holds and restrictions */
	WORLD_EMPTY = 1 << 8,       /* parts that nothing can be emptied of */
	WORLD_PLANS = 1 << 11,      /* plan files, and what changes meanwhile */
	WORLD_SEGMENTS = 1 << 12,   /* stores that are cut by time */
	WORLD_ERASURES = 1 << 13,   /* people who ask for it */
};
#define WORLD_FEATURES                                                        \
	(WORLD_PURPOSES | WORLD_PARTED | WORLD_DE_IDENTIFY | WORLD_MINIMISE | \
	    WORLD_ON_DELETE | WORLD_BY_UNIQUE | WORLD_SUSPEND | WORLD_EMPTY | \
	    WORLD_PLANS | WORLD_SEGMENTS | WORLD_ERASURES)

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

/* Every collection's columns are some of these. */
enum world_column {
	COLUMN_K1,
	COLUMN_K2,
	COLUMN_AT, /* two times */
	COLUMN_BT,
	COLUMN_R1, /* refers to the parent collection */
	COLUMN_R2,
	COLUMN_S, /* refers to the collection itself */
	COLUMN_U, /* another key: the number of k1 */
	COLUMN_F0,
	COLUMN_F1, /* an integer; the others are text */
	COLUMN_F2,
	COLUMN__MAX
};
const char *world_column_name(enum world_column column);

struct world_record {
	int64_t key[2];
	int64_t ref[2]; /* the key of a record of the parent collection */
	int ref_null;   /* 1: its columns are NULL, 2: the second one is */
	int64_t self; /* the key of a record of the same collection; 0: none */
	struct moment at[WORLD_TIMES];
	char stored[WORLD_TIMES][64];  /* the literal of SQL and JSON */
	int64_t content[WORLD_FIELDS]; /* 0: NULL */
	int gone;
	int lost; /* gone, and not by us: nothing is left behind */
	int reduced[WORLD_PARTS];
};

/* What a store is cut into.  What is cut enforces nothing, and each of its
 * records runs from its own times. */
enum world_cut { CUT_NOT, CUT_DAYS, CUT_WEEKS, CUT_MONTHS, CUT__MAX };

enum world_time { TIME_TEXT, TIME_DATE, TIME_INTEGER, TIME_UNTYPED };
enum world_on_delete {
	ON_DELETE_NOTHING,
	ON_DELETE_NO_ACTION,
	ON_DELETE_RESTRICT,
	ON_DELETE_CASCADE,
	ON_DELETE_SET_NULL
};
struct world_collection {
	char name[16];
	int store;
	int is_cut;   /* by `at` */
	int parent;   /* the collection that it refers to, or -1 */
	int by_u;     /* ... by its u */
	int enforced; /* by a foreign key, too */
	enum world_on_delete on_delete;
	int tuple;    /* a key of two columns */
	int text_key; /* "K12", else 12 */
	int text_ref; /* refers to the number 12 as the text '12' */
	int without_rowid;
	int indexed;
	int ingested; /* else written by SQL, as somebody else's program would
		       */
	enum world_time type[WORLD_TIMES];
	int has[COLUMN__MAX];
	int not_null[WORLD_FIELDS];
	int impersonal; /* f2 says nothing of a person */
	/* Cluster 0 is that of the collection itself, the others that of
	 * single columns. */
	int part_of[COLUMN__MAX];
	int clusters[WORLD_PARTS];
	int parts;
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
struct world_clock {
	int start; /* the collection whose time it is; -1: each record's own */
	int time;  /* 0: at, 1: bt */
	int earliest;
	int open;     /* null_means */
	int year_end; /* from */
	struct world_period regular;
};
enum world_method {
	METHOD_NONE,
	METHOD_NULL,
	METHOD_CONSTANT,
	METHOD_TRUNCATE, /* to two characters */
	METHOD_KEYED_HASH,
};
enum world_on_request { ERASE_AT_ONCE, ERASE_ONCE_BEGUN, ERASE_KEEP };
struct world_cluster {
	int policy;
	enum world_on_request on_request;
	int store;
	int by_purpose; /* each clock is that of a purpose */
	struct world_clock clocks[WORLD_CLOCKS];
	int clock_count; /* 0: unlimited */
	int has_retention;
	struct world_period retention;
	int wait; /* on_referenced */
	int de_identify;
	enum world_method methods[WORLD_FIELDS];
};

struct world_suspension {
	int restriction; /* else a hold */
	int cluster;     /* -1: one record, whatever governs it */
	int collection;
	int64_t key[2];
	char id[24];
	int released;
};

/* What one person asks to be erased: the records that are that person's. */
struct world_request {
	int is_made;
	char mine[WORLD_COLLECTIONS][WORLD_RECORDS];
};

struct world {
	uint64_t dice;
	unsigned features;
	struct world_policy policies[WORLD_POLICIES];
	struct world_cluster clusters[WORLD_CLUSTERS];
	int cluster_count;
	struct world_collection collections[WORLD_COLLECTIONS];
	int collection_count;
	int store_count;
	enum world_cut cut[WORLD_STORES];
	int times;      /* bt too */
	int has_people; /* the first collection's key is an identity */
	struct world_suspension suspensions[WORLD_SUSPENSIONS];
	int suspension_count;
	struct world_request request;
	int64_t instants[WORLD_INSTANTS]; /* rising: when it is looked at */
	int64_t window_seconds;
	int batch;
};

/* ---- world.c, world_records.c ---- */

/* The next number below ${n} of the world's own dice. */
int64_t world_roll(struct world *w, int64_t n);
/* True in ${percent} of all cases. */
int world_chance(struct world *w, int percent);

/* Make up a world of ${seed}. */
void world_init(struct world *w, uint64_t seed, unsigned features);

/* The last of world_init(): times whose periods end close to the instants. */
void world_make_records(struct world *w, int collection);

/* Give the record other times. */
void world_change_times(
    struct world *w, int collection, struct world_record *r);

/* Does the cluster govern anything? */
int world_uses(const struct world *w, int cluster);

/* Make up one more suspension; 0: there are enough. */
int world_suspend(struct world *w);

/* ---- world_files.c, world_fill.c ---- */

/* "one", "two" */
const char *world_store_name(int store);

/* Write its files to ${folder}, make its stores and fill them. */
void world_build(const struct world *w, const char *folder);
struct installation;
void world_fill(const struct world *w, struct installation *in, int collection,
    const char *folder);

/* Write the record's times as they are now, or (lost) delete it, as somebody
 * else's program would. */
void world_rewrite(const struct world *w, struct installation *in,
    int collection, const struct world_record *r);

/* "K12" or "12": a key as a command line names it. */
void world_key_text(
    const struct world_collection *c, int64_t key, char out[32]);

#endif /* !TESTS_WORLD_H */
