#ifndef STORE_VFS_INTERNAL_H
#define STORE_VFS_INTERNAL_H

#include <sqlite3.h>
#include <stdint.h>

#include "engine/crypto/aead.h"
#include "engine/crypto/tweak.h"
#include "engine/store/vfs.h"

/*
 * Shared by vfs*.c and their tests; nobody else.
 *
 * A sealed page is its data, then a trailer of 32 bytes, which in databases
 * lies in SQLite's reserved bytes:
 *
 *	15  nonce, random
 *	 1  key epoch
 *	16  tag
 *
 * The associated data, 32 bytes, says where the page belongs:
 *
 *	16  store id
 *	 1  kind of file
 *	 1  key epoch
 *	 6  offset of the WAL frame or temporary block, big-endian; else 0
 *	 4  page number; 0 in temporary files
 *	 4  size of the database after a commit frame of the WAL; else 0
 *
 * The WAL's own fields stay where wal.c wants them, but the checksums are
 * linear in the plaintext, so the 16 bytes of salts and checksum are masked by
 * one tweaked AES block: 16..31 of the file's header, 8..23 of each frame's,
 * tweaked by its offset.  The salts cannot be associated data: wal.c zeroes
 * and rewrites them for frames that are overwritten within a transaction.
 */
enum vfs_kind { VFS_MAIN = 1, VFS_WAL, VFS_TEMP, VFS_FRESH };
#define VFS_EPOCH 1
/* SQLite's lock bytes lie at 1 GiB; their page is never written. */
#define VFS_LOCK_PAGE  (0x40000000 / VFS_PAGE + 1)
#define VFS_AAD        32
#define VFS_WAL_HEAD   32
#define VFS_FRAME_HEAD 24
#define VFS_FRAME      (VFS_FRAME_HEAD + VFS_PAGE)

/* SQLite's slots of the wal-index (walformat.html, 2.3.1). */
#define SLOT_WRITE   (1U << 0)
#define SLOT_CKPT    (1U << 1)
#define SLOT_RECOVER (1U << 2)

/* A private file control: *(struct vfs_main **)arg gets the file. */
#define VFS_FCNTL_SELF 0x4c657468

/* Fill in ${out} as a VFS of ours over ${below}; tests put faults there. */
void vfs_setup(sqlite3_vfs *out, const char *name, sqlite3_vfs *below);

/* ---- keys: vfs_key.c ---- */

struct vfs_key {
	struct vfs_key *next;
	unsigned int handle;
	unsigned int uses; /* open files, and 1 until it is dropped */
	uint8_t store_id[16];
	enum aead_algorithm alg;
	struct secret_key *secret;
};

/* The key that the URI of ${name} asks for; NULL, with a sentence, if none. */
struct vfs_key *vfs_key_take(const char *name);
void vfs_key_put(struct vfs_key *key);

/* ---- pages: vfs_page.c ---- */

struct vfs_sealer {
	struct aead *aead;
	uint8_t aad[VFS_AAD];
	size_t data_len; /* without the trailer */
};

struct vfs_place {
	int64_t offset;
	uint32_t pgno;
	uint32_t size;
};

/* Open the key for one kind of file; NULL gives one that is thrown away. */
enum status vfs_sealer_init(struct vfs_sealer *s, const struct vfs_key *key,
    enum vfs_kind kind) MUST_CHECK;
void vfs_sealer_release(struct vfs_sealer *s);

/* ${out}: data and trailer.  The data of ${in} only is read. */
enum status vfs_seal(struct vfs_sealer *s, const struct vfs_place *at,
    const uint8_t *in, uint8_t *out) MUST_CHECK;
/* ${in} may be ${out}.  The trailer of ${out} is zeroed, as SQLite's checksums
 * take it in; all of it is, where authentication fails (ST_INTEGRITY). */
enum status vfs_unseal(struct vfs_sealer *s, const struct vfs_place *at,
    const uint8_t *in, uint8_t *out) MUST_CHECK;

/* What hides the WAL's salts and checksums, or counts nonces (vfs_fresh.h). */
enum status vfs_mask_new(const struct vfs_key *key, enum vfs_kind kind,
    struct tweak **out) MUST_CHECK;
/* One subkey for each kind of file of each store, and each use. */
enum status vfs_subkey(const struct vfs_key *key, enum vfs_kind kind,
    const char *label, struct secret_key **out) MUST_CHECK;

/* Whether a page that SQLite writes leaves the trailer free, and says so. */
int vfs_page_fits(const uint8_t *page, uint32_t pgno);

/* SQLite's code for a status; ${other} for what has none of its own. */
int vfs_code(enum status st, int other);
/* The last part of a path. */
const char *vfs_base_name(const char *path);

static inline uint32_t vfs_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static inline void vfs_put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* ---- files ---- */

struct vfs_wal;
struct vfs_fresh;

/* Every file of ours begins with this; ${below} lies behind it. */
struct vfs_file {
	sqlite3_file sqlite;
	sqlite3_file *below;
	const char *name; /* path; NULL for a temporary file */
};

struct vfs_main {
	struct vfs_file f;
	struct vfs_main *next; /* of all open ones: vfs_main.c */
	sqlite3_vfs *vfs;      /* the one below */
	struct vfs_key *key;
	struct vfs_sealer sealer;
	struct vfs_wal *wal;     /* of the same connection, while it is open */
	struct vfs_fresh *fresh; /* NULL: the store has no seal file */
	int level;               /* SQLite's lock on the file */
	int unsealed;            /* its seal file is not looked at */
	int lost;                /* recovery found less than was sealed */
	uint8_t *scratch;        /* one sealed page */
	uint8_t format;      /* as page 1 says: 1 journal, 2 WAL, 0 unknown */
	unsigned int wanted; /* exclusive slots that SQLite thinks it has */
	unsigned int held;   /* and those that are locked */
	int64_t rejected;    /* frames left out by recovery */
};

int vfs_open_below(sqlite3_vfs *vfs, const char *name, struct vfs_file *f,
    int flags, int *out_flags);
int vfs_main_open(sqlite3_vfs *vfs, const char *name, struct vfs_main *m,
    int flags, int *out_flags);
int vfs_wal_open(sqlite3_vfs *vfs, const char *name, struct vfs_wal *w,
    int flags, int *out_flags);
struct vfs_temp;
int vfs_temp_open(
    sqlite3_vfs *vfs, struct vfs_temp *t, int flags, int *out_flags);
size_t vfs_wal_size(void);
size_t vfs_temp_size(void);

/* The open main file that a WAL of this name belongs to. */
struct vfs_main *vfs_main_of(const char *wal_name);

/* Read a whole page into ${buf}, as SQLite is to see it. */
int vfs_main_page(struct vfs_main *m, uint32_t pgno, uint8_t *buf);
/* Read one page of a store that has ${frames} of its WAL and ${pages} pages;
 * ${buf} has room for a frame.  Fine is also one that the WAL has. */
int vfs_check_page(struct vfs_main *m, uint32_t pgno, uint32_t frames,
    uint32_t pages, uint8_t *buf);
/* The WAL's header, as SQLite is to see it; SQLITE_IOERR_SHORT_READ: none. */
int vfs_wal_head(struct vfs_wal *w, uint8_t *buf);
/* The same for a WAL frame, header included; strict. */
int vfs_wal_frame(struct vfs_wal *w, int64_t frame, uint8_t *buf);

/* Write what is held back; a failure sticks until the write lock goes. */
int vfs_wal_flush(struct vfs_wal *w);
/* The write lock came, or goes. */
void vfs_wal_begin(struct vfs_wal *w);
void vfs_wal_end(struct vfs_wal *w);

/* vfs_shm.c */
int vfs_shm_map(
    sqlite3_file *file, int region, int size, int extend, void volatile **out);
int vfs_shm_lock(sqlite3_file *file, int first, int count, int flags);
void vfs_shm_barrier(sqlite3_file *file);
int vfs_shm_unmap(sqlite3_file *file, int remove);

/* vfs_control.c */
int vfs_control(sqlite3_file *file, int op, void *arg);

/* What every kind of file hands down unchanged: vfs.c. */
int vfs_below_close(struct vfs_file *f);
int vfs_below_sector_size(sqlite3_file *file);
int vfs_below_characteristics(sqlite3_file *file);
int vfs_below_lock(sqlite3_file *file, int level);
int vfs_below_unlock(sqlite3_file *file, int level);
int vfs_below_reserved(sqlite3_file *file, int *out);

#endif /* !STORE_VFS_INTERNAL_H */
