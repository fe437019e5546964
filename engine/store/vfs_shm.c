/*
 * The wal-index: shared memory that is passed through, and its locks, which
 * are not.
 *
 * SQLite 3.7.0 to 3.51.2 can lose commits: a checkpoint reads the wal-index,
 * another connection resets the WAL and commits, and the checkpoint, which has
 * seen neither, then marks as copied what it never copied (sqlite.org/wal.html,
 * "The WAL-reset bug").  So whoever wants the slot of writers or of
 * checkpointers exclusively gets both: they wait for each other, in all
 * processes, without another lock.  The price is that a writer waits for a
 * checkpoint, a second at most at sizes that are usual.
 *
 * SQLite need not know: it is told that it has what it asked for, and asking
 * for the other slot as well costs nothing then.  Recovery asks for slots 1 and
 * 2 while it holds 0, checkpoints other than PASSIVE for 0 while they hold 1.
 */
#include "engine/store/vfs_fresh.h"
#include "engine/store/vfs_internal.h"

#define BOTH (SLOT_WRITE | SLOT_CKPT)

static sqlite3_file *below(struct vfs_main *m) { return m->f.below; }

/* The slots to be locked so that SQLite can think that it has ${wanted}. */
static unsigned int needed(unsigned int wanted)
{
	return wanted & BOTH ? wanted | BOTH : wanted;
}

/* Lock or unlock ${slots}, which are adjacent, for ours exclusively. */
static int change(struct vfs_main *m, unsigned int slots, int flags)
{
	int first = 0, count = 0;

	if (slots == 0)
		return SQLITE_OK;
	while (!(slots >> first & 1U))
		first++;
	while (slots >> (first + count) & 1U)
		count++;
	return below(m)->pMethods->xShmLock(below(m), first, count, flags);
}

static int unlock(struct vfs_main *m, unsigned int slots)
{
	unsigned int need = needed(m->wanted & ~slots);
	int rc;

	if (m->wal && (m->wanted & slots & SLOT_WRITE))
		vfs_wal_end(m->wal);
	if (m->wanted & slots & SLOT_CKPT)
		vfs_fresh_checkpointed(m);
	if (m->wanted & slots & SLOT_RECOVER)
		vfs_fresh_recovered(m);
	rc = change(
	    m, m->held & ~need, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
	m->wanted &= ~slots;
	m->held = need;
	return rc;
}

static int lock(struct vfs_main *m, unsigned int slots)
{
	unsigned int need = needed(m->wanted | slots);
	int rc = m->wal ? vfs_wal_flush(m->wal) : SQLITE_OK, first;

	if (rc == SQLITE_OK)
		rc = change(
		    m, need & ~m->held, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE);
	if (rc != SQLITE_OK)
		return rc;
	first = !(m->held & BOTH);
	m->wanted |= slots;
	m->held = need;
	if (m->wal && (slots & SLOT_WRITE))
		vfs_wal_begin(m->wal);
	rc = need & BOTH && first ? vfs_fresh_begin_lock(m) : SQLITE_OK;
	if (rc == SQLITE_OK && (slots & SLOT_RECOVER))
		rc = vfs_fresh_recover(m);
	if (rc != SQLITE_OK)
		(void)unlock(m, slots);
	return rc;
}

int vfs_shm_lock(sqlite3_file *file, int first, int count, int flags)
{
	struct vfs_main *m = (void *)file;
	unsigned int slots = ((1U << count) - 1) << first;

	if (!(flags & SQLITE_SHM_EXCLUSIVE))
		return below(m)->pMethods->xShmLock(
		    below(m), first, count, flags);
	return flags & SQLITE_SHM_LOCK ? lock(m, slots) : unlock(m, slots);
}

int vfs_shm_map(
    sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
	struct vfs_main *m = (void *)file;

	return below(m)->pMethods->xShmMap(below(m), region, size, extend, out);
}

/* What the wal-index is about to announce must be in the file.  It always is:
 * a commit frame is never held back.  This is for whatever else waits. */
void vfs_shm_barrier(sqlite3_file *file)
{
	struct vfs_main *m = (void *)file;

	if (m->wal)
		(void)vfs_wal_flush(m->wal);
	below(m)->pMethods->xShmBarrier(below(m));
}

int vfs_shm_unmap(sqlite3_file *file, int remove)
{
	struct vfs_main *m = (void *)file;

	m->wanted = m->held = 0;
	return below(m)->pMethods->xShmUnmap(below(m), remove);
}
