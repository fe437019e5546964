#ifndef AUDIT_SOURCE_H
#define AUDIT_SOURCE_H

#include "engine/audit/log.h"
#include "engine/audit/tile.h"

/*
 * Where a log is read from: the live one, or the files of an exported one.
 * Each call fails with ST_INTEGRITY, and a sentence, for what is malformed or
 * missing; ${entries} with ST_NOTFOUND for the latter.
 */
struct audit_source {
	/* Append the signed checkpoint to ${out}. */
	enum status (*checkpoint)(void *ctx, struct buf *out);
	/*
	 * Give ${each} the entries of bundle ${n}, of which there are
	 * ${width}, in their order.  What ${each} returns other than ST_OK
	 * ends it.
	 */
	enum status (*entries)(void *ctx, uint64_t n, unsigned int width,
	    enum status (*each)(void *to, const char *body, size_t len),
	    void *to);
	/* As for tile_reader_new(). */
	enum status (*tile)(void *ctx, unsigned int level, uint64_t n,
	    unsigned int width, struct tile *out);
	void *ctx;
};

/* The live log, read within the transaction that the caller has open. */
struct audit_source source_of_log(struct audit *a);

/* The folder that ${path} names; the string lives as long as the source. */
struct audit_source source_of_folder(const char *path);

#endif /* !AUDIT_SOURCE_H */
