#ifndef RECORDS_FEED_H
#define RECORDS_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/status.h"

/*
 * A file read in big blocks.  What has not been used yet, ${pos} to ${end},
 * lies in one piece and may be changed in place; behind it stand FEED_PAD NUL
 * bytes, so that a scan may look at whole words and needs no test for the end.
 */
#define FEED_BLOCK ((size_t)1 << 20)
#define FEED_PAD   16

/* Called after each read, and when a signal broke one off; what it returns
 * other than ST_OK ends the reading. */
struct feed_watch {
	enum status (*tick)(void *ctx);
	void *ctx;
};

struct feed {
	int fd;
	const char *name;               /* for messages; borrowed */
	const struct feed_watch *watch; /* or NULL; borrowed */
	char *data;
	size_t size; /* without the padding */
	size_t pos;  /* the first byte not used yet */
	size_t end;
	int ended;     /* nothing comes behind ${end} */
	int64_t read;  /* bytes so far */
	int64_t total; /* bytes of the file; -1: not known */
};

/* "-" is standard input.  A leading UTF-8 byte order mark is passed over.
 * ${path} and ${watch} (may be NULL) must outlive the feed. */
enum status feed_open(struct feed *f, const char *path,
    const struct feed_watch *watch) MUST_CHECK;
/* Safe on a zeroed feed. */
void feed_close(struct feed *f);

/*
 * Have more bytes behind those not used yet, or ${ended}.  Moves them: every
 * pointer into ${data} dies.  ST_LIMIT where ${most} bytes or more are
 * waiting already.
 */
enum status feed_more(struct feed *f, size_t most) MUST_CHECK;

#endif /* !RECORDS_FEED_H */
