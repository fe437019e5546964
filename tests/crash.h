#ifndef TESTS_CRASH_H
#define TESTS_CRASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * A VFS below ours that writes down what reaches the disk, so that a test can
 * stop the world after any of it, and that can run out of disk.
 */

/* Our VFS over the recorder, registered under this name. */
#define CRASH_VFS "lethe-recorded"
void crash_register(void);

enum crash_file { CRASH_MAIN, CRASH_WAL, CRASH_SEAL, CRASH__FILES };
enum crash_kind {
	CRASH_WRITE,
	CRASH_TRUNCATE,
	CRASH_SYNC,
	CRASH_DELETE,
	CRASH_MARK, /* by the test: crash_mark() */
};
struct crash_op {
	enum crash_kind kind;
	enum crash_file file;
	int64_t offset; /* of a write; new size; the mark */
	size_t len;
	uint8_t *data;
};

/* Start with an empty list; or stop. */
void crash_record(void);
void crash_stop(void);
void crash_mark(int mark);
size_t crash_count(void);
const struct crash_op *crash_op(size_t i);

/* Writes from the ${nth} on (0: the next) find the disk full; -1: none. */
void crash_fill_disk_at(long nth);
int crash_disk_was_full(void);
/* The same for syncs, which fail once. */
void crash_fail_sync_at(long nth);

/* What is on the disk: the files' bytes. */
struct crash_image {
	uint8_t *data[CRASH__FILES];
	size_t len[CRASH__FILES];
	int exists[CRASH__FILES];
};
void crash_image_read(struct crash_image *im, const char *path);
void crash_image_write(const struct crash_image *im, const char *path);
void crash_image_copy(struct crash_image *to, const struct crash_image *from);
void crash_image_release(struct crash_image *im);
/* Apply an operation; of a write ${n} bytes from ${from} on. */
void crash_apply(
    struct crash_image *im, const struct crash_op *op, size_t from, size_t n);

#endif /* !TESTS_CRASH_H */
