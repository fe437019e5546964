/*
 * ZIP files that are larger than memory: libzip pulls the parts and pushes the
 * archive, each through one callback.
 */
#include <stdlib.h>
#include <zip.h>

#include "engine/archive/archive.h"

/* 1 January 1980, 00:00: the first instant that ZIP knows. */
#define FIRST_DATE 0x21
#define FIRST_TIME 0
/* zlib's own default: what is beyond costs more time than it saves. */
#define LEVEL 6

/* One archive being written. */
struct writing {
	const struct archive_target *to;
	int64_t at;
	int64_t size;
	enum status st; /* of the callback that failed */
	zip_error_t error;
};
/* One part of it being read. */
struct reading {
	const struct archive_part *part;
	struct writing *w;
	int64_t at;
	zip_error_t error;
};

static zip_int64_t broken(struct writing *w, zip_error_t *error, enum status st)
{
	w->st = st;
	zip_error_set(error, ZIP_ER_INTERNAL, 0);
	return -1;
}

/* ---- a part ---- */

static zip_int64_t read_part(struct reading *r, void *data, zip_uint64_t len)
{
	int64_t left = r->part->size - r->at;
	size_t n = (uint64_t)left < len ? (size_t)left : (size_t)len;
	enum status st;

	if (n == 0)
		return 0;
	st = r->part->read(r->part->ctx, r->at, data, n);
	if (st != ST_OK)
		return broken(r->w, &r->error, st);
	r->at += (int64_t)n;
	return (zip_int64_t)n;
}

static zip_int64_t tell_size(int64_t size, void *data)
{
	zip_stat_t *stat = data;

	zip_stat_init(stat);
	stat->size = (zip_uint64_t)size;
	stat->valid = ZIP_STAT_SIZE;
	return (zip_int64_t)sizeof(*stat);
}

static zip_int64_t part_source(
    void *ctx, void *data, zip_uint64_t len, zip_source_cmd_t cmd)
{
	struct reading *r = ctx;

	switch (cmd) {
	case ZIP_SOURCE_OPEN: r->at = 0; return 0;
	case ZIP_SOURCE_READ: return read_part(r, data, len);
	case ZIP_SOURCE_CLOSE:
	case ZIP_SOURCE_FREE: return 0;
	case ZIP_SOURCE_STAT: return tell_size(r->part->size, data);
	case ZIP_SOURCE_ERROR: return zip_error_to_data(&r->error, data, len);
	case ZIP_SOURCE_SUPPORTS:
		return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN,
		    ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
		    ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
	default: zip_error_set(&r->error, ZIP_ER_OPNOTSUPP, 0); return -1;
	}
}

/* ---- the archive ---- */

static zip_int64_t write_some(
    struct writing *w, const void *data, zip_uint64_t len)
{
	enum status st;

	st = w->to->write(w->to->ctx, w->at, data, (size_t)len);
	if (st != ST_OK)
		return broken(w, &w->error, st);
	w->at += (int64_t)len;
	if (w->at > w->size)
		w->size = w->at;
	return (zip_int64_t)len;
}

static zip_int64_t seek(struct writing *w, void *data, zip_uint64_t len)
{
	zip_int64_t at = zip_source_seek_compute_offset(
	    (zip_uint64_t)w->at, (zip_uint64_t)w->size, data, len, &w->error);

	if (at >= 0)
		w->at = at;
	return at < 0 ? -1 : 0;
}

/* It is only ever written; libzip asks for reading as well, and finds an
 * empty file. */
static zip_int64_t archive_source(
    void *ctx, void *data, zip_uint64_t len, zip_source_cmd_t cmd)
{
	struct writing *w = ctx;

	switch (cmd) {
	case ZIP_SOURCE_OPEN:
	case ZIP_SOURCE_READ:
	case ZIP_SOURCE_CLOSE:
	case ZIP_SOURCE_FREE:
	case ZIP_SOURCE_SEEK:
	case ZIP_SOURCE_TELL:
	case ZIP_SOURCE_BEGIN_WRITE:
	case ZIP_SOURCE_COMMIT_WRITE:
	case ZIP_SOURCE_ROLLBACK_WRITE:
	case ZIP_SOURCE_REMOVE: return 0;
	case ZIP_SOURCE_STAT: return tell_size(0, data);
	case ZIP_SOURCE_WRITE: return write_some(w, data, len);
	case ZIP_SOURCE_SEEK_WRITE: return seek(w, data, len);
	case ZIP_SOURCE_TELL_WRITE: return w->at;
	case ZIP_SOURCE_ERROR: return zip_error_to_data(&w->error, data, len);
	case ZIP_SOURCE_SUPPORTS:
		return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN,
		    ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
		    ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK,
		    ZIP_SOURCE_TELL, ZIP_SOURCE_BEGIN_WRITE, ZIP_SOURCE_WRITE,
		    ZIP_SOURCE_COMMIT_WRITE, ZIP_SOURCE_ROLLBACK_WRITE,
		    ZIP_SOURCE_SEEK_WRITE, ZIP_SOURCE_TELL_WRITE,
		    ZIP_SOURCE_REMOVE, -1);
	default: zip_error_set(&w->error, ZIP_ER_OPNOTSUPP, 0); return -1;
	}
}

/* ---- all of it ---- */

static enum status fail_zip(zip_t *z, const char *what)
{
	const zip_error_t *e = zip_get_error(z);

	if (zip_error_code_zip(e) == ZIP_ER_MEMORY)
		return fail(ST_NOMEM, "out of memory");
	return fail(ST_IO, "zip: %s: %s", what, zip_strerror(z));
}

static enum status add(
    zip_t *z, struct reading *r, const char *name, const char *passphrase)
{
	zip_source_t *s = zip_source_function(z, part_source, r);
	zip_int64_t at;
	zip_uint64_t i;

	if (s == NULL)
		return fail_zip(z, name);
	at = zip_file_add(z, name, s, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(s);
		return fail_zip(z, name);
	}
	i = (zip_uint64_t)at;
	if (zip_set_file_compression(z, i, ZIP_CM_DEFLATE, LEVEL) != 0 ||
	    zip_file_set_dostime(z, i, FIRST_TIME, FIRST_DATE, 0) != 0)
		return fail_zip(z, name);
	if (passphrase &&
	    zip_file_set_encryption(z, i, ZIP_EM_AES_256, passphrase) != 0)
		return fail_zip(z, name);
	return ST_OK;
}

static enum status write_all(zip_t *z, struct writing *w, struct reading *r,
    size_t count, const char *passphrase)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < count; i++)
		st = add(z, &r[i], r[i].part->name, passphrase);
	if (st == ST_OK && zip_close(z) == 0)
		return ST_OK;
	if (st == ST_OK && w->st == ST_OK)
		st = fail_zip(z, "write");
	zip_discard(z);
	return w->st == ST_OK ? st : w->st;
}

static enum status open_and_write(
    struct writing *w, struct reading *r, size_t count, const char *passphrase)
{
	zip_source_t *s;
	zip_t *z;

	s = zip_source_function_create(archive_source, w, &w->error);
	if (s == NULL)
		return fail(ST_NOMEM, "out of memory");
	z = zip_open_from_source(s, ZIP_TRUNCATE, &w->error);
	if (z == NULL) {
		zip_source_free(s);
		return fail(ST_IO, "zip: %s", zip_error_strerror(&w->error));
	}
	return write_all(z, w, r, count, passphrase);
}

enum status archive_write(const struct archive_target *to,
    const struct archive_part *parts, size_t count, const char *passphrase)
{
	struct reading *r = calloc(count + 1, sizeof(*r));
	struct writing w = { .to = to };
	enum status st;

	if (r == NULL)
		return fail(ST_NOMEM, "out of memory");
	zip_error_init(&w.error);
	for (size_t i = 0; i < count; i++) {
		r[i] = (struct reading){ .part = &parts[i], .w = &w };
		zip_error_init(&r[i].error);
	}
	st = open_and_write(&w, r, count, passphrase);
	for (size_t i = 0; i < count; i++)
		zip_error_fini(&r[i].error);
	zip_error_fini(&w.error);
	free(r);
	return st;
}
