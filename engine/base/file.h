#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "engine/base/buf.h"
#include "engine/base/status.h"

/* Whole files, folders and paths.  Every message names the path. */

/*
 * Append the bytes of ${path} to ${out}.  ST_NOTFOUND where there is no such
 * file, ST_LIMIT where it is larger than ${max}.
 */
enum status file_read(const char *path, size_t max, struct buf *out) MUST_CHECK;

/*
 * Replace ${path} so that a reader, or a crash, finds the old bytes or the
 * new ones whole: temporary name, fsync, rename, fsync of the folder.
 */
enum status file_replace(
    const char *path, const void *data, size_t len, mode_t mode) MUST_CHECK;

/* Write a new file; ST_CONFLICT where ${path} exists already. */
enum status file_create(
    const char *path, const void *data, size_t len, mode_t mode) MUST_CHECK;

/* Make ${path} and the folders above it that are missing. */
enum status file_make_folder(const char *path, mode_t mode) MUST_CHECK;

/* fsync the folder that holds ${path}. */
enum status file_sync_folder(const char *path) MUST_CHECK;

/* 1 if something stands at ${path}, else 0. */
int file_exists(const char *path);

/* ${path} as seen from the folder of ${base} (a file); absolute ones stay.
 * The caller frees; NULL when out of memory. */
char *file_beside(const char *base, const char *path);

#endif /* !BASE_FILE_H */
