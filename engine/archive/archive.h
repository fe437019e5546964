#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

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

/*
 * The same for what is larger than memory.  Parts are read as they are written,
 * one after the other, from their beginnings on; so is the archive, but for the
 * local header of a part, which is written again once the part is.  Deflated:
 * the same bytes from the same zlib.
 *
 * What ${read} and ${write} return other than ST_OK ends it, and is returned.
 */
struct archive_part {
	const char *name; /* as above */
	int64_t size;
	enum status (*read)(void *ctx, int64_t at, void *out, size_t len);
	void *ctx;
};
struct archive_target {
	enum status (*write)(
	    void *ctx, int64_t at, const void *data, size_t len);
	void *ctx;
};

/*
 * Write all of ${parts}; each is sealed by WinZip's AES-256 (AE-2) where
 * ${passphrase} is not NULL, under random salts, so that no two such archives
 * are the same bytes.  Names and sizes can be read without the passphrase.
 */
enum status archive_write(const struct archive_target *to,
    const struct archive_part *parts, size_t count,
    const char *passphrase) MUST_CHECK;

#endif /* !ARCHIVE_ARCHIVE_H */
