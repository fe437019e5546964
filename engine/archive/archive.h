#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include <stddef.h>

#include "engine/base/buf.h"
#include "engine/base/status.h"

/*
 * ZIP files.  The same content gives the same bytes, whenever and wherever: in
 * the order given, of 1 January 1980, stored as it is, so that no version of a
 * compressor shows.
 */
struct archive_file {
	const char *name; /* relative, '/' between folders */
	const void *data;
	size_t len;
};

/* Append the ZIP file of ${count} files to ${out}. */
enum status archive_make(
    const struct archive_file *files, size_t count, struct buf *out) MUST_CHECK;

#endif /* !ARCHIVE_ARCHIVE_H */
