/*
 * What access costs at the least.  Usage: bench_access LETHE_YML PERSON FOLDER
 * OUT.  Reads the records of a person, key by key, through the store, and
 * writes the files of FOLDER as a ZIP archive to OUT.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/archive/archive.h"
#include "engine/installation/installation.h"
#include "tests/bench/turns.h"

#define FILES_MOST 1000

static struct archive_part parts[FILES_MOST];
static size_t count, prefix;

static enum status read_part(void *ctx, int64_t at, void *out, size_t len)
{
	const int *fd = ctx;

	return pread(*fd, out, len, at) == (ssize_t)len
		   ? ST_OK
		   : fail(ST_IO, "a file is not there");
}

static enum status write_some(
    void *ctx, int64_t at, const void *data, size_t len)
{
	const int *fd = ctx;

	return pwrite(*fd, data, len, at) == (ssize_t)len
		   ? ST_OK
		   : fail(ST_IO, "the archive cannot be written");
}

static int add_file(
    const char *path, const struct stat *st, int type, struct FTW *where)
{
	int *fd = malloc(sizeof(*fd));

	(void)where;
	if (type != FTW_F || fd == NULL || count == FILES_MOST) {
		free(fd);
		return type == FTW_F;
	}
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	parts[count].name = strdup(path + prefix);
	parts[count].size = st->st_size;
	parts[count].read = read_part;
	parts[count++].ctx = fd;
	return 0;
}

static void compress(const char *folder, const char *to)
{
	int out = open(to, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const struct archive_target target = { write_some, &out };

	prefix = strlen(folder) + 1;
	if (out < 0 || nftw(folder, add_file, 16, FTW_PHYS) != 0)
		must(ST_IO, to);
	must(archive_write(&target, parts, count, NULL), to);
	if (fsync(out) != 0 || close(out) != 0)
		must(ST_IO, to);
}

/* The bytes of a record. */
static size_t read_record(struct stmt *record, const struct val *key)
{
	size_t bytes = 0;

	must(db_again(record, key), "bind");
	must(db_row(record), "record");
	for (int i = 0; i < db_columns(record); i++)
		bytes += db_val(record, i).n;
	return bytes;
}

static size_t read_all(struct db *db, const char *person)
{
	struct stmt *keys, *record;
	size_t bytes = 0;
	enum status st;

	must(db_begin(db, DB_READ), "begin");
	must(db_query(db, "SELECT id FROM notes WHERE person = $1",
		 ARGS(TEXT(person)), &keys),
	    "keys");
	must(db_query(db,
		 "SELECT id, person, words, at FROM notes WHERE id = $1",
		 ARGS(INT(0)), &record),
	    "records");
	while ((st = db_row(keys)) == ST_OK)
		bytes += read_record(record, ARGS(INT(db_int(keys, 0))));
	if (st != ST_NOTFOUND)
		must(st, "keys");
	db_done(keys);
	db_done(record);
	db_rollback(db);
	return bytes;
}

int main(int argc, char **argv)
{
	struct installation in;

	if (argc != 5) {
		(void)fputs("usage: bench_access LETHE_YML PERSON FOLDER OUT\n",
		    stderr);
		return 2;
	}
	must(installation_load(argv[1], &in), argv[1]);
	must(installation_unlock(&in), "keyring");
	must(installation_open_store(&in, &in.stores[0]), "store");
	printf("%zu\n", read_all(in.stores[0].db, argv[2]));
	compress(argv[3], argv[4]);
	installation_release(&in);
	return 0;
}
