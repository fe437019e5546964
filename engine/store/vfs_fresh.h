#ifndef STORE_VFS_FRESH_H
#define STORE_VFS_FRESH_H

#include "engine/store/db.h"
#include "engine/store/vfs_internal.h"

/*
 * Which pages are the newest: the seal file, "PATH-seal".
 *
 * An AEAD tells that a page is ours and in its place, not that it is the last
 * one that we put there.  So this file keeps 8 bytes of the nonce of every page
 * in the main file, and each page that is read is compared: an older image of
 * it bears another nonce.  What says that the list itself is not an older one
 * is its head, sealed by the AEAD too:
 *
 *	 8  generation, one more with every change
 *	16  sum over the list: a pseudo-random function of page number and
 *	    nonce, added up in two lanes mod 2^64
 *	 4  1: the WAL belongs to the store; 0: whatever WAL is found has
 *	    nothing that the main file lacks, and is not read
 *	 4  frames that the WAL has at least
 *	 8  salts of the WAL
 *	 4  pages in the list
 *	 4  zero
 *	 8  mark: drawn at random when the store was sealed last
 *	 8  the mark that the log held before that
 *
 * The sum is what makes a change cost what it changes.  Nobody can find another
 * set of pages with the same sum who does not know the function's key, and sums
 * are never shown (a log's digest is their HMAC).
 *
 * The file: two areas that are written in turn, then the list, 8 bytes for each
 * page from page 0 on (which does not exist).  An area is a redo log:
 *
 *	15  nonce         32 in all, then the head, encrypted;
 *	 1  key epoch     the rest is its associated data
 *	16  tag
 *	64  head
 *	16  store id
 *	 4  kind of file, key epoch, 0, 0
 *	 4  number of entries
 *	12  each: page number, 8 bytes of nonce (0: the page is cut off)
 *
 * A change writes the older area, syncs (which makes the list durable that the
 * other area led to), and then writes the list.  So both areas, the older one
 * first, always lead to the list that the newest head speaks of; where no power
 * cut came between, the newest one does.  Whoever changes it holds the slots of
 * writers and checkpointers.
 *
 * When pages are changed: a checkpoint writes pages that the WAL has too, and
 * nobody reads them in the main file before SQLite counts them as copied, which
 * it does after the list has them.  Killed in between, they are read from the
 * WAL and copied again.
 *
 * When the WAL is: its header is synced, then the head names its salts, then
 * its first frame is written.  Before a WAL is begun anew, emptied or deleted,
 * all of it is in the main file, and the head says that there is none.
 */

#define FRESH_HEAD    64
#define FRESH_NONCE   8 /* of the 15 */
#define FRESH_ENTRY   (4 + FRESH_NONCE)
#define FRESH_MOST    8192 /* entries in an area */
#define FRESH_AAD     24
#define FRESH_AREA    102400
#define FRESH_LIST_AT (2 * FRESH_AREA)
#define FRESH_CHUNK   4096 /* by which the list grows */

struct fresh_head {
	uint64_t generation;
	uint64_t sum[2];
	uint32_t live;
	uint32_t frames;
	uint8_t salts[8];
	uint32_t pages;
	uint8_t mark[DB_MARK];
	uint8_t before[DB_MARK];
};

/* The seal file of an open main file. */
struct vfs_fresh {
	sqlite3_file *file; /* of the VFS below */
	char *path;         /* ends in two NULs, as SQLite wants it */
	int64_t size;       /* as far as it was extended by us */
	int fd;             /* to map the list */
	uint8_t *list;      /* mapped from the file's beginning */
	size_t mapped;
	struct aead *aead;
	struct tweak *prf;
	struct secret_key *digest;
	uint8_t store_id[16];
	struct fresh_head head;
	uint8_t seen[2][16]; /* the areas' nonces when it was read */
	int current;         /* the head was read since the lock came */
	uint8_t *area;       /* being made or read */
	uint32_t count;      /* entries in it: changes to come */
	uint32_t copied;     /* frames, when this checkpoint began */
};

/* Open the file where there is one; ${m->fresh} stays NULL where not. */
int vfs_fresh_open(struct vfs_main *m);
void vfs_fresh_close(struct vfs_main *m);

/* Whether the image of ${pgno} with this ${nonce} is the newest. */
int vfs_fresh_is(struct vfs_main *m, uint32_t pgno, const uint8_t *nonce);
/* Whether the list has ${pgno}. */
int vfs_fresh_has(struct vfs_main *m, uint32_t pgno);

/* The newest head, by who has no lock and waits for nobody. */
int vfs_fresh_peek(struct vfs_main *m, struct fresh_head *out);

/* What follows needs the lock, and does nothing where there is no file. */

/* The lock came: others may have changed the file. */
void vfs_fresh_begin_lock(struct vfs_main *m);
/* Read the head, and complete what a crash cut off. */
int vfs_fresh_load(struct vfs_main *m);
/* A page is written (NULL: cut off); told by vfs_fresh_flush(). */
int vfs_fresh_note(struct vfs_main *m, uint32_t pgno, const uint8_t *nonce);
int vfs_fresh_flush(struct vfs_main *m);
/* A checkpoint begins. */
void vfs_fresh_checkpoint(struct vfs_main *m);
/*
 * It ended.  Of one that does not copy everything SQLite does not hear that
 * vfs_fresh_flush() failed, and counts pages as copied that the list does not
 * have: they are to be copied again.
 */
void vfs_fresh_checkpointed(struct vfs_main *m);
/* Write ${next} with the changes noted so far. */
int vfs_fresh_write(struct vfs_main *m, struct fresh_head *next);
/* The WAL with ${salts} belongs to the store from now on; NULL: none does. */
int vfs_fresh_wal(struct vfs_main *m, const uint8_t *salts);
/* Recovery begins: is the WAL that of the head? */
int vfs_fresh_recover(struct vfs_main *m);
/* It ended: did it find what the head knows of?  Otherwise ${m->lost}. */
void vfs_fresh_recovered(struct vfs_main *m);
/* Says so again. */
int vfs_fresh_lost(struct vfs_main *m);
/* Whether recovery is to see the WAL at all. */
int vfs_fresh_sees_wal(struct vfs_main *m);

/* Is the list what the head's sum says? */
int vfs_fresh_sound(struct vfs_main *m);
/* The lists's sum, counted anew, to ${head->sum} and ${head->pages}. */
int vfs_fresh_sum(struct vfs_main *m, struct fresh_head *head);

/* ---- among vfs_fresh*.c ---- */

/* An empty file under another name; and give it its own, if all went well with
 * ${rc}, and open it.  Returns ${rc}, or what went wrong then. */
int fresh_create(struct vfs_main *m, struct vfs_fresh **out);
int fresh_finish(struct vfs_main *m, struct vfs_fresh *f, int rc);
/* The entry of ${pgno}; zeros: none. */
void fresh_entry(struct vfs_fresh *f, uint32_t pgno, uint8_t out[FRESH_NONCE]);
int fresh_write_entry(
    struct vfs_fresh *f, uint32_t pgno, const uint8_t nonce[FRESH_NONCE]);
/* Add or take away one page's share of the sum. */
enum fresh_sign { FRESH_ADD, FRESH_SUBTRACT };
int fresh_count(struct vfs_fresh *f, struct fresh_head *h, uint32_t pgno,
    const uint8_t nonce[FRESH_NONCE], enum fresh_sign sign);
void fresh_head_put(const struct fresh_head *h, uint8_t out[FRESH_HEAD]);
/* What the wal-index says: salts and number of frames, frames copied. */
struct fresh_index {
	uint8_t salts[8];
	uint32_t frames;
	uint32_t copied;
	uint32_t pages; /* of the database */
};
int fresh_index(struct vfs_main *m, struct fresh_index *out);

#endif /* !STORE_VFS_FRESH_H */
