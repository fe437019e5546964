#ifndef TESTS_CUT_H
#define TESTS_CUT_H

#include "engine/base/json.h"
#include "engine/installation/installation.h"

/*
 * An installation of one store, `tele`, cut into segments or not:
 *
 *	positions (id TEXT key, vin, at)	by `at`, four weeks
 *	trips (id, began DATE)			by `began`, eight weeks
 *	notes (id, at)				not cut, four weeks
 */
struct cut_site {
	char folder[120];
	char input[20]; /* the file that is ingested */
	long fuse;      /* the allocation that an ingest fails at; -1: none */
	struct installation in;
};

/* ${every}: "P1D", ...; NULL: not cut. */
void cut_site_init(struct cut_site *s, const char *every);
/* Cut it otherwise, and open it anew. */
void cut_site_cut(struct cut_site *s, const char *every);
/* Open it anew, as another process would. */
void cut_site_again(struct cut_site *s);
void cut_site_release(struct cut_site *s);

enum cut_mode { CUT_INSERT, CUT_UPSERT };
/* Lines of CSV, the header first. */
enum status cut_site_ingest(struct cut_site *s, const char *collection,
    const char *csv, enum cut_mode mode);
/* Every record, sorted; the caller frees. */
char *cut_site_dump(struct cut_site *s, const char *collection);

/* A run as of ${as_of}; the caller releases the report. */
json_t *cut_site_purge(struct cut_site *s, const char *as_of);
enum status cut_site_try(struct cut_site *s, const char *as_of,
    void (*progress)(void *ctx, const char *c, int64_t done, int64_t due));
/* One number of the whole report, or of one collection. */
long long cut_site_number(
    const json_t *report, const char *collection, const char *member);

/* Hold the record ${id} of positions; ${id} of the hold. */
void cut_site_hold(struct cut_site *s, const char *record, char hold[24]);
void cut_site_let_go(struct cut_site *s, const char *hold);

/* The counts kept are those there, every page is authentic, in every file. */
void cut_site_check(struct cut_site *s);

/* How many files of segments there are, and keys of them. */
int cut_site_files(const struct cut_site *s);
int cut_site_keys(const struct cut_site *s);

#endif /* !TESTS_CUT_H */
