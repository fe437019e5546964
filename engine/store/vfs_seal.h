#ifndef STORE_VFS_SEAL_H
#define STORE_VFS_SEAL_H

#include "engine/store/db.h"
#include "engine/store/vfs.h"

/*
 * Seals: that a store is the newest one there is, and not an older one that
 * was put back, in part or as a whole.
 *
 * Beside the file PATH lies PATH-seal, made by vfs_seal_begin() and kept by
 * everybody who writes to the store from then on (vfs_fresh.h).  With it
 *
 * - a page that was put back is SQLITE_IOERR_DATA when it is read;
 * - so is opening a store whose WAL was put back, removed or cut off;
 * - the whole of file, WAL and seal file put back is found by who knows the
 *   mark that the store was sealed with last: keep it in the audit log.
 *
 * A store without the file works as if there were no such thing: whether it
 * has to be there, only the log can say.
 */
/*
 * Each of them fails with ST_INTEGRITY, and a sentence, for what is not the
 * newest, and waits for writers (ST_BUSY), but for vfs_seal_read(), and for
 * vfs_seal_begin() where there is a file.  The connection must not be in a
 * transaction.
 */

/* Begin to keep the file, which reads every page; nothing where there is one.
 */
enum status vfs_seal_begin(sqlite3 *db) MUST_CHECK;

/* ST_NOTFOUND, without a sentence: there is none. */
enum status vfs_seal_read(sqlite3 *db, struct db_seal *out) MUST_CHECK;

/*
 * Draw a new mark.  ${before} is the mark that the log has: where a crash comes
 * before it has the new one, it finds its own there.
 */
enum status vfs_seal_set(
    sqlite3 *db, const uint8_t before[DB_MARK], struct db_seal *out) MUST_CHECK;

/* The list of pages, and ${count} of these from ${first} (0 ...) on, round and
 * round. */
enum status vfs_seal_check(
    sqlite3 *db, int64_t first, int64_t count) MUST_CHECK;

#endif /* !STORE_VFS_SEAL_H */
