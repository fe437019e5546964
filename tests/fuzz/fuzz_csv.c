/*
 * CSV: whatever the bytes, no field is outside the buffer and the file comes
 * to an end; and what was read, written anew and read again, is the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/base/utf8.h"
#include "engine/records/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_quoted(struct buf *out, const struct cell *cell)
{
	if (cell->kind == CELL_NULL)
		return;
	buf_addc(out, '"');
	for (size_t i = 0; i < cell->len; i++) {
		if (cell->text[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, cell->text[i]);
	}
	buf_addc(out, '"');
}

/* Every well-formed record of ${data} in quotes; the number of malformed. */
static size_t rewrite(const void *data, size_t size, struct buf *out)
{
	int fd = memfd_create("csv", MFD_CLOEXEC);
	const struct cell *cells;
	struct csv *c = NULL;
	size_t n, bad = 0;
	enum status st;
	char path[32];

	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size ||
	    csv_open(path, NULL, &c) != ST_OK)
		abort();
	while ((st = csv_next(c, &cells, &n)) == ST_OK || st == ST_INVALID) {
		bad += st == ST_INVALID;
		for (size_t i = 0; st == ST_OK && i < n; i++) {
			if (!utf8_valid(cells[i].text, cells[i].len))
				abort();
			if (i > 0)
				buf_addc(out, ',');
			add_quoted(out, &cells[i]);
		}
		if (st == ST_OK)
			buf_addc(out, '\n');
	}
	if (st != ST_NOTFOUND)
		abort();
	csv_free(c);
	(void)close(fd);
	return bad;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;

	(void)rewrite(data, size, &once);
	if (rewrite(buf_text(&once), once.len, &twice) != 0 ||
	    twice.len != once.len ||
	    memcmp(buf_text(&once), buf_text(&twice), once.len) != 0)
		abort();
	buf_release(&once);
	buf_release(&twice);
	return 0;
}
