/* Sealing a store: what of its seal file goes into the log, and back. */
#include "engine/store/vfs_seal.h"

#include <string.h>

#include "engine/crypto/hash.h"
#include "engine/crypto/random.h"
#include "engine/store/vfs_fresh.h"

static enum status status_of(int rc)
{
	if (rc == SQLITE_OK)
		return ST_OK;
	if (rc == SQLITE_IOERR_DATA)
		return ST_INTEGRITY; /* and the sentence is there */
	if (rc == SQLITE_NOMEM)
		return fail(ST_NOMEM, "out of memory");
	if ((rc & 0xff) == SQLITE_BUSY)
		return fail(ST_BUSY, "somebody is writing: try again");
	return fail(ST_DB, "seal: %s", sqlite3_errstr(rc));
}

/* Its seal file is open then, where it has one. */
static enum status find(sqlite3 *db, struct vfs_main **out)
{
	int rc = sqlite3_file_control(db, "main", VFS_FCNTL_SELF, out);

	if (rc != SQLITE_OK)
		return fail(ST_DB, "seal: not an encrypted store");
	return status_of(vfs_fresh_open(*out));
}

/* Nobody writes from here to leave(). */
static enum status enter(sqlite3 *db, struct vfs_main **out)
{
	enum status st = find(db, out);
	int rc;

	if (st != ST_OK)
		return st;
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return status_of(sqlite3_extended_errcode(db));
	rc = vfs_fresh_load(*out);
	if (rc != SQLITE_OK)
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return status_of(rc);
}

static void leave(sqlite3 *db)
{
	(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

/* The sum must not be shown as it is: vfs_fresh.h. */
static enum status describe(
    const struct vfs_fresh *f, const struct fresh_head *h, struct db_seal *out)
{
	uint8_t text[16 + FRESH_HEAD];

	memcpy(text, f->store_id, 16);
	fresh_head_put(h, text + 16);
	out->generation = (int64_t)h->generation;
	out->pages = h->pages;
	out->journal = h->live != 0;
	memcpy(out->mark, h->mark, DB_MARK);
	memcpy(out->before, h->before, DB_MARK);
	return hmac_sha256(secret_bytes(f->digest), SECRET_LEN, text,
	    sizeof(text), out->digest);
}

enum status vfs_seal_read(sqlite3 *db, struct db_seal *out)
{
	struct vfs_main *m = NULL;
	struct fresh_head head;
	enum status st;

	if ((st = find(db, &m)) != ST_OK)
		return st;
	if (m->fresh == NULL)
		return ST_NOTFOUND;
	st = status_of(m->lost ? vfs_fresh_lost(m) : vfs_fresh_peek(m, &head));
	return st == ST_OK ? describe(m->fresh, &head, out) : st;
}

/* ---- making one ---- */

/* Every page of the main file, while ${m->fresh} is not asked yet. */
static int list_pages(
    struct vfs_main *m, struct vfs_fresh *f, struct fresh_head *head)
{
	uint8_t buf[VFS_PAGE], trailer[FRESH_NONCE];
	sqlite3_file *b = m->f.below;
	sqlite3_int64 size = 0;
	uint32_t pgno;
	int rc;

	rc = b->pMethods->xFileSize(b, &size);
	for (pgno = 1; rc == SQLITE_OK && (int64_t)pgno * VFS_PAGE <= size;
	     pgno++) {
		if (pgno == VFS_LOCK_PAGE)
			continue;
		if ((rc = vfs_main_page(m, pgno, buf)) == SQLITE_OK)
			rc = b->pMethods->xRead(b, trailer, FRESH_NONCE,
			    (int64_t)pgno * VFS_PAGE - VFS_RESERVE);
		if (rc == SQLITE_OK)
			rc = fresh_write_entry(f, pgno, trailer);
		if (rc == SQLITE_OK)
			rc = fresh_count(f, head, pgno, trailer, FRESH_ADD);
	}
	return rc;
}

static int make(struct vfs_main *m)
{
	struct fresh_head head = { 0 };
	struct fresh_index index = { 0 };
	struct vfs_fresh *f;
	int rc;

	if ((rc = fresh_create(m, &f)) != SQLITE_OK)
		return rc;
	rc = list_pages(m, f, &head);
	if (rc == SQLITE_OK)
		rc = fresh_index(m, &index);
	if (rc == SQLITE_OK && index.frames > 0) {
		head.live = 1;
		head.frames = index.frames;
		memcpy(head.salts, index.salts, sizeof(head.salts));
	}
	m->fresh = f;
	if (rc == SQLITE_OK)
		rc = vfs_fresh_write(m, &head);
	m->fresh = NULL;
	return fresh_finish(m, f, rc);
}

enum status vfs_seal_begin(sqlite3 *db)
{
	struct vfs_main *m = NULL;
	enum status st;
	int rc = SQLITE_OK;

	if ((st = find(db, &m)) != ST_OK || m->fresh)
		return st;
	if ((st = enter(db, &m)) != ST_OK)
		return st;
	if (m->fresh == NULL)
		rc = make(m);
	leave(db);
	return status_of(rc);
}

/* ---- sealing ---- */

static int sync_wal(struct vfs_main *m)
{
	sqlite3_file *wal = (sqlite3_file *)(void *)m->wal;

	return wal ? wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL) : SQLITE_OK;
}

static enum status set(
    struct vfs_main *m, const uint8_t before[DB_MARK], struct db_seal *out)
{
	struct fresh_head next = m->fresh->head;
	struct fresh_index index = { 0 };
	enum status st;
	int rc;

	if ((rc = fresh_index(m, &index)) == SQLITE_OK && next.live)
		rc = sync_wal(m);
	if (rc != SQLITE_OK)
		return status_of(rc);
	if (next.live)
		next.frames = index.frames;
	memcpy(next.before, before, DB_MARK);
	if ((st = random_bytes(next.mark, DB_MARK)) != ST_OK)
		return st;
	st = status_of(vfs_fresh_write(m, &next));
	return st == ST_OK ? describe(m->fresh, &m->fresh->head, out) : st;
}

enum status vfs_seal_set(
    sqlite3 *db, const uint8_t before[DB_MARK], struct db_seal *out)
{
	struct vfs_main *m = NULL;
	enum status st;

	if ((st = enter(db, &m)) != ST_OK)
		return st;
	st = m->fresh ? set(m, before, out) : ST_NOTFOUND;
	leave(db);
	return st;
}

/* ---- looking ---- */

/* ${count} pages from ${first} on, round and round. */
static int look_at(struct vfs_main *m, int64_t first, int64_t count)
{
	sqlite3_file *b = m->f.below;
	uint8_t buf[VFS_FRAME];
	struct fresh_index index = { 0 };
	sqlite3_int64 size = 0;
	int64_t pages, i;
	int rc;

	rc = b->pMethods->xFileSize(b, &size);
	if (rc == SQLITE_OK)
		rc = fresh_index(m, &index);
	pages = size / VFS_PAGE;
	for (i = 0; rc == SQLITE_OK && i < count && i < pages; i++)
		rc = vfs_check_page(m, (uint32_t)((first + i) % pages + 1),
		    index.frames, index.pages, buf);
	return rc;
}

enum status vfs_seal_check(sqlite3 *db, int64_t first, int64_t count)
{
	struct vfs_main *m = NULL;
	enum status st;
	int rc;

	if ((st = enter(db, &m)) != ST_OK)
		return st;
	rc = vfs_fresh_sound(m);
	if (rc == SQLITE_OK)
		rc = look_at(m, first, count);
	leave(db);
	return status_of(rc);
}
