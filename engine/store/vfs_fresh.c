/* The seal file: its head, and how both change as one. */
#include "engine/store/vfs_fresh.h"

#include <string.h>

#include "engine/crypto/random.h"
#include "engine/store/vfs_wal.h"

#define HEAD_AT    32
#define AAD_AT     (HEAD_AT + FRESH_HEAD)
#define COUNT_AT   (AAD_AT + 20)
#define ENTRIES_AT (AAD_AT + FRESH_AAD)
#define PEEKS      5

_Static_assert(ENTRIES_AT + FRESH_ENTRY * FRESH_MOST <= FRESH_AREA,
    "the entries do not fit into an area");

static void put64(uint8_t *p, uint64_t v)
{
	vfs_put32(p, (uint32_t)(v >> 32));
	vfs_put32(p + 4, (uint32_t)v);
}

static uint64_t get64(const uint8_t *p)
{
	return (uint64_t)vfs_get32(p) << 32 | vfs_get32(p + 4);
}

void fresh_head_put(const struct fresh_head *h, uint8_t out[FRESH_HEAD])
{
	memset(out, 0, FRESH_HEAD);
	put64(out, h->generation);
	put64(out + 8, h->sum[0]);
	put64(out + 16, h->sum[1]);
	vfs_put32(out + 24, h->live);
	vfs_put32(out + 28, h->frames);
	memcpy(out + 32, h->salts, 8);
	vfs_put32(out + 40, h->pages);
	memcpy(out + 48, h->mark, DB_MARK);
	memcpy(out + 56, h->before, DB_MARK);
}

static void head_get(const uint8_t in[FRESH_HEAD], struct fresh_head *h)
{
	h->generation = get64(in);
	h->sum[0] = get64(in + 8);
	h->sum[1] = get64(in + 16);
	h->live = vfs_get32(in + 24);
	h->frames = vfs_get32(in + 28);
	memcpy(h->salts, in + 32, 8);
	h->pages = vfs_get32(in + 40);
	memcpy(h->mark, in + 48, DB_MARK);
	memcpy(h->before, in + 56, DB_MARK);
}

static void bind(struct vfs_fresh *f, uint8_t *aad, uint32_t count)
{
	memcpy(aad, f->store_id, 16);
	aad[16] = VFS_FRESH;
	aad[17] = VFS_EPOCH;
	aad[18] = aad[19] = 0;
	vfs_put32(aad + 20, count);
}

static size_t area_len(uint32_t count)
{
	return ENTRIES_AT + (size_t)FRESH_ENTRY * count;
}

/* ---- reading ---- */

static int read_at(struct vfs_fresh *f, void *buf, size_t n, int64_t offset)
{
	return f->file->pMethods->xRead(f->file, buf, (int)n, offset);
}

/* The head of area ${i} to ${out}, its entries to ${f->area}; ST_INTEGRITY:
 * it is torn, or was never written. */
static enum status open_area(
    struct vfs_fresh *f, unsigned int i, struct fresh_head *out)
{
	uint8_t aad[FRESH_AAD], head[FRESH_HEAD], *a = f->area;
	uint32_t count;
	enum status st;

	if (read_at(f, a, FRESH_AREA, (int64_t)i * FRESH_AREA) != SQLITE_OK)
		return ST_INTEGRITY;
	count = vfs_get32(a + COUNT_AT);
	if (count > FRESH_MOST || a[15] != VFS_EPOCH)
		return ST_INTEGRITY;
	bind(f, aad, count);
	if (memcmp(aad, a + AAD_AT, FRESH_AAD) != 0)
		return ST_INTEGRITY;
	st = aead_open(f->aead, a, a + AAD_AT, area_len(count) - AAD_AT,
	    a + HEAD_AT, head, FRESH_HEAD, a + 16);
	if (st == ST_OK)
		head_get(head, out);
	return st;
}

static int damaged(struct vfs_main *m)
{
	status_say("%s: the seal file cannot be authenticated: it was changed "
		   "or belongs to another key: restore it from a backup "
		   "together with the store",
	    vfs_base_name(m->fresh->path));
	return SQLITE_IOERR_DATA;
}

/* The list as the entries in ${f->area} want it. */
static int redo(struct vfs_fresh *f)
{
	const uint8_t *e = f->area + ENTRIES_AT;
	uint32_t count = vfs_get32(f->area + COUNT_AT), i;
	uint8_t there[FRESH_NONCE];
	int rc = SQLITE_OK;

	for (i = 0; rc == SQLITE_OK && i < count; i++, e += FRESH_ENTRY) {
		fresh_entry(f, vfs_get32(e), there);
		if (memcmp(there, e + 4, FRESH_NONCE) != 0)
			rc = fresh_write_entry(f, vfs_get32(e), e + 4);
	}
	return rc;
}

/*
 * What area ${i}, of generation ${want}, leads to.  A torn one stands where
 * the write that was to replace it was cut off: then it is not needed.
 */
static int redo_area(struct vfs_fresh *f, unsigned int i, uint64_t want)
{
	struct fresh_head head;

	if (open_area(f, i, &head) != ST_OK || head.generation != want)
		return SQLITE_OK;
	return redo(f);
}

/*
 * The newest head to ${out} and the number of its area to ${best}.  A failure
 * may be on its way to whoever asked for what is rolled back here: its sentence
 * stays.
 */
static int newest(
    struct vfs_main *m, struct fresh_head *out, unsigned int *best)
{
	struct fresh_head heads[2];
	char said[STATUS_TEXT];
	enum status st[2];
	unsigned int i;

	memcpy(said, status_text(), sizeof(said));
	for (i = 0; i < 2; i++)
		st[i] = open_area(m->fresh, i, &heads[i]);
	status_say("%s", said);
	if (st[0] != ST_OK && st[1] != ST_OK)
		return damaged(m);
	*best = st[1] == ST_OK &&
		(st[0] != ST_OK || heads[1].generation > heads[0].generation);
	*out = heads[*best];
	return SQLITE_OK;
}

static int load(struct vfs_main *m, uint8_t seen[2][16])
{
	struct vfs_fresh *f = m->fresh;
	unsigned int best = 0;
	int rc;

	if ((rc = newest(m, &f->head, &best)) != SQLITE_OK)
		return rc;
	memcpy(f->seen, seen, sizeof(f->seen));
	/* The newest area may have reached the disk without the list that the
	 * other one led to; but only where the power went, and then nobody
	 * reads the list while it goes back by one. */
	if (m->wanted & SLOT_RECOVER)
		rc = redo_area(f, !best, f->head.generation - 1);
	if (rc == SQLITE_OK)
		rc = redo_area(f, best, f->head.generation);
	return rc;
}

/* Whoever writes meanwhile writes the older area: one of both is whole, unless
 * two changes came while this was reading. */
int vfs_fresh_peek(struct vfs_main *m, struct fresh_head *out)
{
	unsigned int best;
	int rc = SQLITE_OK;

	for (int i = 0; i < PEEKS; i++)
		if ((rc = newest(m, out, &best)) == SQLITE_OK)
			return SQLITE_OK;
	return rc;
}

int vfs_fresh_load(struct vfs_main *m)
{
	struct vfs_fresh *f = m->fresh;
	uint8_t seen[2][16];
	int rc = SQLITE_OK;

	if (f == NULL || f->current)
		return SQLITE_OK;
	for (int i = 0; rc == SQLITE_OK && i < 2; i++)
		rc = read_at(f, seen[i], 16, (int64_t)i * FRESH_AREA);
	if (rc == SQLITE_IOERR_SHORT_READ)
		return damaged(m);
	if (rc == SQLITE_OK && memcmp(seen, f->seen, sizeof(seen)) != 0)
		rc = load(m, seen);
	if (rc == SQLITE_OK)
		f->current = 1;
	return rc;
}

void vfs_fresh_begin_lock(struct vfs_main *m)
{
	if (m->fresh) {
		m->fresh->current = 0;
		m->fresh->count = 0; /* of a checkpoint that failed */
	}
}

/* ---- writing ---- */

static int count_changes(struct vfs_fresh *f, struct fresh_head *next)
{
	const uint8_t *e = f->area + ENTRIES_AT;
	uint8_t old[FRESH_NONCE];
	uint32_t i, pgno;
	int rc = SQLITE_OK;

	for (i = 0; rc == SQLITE_OK && i < f->count; i++, e += FRESH_ENTRY) {
		pgno = vfs_get32(e);
		fresh_entry(f, pgno, old);
		rc = fresh_count(f, next, pgno, old, FRESH_SUBTRACT);
		if (rc == SQLITE_OK)
			rc = fresh_count(f, next, pgno, e + 4, FRESH_ADD);
	}
	return rc;
}

static enum status seal_area(struct vfs_fresh *f, const struct fresh_head *next)
{
	uint8_t head[FRESH_HEAD], *a = f->area;
	enum status st;

	fresh_head_put(next, head);
	if ((st = random_nonce(a, AEAD_NONCE)) != ST_OK)
		return st;
	a[15] = VFS_EPOCH;
	bind(f, a + AAD_AT, f->count);
	return aead_seal(f->aead, a, a + AAD_AT, area_len(f->count) - AAD_AT,
	    head, a + HEAD_AT, FRESH_HEAD, a + 16);
}

int vfs_fresh_write(struct vfs_main *m, struct fresh_head *next)
{
	struct vfs_fresh *f = m->fresh;
	unsigned int i;
	int rc;

	next->generation = f->head.generation + 1;
	i = next->generation & 1;
	if ((rc = count_changes(f, next)) != SQLITE_OK)
		return rc;
	rc = vfs_code(seal_area(f, next), SQLITE_IOERR_WRITE);
	if (rc == SQLITE_OK)
		rc = f->file->pMethods->xWrite(f->file, f->area,
		    (int)area_len(f->count), (int64_t)i * FRESH_AREA);
	if (rc == SQLITE_OK)
		rc = f->file->pMethods->xSync(f->file, SQLITE_SYNC_NORMAL);
	/* Whatever became of it is looked at again. */
	f->current = 0;
	if (rc != SQLITE_OK)
		return rc;
	f->head = *next;
	memcpy(f->seen[i], f->area, 16);
	if ((rc = redo(f)) != SQLITE_OK) {
		memset(f->seen, 0, sizeof(f->seen));
		return rc;
	}
	f->count = 0;
	f->current = 1;
	return SQLITE_OK;
}

int vfs_fresh_flush(struct vfs_main *m)
{
	struct fresh_index index;
	struct fresh_head next;
	int rc;

	if (m->fresh == NULL || m->fresh->count == 0)
		return SQLITE_OK;
	/* It was read with the first note; an earlier try has failed. */
	if (!m->fresh->current)
		return SQLITE_IOERR_WRITE;
	if ((rc = fresh_index(m, &index)) != SQLITE_OK)
		return rc;
	next = m->fresh->head;
	if (next.live && next.frames < index.copied)
		next.frames = index.copied;
	return vfs_fresh_write(m, &next);
}

/* ---- the WAL ---- */

/* The wal-index (walformat.html, 2.1): the header, then what is copied. */
#define REGION       32768
#define FRAMES_AT    16
#define PAGES_AT     20
#define SALTS_AT     32
#define COPIED_AT    96
#define ATTEMPTED_AT 128

static uint32_t native(const volatile uint8_t *p)
{
	return *(const volatile uint32_t *)(const volatile void *)p;
}

static int map_index(struct vfs_main *m, volatile uint8_t **out)
{
	void volatile *region = NULL;
	int rc = SQLITE_OK;

	if (m->wal)
		rc = vfs_shm_map(&m->f.sqlite, 0, REGION, 0, &region);
	*out = region;
	return rc;
}

int fresh_index(struct vfs_main *m, struct fresh_index *out)
{
	volatile uint8_t *p;
	int rc = map_index(m, &p);

	memset(out, 0, sizeof(*out));
	if (rc != SQLITE_OK || p == NULL)
		return rc;
	out->frames = native(p + FRAMES_AT);
	out->pages = native(p + PAGES_AT);
	out->copied = native(p + ATTEMPTED_AT);
	for (int i = 0; i < 8; i++)
		out->salts[i] = p[SALTS_AT + i];
	return SQLITE_OK;
}

static volatile uint32_t *copied(struct vfs_main *m)
{
	volatile uint8_t *p;

	if (map_index(m, &p) != SQLITE_OK || p == NULL)
		return NULL;
	return (volatile uint32_t *)(volatile void *)(p + COPIED_AT);
}

void vfs_fresh_checkpoint(struct vfs_main *m)
{
	volatile uint32_t *n = m->fresh ? copied(m) : NULL;

	if (n)
		m->fresh->copied = *n;
}

void vfs_fresh_checkpointed(struct vfs_main *m)
{
	volatile uint32_t *n;

	if (m->fresh == NULL || m->fresh->count == 0)
		return;
	if ((n = copied(m)) != NULL && *n > m->fresh->copied)
		*n = m->fresh->copied;
	m->fresh->count = 0;
}

int vfs_fresh_wal(struct vfs_main *m, const uint8_t *salts)
{
	struct fresh_head next;
	int rc;

	if (m->fresh == NULL)
		return SQLITE_OK;
	if ((rc = vfs_fresh_load(m)) != SQLITE_OK)
		return rc;
	next = m->fresh->head;
	if (salts == NULL && !next.live)
		return SQLITE_OK;
	next.live = salts != NULL;
	next.frames = 0;
	memset(next.salts, 0, sizeof(next.salts));
	if (salts)
		memcpy(next.salts, salts, sizeof(next.salts));
	return vfs_fresh_write(m, &next);
}

int vfs_fresh_sees_wal(struct vfs_main *m)
{
	return m->fresh == NULL || !(m->wanted & SLOT_RECOVER) ||
	       m->fresh->head.live;
}

static int wrong_wal(struct vfs_main *m, const char *what)
{
	status_say("%s-wal: %s: transactions are missing: restore the store "
		   "and its WAL from a backup",
	    vfs_base_name(m->f.name), what);
	return SQLITE_IOERR_DATA;
}

int vfs_fresh_recover(struct vfs_main *m)
{
	uint8_t head[VFS_WAL_HEAD];
	int rc;

	if (m->fresh == NULL)
		return SQLITE_OK;
	m->fresh->current = 0;
	memset(m->fresh->seen, 0, sizeof(m->fresh->seen));
	if ((rc = vfs_fresh_load(m)) != SQLITE_OK || !m->fresh->head.live)
		return rc;
	rc = m->wal ? vfs_wal_head(m->wal, head) : SQLITE_IOERR_SHORT_READ;
	if (rc == SQLITE_IOERR_SHORT_READ)
		return wrong_wal(m, "the file was removed or emptied");
	if (rc == SQLITE_OK && memcmp(head + 16, m->fresh->head.salts, 8) != 0)
		return wrong_wal(m, "the file is an older one, or another's");
	return rc;
}

void vfs_fresh_recovered(struct vfs_main *m)
{
	struct fresh_index index;

	if (m->fresh == NULL || !m->fresh->current || !m->fresh->head.live ||
	    fresh_index(m, &index) != SQLITE_OK)
		return;
	m->lost = index.frames < m->fresh->head.frames;
}

int vfs_fresh_lost(struct vfs_main *m)
{
	return wrong_wal(m, "the file is an older one, or was cut off");
}

int vfs_fresh_sound(struct vfs_main *m)
{
	struct fresh_head counted = { 0 };
	int rc;

	if (m->fresh == NULL)
		return SQLITE_OK;
	if ((rc = vfs_fresh_load(m)) != SQLITE_OK ||
	    (rc = vfs_fresh_sum(m, &counted)) != SQLITE_OK)
		return rc;
	if (counted.pages == m->fresh->head.pages &&
	    counted.sum[0] == m->fresh->head.sum[0] &&
	    counted.sum[1] == m->fresh->head.sum[1])
		return SQLITE_OK;
	status_say("%s: the list of newest pages is not what was sealed: it "
		   "was changed, or an older one was put back: restore the "
		   "store from a backup",
	    vfs_base_name(m->fresh->path));
	return SQLITE_IOERR_DATA;
}
