/*
 * Lists that are kept.  What they were made of is known by two numbers: each
 * change of a request is an event, and each deletion of closed ones has a row,
 * and neither number is given twice (AUTOINCREMENT).  They are read in the
 * transaction in which the page is, so that list and page fit together.
 */
#include "engine/rights/board.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/zone.h"
#include "engine/rights/scan.h"

#define NAME  32 /* longer ones are no names of list.h */
#define PAGES 4  /* of each list, as JSON: people look at the first */

struct made_of {
	int64_t event;
	int64_t deletion;
	int32_t day;
};
struct kept {
	enum list_which which;
	enum list_sort sort;
	char type[NAME];
	char state[NAME];
	char standing[NAME];
	struct made_of of;
	uint64_t used; /* when, counted in askings */
	struct scan all;
	json_t *summary; /* of the open ones, once asked for */
	struct {
		int64_t offset;
		int64_t limit;
		json_t *json;
	} pages[PAGES];
	size_t page; /* the next to be replaced */
};
struct board {
	pthread_rwlock_t lock;
	pthread_mutex_t counting; /* of ${asked} and ${used} */
	uint64_t asked;
	struct kept *lists[BOARD_LISTS];
};

static void kept_free(struct kept *k)
{
	if (k == NULL)
		return;
	json_decref(k->summary);
	for (size_t i = 0; i < PAGES; i++)
		json_decref(k->pages[i].json);
	scan_release(&k->all);
	free(k);
}

enum status board_new(struct board **out)
{
	struct board *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return fail(ST_NOMEM, "out of memory");
	(void)pthread_rwlock_init(&b->lock, NULL);
	(void)pthread_mutex_init(&b->counting, NULL);
	*out = b;
	return ST_OK;
}

void board_free(struct board *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < BOARD_LISTS; i++)
		kept_free(b->lists[i]);
	(void)pthread_rwlock_destroy(&b->lock);
	(void)pthread_mutex_destroy(&b->counting);
	free(b);
}

/* ---- which ---- */

static int is_same(const char *kept, const char *asked)
{
	return strcmp(kept, asked ? asked : "") == 0;
}

static int is_for(const struct kept *k, const struct list_filter *f)
{
	return k && k->which == f->which && k->sort == f->sort &&
	       is_same(k->type, f->type) && is_same(k->state, f->state) &&
	       is_same(k->standing, f->standing);
}

static int is_of(const struct kept *k, const struct made_of *of)
{
	return k->of.event == of->event && k->of.deletion == of->deletion &&
	       k->of.day == of->day;
}

/* The list as it must be now; NULL: it is not there. */
static struct kept *find(
    struct board *b, const struct list_filter *f, const struct made_of *of)
{
	for (size_t i = 0; i < BOARD_LISTS; i++)
		if (is_for(b->lists[i], f) && is_of(b->lists[i], of)) {
			(void)pthread_mutex_lock(&b->counting);
			b->lists[i]->used = ++b->asked;
			(void)pthread_mutex_unlock(&b->counting);
			return b->lists[i];
		}
	return NULL;
}

/* Where a new one goes: over its own old one, an empty place, or the one that
 * nobody has asked for for longest. */
static struct kept **place_for(struct board *b, const struct list_filter *f)
{
	struct kept **oldest = &b->lists[0];

	for (size_t i = 0; i < BOARD_LISTS; i++)
		if (is_for(b->lists[i], f))
			return &b->lists[i];
	for (size_t i = 0; i < BOARD_LISTS; i++) {
		if (b->lists[i] == NULL)
			return &b->lists[i];
		if (b->lists[i]->used < (*oldest)->used)
			oldest = &b->lists[i];
	}
	return oldest;
}

static enum status read_of(
    struct installation *in, int64_t as_of, struct made_of *of)
{
	enum status st;

	of->day = zone_day(in->zone, as_of);
	st = db_one_int(in->control, "SELECT max(number) FROM request_event",
	    NOARGS, 0, &of->event);
	if (st != ST_OK)
		return st;
	return db_one_int(in->control,
	    "SELECT max(number) FROM request_deletion", NOARGS, 0,
	    &of->deletion);
}

/* ---- making ---- */

static enum status put_name(char to[NAME], const char *name)
{
	if (name && strlen(name) >= NAME)
		return fail(
		    ST_USAGE, "no type, state or standing is that long");
	if (name)
		memcpy(to, name, strlen(name) + 1);
	return ST_OK;
}

static enum status make(struct installation *in, const struct list_filter *f,
    int64_t as_of, const struct made_of *of, struct kept **out)
{
	struct kept *k = calloc(1, sizeof(*k));
	enum status st;

	if (k == NULL)
		return fail(ST_NOMEM, "out of memory");
	k->which = f->which;
	k->sort = f->sort;
	k->of = *of;
	st = put_name(k->type, f->type);
	if (st == ST_OK)
		st = put_name(k->state, f->state);
	if (st == ST_OK)
		st = put_name(k->standing, f->standing);
	if (st == ST_OK)
		st = scan_read(in, f, as_of, &k->all);
	if (st == ST_OK) {
		scan_sort(&k->all, k->all.count);
		*out = k;
	} else {
		kept_free(k);
	}
	return st;
}

/* With the lock for writing: nobody reads a list. */
static enum status renew(struct board *b, struct installation *in,
    const struct list_filter *f, int64_t as_of, const struct made_of *of)
{
	struct kept *k = find(b, f, of), **place;
	enum status st;

	if (k)
		return ST_OK;
	if ((st = make(in, f, as_of, of, &k)) != ST_OK)
		return st;
	place = place_for(b, f);
	kept_free(*place);
	*place = k;
	(void)find(b, f, of);
	return ST_OK;
}

/* ---- answers ---- */

/* The page of ${f}, or the summary where that is NULL; NULL: not kept. */
static const json_t *kept_answer(
    const struct kept *k, const struct list_filter *f)
{
	if (f == NULL)
		return k->summary;
	for (size_t i = 0; i < PAGES; i++)
		if (k->pages[i].json && k->pages[i].offset == f->offset &&
		    k->pages[i].limit == f->limit)
			return k->pages[i].json;
	return NULL;
}

/* The rows stay the list's: threads count references to them, and nobody
 * writes. */
static enum status share(const json_t *kept, json_t **out)
{
	return json_made(json_copy((json_t *)(uintptr_t)kept), out);
}

static enum status make_answer(
    struct installation *in, struct kept *k, const struct list_filter *f)
{
	json_t *page = NULL;
	enum status st;

	if (kept_answer(k, f))
		return ST_OK;
	if (f == NULL)
		return list_summary_json(in, &k->all, &k->summary);
	if ((st = list_page_json(in, f, &k->all, &page)) != ST_OK)
		return st;
	json_decref(k->pages[k->page].json);
	k->pages[k->page].offset = f->offset;
	k->pages[k->page].limit = f->limit;
	k->pages[k->page].json = page;
	k->page = (k->page + 1) % PAGES;
	return ST_OK;
}

/* With the lock for writing. */
static enum status make_and_copy(struct board *b, struct installation *in,
    const struct list_filter *f, const struct list_filter *list, int64_t as_of,
    const struct made_of *of, json_t **out)
{
	enum status st = renew(b, in, list, as_of, of);
	struct kept *k = st == ST_OK ? find(b, list, of) : NULL;

	if (k == NULL)
		return st;
	if ((st = make_answer(in, k, f)) != ST_OK)
		return st;
	return share(kept_answer(k, f), out);
}

/* Inside a transaction.  ${f}, or NULL for the summary. */
static enum status ask(struct board *b, struct installation *in,
    const struct list_filter *f, int64_t as_of, json_t **out)
{
	static const struct list_filter open = { .which = LIST_OPEN };
	const struct list_filter *list = f ? f : &open;
	const json_t *kept;
	struct made_of of;
	struct kept *k;
	enum status st = read_of(in, as_of, &of);

	if (st != ST_OK)
		return st;
	(void)pthread_rwlock_rdlock(&b->lock);
	k = find(b, list, &of);
	kept = k ? kept_answer(k, f) : NULL;
	if (kept)
		st = share(kept, out);
	(void)pthread_rwlock_unlock(&b->lock);
	if (kept)
		return st;
	(void)pthread_rwlock_wrlock(&b->lock);
	st = make_and_copy(b, in, f, list, as_of, &of, out);
	(void)pthread_rwlock_unlock(&b->lock);
	return st;
}

static enum status in_one(struct board *b, struct installation *in,
    const struct list_filter *f, int64_t as_of, json_t **out)
{
	enum status st;

	if ((st = installation_open_control(in)) != ST_OK)
		return st;
	if ((st = db_begin(in->control, DB_READ)) == ST_OK)
		st = ask(b, in, f, as_of, out);
	db_rollback(in->control);
	return st;
}

enum status board_list(struct board *b, struct installation *in,
    const struct list_filter *f, int64_t as_of, json_t **out)
{
	enum status st = list_check(f);

	return st == ST_OK ? in_one(b, in, f, as_of, out) : st;
}

enum status board_summary(
    struct board *b, struct installation *in, int64_t as_of, json_t **out)
{
	return in_one(b, in, NULL, as_of, out);
}
