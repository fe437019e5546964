/* ZIP files, made in memory by libzip. */
#include "engine/archive/archive.h"

#include <string.h>
#include <zip.h>

/* 1 January 1980, 00:00: the first instant that ZIP knows. */
#define FIRST_DATE 0x21
#define FIRST_TIME 0

static enum status add(zip_t *z, const struct archive_file *f)
{
	zip_source_t *s = zip_source_buffer(z, f->data, f->len, 0);
	zip_int64_t at;

	if (s == NULL)
		return fail(ST_NOMEM, "out of memory");
	at = zip_file_add(z, f->name, s, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(s);
		return fail(ST_IO, "zip: add %s: %s", f->name, zip_strerror(z));
	}
	if (zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_STORE, 0) !=
		0 ||
	    zip_file_set_dostime(
		z, (zip_uint64_t)at, FIRST_TIME, FIRST_DATE, 0) != 0)
		return fail(ST_IO, "zip: %s: %s", f->name, zip_strerror(z));
	return ST_OK;
}

/* All of it into ${s}, which lives on. */
static enum status fill(
    zip_source_t *s, const struct archive_file *files, size_t count)
{
	enum status st = ST_OK;
	zip_error_t error;
	zip_t *z;
	size_t i;

	zip_error_init(&error);
	z = zip_open_from_source(s, ZIP_TRUNCATE, &error);
	if (z == NULL)
		st = fail(ST_IO, "zip: %s", zip_error_strerror(&error));
	zip_error_fini(&error);
	if (z == NULL)
		return st;
	zip_source_keep(s);
	for (i = 0; st == ST_OK && i < count; i++)
		st = add(z, &files[i]);
	if (st == ST_OK && zip_close(z) == 0)
		return ST_OK;
	if (st == ST_OK)
		st = fail(ST_IO, "zip: %s", zip_strerror(z));
	zip_discard(z);
	return st;
}

static enum status read_back(zip_source_t *s, struct buf *out)
{
	zip_stat_t stat;
	enum status st;

	if (zip_source_stat(s, &stat) != 0 || zip_source_open(s) != 0)
		return fail(ST_IO, "zip: the file that was made is not there");
	if ((st = buf_reserve(out, stat.size)) == ST_OK) {
		if (zip_source_read(s, out->data + out->len, stat.size) ==
		    (zip_int64_t)stat.size)
			out->len += stat.size;
		else
			st = fail(ST_IO, "zip: it cannot be read back");
	}
	(void)zip_source_close(s);
	return st;
}

enum status archive_make(
    const struct archive_file *files, size_t count, struct buf *out)
{
	zip_source_t *s = zip_source_buffer_create(NULL, 0, 0, NULL);
	enum status st;

	if (s == NULL)
		return fail(ST_NOMEM, "out of memory");
	st = fill(s, files, count);
	if (st == ST_OK)
		st = read_back(s, out);
	zip_source_free(s);
	return st;
}
