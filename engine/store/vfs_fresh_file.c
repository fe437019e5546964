/* The seal file: opening it, its list of nonces and the sum over that. */
#include "engine/store/vfs_fresh.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"

#define SUFFIX   "-seal"
#define BUILDING "-newseal"

/* ---- opening ---- */

static void release(struct vfs_fresh *f)
{
	if (f->list)
		(void)munmap(f->list, f->mapped);
	if (f->fd >= 0)
		(void)close(f->fd);
	if (f->file && f->file->pMethods)
		(void)f->file->pMethods->xClose(f->file);
	aead_free(f->aead);
	tweak_free(f->prf);
	secret_free(f->digest);
	free(f->area);
	free(f->file);
	free(f->path);
	free(f);
}

void vfs_fresh_close(struct vfs_main *m)
{
	if (m->fresh)
		release(m->fresh);
	m->fresh = NULL;
}

static enum status take_keys(struct vfs_fresh *f, const struct vfs_key *key)
{
	struct secret_key *seal = NULL;
	enum status st;

	memcpy(f->store_id, key->store_id, sizeof(f->store_id));
	st = vfs_subkey(key, VFS_FRESH, "lethe page", &seal);
	if (st == ST_OK)
		st = aead_new(key->alg, seal, &f->aead);
	secret_free(seal);
	if (st == ST_OK)
		st = vfs_mask_new(key, VFS_FRESH, &f->prf);
	if (st == ST_OK)
		st = vfs_subkey(key, VFS_FRESH, "lethe digest", &f->digest);
	return st;
}

/* The name of ${m}'s file and ${suffix}, ended by two NULs. */
static char *name_of(const struct vfs_main *m, const char *suffix)
{
	size_t n = strlen(m->f.name), more = strlen(suffix);
	char *name = calloc(1, n + more + 2);

	if (name) {
		memcpy(name, m->f.name, n);
		memcpy(name + n, suffix, more);
	}
	return name;
}

/* ${flags}: SQLITE_OPEN_CREATE or 0. */
static int open_path(
    struct vfs_main *m, struct vfs_fresh *f, const char *suffix, int flags)
{
	sqlite3_vfs *vfs = m->vfs;
	sqlite3_int64 size = 0;
	int rc, out;

	f->fd = -1;
	f->path = name_of(m, suffix);
	f->file = calloc(1, (size_t)vfs->szOsFile);
	f->area = malloc(FRESH_AREA);
	if (f->path == NULL || f->file == NULL || f->area == NULL)
		return SQLITE_NOMEM;
	/* Opened as a journal is: no locks, and the main file's mode. */
	rc = vfs->xOpen(vfs, f->path, f->file,
	    SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE | flags, &out);
	if (rc != SQLITE_OK)
		return rc;
	f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return SQLITE_CANTOPEN;
	rc = f->file->pMethods->xFileSize(f->file, &size);
	f->size = size;
	return rc;
}

static int open_file(
    struct vfs_main *m, const char *suffix, int flags, struct vfs_fresh **out)
{
	struct vfs_fresh *f = calloc(1, sizeof(*f));
	enum status st;
	int rc;

	if (f == NULL)
		return SQLITE_NOMEM;
	rc = open_path(m, f, suffix, flags);
	if (rc == SQLITE_OK && (st = take_keys(f, m->key)) != ST_OK)
		rc = vfs_code(st, SQLITE_CANTOPEN);
	if (rc == SQLITE_OK)
		*out = f;
	else
		release(f);
	return rc;
}

int vfs_fresh_open(struct vfs_main *m)
{
	char path[PATH_MAX];

	if (m->fresh || m->unsealed)
		return SQLITE_OK;
	/* Closing comes here too, and could not say that memory is short. */
	if (snprintf(path, sizeof(path), "%s" SUFFIX, m->f.name) >=
	    (int)sizeof(path))
		return SQLITE_CANTOPEN;
	return access(path, F_OK) == 0 ? open_file(m, SUFFIX, 0, &m->fresh)
				       : SQLITE_OK;
}

/* Both areas, which then have their place on the disk, and an empty list. */
static int fill(struct vfs_fresh *f)
{
	sqlite3_file *b = f->file;
	int rc = b->pMethods->xTruncate(b, 0);

	f->size = FRESH_LIST_AT;
	memset(f->area, 0, FRESH_AREA);
	for (int i = 0; rc == SQLITE_OK && i < 2; i++)
		rc = b->pMethods->xWrite(
		    b, f->area, FRESH_AREA, (int64_t)i * FRESH_AREA);
	f->current = 1;
	return rc;
}

int fresh_create(struct vfs_main *m, struct vfs_fresh **out)
{
	int rc = open_file(m, BUILDING, SQLITE_OPEN_CREATE, out);

	if (rc == SQLITE_OK && (rc = fill(*out)) != SQLITE_OK)
		release(*out);
	return rc;
}

int fresh_finish(struct vfs_main *m, struct vfs_fresh *f, int rc)
{
	char *path = name_of(m, SUFFIX);

	if (rc == SQLITE_OK && path == NULL)
		rc = SQLITE_NOMEM;
	if (rc == SQLITE_OK &&
	    (rename(f->path, path) != 0 || file_sync_folder(path) != ST_OK))
		rc = SQLITE_IOERR_WRITE;
	release(f);
	free(path);
	m->unsealed = 0;
	return rc == SQLITE_OK ? vfs_fresh_open(m) : rc;
}

/* ---- the list ---- */

static size_t place(uint32_t pgno)
{
	return FRESH_LIST_AT + (size_t)pgno * FRESH_NONCE;
}

/* See as much of the file as there is by now. */
static void map(struct vfs_fresh *f)
{
	struct stat sb;
	void *p;

	if (fstat(f->fd, &sb) != 0 || (size_t)sb.st_size <= f->mapped)
		return;
	p = mmap(NULL, (size_t)sb.st_size, PROT_READ, MAP_SHARED, f->fd, 0);
	if (p == MAP_FAILED)
		return;
	if (f->list)
		(void)munmap(f->list, f->mapped);
	f->list = p;
	f->mapped = (size_t)sb.st_size;
}

void fresh_entry(struct vfs_fresh *f, uint32_t pgno, uint8_t out[FRESH_NONCE])
{
	size_t at = place(pgno);

	memset(out, 0, FRESH_NONCE);
	if (at + FRESH_NONCE > f->mapped)
		map(f);
	if (at + FRESH_NONCE <= f->mapped)
		memcpy(out, f->list + at, FRESH_NONCE);
}

/* Room for the entry of ${pgno}, so that it can be written later. */
static int make_room(struct vfs_fresh *f, uint32_t pgno)
{
	static const uint8_t zeros[FRESH_CHUNK];
	int rc = SQLITE_OK;

	while (
	    rc == SQLITE_OK && f->size < (int64_t)(place(pgno) + FRESH_NONCE)) {
		sqlite3_int64 size = 0;

		/* somebody else may have made it, and filled it in */
		rc = f->file->pMethods->xFileSize(f->file, &size);
		if (rc != SQLITE_OK)
			break;
		f->size = size;
		if (f->size >= (int64_t)(place(pgno) + FRESH_NONCE))
			break;
		rc = f->file->pMethods->xWrite(
		    f->file, zeros, sizeof(zeros), f->size);
		if (rc == SQLITE_OK)
			f->size += (int64_t)sizeof(zeros);
	}
	return rc;
}

int fresh_write_entry(
    struct vfs_fresh *f, uint32_t pgno, const uint8_t nonce[FRESH_NONCE])
{
	int rc = make_room(f, pgno);

	if (rc == SQLITE_OK)
		rc = f->file->pMethods->xWrite(
		    f->file, nonce, FRESH_NONCE, (sqlite3_int64)place(pgno));
	return rc;
}

static int is_none(const uint8_t nonce[FRESH_NONCE])
{
	static const uint8_t none[FRESH_NONCE];

	return memcmp(nonce, none, FRESH_NONCE) == 0;
}

int vfs_fresh_has(struct vfs_main *m, uint32_t pgno)
{
	uint8_t entry[FRESH_NONCE];

	if (m->fresh == NULL)
		return 1;
	fresh_entry(m->fresh, pgno, entry);
	return !is_none(entry);
}

int vfs_fresh_is(struct vfs_main *m, uint32_t pgno, const uint8_t *nonce)
{
	uint8_t entry[FRESH_NONCE];

	if (m->fresh == NULL)
		return 1;
	fresh_entry(m->fresh, pgno, entry);
	return memcmp(entry, nonce, FRESH_NONCE) == 0;
}

int vfs_fresh_note(struct vfs_main *m, uint32_t pgno, const uint8_t *nonce)
{
	static const uint8_t none[FRESH_NONCE];
	struct vfs_fresh *f = m->fresh;
	uint8_t *e;
	int rc;

	if (f == NULL)
		return SQLITE_OK;
	/* Before the area is filled, which reading it would overwrite. */
	if (f->count == 0 && (rc = vfs_fresh_load(m)) != SQLITE_OK)
		return rc;
	if ((rc = make_room(f, pgno)) != SQLITE_OK)
		return rc;
	if (f->count == FRESH_MOST && (rc = vfs_fresh_flush(m)) != SQLITE_OK)
		return rc;
	e = f->area + 32 + FRESH_HEAD + FRESH_AAD +
	    (size_t)FRESH_ENTRY * f->count++;
	vfs_put32(e, pgno);
	memcpy(e + 4, nonce ? nonce : none, FRESH_NONCE);
	return SQLITE_OK;
}

/* ---- the sum ---- */

int fresh_count(struct vfs_fresh *f, struct fresh_head *h, uint32_t pgno,
    const uint8_t nonce[FRESH_NONCE], enum fresh_sign sign)
{
	uint8_t block[TWEAK_BLOCK] = { 0 };
	uint64_t lane;
	enum status st;

	if (is_none(nonce))
		return SQLITE_OK;
	memcpy(block, nonce, FRESH_NONCE);
	if ((st = tweak_mask(f->prf, pgno, block)) != ST_OK)
		return vfs_code(st, SQLITE_IOERR);
	for (int i = 0; i < 2; i++) {
		memcpy(&lane, block + 8 * i, 8);
		h->sum[i] += sign == FRESH_ADD ? lane : -lane;
	}
	h->pages += sign == FRESH_ADD ? 1 : -1U;
	return SQLITE_OK;
}

int vfs_fresh_sum(struct vfs_main *m, struct fresh_head *head)
{
	struct vfs_fresh *f = m->fresh;
	uint8_t entry[FRESH_NONCE];
	uint32_t pgno;
	int rc = SQLITE_OK;

	head->sum[0] = head->sum[1] = 0;
	head->pages = 0;
	map(f);
	for (pgno = 1; rc == SQLITE_OK && place(pgno + 1) <= f->mapped;
	     pgno++) {
		fresh_entry(f, pgno, entry);
		rc = fresh_count(f, head, pgno, entry, FRESH_ADD);
	}
	return rc;
}
