#ifndef STORE_VFS_H
#define STORE_VFS_H

#include <sqlite3.h>
#include <stdint.h>

#include "engine/base/status.h"
#include "engine/crypto/aead.h"
#include "engine/crypto/secret.h"

/*
 * The encrypting VFS: SQLite above it sees plain pages, the disk below it sees
 * none.  Main database, WAL and temporary files are sealed page by page with
 * an AEAD; rollback journals and memory mapping are refused.
 *
 * A connection opens "file:PATH?vfs=lethe&key=HANDLE", where HANDLE comes from
 * vfs_key_add(); the key itself never stands in a name.  Opened without
 * SQLITE_OPEN_CREATE ("mode=rw"), a file that is missing or empty is an error,
 * so that a store cut to nothing is not taken for a new one.  A new store
 * needs vfs_prepare() before anything else.  "&seal=off" passes over the seal
 * file (vfs_seal.h), to make a new one.
 *
 * Formats are set out in vfs_internal.h.  What was changed on disk is
 * SQLITE_IOERR_DATA, with a sentence kept by status_say() that names the file
 * and the page; so are SQLITE_CANTOPEN and refused writes explained.
 *
 * An old copy of a page or of the WAL, put back by somebody who can write to
 * the disk, is as authentic as it was then: only the seal file (vfs_seal.h)
 * tells it from the newest.  What the VFS does not do: the -shm file, which
 * SQLite maps into memory and no VFS sees, shows page numbers, sizes and the
 * checksum of the last frame: 64 bits that are linear in what was written.  It
 * is as private as the folder it is in.
 */
#define VFS_NAME    "lethe"
#define VFS_PAGE    4096
#define VFS_RESERVE 32

/* Make the VFS known to SQLite, not as its default.  Again is free. */
enum status vfs_register(void) MUST_CHECK;

/*
 * Make a key known; files that are open keep using it after vfs_key_drop().
 * ${store_id} tells this store from all others and goes into every page.
 */
enum status vfs_key_add(const struct secret_key *key,
    const uint8_t store_id[16], enum aead_algorithm alg,
    unsigned int *handle) MUST_CHECK;
void vfs_key_drop(unsigned int handle);

/*
 * Right after opening a store that is to be created: page size, reserved
 * bytes, WAL.  (SQLite takes the reserve before its first write only, and
 * says nothing when it comes too late.)  Fine on a store that exists.
 */
enum status vfs_prepare(sqlite3 *db) MUST_CHECK;

/*
 * Authenticate every page of the file and every live frame of its WAL, through
 * the handles that SQLite has open: closing another descriptor of the file
 * would drop this process's locks on it.  Writers and checkpoints wait
 * meanwhile (ST_BUSY where one is at work already); the connection must not be
 * in a transaction.  ${*pages} (may be NULL) gets the number read.
 */
enum status vfs_verify(sqlite3 *db, int64_t *pages) MUST_CHECK;

/*
 * How many frames at the WAL's end this connection left out when it recovered
 * the WAL after a crash, because they could not be authenticated.  A crash in
 * the middle of a write does that to the frames of a transaction that had not
 * committed; so it is worth a line in the log, not an error.
 */
int64_t vfs_rejected(sqlite3 *db);

#endif /* !STORE_VFS_H */
